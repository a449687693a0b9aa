"""A statement is compiled once in a process, in whichever town it is asked first; what is sealed stays each town's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, MetaData, String, Table, insert, make_url, select
from sqlalchemy.sql.compiler import SQLCompiler

from kasane_kit.db import Databases, Sealed
from kasane_kit.db.engine import SqliteAddresses, open_engine
from kasane_kit.db.sealed import metadata as key_metadata
from kasane_kit.db.sharing import SharedStatements
from kasane_kit.keys import KeyRing, SealBroken
from kasane_kit.tenancy import municipality_scope
from tests.support.private_postgres import PrivatePostgres

TOWNS = "292095", "012319", "272078"

metadata = MetaData()
lamp = Table(
    "shared_lamp",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("note", Sealed("id"), nullable=False),
)


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    addresses, keys = SqliteAddresses(tmp_path / "var"), KeyRing(tmp_path / "keys")
    keys.ensure(*TOWNS)
    for town in TOWNS:
        engine = open_engine(addresses.url("lamps", town))
        for one in (metadata, key_metadata):
            one.create_all(engine)
        engine.dispose()
    made = Databases(addresses, keys)
    yield made
    made.dispose()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was compiled, as it was."""
    seen: list[str] = []
    whole = SQLCompiler.__init__

    def compile_it(self, *given, **named):  # type: ignore[no-untyped-def]
        whole(self, *given, **named)
        seen.append(str(self))

    monkeypatch.setattr(SQLCompiler, "__init__", compile_it)
    return seen


def write_and_read(databases: Databases, town: str) -> str:
    with municipality_scope(town):
        with databases.writing("lamps") as connection:
            connection.execute(insert(lamp).values(id="one", note=f"{town} の灯り"))
            connection.commit()
        with databases.reading("lamps") as connection:
            return str(connection.execute(select(lamp.c.id, lamp.c.note)).one().note)


def test_what_one_town_asked_is_not_compiled_again_for_another(
    databases: Databases, compiled: list[str]
) -> None:
    write_and_read(databases, TOWNS[0])
    first = len(compiled)
    assert first > 0

    for town in TOWNS[1:]:
        assert write_and_read(databases, town) == f"{town} の灯り"
    assert compiled[first:] == []


def test_a_cell_that_was_carried_to_another_town_opens_for_neither(databases: Databases) -> None:
    one, other = TOWNS[:2]
    for town in (one, other):
        write_and_read(databases, town)
    key = key_metadata.tables["field_key"]
    with municipality_scope(one), databases.reading("lamps") as connection:
        keys = connection.execute(select(key)).mappings().one()
        cell = connection.exec_driver_sql("SELECT note FROM shared_lamp").scalar_one()
    with municipality_scope(other), databases.writing("lamps") as connection:
        connection.exec_driver_sql("DELETE FROM field_key")
        connection.execute(insert(key).values(**keys))
        connection.exec_driver_sql("UPDATE shared_lamp SET note = ?", (cell,))
        connection.commit()

    with municipality_scope(other), databases.reading("lamps") as connection:
        rows = connection.execute(select(lamp.c.id, lamp.c.note))
        with pytest.raises(SealBroken, match="does not open"):
            rows.one()
    with municipality_scope(one), databases.reading("lamps") as connection:
        row = connection.execute(select(lamp.c.id, lamp.c.note)).one()
    assert row.note == f"{one} の灯り"


@pytest.mark.postgresql
def test_a_dialect_is_shared_only_once_it_knows_its_server(
    private_postgres: PrivatePostgres,
) -> None:
    address = make_url(private_postgres.dsn).set(drivername="postgresql+psycopg")
    shared = SharedStatements()
    engines: list[Engine] = [open_engine(address) for _ in range(3)]
    own = [engine.dialect for engine in engines]
    shared.join(engines[0])
    shared.join(engines[1])
    assert [engine.dialect for engine in engines] == own

    with engines[1].connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    shared.join(engines[2])
    assert engines[1].dialect is own[1]
    assert own[1].server_version_info[0] >= 15
    assert engines[2].dialect is own[1]
    assert engines[0].dialect is own[0]

    with engines[0].connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert engines[0].dialect is own[1]
    for engine in engines:
        engine.dispose()
