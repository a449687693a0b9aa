"""Reads 相談会 with their slots and bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from kasane_intake import tables
from kasane_intake.domain.consultation_day import Booking, BookingStatus, ConsultationDay, DaySlot
from kasane_intake.repository.consultation_days import Bookings, ConsultationDays
from kasane_kit.clock import JAPAN


@dataclass(frozen=True)
class SlotLine:
    """A slot with its bookings in the order of their seats, then of waiting."""

    slot: DaySlot
    seated: tuple[Booking, ...]
    waiting: tuple[Booking, ...]
    cancelled: tuple[Booking, ...]

    @property
    def free(self) -> int:
        """How many seats are left."""
        return max(0, self.slot.seats - len(self.seated))


@dataclass(frozen=True)
class DayLine:
    """A 相談会 with its slots."""

    day: ConsultationDay
    slots: tuple[SlotLine, ...]

    @property
    def free(self) -> int:
        """How many seats are left on the whole day."""
        return sum(line.free for line in self.slots)

    @property
    def booked(self) -> int:
        """How many seats are taken."""
        return sum(len(line.seated) for line in self.slots)

    @property
    def added(self) -> bool:
        """Whether words that a sender added wait to be read."""
        return any(one.added_at for line in self.slots for one in line.seated + line.waiting)


def consultation_days(
    connection: Connection, since: date, *, public: bool = False, most: int = 50
) -> Sequence[DayLine]:
    """The 相談会 from a day on, nearest first; for the public only those that may be booked there."""
    t = tables.consultation_day
    wanted = select(t).where(t.c.held_on >= since).order_by(t.c.held_on, t.c.id).limit(most)
    if public:
        wanted = wanted.where(t.c.public.is_(True), t.c.cancelled.is_(False))
    return _lines(connection, ConsultationDays(connection).found(wanted))


def days_to_book(connection: Connection, now: datetime) -> Sequence[DayLine]:
    """The 相談会 that may be booked in public, nearest first, with the slots that have not begun."""
    here = now.astimezone(JAPAN)
    lines = [
        replace(
            line,
            slots=tuple(one for one in line.slots if one.slot.id not in line.day.begun(here)),
        )
        for line in consultation_days(connection, here.date(), public=True)
    ]
    return [line for line in lines if line.slots]


def past_consultation_days(connection: Connection, before: date) -> Sequence[DayLine]:
    """The last 相談会 before a day, newest first."""
    t = tables.consultation_day
    wanted = select(t).where(t.c.held_on < before).order_by(t.c.held_on.desc()).limit(12)
    return _lines(connection, ConsultationDays(connection).found(wanted))


def consultation_day(connection: Connection, day_id: str) -> DayLine:
    """One 相談会 with everybody who booked; raises DayNotFound."""
    return _lines(connection, [ConsultationDays(connection).get(day_id)])[0]


def booking(connection: Connection, booking_id: str) -> tuple[Booking, ConsultationDay]:
    """One booking with its day; raises DayNotFound."""
    found = Bookings(connection).get(booking_id)
    return found, ConsultationDays(connection).of_slot(found.slot_id)


def slot_times(day: ConsultationDay) -> Mapping[str, str]:
    """The words for each slot: from when to when."""
    return {slot.id: f"{slot.starts_at:%H:%M}–{slot.ends_at:%H:%M}" for slot in day.slots}


def _lines(connection: Connection, days: Sequence[ConsultationDay]) -> list[DayLine]:
    bookings: dict[str, list[Booking]] = {}
    for one in Bookings(connection).of_slots([slot.id for day in days for slot in day.slots]):
        bookings.setdefault(one.slot_id, []).append(one)
    return [
        DayLine(day, tuple(_line(slot, bookings.get(slot.id, ())) for slot in day.slots))
        for day in days
    ]


def _line(slot: DaySlot, own: Sequence[Booking]) -> SlotLine:
    return SlotLine(
        slot,
        tuple(one for one in own if one.seat is not None),
        tuple(one for one in own if one.status is BookingStatus.WAITING),
        tuple(one for one in own if one.status is BookingStatus.CANCELLED),
    )
