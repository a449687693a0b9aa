"""Remembers for each producer how far a consumer has come: duplicate, next, or a gap."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import tables
from kasane_kit.db import ended_when_still

CONSUMER_SECONDS = 20
"""A consumer that stands still in a transaction for longer loses it, and its locks."""


class Place(Enum):
    """Where an envelope stands relative to the cursor."""

    PASSED = "passed"
    NEXT = "next"
    GAP = "gap"


@dataclass(frozen=True)
class Cursor:
    """The last sequence applied of one producer's epoch; 0 before the first."""

    producer: str
    epoch: str
    sequence: int

    def place(self, envelope: Envelope) -> Place:
        """Whether the envelope was applied already, comes next, or comes too early."""
        if envelope.sequence <= self.sequence:
            return Place.PASSED
        return Place.NEXT if envelope.sequence == self.sequence + 1 else Place.GAP


def read(connection: Connection, producer: str, epoch: str, *, for_update: bool = False) -> Cursor:
    """The cursor of a producer's epoch; it starts at 0.

    With ``for_update`` other consumers wait until the transaction ends, from the very first event on: a cursor that
    is not there yet is written first, so that there is something to wait for.
    """
    statement: Select[Any] = select(tables.cursor.c.sequence).where(
        tables.cursor.c.producer == producer, tables.cursor.c.epoch == epoch
    )
    if for_update:
        statement = statement.with_for_update()
        if connection.dialect.name == "postgresql":
            statement = statement.add_columns(ended_when_still(CONSUMER_SECONDS))
    sequence = connection.scalar(statement)
    if sequence is None and for_update:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        beginning = dialect.insert(tables.cursor).values(producer=producer, epoch=epoch, sequence=0)
        connection.execute(beginning.on_conflict_do_nothing())
        sequence = connection.scalar(statement)
    return Cursor(producer, epoch, sequence or 0)


def advance(connection: Connection, cursor: Cursor, sequence: int) -> Cursor:
    """Moves a cursor that was read ``for_update``; raises RuntimeError for one that nobody has read so."""
    moved = connection.execute(
        update(tables.cursor)
        .where(tables.cursor.c.producer == cursor.producer, tables.cursor.c.epoch == cursor.epoch)
        .values(sequence=sequence)
    )
    if moved.rowcount != 1:
        raise RuntimeError(f"the cursor of {cursor.producer} is not there; it was not moved")
    return Cursor(cursor.producer, cursor.epoch, sequence)


def all_of(connection: Connection, *, for_update: bool = False) -> list[Cursor]:
    """Every cursor of the service; with ``for_update`` no delivery moves one until the transaction ends."""
    statement = select(tables.cursor).order_by(tables.cursor.c.producer, tables.cursor.c.epoch)
    rows = connection.execute(statement.with_for_update() if for_update else statement)
    return [Cursor(row.producer, row.epoch, row.sequence) for row in rows]
