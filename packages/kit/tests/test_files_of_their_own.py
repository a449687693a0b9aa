"""A town's file reaches no other file, and may be written anew without what was deleted from it."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kasane_kit.db import Databases
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope

TOWN = "292095"


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN)
    return Databases(SqliteAddresses(tmp_path), keys)


@pytest.mark.parametrize("other", ["other.sqlite", ":memory:", "file:other?mode=memory"])
def test_another_file_is_not_attached(databases: Databases, other: str) -> None:
    with (
        municipality_scope(TOWN),
        databases.writing("intake") as connection,
        pytest.raises(DatabaseError, match="not authorized"),
    ):
        connection.execute(text(f"ATTACH DATABASE '{other}' AS other"))


def test_what_was_deleted_leaves_the_file_when_it_is_written_anew(
    databases: Databases, tmp_path: Path
) -> None:
    word = "川辺の古い話" * 200
    with municipality_scope(TOWN), databases.writing("intake") as connection:
        connection.execute(text("CREATE TABLE told (words TEXT)"))
        connection.execute(text("INSERT INTO told VALUES (:words)"), {"words": word})
        connection.execute(text("DELETE FROM told"))
        connection.commit()
        connection.connection.dbapi_connection.execute("VACUUM")
    databases.dispose()

    assert [
        path for path in tmp_path.rglob("*.sqlite*") if "川辺".encode() in path.read_bytes()
    ] == []
