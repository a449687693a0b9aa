"""Keeps the producer's log: an event enters in the business transaction, gets its number, and is never changed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import tables
from kasane_kit.db import committed_loosely, ended_when_still, write_later
from kasane_kit.ids import new_id

_NUMBERING_LOCK = 7_206_010_601
LARGEST_EVENT_BYTES = 512 * 1024
RELAY_SECONDS = 10
"""A relay that stands still in a transaction for longer loses it, and its locks."""


@dataclass(frozen=True)
class Head:
    """How far an epoch of a stream has come: the last number given and the last one published."""

    epoch: str
    sequence: int
    published: int


@dataclass(frozen=True)
class Lead:
    """The right of one relay to number and to mark an epoch, until another relay has taken it."""

    epoch: str
    generation: int
    head: Head | None = field(default=None, compare=False)
    """Where the epoch stood when the lead was granted; nobody else moves it before the commit."""


class Logged(NamedTuple):
    """One numbered event as its text stands in the log; nothing of it was read."""

    municipality: str
    source: str
    sequence: int
    id: str
    type: str
    text: str

    def to_json(self) -> str:
        """The text."""
        return self.text

    def envelope(self) -> Envelope:
        """The event; raises MalformedEnvelope."""
        return Envelope.from_log(self.text)


class Written(NamedTuple):
    """One event as it stands in the outbox, without a place."""

    event_id: str
    type: str
    body: str


class EventTooLarge(ValueError):
    """An event is larger than a message may be; its transaction cannot be committed."""


def append(connection: Connection, *envelopes: Envelope) -> None:
    """Hands events to the outbox; they exist when the caller's transaction commits.

    Raises MalformedEnvelope and EventTooLarge.
    """
    append_written(connection, [written(envelope) for envelope in envelopes])


def append_written(connection: Connection, events: Sequence[Written]) -> None:
    """Like ``append`` for what ``written`` made of events."""
    write_later(connection, tables.outbox, *(one._asdict() for one in events))


def written(envelope: Envelope) -> Written:
    """What stands in the outbox. Raises MalformedEnvelope and EventTooLarge.

    What no hearer takes would stop the whole stream.
    """
    Envelope.from_dict(envelope.to_dict())
    body = envelope.to_json_without_place()
    size = len(body.encode())
    if size > LARGEST_EVENT_BYTES:
        raise EventTooLarge(
            f"{envelope.type} has {size} bytes, more than {LARGEST_EVENT_BYTES}; nothing was "
            "saved; say in the event where the long part can be read instead"
        )
    return Written(envelope.id, envelope.type, body)


def lead(connection: Connection, relay: str, seconds: float) -> Lead | None:
    """Takes or renews the lead of the present epoch for a relay; None while another one has it.

    The caller commits. ``relay`` names one relay of one process; ``seconds`` is how long it may be
    silent before another takes its place, by the clock of the database. A lead that would last longer
    than that was given before the clock was set back, and is not waited for. Each change of the leader
    raises the generation, and what is written under an earlier one changes nothing.
    """
    if connection.dialect.name == "postgresql" and not connection.scalar(
        select(func.pg_try_advisory_xact_lock(_NUMBERING_LOCK), ended_when_still(RELAY_SECONDS))
    ):
        return None
    current = head(connection) or begin_epoch(connection)
    stream, now, lasts = tables.stream.c, _milliseconds(connection), int(seconds * 1000)
    is_over = or_(stream.led_until <= now, stream.led_until > now + lasts)
    generation = connection.scalar(
        update(tables.stream)
        .where(stream.epoch == current.epoch, or_(stream.leader == relay, is_over))
        .values(
            leader=relay,
            generation=case(
                (stream.leader == relay, stream.generation), else_=stream.generation + 1
            ),
            led_until=now + lasts,
        )
        .returning(stream.generation)
    )
    return None if generation is None else Lead(current.epoch, generation, current)


def _milliseconds(connection: Connection) -> ColumnElement[int]:
    """The clock of the database, which all relays of a stream share."""
    if connection.dialect.name == "postgresql":
        return literal_column("(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    return literal_column("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")


def number(connection: Connection, most: int = 500, current: Head | None = None) -> int:
    """Moves committed events from the outbox to the log under contiguous numbers; returns how many.

    To be called in the transaction in which ``lead`` was granted; the caller commits.
    """
    current = current or head(connection) or begin_epoch(connection)
    values = {"most": most, "epoch": current.epoch, "head": current.sequence}
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(_NUMBERED_AT_ONCE, values)) - current.sequence
    # Nobody else writes to this file until the commit, so each statement sees the same events.
    for statement in _NUMBERED[:-1]:
        connection.execute(statement, values)
    return int(connection.scalar(_NUMBERED[-1], values)) - current.sequence


# The place is written behind the text of the event, which is not read for it. What an earlier release
# left in the outbox names an empty place in between; of two, every reader of ours takes the last. And it
# has no id and type beside the text.
_PLACED = """ || ',"epoch":"' || CAST(:epoch AS text) || '","sequence":' || number || '}'"""
_NUMBERED_AT_ONCE = text(
    f"""WITH taken AS (
            DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT :most)
            RETURNING id, event_id, type, body
        ), counted AS (
            SELECT CAST(:head AS bigint) + row_number() OVER (ORDER BY id) AS number, event_id, type, body
            FROM taken
        ), logged AS (
            INSERT INTO event_log (epoch, sequence, event_id, type, body)
            SELECT CAST(:epoch AS text), number, coalesce(event_id, CAST(body AS json) ->> 'id'),
                   coalesce(type, CAST(body AS json) ->> 'type'), left(body, -1){_PLACED}
            FROM counted RETURNING sequence
        )
        UPDATE stream SET head = head + (SELECT count(*) FROM logged)
        WHERE epoch = CAST(:epoch AS text) RETURNING head"""
)
_NUMBERED = (
    text(
        f"""INSERT INTO event_log (epoch, sequence, event_id, type, body)
            SELECT :epoch, number, coalesce(event_id, json_extract(body, '$.id')),
                   coalesce(type, json_extract(body, '$.type')), substr(body, 1, length(body) - 1){_PLACED}
            FROM (SELECT :head + row_number() OVER (ORDER BY id) AS number, event_id, type, body
                  FROM (SELECT id, event_id, type, body FROM outbox ORDER BY id LIMIT :most))"""
    ),
    text("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT :most)"),
    text(
        """UPDATE stream SET head = coalesce(
               (SELECT max(sequence) FROM event_log WHERE epoch = :epoch), head)
           WHERE epoch = :epoch RETURNING head"""
    ),
)


def begin_stream(connection: Connection) -> None:
    """Opens the first epoch of a stream that has none yet; whoever numbers at this moment is waited for.

    The caller commits.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_NUMBERING_LOCK)))
    if head(connection) is None:
        begin_epoch(connection)


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


