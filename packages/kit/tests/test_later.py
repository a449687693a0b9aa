"""Checks rows that wait for the end of their transaction, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DataError, IntegrityError

from kasane_kit.db import (
    BESIDE,
    Databases,
    Sealed,
    SealedJson,
    begin_record,
    change_later,
    gather_later,
    write_later,
    write_now,
)
from kasane_kit.db.engine import open_engine
from kasane_kit.db.sealed import field_key
from kasane_kit.db.sealed import metadata as key_metadata
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from tests.support.private_postgres import PrivatePostgres
from tests.support.sealed_lamps import OneDatabase

TOWN = "292095"
WORDS = '夜中に「灯り」が\n消える \\ "と" 言う'

metadata = MetaData()
lamp = Table(
    "later_lamp",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("lit", Boolean),
    Column("bought_on", Date),
    Column("seen_at", DateTime(timezone=True)),
    Column("parts", JSON, nullable=False),
    Column("words", Text().with_variant(ARRAY(Text), "postgresql")),
    Column("note", Sealed("id"), nullable=False),
    Column("more", SealedJson("id"), nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
)
line = Table(
    "later_line",
    metadata,
    Column(
        "id",
        BigInteger().with_variant(Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("words", Text, nullable=False, unique=True),
)
ON_POSTGRESQL = pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
TABLES = ("later_lamp", "later_line", "field_key")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    if request.param == "sqlite":
        address = URL.create("sqlite", database=str(tmp_path / "lamps.sqlite"))
    else:
        server: PrivatePostgres = request.getfixturevalue("private_postgres")
        address = make_url(server.dsn).set(drivername="postgresql+psycopg")
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN)
    engine = open_engine(address)
    with engine.begin() as connection:
        for one in (metadata, key_metadata):
            one.drop_all(connection)
            one.create_all(connection)
    engine.dispose()
    found = Databases(OneDatabase(address), keys)
    with municipality_scope(TOWN):
        yield found
    found.dispose()


def a_lamp(lamp_id: str, connection: Connection, **values: object) -> dict[str, Any]:
    words = ["電灯", '"', "\\", ""] if connection.dialect.name == "postgresql" else "電灯"
    return {
        "id": lamp_id,
        "name": WORDS,
        "lit": None,
        "bought_on": date(2026, 4, 1),
        "seen_at": datetime(2026, 4, 1, 3, 4, 5, 678901, tzinfo=UTC),
        "parts": {"傘": ["割れた", None, 1.5, True]},
        "words": words,
        "note": WORDS,
        "more": [{"傘": "割れた"}],
        **values,
    }


def lines(connection: Connection) -> list[str]:
    return list(connection.scalars(select(line.c.words).order_by(line.c.id)))


def said(databases: Databases) -> list[str]:
    with databases.reading("lamps") as connection:
        return lines(connection)


def test_what_is_written_later_is_what_is_written_at_once(databases: Databases) -> None:
    with databases.writing("lamps") as connection:
        connection.execute(insert(lamp), [a_lamp("a", connection)])
        begin_record(connection, "b")
        write_later(connection, lamp, a_lamp("b", connection))
        write_later(
            connection, lamp, a_lamp("c", connection, lit=False, note="", words=None, more=[])
        )
        write_later(connection, line, {"words": "一"}, {"words": "二"})
        connection.commit()

    with databases.reading("lamps") as connection:
        a, b, c = connection.execute(select(lamp).order_by(lamp.c.id)).mappings()
        owners = list(connection.scalars(select(field_key.c.owner).order_by(field_key.c.owner)))
        stored = connection.execute(text("SELECT note FROM later_lamp WHERE id = 'b'")).scalar_one()
    assert {**a, "id": "b"} == dict(b)
    assert (a["note"], a["more"], a["version"]) == (WORDS, [{"傘": "割れた"}], 0)
    assert (c["lit"], c["note"], c["words"], c["more"]) == (False, "", None, [])
    assert owners == ["a", "b"]
    assert stored.startswith("sealed1:")
    assert said(databases) == ["一", "二"]


def test_on_postgresql_everything_goes_out_in_one_statement(databases: Databases) -> None:
    statements: list[str] = []
    with databases.writing("lamps") as connection:
        event.listen(connection, "before_cursor_execute", lambda *what: statements.append(what[2]))
        begin_record(connection, "a")
        write_later(connection, lamp, a_lamp("a", connection))
        write_later(connection, line, {"words": "一"})
        asked = connection.scalar(select(1), execution_options=BESIDE)
        assert (asked, [one for one in statements if "BEGIN" not in one]) == (1, ["SELECT 1"])
        write_later(connection, line, {"words": "二"})
        connection.commit()
        on_postgres = connection.dialect.name == "postgresql"
    written = [one for one in statements if "INSERT" in one]
    assert len(written) == (1 if on_postgres else 3)
    if on_postgres:
        assert all(f"INSERT INTO {table} " in written[0] for table in TABLES)
    assert said(databases) == ["一", "二"]


def test_whoever_asks_finds_what_was_written_before(databases: Databases) -> None:
    with databases.writing("lamps") as connection:
        write_later(connection, line, {"words": "一"})
        assert lines(connection) == ["一"]
        write_later(connection, lamp, a_lamp("a", connection))
        change_later(connection, lamp, {"id": "a", "name": "新しい", "version": 3})
        assert connection.scalar(select(lamp.c.name)) == "新しい"
        connection.rollback()
    assert said(databases) == []


def test_a_row_that_is_there_is_changed_at_the_end(databases: Databases) -> None:
    with databases.writing("lamps") as connection:
        write_later(connection, lamp, a_lamp("a", connection), a_lamp("b", connection))
        write_now(connection)
        change_later(connection, lamp, {"id": "a", "name": "新しい", "note": "新しい語"})
        connection.commit()
    with databases.reading("lamps") as connection:
        rows = connection.execute(select(lamp.c.id, lamp.c.name, lamp.c.note).order_by(lamp.c.id))
        assert [tuple(row) for row in rows] == [("a", "新しい", "新しい語"), ("b", WORDS, WORDS)]


def test_one_wrong_row_leaves_nothing_of_the_others_behind(databases: Databases) -> None:
    with databases.writing("lamps") as connection:
        write_later(connection, line, {"words": "一"})
        connection.commit()
    with databases.writing("lamps") as connection:
        begin_record(connection, "a")
        write_later(connection, lamp, a_lamp("a", connection))
        write_later(connection, line, {"words": "二"}, {"words": "一"})
        with pytest.raises(IntegrityError) as caught:
            connection.commit()
        assert "割れた" not in str(caught.value)
        connection.rollback()
    with databases.reading("lamps") as connection:
        assert lines(connection) == ["一"]
        assert connection.execute(select(lamp.c.id)).all() == []
        assert connection.execute(select(field_key.c.id)).all() == []


def test_a_connection_is_good_again_after_a_wrong_row(databases: Databases) -> None:
    for words in ("一", "一", "二"):
        with databases.writing("lamps") as connection:
            write_later(connection, line, {"words": words})
            try:
                connection.commit()
            except IntegrityError:
                assert words == "一"
    assert said(databases) == ["一", "二"]


def test_a_savepoint_takes_back_what_came_after_it_alone(databases: Databases) -> None:
    with databases.writing("lamps") as connection:
        write_later(connection, line, {"words": "一"})
        savepoint = connection.begin_nested()
        write_later(connection, line, {"words": "二"})
        savepoint.rollback()
        with pytest.raises(IntegrityError), connection.begin_nested():
            write_later(connection, line, {"words": "一"})
        with connection.begin_nested():
            write_later(connection, line, {"words": "三"})
        connection.commit()
    assert said(databases) == ["一", "三"]


def test_what_is_gathered_is_asked_for_once_and_its_rows_go_along(databases: Databases) -> None:
    asked: list[list[str]] = []
    with databases.writing("lamps") as connection:

        def say(words: list[str]) -> None:
            asked.append(words)
            known = connection.scalar(select(1))
            write_later(connection, line, *({"words": f"{one}{known}"} for one in words))

        gather_later(connection, "一", say)
        gather_later(connection, "二", say)
        assert asked == []
        savepoint = connection.begin_nested()
        gather_later(connection, "三", say)
        savepoint.rollback()
        gather_later(connection, "四", say)
        connection.commit()
    assert asked == [["一", "二"], ["三"], ["四"]]
    assert said(databases) == ["一1", "二1", "四1"]


def test_a_key_of_a_record_that_is_no_new_one_is_refused(databases: Databases) -> None:
    with databases.writing("lamps") as connection:
        connection.execute(insert(lamp), [a_lamp("a", connection)])
        connection.execute(lamp.delete())
        connection.commit()
    with databases.writing("lamps") as connection:
        begin_record(connection, "a")
        write_later(connection, lamp, a_lamp("a", connection))
        if connection.dialect.name == "sqlite":
            connection.commit()
        else:
            with pytest.raises(IntegrityError):
                connection.commit()


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": object()}, (TypeError,)),
        ({"id": "a" * 37}, (DataError,)),
        ({"name": "nothing \x00"}, (DataError, ValueError)),
        ({"name": "half a pair \ud800"}, (UnicodeEncodeError,)),
    ],
    ids=["an object", "too long", "NUL", "half a pair"],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_kept(
    databases: Databases, values: dict[str, object], error: tuple[type[Exception], ...]
) -> None:
    with databases.writing("lamps") as connection:
        write_later(connection, line, {"words": "一"})
        write_later(connection, lamp, a_lamp("a", connection, **{"note": "", "more": [], **values}))
        with pytest.raises(error):
            connection.commit()
        connection.rollback()
    assert said(databases) == []


@ON_POSTGRESQL
def test_nothing_but_an_empty_value_stands_for_nothing_in_a_column_of_json(
    databases: Databases,
) -> None:
    with databases.writing("lamps") as connection:
        write_later(connection, lamp, a_lamp("a", connection, parts=None))
        with pytest.raises(TypeError, match=r"later_lamp\.parts"):
            connection.commit()


def test_an_engine_that_cannot_wait_writes_at_once(databases: Databases, tmp_path: Path) -> None:
    engine = open_engine(URL.create("sqlite", database=str(tmp_path / "other.sqlite")))
    metadata.create_all(engine)
    with engine.connect() as connection:
        write_later(connection, line, {"words": "一"})
        assert connection.connection.cursor().execute(  # the driver's own cursor
            "SELECT words FROM later_line"
        ).fetchall() == [("一",)]
    engine.dispose()
