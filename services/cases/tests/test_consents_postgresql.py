"""Two who write a person's consent at once: the second is told, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kasane_cases.app import service
from kasane_cases.domain.errors import ChangedMeanwhile
from kasane_cases.repository import Consents
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench, build_workbench
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

SON = "person-son"


@pytest.fixture
def postgres_bench(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Workbench]:
    """Cases on PostgreSQL with exactly the rights that a town's logins have."""
    plain = build_workbench(service, tmp_path)
    with on_postgres(plain, private_postgres, tmp_path) as bench:
        yield bench


def add_the_same_number(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    (first,) = at_work.consents(case_id)

    with at_work.unit() as uow, pytest.raises(ChangedMeanwhile):
        Consents(uow.connection).add(replace(first, id=new_id()))

    assert at_work.consents(case_id) == (first,)


def test_two_entries_of_one_number_are_not_both_kept(at_work):
    add_the_same_number(at_work)


def test_two_entries_of_one_number_are_not_both_kept_on_postgresql(
    postgres_bench: Workbench, retaining_with
) -> None:
    add_the_same_number(retaining_with(postgres_bench).at_work)
