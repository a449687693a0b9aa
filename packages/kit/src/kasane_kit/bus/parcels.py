"""Keeps what one town sends to another: handed in with the business, taken once, emptied when it is there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text, update

from kasane_kit import clock
from kasane_kit.bus.tables import parcel_out


@dataclass(frozen=True)
class Parcel:
    """One parcel: what it is for a service, between which towns, and what is in it.

    What is in it is JSON and lies in the databases of both towns as it was given: who sends personal facts
    seals them before.
    """

    id: str
    kind: str
    from_municipality: str
    to_municipality: str
    body: Mapping[str, Any]


def hand_in(connection: Connection, parcel: Parcel) -> None:
    """Writes a parcel into the sender's database; it exists when the caller's transaction commits."""
    connection.execute(
        parcel_out.insert().values(
            id=parcel.id,
            kind=parcel.kind,
            to_municipality=parcel.to_municipality,
            body=json.dumps(parcel.body, ensure_ascii=False),
            handed_in_at=clock.now(),
        )
    )


def waiting(connection: Connection, from_municipality: str, most: int = 50) -> Sequence[Parcel]:
    """What has not been carried yet, in the order in which it was handed in."""
    o = parcel_out.c
    rows = connection.execute(
        select(o.id, o.kind, o.to_municipality, o.body)
        .where(o.carried_at.is_(None))
        .order_by(o.position)
        .limit(most)
    )
    return [
        Parcel(row.id, row.kind, from_municipality, row.to_municipality, json.loads(row.body))
        for row in rows
    ]


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
