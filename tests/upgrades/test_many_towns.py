"""Migrations go over all towns: one that fails holds up no other, and what takes away waits for its turn."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection

from kasane_kit.db import MigrationFailed, MigrationSource, pending_migrations, upgrade
from kasane_kit.db.engine import open_engine
from kasane_runtime import databases
from kasane_runtime.compose import compose
from tests.faults.running_house import write_town_files
from tests.faults.small_house import ROOT, SERVICES, small_house

LATER = """
from alembic import op

revision = "s0006"
down_revision = "s0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE cases_small_last (id integer)")
"""


NEXT_TAKES_AWAY = """
from alembic import op

revision = "s0007"
down_revision = "s0006"
branch_labels = None
depends_on = None
contract = "the release before reads it"


def upgrade() -> None:
    op.drop_table("cases_small_last")
"""


@pytest.fixture
def of_both(tmp_path: Path) -> MigrationSource:
    """The migrations of the small cases up to the next release."""
    for release in (ROOT, Path(__file__).parent / "next_services"):
        shutil.copytree(release / "cases/migrations", tmp_path / "both", dirs_exist_ok=True)
    return MigrationSource(tmp_path / "both")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """An empty SQLite file."""
    engine = open_engine(URL.create("sqlite", database=str(tmp_path / "one.sqlite")))
    with engine.connect() as found:
        yield found
    engine.dispose()


def test_a_town_that_fails_in_the_middle_is_named_with_its_step_and_taken_up_again(
    tmp_path: Path,
) -> None:
    house = small_house(
        {
            "KASANE_VAR": str(tmp_path / "var"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
        }
    )
    (tmp_path / "var/012319").mkdir(parents=True)
    in_the_way = sqlite3.connect(tmp_path / "var/012319/cases.sqlite", isolation_level=None)
    in_the_way.execute("CREATE TABLE cases_small_heard (id int)")
    said: list[str] = []

    with pytest.raises(databases.NotMigrated, match=r"1 of 3 .* 012319; the others are; .* again"):
        databases.migrate(house, said.append)
    kept = in_the_way.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    in_the_way.execute("DROP TABLE cases_small_heard")
    in_the_way.close()
    again: list[str] = []
    databases.migrate(house, again.append)

    assert [said[0], said[2]] == ["○ 1/3 host", "○ 3/3 292095"]
    assert said[1].startswith(
        "✗ 2/3 012319: cases の移行 s0002 で止まりました。このサービスの表は前のままです。"
    )
    assert (
        "cases stopped at migration s0002; its tables are as they were: OperationalError" in said[1]
    )
    assert kept == [("cases_small_heard",)]
    assert again == ["○ 1/3 host", "○ 2/3 012319", "○ 3/3 292095"]


def of_the_service(revisions: tuple[str, ...]) -> tuple[str, ...]:
    """The small service's own: at the end of the kit's a step that takes away may wait as well."""
    return tuple(one for one in revisions if one.startswith("s"))


def test_what_takes_away_waits_until_nobody_of_the_release_before_is_left(
    connection: Connection, of_both: MigrationSource
) -> None:
    upgrade(connection, of_both, expand_only=True)

    assert of_the_service(pending_migrations(connection, of_both)) == ("s0005",)
    assert pending_migrations(connection, of_both, contract=False) == ()
    upgrade(connection, of_both)
    assert pending_migrations(connection, of_both) == ()


def test_what_a_release_before_took_away_goes_when_something_new_stands_on_it(
    connection: Connection, of_both: MigrationSource
) -> None:
    (of_both.folder / "versions/s0006_later.py").write_text(LATER)
    (of_both.folder / "versions/s0007_takes_away.py").write_text(NEXT_TAKES_AWAY)

    upgrade(connection, of_both, expand_only=True)

    assert of_the_service(pending_migrations(connection, of_both)) == ("s0007",)
    assert pending_migrations(connection, of_both, contract=False) == ()


def test_a_process_of_the_release_before_works_on_wider_tables(
    connection: Connection, of_both: MigrationSource
) -> None:
    upgrade(connection, of_both)
    before = MigrationSource(ROOT / "cases/migrations")

    assert pending_migrations(connection, before) == ()
    upgrade(connection, before)
    assert pending_migrations(connection, of_both) == ()


def test_a_step_that_fails_is_named(connection: Connection, of_both: MigrationSource) -> None:
    (of_both.folder / "versions/s0006_later.py").write_text(LATER.replace("integer)", "integer"))

    with pytest.raises(MigrationFailed, match="s0006"):
        upgrade(connection, of_both)


def test_a_worker_does_not_wait_for_what_only_takes_away(
    tmp_path: Path, of_both: MigrationSource
) -> None:
    cases = replace(SERVICES["cases"], root=of_both.folder.parent)
    of_both.folder.rename(of_both.folder.parent / "migrations")
    small = small_house(
        {
            "KASANE_VAR": str(tmp_path / "var"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
        }
    )
    house = compose(small.settings, {**SERVICES, "cases": cases})
    databases.migrate(house, expand_only=True)

    assert house.deliveries["cases"].catch_up("292095", "intake") == 0
    house.house.databases.dispose()
