"""Loads and saves what telephones hold and send, and the watch over workers."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from kasane_kit.db import Taken, unless_taken
from kasane_outreach import tables
from kasane_outreach.domain.check_in import CheckIn
from kasane_outreach.domain.door_device import DoorDevice
from kasane_outreach.domain.door_errors import DeviceNotFound, DoorItemNotFound
from kasane_outreach.domain.door_item import (
    DoorItem,
    DoorItemKind,
    DoorOutcome,
    VisitAddendum,
    VisitPhoto,
)
from kasane_outreach.repository.visits import in_utc


def taken_once() -> AbstractContextManager[None]:
    """Raises Taken when what is written inside came twice at once and the other one was first.

    A picture and a watch bear the id of the thing that they came with.
    """
    return unless_taken(tables.door_item.c.id, tables.visit_photo.c.id, tables.check_in.c.id)


class DoorDevices:
    """The telephones of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, device_id: str, *, to_change: bool = False) -> DoorDevice:
        """The telephone; raises DeviceNotFound. ``to_change`` lets others who want to change it wait."""
        found = self.find(device_id, to_change=to_change)
        if found is None:
            raise DeviceNotFound
        return found

    def find(self, device_id: str, *, to_change: bool = False) -> DoorDevice | None:
        """The telephone, or None. ``to_change`` lets others who want to change it wait."""
        if to_change:
            _hold(self._connection, tables.door_device, device_id)
        found = self._load(tables.door_device.c.id == device_id)
        return found[0] if found else None

    def known(self, device: DoorDevice) -> DoorDevice:
        """The telephone of this number as it is kept, to be changed; one that is new is added as it is."""
        kept = self.find(device.id, to_change=True)
        if kept is not None:
            return kept
        try:
            with unless_taken(tables.door_device.c.id), self._connection.begin_nested():
                self._connection.execute(insert(tables.door_device).values(**asdict(device)))
        except Taken:
            return self.get(device.id, to_change=True)
        return device

    def of(self, account_id: str = "") -> tuple[DoorDevice, ...]:
        """The telephones of an account, or all, the last used first."""
        d = tables.door_device.c
        return self._load(*([d.account_id == account_id] if account_id else []))

    def stopped_in(self, session_id: str) -> bool:
        """Whether a telephone was stopped that this sign-in was used on."""
        d = tables.door_device.c
        found = self._connection.scalar(
            select(d.id).where(d.session_id == session_id, d.stopped_at.is_not(None)).limit(1)
        )
        return bool(session_id) and found is not None

    def save(self, device: DoorDevice) -> None:
        """Saves a changed telephone."""
        self._connection.execute(
            update(tables.door_device)
            .where(tables.door_device.c.id == device.id)
            .values(**asdict(device))
        )

    def hand_out(
        self, device_id: str, day: date, visit_ids: Collection[str], at: datetime
    ) -> Sequence[str]:
        """Notes which visits a telephone holds for a day; returns those that are new to it."""
        h = tables.door_handout.c
        before = set(
            self._connection.scalars(
                select(h.visit_id).where(h.device_id == device_id, h.day == day)
            )
        )
        new = [one for one in visit_ids if one not in before]
        if new:
            self._connection.execute(
                insert(tables.door_handout),
                [{"device_id": device_id, "day": day, "visit_id": one, "at": at} for one in new],
            )
        return new

    def held_on(self, device_id: str, day: date) -> frozenset[str]:
        """The visits that were handed out to a telephone for a day."""
        h = tables.door_handout.c
        return frozenset(
            self._connection.scalars(
                select(h.visit_id).where(h.device_id == device_id, h.day == day)
            )
        )

    def handed_out(self, device_id: str, visit_id: str) -> bool:
        """Whether a visit was ever handed out to a telephone."""
        h = tables.door_handout.c
        found = self._connection.scalar(
            select(h.visit_id).where(h.device_id == device_id, h.visit_id == visit_id).limit(1)
        )
        return found is not None

    def _load(self, *conditions: Any) -> tuple[DoorDevice, ...]:
        d = tables.door_device.c
        rows = self._connection.execute(
            select(tables.door_device).where(*conditions).order_by(d.last_contact_at.desc(), d.id)
        )
        return tuple(_device(row) for row in rows)


