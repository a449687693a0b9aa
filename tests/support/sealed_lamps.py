"""Two small tables with sealed columns, on either database, with the keys of two towns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    text,
)

from kasane_kit.db import Databases, Sealed, SealedJson, UnderTownKey, shredding, typed
from kasane_kit.db.engine import open_engine
from kasane_kit.db.sealed import metadata as key_metadata
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope

TOWN, OTHER_TOWN = "292095", "012319"
WORDS = "夜中に灯りが消える"

metadata = MetaData()
lamp = Table(
    "lamp",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("house", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Sealed("house"), nullable=False),
    Column("parts", SealedJson("house"), nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
)
turn = Table(
    "lamp_turn",
    metadata,
    Column("lamp_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("words", Sealed("lamp_id"), nullable=False),
)

picture = Table(
    "lamp_picture",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("lamp_id", String(36), nullable=False),
    Column("title", Text, nullable=False),
    Column("sealed", LargeBinary),
)


def place_of_picture(lamp_id: str, picture_id: str) -> str:
    """Where the seal of a picture belongs."""
    return f"lamp_picture|{lamp_id}|{picture_id}"


PICTURES = UnderTownKey(picture.c.sealed, "pictures", ("lamp_id", "id"), place_of_picture)


@dataclass
class OneDatabase:
    """One database for whichever town is asked for, as when a town is given another's."""

    address: URL

    def url(self, service: str, municipality: str) -> URL:
        """The database."""
        return self.address

    def log_url(self, producer: str, municipality: str) -> URL:
        """The database."""
        return self.address


@dataclass
class Ground:
    """A database with the tables, and the keys of two towns."""

    databases: Databases
    keys: KeyRing
    address: URL

    def raw(self, statement: str) -> list[tuple[object, ...]]:
        """What the database itself answers, without opening any seal."""
        engine = open_engine(self.address)
        try:
            with engine.begin() as connection:
                found = connection.execute(text(statement))
                return [tuple(row) for row in found] if found.returns_rows else []
        finally:
            engine.dispose()


@contextmanager
def ground_at(address: URL, folder: Path) -> Iterator[Ground]:
    """The tables made anew in this database, and the town open."""
    keys = KeyRing(folder / "keys")
    keys.ensure(TOWN, OTHER_TOWN)
    engine = open_engine(address)
    with engine.begin() as connection:
        for one in (metadata, key_metadata, shredding.metadata, typed.metadata):
            one.drop_all(connection)
            one.create_all(connection)
    engine.dispose()
    databases = Databases(OneDatabase(address), keys)
    with municipality_scope(TOWN):
        yield Ground(databases, keys, address)
    databases.dispose()


def write(ground: Ground, *statements: object) -> None:
    """Does these in one transaction."""
    with ground.databases.writing("lamps") as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
        connection.commit()


def a_lamp(lamp_id: str = "a", **values: object) -> object:
    """The statement that adds a lamp with these words."""
    given = {"house": "h1", "name": "電灯", "note": WORDS, "parts": [{"傘": "割れた"}]} | values
    return insert(lamp).values(id=lamp_id, **given)


def notes(ground: Ground) -> list[tuple[object, ...]]:
    """What every lamp says, opened."""
    with ground.databases.reading("lamps") as connection:
        rows = connection.execute(select(lamp.c.note, lamp.c.parts).order_by(lamp.c.id))
        return [tuple(row) for row in rows]


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[list[object]]:
    """Does it in another thread; what comes of it, or what was raised, is in the list behind the block."""
    came: list[object] = []

    def run() -> None:
        with municipality_scope(TOWN):
            try:
                came.append(work())
            except Exception as error:
                came.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield came
    finally:
        thread.join(60)


def until_somebody_waits(ground: Ground, came: list[object]) -> None:
    """Returns when a session of the server waits for another, or when what is done beside came to its end."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    while not came and ground.raw(waiting) == [(0,)]:
        pass
