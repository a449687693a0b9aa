"""Parks what could not be applied, so that nothing else stops, and gives it back on request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from kasane_contracts.envelope import Envelope
from kasane_kit import clock
from kasane_kit.bus import tables
from kasane_kit.ids import new_id

MOST_ATTEMPTS = 3
LONGEST_DETAIL = 2000
FEW_ATTEMPTS = 100


class ParkingReason(StrEnum):
    """Why an envelope was parked."""

    NOT_AN_ENVELOPE = "not_an_envelope"
    UNKNOWN_EVENT = "unknown_event"
    INVALID_EVENT = "invalid_event"
    SEAL_BROKEN = "seal_broken"
    TOWN_NOT_SERVED = "town_not_served"
    BEYOND_THE_LOG = "beyond_the_log"
    SUBSCRIBER_FAILED = "subscriber_failed"
    WAITS_BEHIND = "waits_behind"


OUTSIDE = frozenset(
    {ParkingReason.NOT_AN_ENVELOPE, ParkingReason.TOWN_NOT_SERVED, ParkingReason.BEYOND_THE_LOG}
)
"""Parked beside every stream: no cursor has passed them."""

HOLDS_BACK = frozenset(
    {
        ParkingReason.INVALID_EVENT,
        ParkingReason.SEAL_BROKEN,
        ParkingReason.SUBSCRIBER_FAILED,
        ParkingReason.WAITS_BEHIND,
    }
)
"""Later events of the same subject wait behind these. An event whose type this release does not
know holds nobody back: its producer says the older version alongside, which must be heard."""

_HOLDING = tuple(sorted(reason.value for reason in HOLDS_BACK))


@dataclass(frozen=True)
class DeadLetter:
    """One parked message; ``body`` is its text as it came."""

    id: str
    producer: str
    event_id: str
    type: str
    subject: str
    body: str
    reason: ParkingReason
    detail: str
    parked_at: datetime


def park(
    connection: Connection, body: str, reason: ParkingReason, detail: str, envelope: Envelope | None
) -> str:
    """Keeps a message with its reason in the caller's transaction; returns the letter's id."""
    letter_id = new_id()
    position = (
        connection.scalar(select(func.coalesce(func.max(tables.dead_letter.c.position), 0))) or 0
    )
    connection.execute(
        insert(tables.dead_letter).values(
            id=letter_id,
            position=position + 1,
            producer=envelope.source if envelope else "",
            event_id=envelope.id if envelope else "",
            type=envelope.type if envelope else "",
            subject=envelope.subject if envelope else "",
            body=body,
            reason=reason.value,
            detail=detail[:LONGEST_DETAIL],
            parked_at=clock.now(),
        )
    )
    return letter_id


def park_envelope(
    connection: Connection, envelope: Envelope, reason: ParkingReason, detail: str
) -> str:
    """Like ``park`` for a message that is an envelope."""
    return park(connection, envelope.to_json(), reason, detail, envelope)


def parked_subjects(connection: Connection, producer: str) -> set[str]:
    """The subjects of which an earlier event waits here; later ones wait behind it."""
    letter = tables.dead_letter.c
    return set(
        connection.scalars(
            select(letter.subject)
            .where(letter.producer == producer, letter.reason.in_(_HOLDING))
            .distinct()
        )
    )


def parked_in_streams(connection: Connection) -> frozenset[str]:
    """The ids of the events that a cursor has passed and that were not applied."""
    letter = tables.dead_letter.c
    outside = [reason.value for reason in OUTSIDE]
    return frozenset(
        connection.scalars(select(letter.event_id).where(letter.reason.not_in(outside)))
    )


def list_letters(connection: Connection, most: int = 200) -> Sequence[DeadLetter]:
    """Parked messages, oldest first."""
    rows = connection.execute(
        select(tables.dead_letter).order_by(tables.dead_letter.c.position).limit(most)
    )
    return [_letter(row) for row in rows]


def find(connection: Connection, letter_id: str) -> DeadLetter | None:
    """The letter, or None when there is none of this id."""
    row = connection.execute(
        select(tables.dead_letter).where(tables.dead_letter.c.id == letter_id)
    ).one_or_none()
    return None if row is None else _letter(row)


def letters_of_subject(connection: Connection, letter: DeadLetter) -> Sequence[DeadLetter]:
    """The letter, if it is still here, and those that wait about its subject, in the order said."""
    rows = connection.execute(
        select(tables.dead_letter)
        .where(
            or_(tables.dead_letter.c.id == letter.id, _held_back(letter.producer, letter.subject))
        )
        .order_by(tables.dead_letter.c.position)
    )
    return [_letter(row) for row in rows]


def explain(connection: Connection, letter_id: str, detail: str) -> None:
    """Writes down why a letter failed again."""
    connection.execute(
        update(tables.dead_letter)
        .where(tables.dead_letter.c.id == letter_id)
        .values(detail=detail[:LONGEST_DETAIL])
    )


def count_attempt(connection: Connection, event_id: str) -> int:
    """Counts one more try of an event in the caller's transaction; returns the number of this try.

    To be committed before the try, so that an event that ends the process is counted too.
    """
    table = tables.attempt
    before = connection.scalar(select(table.c.count).where(table.c.event_id == event_id)) or 0
    if before:
        connection.execute(
            update(table).where(table.c.event_id == event_id).values(count=before + 1)
        )
    else:
        connection.execute(insert(table).values(event_id=event_id, count=1))
    return before + 1


def was_tried(connection: Connection, event_id: str) -> bool:
    """Whether a try of an event was counted and neither ended nor taken back."""
    count = connection.scalar(
        select(tables.attempt.c.count).where(tables.attempt.c.event_id == event_id)
    )
    return bool(count)


def forget_attempts(connection: Connection, *event_ids: str) -> None:
    """Takes the counts away, once the events were applied or parked."""
    counted = connection.scalars(select(tables.attempt.c.event_id).limit(FEW_ATTEMPTS)).all()
    # Nearly always none are there; a question without five hundred names is answered at once.
    mine = event_ids if len(counted) == FEW_ATTEMPTS else set(counted).intersection(event_ids)
    if mine:
        connection.execute(delete(tables.attempt).where(tables.attempt.c.event_id.in_(mine)))


def remove(connection: Connection, letter_id: str) -> None:
    """Takes a letter out after it was applied."""
    connection.execute(delete(tables.dead_letter).where(tables.dead_letter.c.id == letter_id))


def _held_back(producer: str, subject: str) -> ColumnElement[bool]:
    letter = tables.dead_letter.c
    return and_(
        letter.producer == producer,
        letter.subject == subject,
        letter.reason.in_(_HOLDING),
    )


def _letter(row: Row[Any]) -> DeadLetter:
    values = row._mapping
    return DeadLetter(
        id=values["id"],
        producer=values["producer"],
        event_id=values["event_id"],
        type=values["type"],
        subject=values["subject"],
        body=values["body"],
        reason=ParkingReason(values["reason"]),
        detail=values["detail"],
        parked_at=values["parked_at"],
    )