class DoorItems:
    """What telephones of the open municipality sent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, item_id: str) -> DoorItem | None:
        """The thing with this id, or None."""
        found = self._load(tables.door_item.c.id == item_id)
        return found[0] if found else None

    def get(self, item_id: str, *, to_change: bool = False) -> DoorItem:
        """The thing with this id; raises DoorItemNotFound. ``to_change`` lets others who want to change it wait."""
        if to_change:
            _hold(self._connection, tables.door_item, item_id)
        found = self.find(item_id)
        if found is None:
            raise DoorItemNotFound
        return found

    def sealed(self, item_id: str) -> bytes | None:
        """What was kept, sealed, of something that was not accepted."""
        return self._connection.scalar(
            select(tables.door_item.c.sealed).where(tables.door_item.c.id == item_id)
        )

    def waiting(self, account_id: str = "") -> tuple[DoorItem, ...]:
        """What was not accepted and nobody dealt with yet, of one account or all."""
        i = tables.door_item.c
        mine = [i.account_id == account_id] if account_id else []
        return self._load(i.outcome == DoorOutcome.REJECTED.value, i.settled_at.is_(None), *mine)

    def of_visit(self, visit_id: str) -> tuple[DoorItem, ...]:
        """Everything that was sent about a visit."""
        return self._load(tables.door_item.c.visit_id == visit_id)

    def add(self, item: DoorItem, sealed: bytes | None = None) -> None:
        """Saves something new; ``sealed`` keeps its content."""
        columns = {
            **vars(item),
            "kind": item.kind.value,
            "outcome": item.outcome.value,
            "facts": dict(item.facts),
        }
        self._connection.execute(insert(tables.door_item).values(**columns, sealed=sealed))

    def save(self, item: DoorItem) -> None:
        """Saves that somebody dealt with it; what was kept of it goes."""
        self._connection.execute(
            update(tables.door_item)
            .where(tables.door_item.c.id == item.id)
            .values(settled_at=item.settled_at, settled_by=item.settled_by, sealed=None)
        )

    def _load(self, *conditions: Any) -> tuple[DoorItem, ...]:
        i = tables.door_item.c
        columns = [column for column in tables.door_item.columns if column.name != "sealed"]
        rows = self._connection.execute(
            select(*columns).where(*conditions).order_by(i.made_at, i.arrived_at, i.id)
        )
        return tuple(_item(row) for row in rows)


class VisitPapers:
    """Words and pictures beside the record of a visit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_addendum(self, addendum: VisitAddendum) -> None:
        """Saves words that were added."""
        self._connection.execute(insert(tables.visit_addendum).values(**asdict(addendum)))

    def addenda_of(self, visit_id: str) -> tuple[VisitAddendum, ...]:
        """The words added to a visit, oldest first."""
        a = tables.visit_addendum.c
        rows = self._connection.execute(
            select(tables.visit_addendum).where(a.visit_id == visit_id).order_by(a.written_at, a.id)
        )
        return tuple(
            VisitAddendum(**{**row._mapping, "written_at": in_utc(row.written_at)}) for row in rows
        )

    def add_photo(self, photo: VisitPhoto, sealed: bytes) -> None:
        """Saves a picture."""
        self._connection.execute(insert(tables.visit_photo).values(**asdict(photo), sealed=sealed))

    def photos_of(self, visit_id: str) -> tuple[VisitPhoto, ...]:
        """The pictures of a visit, oldest first, without their bytes."""
        p = tables.visit_photo.c
        columns = [column for column in tables.visit_photo.columns if column.name != "sealed"]
        rows = self._connection.execute(
            select(*columns).where(p.visit_id == visit_id).order_by(p.taken_at, p.id)
        )
        return tuple(
            VisitPhoto(**{**row._mapping, "taken_at": in_utc(row.taken_at)}) for row in rows
        )

    def every_photo(self) -> tuple[tuple[str, str, str], ...]:
        """The visit, the number and the digest of every picture of the town."""
        p = tables.visit_photo.c
        rows = self._connection.execute(select(p.visit_id, p.id, p.digest).order_by(p.id))
        return tuple((row.visit_id, row.id, row.digest) for row in rows)

    def photo(self, visit_id: str, photo_id: str) -> tuple[VisitPhoto, bytes]:
        """A picture of a visit with its sealed bytes; raises DoorItemNotFound."""
        p = tables.visit_photo.c
        row = self._connection.execute(
            select(tables.visit_photo).where(p.visit_id == visit_id, p.id == photo_id)
        ).one_or_none()
        if row is None:
            raise DoorItemNotFound
        values = dict(row._mapping)
        sealed: bytes = values.pop("sealed")
        return VisitPhoto(**{**values, "taken_at": in_utc(row.taken_at)}), sealed


