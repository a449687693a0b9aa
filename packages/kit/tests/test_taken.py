"""A row that is there already is told from every other refusal, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    insert,
    make_url,
    text,
)
from sqlalchemy.exc import IntegrityError

from kasane_kit.db import Taken, is_closed, unless_taken
from kasane_kit.db.barrier import CLOSED_SENTENCE
from tests.support.private_postgres import PrivatePostgres

metadata = MetaData()
house = Table("house", metadata, Column("id", Integer, primary_key=True))
lamp = Table(
    "lamp",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), unique=True),
    Column("room", String(20)),
    Column("socket", Integer, nullable=False),
    Column("house_id", Integer, ForeignKey("house.id")),
    Column("hue", String(20)),
    Column("lit", Integer, nullable=False, server_default="0"),
    UniqueConstraint("room", "socket", name="lamp_place"),
    CheckConstraint("socket < 100", name="lamp_socket"),
    Index(
        "lamp_lit",
        "hue",
        unique=True,
        sqlite_where=text("lit = 1"),
        postgresql_where=text("lit = 1"),
    ),
)
c = lamp.c
PLACE = (c.room, c.socket)
EVERY_KEY = (c.id, c.name, PLACE, c.hue)
FIRST = {"id": 1, "name": "灯", "room": "居間", "socket": 1, "hue": "橙", "lit": 1}
OTHER = {"id": 2, "name": "明", "room": "居間", "socket": 2, "hue": "白", "lit": 1}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """An open transaction in which one lamp stands already."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'lamps.sqlite'}"
    else:
        server: PrivatePostgres = request.getfixturevalue("private_postgres")
        server.psql("DROP DATABASE IF EXISTS kit_taken")
        server.psql("CREATE DATABASE kit_taken")
        url = make_url(server.dsn_of("kit_taken")).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.connect() as found:
        if request.param == "sqlite":
            found.exec_driver_sql("PRAGMA foreign_keys=ON")
        metadata.create_all(found)
        found.execute(insert(lamp).values(FIRST))
        found.commit()
        yield found
    engine.dispose()


@pytest.mark.parametrize(
    ("same", "key"),
    [
        ({"id": 1}, c.id),
        ({"name": "灯"}, c.name),
        ({"room": "居間", "socket": 1}, PLACE),
        ({"hue": "橙"}, c.hue),
    ],
)
def test_a_row_that_is_there_already_is_told_by_its_key(
    connection: Connection, same: dict[str, object], key: object
) -> None:
    write = insert(lamp).values({**OTHER, **same})

    with pytest.raises(Taken) as taken, unless_taken(*EVERY_KEY), connection.begin_nested():
        connection.execute(write)

    assert taken.value.key is key
    others = [one for one in EVERY_KEY if one is not key]
    with pytest.raises(IntegrityError), unless_taken(*others), connection.begin_nested():
        connection.execute(write)


@pytest.mark.parametrize(
    "wrong",
    [{"socket": None}, {"socket": 100}, {"house_id": 7}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_wrong_with_a_row_is_no_row_that_is_there_already(
    connection: Connection, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), unless_taken(*EVERY_KEY), connection.begin_nested():
        connection.execute(insert(lamp).values({**OTHER, **wrong}))

    with unless_taken(*EVERY_KEY):
        connection.execute(insert(lamp).values(OTHER))


def test_the_barrier_of_a_moving_town_is_no_row_that_is_there_already(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'closed.sqlite'}")
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(lamp).values(FIRST))
        connection.exec_driver_sql(
            f"CREATE TRIGGER shut BEFORE INSERT ON lamp BEGIN SELECT RAISE(ABORT, '{CLOSED_SENTENCE}'); END"
        )
        with pytest.raises(IntegrityError) as refusal, unless_taken(*EVERY_KEY):
            connection.execute(insert(lamp).values(FIRST))
    engine.dispose()

    assert is_closed(refusal.value)
