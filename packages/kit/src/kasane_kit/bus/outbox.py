"""Keeps the producer's log: an event enters in the business transaction, gets its number, and is never changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import tables
from kasane_kit.ids import new_id

_NUMBERING_LOCK = 7_206_010_601


@dataclass(frozen=True)
class Head:
    """How far an epoch of a stream has come: the last number given and the last one published."""

    epoch: str
    sequence: int
    published: int


def append(connection: Connection, *envelopes: Envelope) -> None:
    """Writes events into the outbox, in one statement; they exist when the caller's transaction commits.

    Raises MalformedEnvelope: what no hearer could read would stop the whole stream.
    """
    for envelope in envelopes:
        Envelope.from_dict(envelope.to_dict())
    if envelopes:
        bodies = [{"body": envelope.to_json()} for envelope in envelopes]
        connection.execute(insert(tables.outbox), bodies)


def number(connection: Connection, most: int = 500) -> int:
    """Moves committed events from the outbox to the log under contiguous numbers; returns how many.

    The caller commits. Where another relay is numbering at this moment nothing is done.
    """
    if connection.dialect.name == "postgresql" and not connection.scalar(
        text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _NUMBERING_LOCK}
    ):
        return 0
    waiting = connection.execute(
        select(tables.outbox.c.id, tables.outbox.c.body).order_by(tables.outbox.c.id).limit(most)
    ).all()
    if not waiting:
        return 0
    current = head(connection) or begin_epoch(connection)
    rows = []
    for offset, row in enumerate(waiting, start=1):
        # Written by append() in this very database, so its shape needs no second look.
        written = Envelope(**json.loads(row.body))
        envelope = written.numbered(current.epoch, current.sequence + offset)
        rows.append(
            {
                "epoch": envelope.epoch,
                "sequence": envelope.sequence,
                "event_id": envelope.id,
                "type": envelope.type,
                "body": envelope.to_json(),
            }
        )
    connection.execute(insert(tables.event_log), rows)
    connection.execute(
        delete(tables.outbox).where(tables.outbox.c.id.in_([row.id for row in waiting]))
    )
    connection.execute(
        update(tables.stream)
        .where(tables.stream.c.epoch == current.epoch)
        .values(head=current.sequence + len(rows))
    )
    return len(rows)


def begin_epoch(connection: Connection) -> Head:
    """Opens a new epoch of the stream, counting from 1; the caller commits.

    After a producer's database was restored from a backup this keeps a number from standing for
    two events: what the consumers heard under the lost numbers stays under the old epoch.
    """
    last = connection.scalar(select(tables.stream.c.id).order_by(tables.stream.c.id.desc()))
    fresh = Head(new_id(), 0, 0)
    connection.execute(
        insert(tables.stream).values(id=(last or 0) + 1, epoch=fresh.epoch, head=0, published=0)
    )
    return fresh


def anything_waiting(connection: Connection) -> bool:
    """Whether an event was committed that has no number yet."""
    return connection.scalar(select(tables.outbox.c.id).limit(1)) is not None


def head(connection: Connection) -> Head | None:
    """Where the present epoch stands, or None before the first event was numbered."""
    row = connection.execute(
        select(tables.stream).order_by(tables.stream.c.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _head(row)


def heads(connection: Connection) -> Sequence[Head]:
    """Every epoch of the stream, oldest first; the last one is the present."""
    return [
        _head(row) for row in connection.execute(select(tables.stream).order_by(tables.stream.c.id))
    ]


def read_log(connection: Connection, epoch: str, after: int, most: int = 500) -> Sequence[Envelope]:
    """Numbered events of an epoch behind ``after``, in order, at most ``most``."""
    rows = connection.scalars(
        select(tables.event_log.c.body)
        .where(tables.event_log.c.epoch == epoch, tables.event_log.c.sequence > after)
        .order_by(tables.event_log.c.sequence)
        .limit(most)
    )
    return [Envelope.from_json(body) for body in rows]


def mark_published(connection: Connection, epoch: str, sequence: int) -> None:
    """Remembers that everything up to ``sequence`` was confirmed; never goes back."""
    connection.execute(
        update(tables.stream)
        .where(tables.stream.c.epoch == epoch, tables.stream.c.published < sequence)
        .values(published=sequence)
    )


def _head(row: Row[tuple[int, str, int, int]]) -> Head:
    return Head(row.epoch, row.head, row.published)