class CheckIns:
    """The watch over the workers of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, check_in_id: str, *, to_change: bool = False) -> CheckIn:
        """One watch; raises DoorItemNotFound. ``to_change`` lets others who want to change it wait."""
        if to_change:
            _hold(self._connection, tables.check_in, check_in_id)
        found = self._load(tables.check_in.c.id == check_in_id)
        if not found:
            raise DoorItemNotFound
        return found[0]

    def late(self, now: datetime) -> tuple[CheckIn, ...]:
        """Those whose word did not come in time and of whom nobody was told yet."""
        c = tables.check_in.c
        return self._load(c.ended_at.is_(None), c.alarmed_at.is_(None), c.expected_by < now)

    def open(self, account_id: str = "") -> tuple[CheckIn, ...]:
        """Those still going on, of one worker or all, the earliest end first."""
        c = tables.check_in.c
        mine = [c.account_id == account_id] if account_id else []
        return self._load(c.ended_at.is_(None), *mine)

    def of_visit(self, visit_id: str) -> tuple[CheckIn, ...]:
        """The watch of a visit."""
        return self._load(tables.check_in.c.visit_id == visit_id)

    def add(self, check_in: CheckIn) -> None:
        """Saves a new watch."""
        self._connection.execute(insert(tables.check_in).values(**asdict(check_in)))

    def save(self, check_in: CheckIn) -> None:
        """Saves a changed watch."""
        self._connection.execute(
            update(tables.check_in)
            .where(tables.check_in.c.id == check_in.id)
            .values(**asdict(check_in))
        )

    def _load(self, *conditions: Any) -> tuple[CheckIn, ...]:
        c = tables.check_in.c
        rows = self._connection.execute(
            select(tables.check_in).where(*conditions).order_by(c.expected_by, c.id)
        )
        return tuple(
            CheckIn(
                **{
                    **row._mapping,
                    "started_at": in_utc(row.started_at),
                    "expected_by": in_utc(row.expected_by),
                    "ended_at": in_utc(row.ended_at) if row.ended_at else None,
                    "alarmed_at": in_utc(row.alarmed_at) if row.alarmed_at else None,
                }
            )
            for row in rows
        )


def _hold(connection: Connection, table: Table, row_id: str) -> None:
    connection.execute(select(table.c.id).where(table.c.id == row_id).with_for_update())


def _device(row: Row[Any]) -> DoorDevice:
    values = dict(row._mapping)
    for name in ("first_at", "last_contact_at", "stopped_at"):
        values[name] = in_utc(values[name]) if values[name] else None
    return DoorDevice(**values)


def _item(row: Row[Any]) -> DoorItem:
    values = dict(row._mapping)
    for name in ("made_at", "arrived_at", "settled_at"):
        values[name] = in_utc(values[name]) if values[name] else None
    return DoorItem(
        **{
            **values,
            "kind": DoorItemKind(values["kind"]),
            "outcome": DoorOutcome(values["outcome"]),
        }
    )
