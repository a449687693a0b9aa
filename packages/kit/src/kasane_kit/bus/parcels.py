"""Keeps what one town sends to another: handed in with the business, taken once, emptied when it is there."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select, text, update

from kasane_kit import clock
from kasane_kit.bus.dead_letters import LONGEST_DETAIL
from kasane_kit.bus.tables import parcel_out

AT_ONCE = 50


@dataclass(frozen=True)
class Parcel:
    """One parcel: what it is for a service, between which towns, and what is in it.

    Parcels about one ``subject`` keep their order; one without a subject keeps its place among all
    that go to the same town.

    What is in it is JSON and lies in the databases of both towns as it was given: who sends personal facts
    seals them before.
    """

    id: str
    kind: str
    from_municipality: str
    to_municipality: str
    body: Mapping[str, Any]
    subject: str = ""


@dataclass(frozen=True)
class ParkedParcel:
    """A parcel that was put aside because it could not be taken; what is in it is not told."""

    id: str
    kind: str
    to_municipality: str
    subject: str
    detail: str
    parked_at: datetime


def hand_in(connection: Connection, parcel: Parcel) -> None:
    """Writes a parcel into the sender's database; it exists when the caller's transaction commits."""
    connection.execute(
        parcel_out.insert().values(
            id=parcel.id,
            kind=parcel.kind,
            to_municipality=parcel.to_municipality,
            body=json.dumps(parcel.body, ensure_ascii=False),
            handed_in_at=clock.now(),
            subject=parcel.subject,
            attempts=0,
            detail="",
        )
    )


def waiting(
    connection: Connection, from_municipality: str, away: Collection[str] = (), most: int = AT_ONCE
) -> Sequence[Parcel]:
    """What has not been carried yet, in the order in which it was handed in.

    Without what was put aside and what has to wait behind that, and without what goes to a town that is ``away``.
    """
    o, aside = parcel_out.c, parcel_out.alias().c
    waits = exists().where(
        aside.carried_at.is_(None),
        aside.parked_at.is_not(None),
        aside.to_municipality == o.to_municipality,
        aside.position < o.position,
        or_(aside.subject == o.subject, aside.subject == "", o.subject == ""),
    )
    rows = connection.execute(
        select(o.id, o.kind, o.to_municipality, o.body, o.subject)
        .where(o.carried_at.is_(None), o.parked_at.is_(None), ~waits)
        .where(o.to_municipality.not_in(sorted(away)))
        .order_by(o.position)
        .limit(most)
    )
    return [
        Parcel(
            row.id,
            row.kind,
            from_municipality,
            row.to_municipality,
            json.loads(row.body),
            row.subject,
        )
        for row in rows
    ]


def count_attempt(connection: Connection, parcel_id: str) -> int:
    """Counts one more try that failed; returns how many there were."""
    o = parcel_out.c
    connection.execute(update(parcel_out).where(o.id == parcel_id).values(attempts=o.attempts + 1))
    return connection.scalar(select(o.attempts).where(o.id == parcel_id)) or 0


def put_aside(connection: Connection, parcel_id: str, detail: str) -> None:
    """Puts a parcel aside, with why; it stays with its sender whole."""
    connection.execute(
        update(parcel_out)
        .where(parcel_out.c.id == parcel_id)
        .values(parked_at=clock.now(), detail=detail[:LONGEST_DETAIL])
    )


def put_aside_ones(connection: Connection) -> Sequence[ParkedParcel]:
    """What was put aside, the oldest first."""
    o = parcel_out.c
    rows = connection.execute(
        select(o.id, o.kind, o.to_municipality, o.subject, o.detail, o.parked_at)
        .where(o.parked_at.is_not(None), o.carried_at.is_(None))
        .order_by(o.position)
    )
    return [ParkedParcel(**row._mapping) for row in rows]


def give_back(connection: Connection, parcel_id: str) -> bool:
    """Lets a parcel that was put aside be carried again; False when there is none of this id."""
    given = connection.execute(
        update(parcel_out)
        .where(parcel_out.c.id == parcel_id, parcel_out.c.parked_at.is_not(None))
        .values(parked_at=None, attempts=0, detail="")
    )
    return given.rowcount == 1


def take(connection: Connection, parcel: Parcel) -> bool:
    """Remembers in the receiver's database that a parcel is there; False when it was there before."""
    taken = connection.execute(
        text(
            "INSERT INTO parcel_in (id, kind, from_municipality, arrived_at) "
            "VALUES (:id, :kind, :sender, :at) ON CONFLICT (id) DO NOTHING"
        ).bindparams(
            id=parcel.id, kind=parcel.kind, sender=parcel.from_municipality, at=clock.now()
        )
    )
    return taken.rowcount == 1


def carried(connection: Connection, parcel_id: str) -> None:
    """Remembers in the sender's database that a parcel is there, and empties what the sender kept of it."""
    connection.execute(
        update(parcel_out)
        .where(parcel_out.c.id == parcel_id)
        .values(carried_at=clock.now(), body="{}")
    )
