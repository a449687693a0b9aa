"""The emergency look on PostgreSQL, whose columns hold no more than they say: a long reason opens as a short one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.app import service
from kasane_cases.domain.emergency import EmergencyCause
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench, build_workbench
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

MOTHER = "person-mother"


@pytest.fixture
def postgres_bench(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Workbench]:
    """Cases on PostgreSQL with exactly the rights that a town's logins have."""
    plain = build_workbench(service, tmp_path)
    with on_postgres(plain, private_postgres, tmp_path) as bench:
        yield bench


def test_the_longest_reason_that_the_form_takes_opens_a_restricted_case(
    postgres_bench: Workbench, retaining_with
) -> None:
    at_work = retaining_with(postgres_bench).at_work
    case_id = at_work.case(MOTHER)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))
    other = postgres_bench.staff("coordinator", account_id="account-other", name="隣 十子")
    reason = "救急隊から電話があり、服薬を伝えます。" * 22
    longest = reason[:400]

    opening = commands.OpenRestrictedCase(new_id(), case_id, EmergencyCause.DISASTER, longest)
    at_work.do(handlers.open_restricted_case, opening, other)

    with postgres_bench.reading() as connection:
        file = queries.case_file(connection, other, case_id, clock.today())
        trail = queries.trail_file(connection, at_work.coordinator, case_id, clock.today())
    assert longest in [entry.facts.get("note") for entry in file.timeline]
    (line,) = [one for one in trail.entries if one.action == "cases.case.opened_for_a_day"]
    assert line.basis == f"{longest[:199]}…"