def standing(connection: Connection) -> tuple[bool, Head | None]:
    """``anything_waiting`` and ``head`` in one question: what a relay that has nothing to do asks."""
    waits = exists(select(tables.outbox.c.id)).label("waits")
    row = connection.execute(
        select(tables.stream, waits).order_by(tables.stream.c.id.desc()).limit(1)
    ).one_or_none()
    return (anything_waiting(connection), None) if row is None else (bool(row.waits), _head(row))


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
    return [Envelope.from_log(body) for body in rows]


def read_texts(
    connection: Connection, stream: tuple[str, str], epoch: str, after: int, most: int = 500
) -> list[Logged]:
    """Like ``read_log`` for the log of a stream (municipality, source), for who passes events on unread."""
    log = tables.event_log.c
    rows = connection.execute(
        select(log.sequence, log.event_id, log.type, log.body)
        .where(log.epoch == epoch, log.sequence > after)
        .order_by(log.sequence)
        .limit(most)
    )
    return [Logged(*stream, *row) for row in rows]


def read_log_of(
    connection: Connection, epoch: str, after: int, to: int, types: Collection[str], most: int = 500
) -> Sequence[Envelope]:
    """Like ``read_log``, up to ``to`` and of some types only."""
    log = tables.event_log.c
    rows = connection.scalars(
        select(log.body)
        .where(log.epoch == epoch, log.sequence > after, log.sequence <= to)
        .where(log.type.in_(sorted(types)))
        .order_by(log.sequence)
        .limit(most)
    )
    # Numbered in this very log, so its shape needs no second look.
    return [Envelope(**json.loads(body)) for body in rows]


def whole_up_to(connection: Connection, epoch: str) -> int:
    """How many events of an epoch the log holds from its first one on, without a hole."""
    log = tables.event_log.c
    kept, last = connection.execute(
        select(func.count(), func.max(log.sequence)).where(log.epoch == epoch)
    ).one()
    return kept if kept == last else 0


def mark_published(connection: Connection, lead: Lead, sequence: int) -> bool:
    """Remembers that everything up to ``sequence`` was confirmed; False when another relay leads now.

    A mark that a crash of the server takes back is made again when the same events went out a second time.
    """
    stream = tables.stream.c
    marked: list[ColumnElement[Any]] = [stream.published]
    if connection.dialect.name == "postgresql":
        marked += [ended_when_still(RELAY_SECONDS), committed_loosely()]
    return (
        connection.scalar(
            update(tables.stream)
            .where(
                stream.epoch == lead.epoch,
                stream.generation == lead.generation,
                stream.published < sequence,
            )
            .values(published=sequence)
            .returning(*marked)
        )
        is not None
    )


def _head(row: Row[Any]) -> Head:
    return Head(row.epoch, row.head, row.published)
