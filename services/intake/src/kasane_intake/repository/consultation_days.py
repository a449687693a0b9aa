"""Loads and saves 相談会, their slots and bookings."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from kasane_intake import tables
from kasane_intake.domain.consultation_day import (
    Booking,
    BookingStatus,
    ConsultationDay,
    DaySlot,
    MeetingWay,
)
from kasane_intake.domain.errors import ChangedMeanwhile, DayNotFound, SlotFull
from kasane_intake.repository.arrivals import is_gone
from kasane_intake.repository.moments import moment_or_none
from kasane_kit.db import Taken, unless_taken

_ASKED = select(tables.booking, is_gone(tables.booking).label("gone"))
_SEAT = (tables.booking.c.slot_id, tables.booking.c.seat)


class ConsultationDays:
    """The 相談会 of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, day_id: str) -> ConsultationDay:
        """The day with its slots in the order of the clock; raises DayNotFound."""
        found = self.found(
            select(tables.consultation_day).where(tables.consultation_day.c.id == day_id)
        )
        if not found:
            raise DayNotFound
        return found[0]

    def found(self, wanted: Select[Any]) -> list[ConsultationDay]:
        """The days whose rows a statement selects, in its order, each with its slots in the order of the clock."""
        rows = self._connection.execute(wanted).all()
        s = tables.day_slot
        slots: dict[str, list[DaySlot]] = {row.id: [] for row in rows}
        for r in self._connection.execute(
            select(s).where(s.c.day_id.in_(list(slots))).order_by(s.c.starts_at, s.c.id)
        ):
            slots[r.day_id].append(DaySlot(r.id, r.starts_at, r.ends_at, r.seats))
        return [
            ConsultationDay(
                **{**row._mapping, "way": MeetingWay(row.way)}, slots=tuple(slots[row.id])
            )
            for row in rows
        ]

    def of_slot(self, slot_id: str) -> ConsultationDay:
        """The day to which a slot belongs; raises DayNotFound."""
        day_id = self._connection.scalar(
            select(tables.day_slot.c.day_id).where(tables.day_slot.c.id == slot_id)
        )
        if day_id is None:
            raise DayNotFound
        return self.get(day_id)

    def to_book(self, slot_id: str) -> ConsultationDay:
        """As ``of_slot``; nobody calls the day off until the end of the transaction."""
        d, s = tables.consultation_day.c, tables.day_slot.c
        held = select(d.id).where(d.id.in_(select(s.day_id).where(s.id == slot_id)))
        self._connection.execute(held.with_for_update(read=True))
        return self.of_slot(slot_id)

    def add(self, day: ConsultationDay) -> None:
        """Saves a new day with its slots."""
        columns = {**vars(day), "way": day.way.value}
        del columns["slots"]
        self._connection.execute(insert(tables.consultation_day).values(**columns))
        self._connection.execute(
            insert(tables.day_slot), [{**vars(slot), "day_id": day.id} for slot in day.slots]
        )

    def cancel(self, day_id: str, version: int) -> None:
        """Marks a day as called off; raises ChangedMeanwhile."""
        t = tables.consultation_day
        saved = self._connection.execute(
            update(t)
            .where(t.c.id == day_id, t.c.version == version)
            .values(cancelled=True, version=version + 1)
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile


class Bookings:
    """The bookings of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, booking_id: str) -> Booking:
        """The booking; raises DayNotFound."""
        row = self._connection.execute(
            _ASKED.where(tables.booking.c.id == booking_id)
        ).one_or_none()
        if row is None:
            raise DayNotFound
        return _booking(row)

    def to_change(self, booking_id: str) -> Booking:
        """The booking, which nobody else changes until the end of the transaction; raises DayNotFound."""
        held = select(tables.booking.c.id).where(tables.booking.c.id == booking_id)
        self._connection.execute(held.with_for_update())
        return self.get(booking_id)

    def by_receipt(self, receipt: str) -> Booking | None:
        """The booking of a receipt number, if there is one."""
        row = self._connection.execute(
            _ASKED.where(tables.booking.c.receipt == receipt)
        ).one_or_none()
        return _booking(row) if row else None

    def of_slots(self, slot_ids: Collection[str]) -> list[Booking]:
        """Every booking of some slots, in the order of their seats, then of being made."""
        b = tables.booking.c
        rows = self._connection.execute(
            _ASKED.where(b.slot_id.in_(slot_ids)).order_by(b.seat, b.booked_at, b.id)
        )
        return [_booking(row) for row in rows]

    def count_waiting(self, day_id: str, statuses: Collection[BookingStatus]) -> int:
        """How many bookings of a day stand so, or have words of their sender that nobody has read."""
        b, s = tables.booking.c, tables.day_slot.c
        stands = b.status.in_([one.value for one in statuses])
        counted = (
            select(func.count())
            .select_from(tables.booking.join(tables.day_slot, s.id == b.slot_id))
            .where(s.day_id == day_id, or_(stands, b.added_at.is_not(None)))
        )
        return int(self._connection.scalar(counted) or 0)

    def add(self, booking: Booking, slot: DaySlot, at: datetime, *, may_wait: bool) -> Booking:
        """Saves a new booking with a free seat, or on the waiting list; raises SlotFull. No seat is given twice."""
        for seat in self._free_seats(slot):
            seated = booking.seated(slot.id, seat)
            if self._insert(seated, at):
                return seated
        if not may_wait or not self._insert(booking, at):
            raise SlotFull
        return booking

    def move(self, booking: Booking, slot: DaySlot, version: int) -> Booking:
        """Gives a booking a free seat of a slot and its old one back; raises SlotFull or ChangedMeanwhile."""
        for seat in self._free_seats(slot):
            seated = booking.seated(slot.id, seat)
            try:
                with unless_taken(_SEAT), self._connection.begin_nested():
                    self.save(seated, version)
                return seated
            except Taken:
                continue
        raise SlotFull

    def save(self, booking: Booking, version: int) -> None:
        """Saves a changed booking; raises ChangedMeanwhile when its version is not the one that was read."""
        saved = self._connection.execute(
            update(tables.booking)
            .where(tables.booking.c.id == booking.id, tables.booking.c.version == version)
            .values(**{**_columns(booking), "version": version + 1})
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def _insert(self, booking: Booking, at: datetime) -> bool:
        """Whether it is saved now; False when its seat, or its receipt, is another booking's already."""
        try:
            with unless_taken(_SEAT, tables.booking.c.receipt), self._connection.begin_nested():
                self._connection.execute(
                    insert(tables.booking).values(**_columns(booking), booked_at=at)
                )
        except Taken:
            return False
        return True

    def _free_seats(self, slot: DaySlot) -> list[int]:
        taken = set(
            self._connection.scalars(
                select(tables.booking.c.seat).where(tables.booking.c.slot_id == slot.id)
            )
        )
        return [seat for seat in range(1, slot.seats + 1) if seat not in taken]


def _columns(booking: Booking) -> dict[str, object]:
    columns = {**vars(booking), "status": booking.status.value}
    del columns["gone"]
    return columns


def _booking(row: Row[tuple[object, ...]]) -> Booking:
    values = dict(row._mapping)
    del values["booked_at"]
    for name in ("settled_at", "added_at"):
        values[name] = moment_or_none(values[name])
    return Booking(**{**values, "status": BookingStatus(values["status"])})
