"""Migrating makes the key of a new town, and never another one for a town that has worked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kasane_kit.auth import platform_actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime import databases
from kasane_runtime.compose import Composition
from tests.faults.conftest import drop_our_databases
from tests.faults.running_house import write_town_files
from tests.faults.small_house import small_house
from tests.support.private_postgres import PrivatePostgres

TOWN, OTHER_TOWN = "292095", "012319"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Composition]:
    """The small house in two towns, migrated, with nothing done yet."""
    settings = {
        "KASANE_VAR": str(tmp_path / "var"),
        "KASANE_KEYS": str(tmp_path / "keys"),
        "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
    }
    if request.param == "postgresql":
        server: PrivatePostgres = request.getfixturevalue("private_postgres")
        drop_our_databases(server)
        settings |= {
            "KASANE_MODE": "distributed",
            "KASANE_DATABASE_URL": server.dsn,
            "KASANE_ADMIN_DATABASE_URL": server.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
    composition = small_house(settings)
    databases.migrate(composition)
    yield composition
    composition.house.databases.dispose()


def work_in(house: Composition, town: str) -> None:
    name = next(iter(house.services))
    with (
        municipality_scope(town),
        UnitOfWork(house.house, name, platform_actor(name, town)) as uow,
    ):
        uow.record("something.done", "thing", "1")
        uow.commit()


def test_a_town_that_has_worked_gets_no_other_key_and_the_others_are_migrated(
    house: Composition, tmp_path: Path
) -> None:
    work_in(house, TOWN)
    key, said = tmp_path / "keys" / f"{TOWN}.key", []
    key.rename(tmp_path / "backup.key")

    with pytest.raises(databases.NotMigrated, match=f"1 of 3 were not .*: {TOWN};"):
        databases.migrate(house, said.append)

    assert [line[0] for line in said] == ["○", "○", "✗"]
    assert "restore the folder from its backup" in said[2]
    assert not key.exists()
    (tmp_path / "backup.key").rename(key)
    databases.migrate(house)


def test_a_town_in_which_nothing_was_done_gets_its_key(house: Composition, tmp_path: Path) -> None:
    work_in(house, TOWN)
    key = tmp_path / "keys" / f"{OTHER_TOWN}.key"
    key.unlink()

    databases.migrate(house)

    assert key.exists()
