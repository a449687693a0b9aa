"""Reads 相談会 with their slots and bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from kasane_intake import tables
from kasane_intake.domain.consultation_day import Booking, BookingStatus, ConsultationDay, DaySlot
from kasane_intake.repository.consultation_days import Bookings, ConsultationDays


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


def consultation_days(
    connection: Connection, since: date, *, public: bool = False, most: int = 50
) -> Sequence[DayLine]:
    """The 相談会 from a day on, nearest first; for the public only those that may be booked there."""
    t = tables.consultation_day
    wanted = select(t.c.id).where(t.c.held_on >= since).order_by(t.c.held_on, t.c.id).limit(most)
    if public:
        wanted = wanted.where(t.c.public.is_(True), t.c.cancelled.is_(False))
    return [consultation_day(connection, day_id) for day_id in connection.scalars(wanted).all()]


def past_consultation_days(connection: Connection, before: date) -> Sequence[DayLine]:
    """The last 相談会 before a day, newest first."""
    t = tables.consultation_day
    wanted = select(t.c.id).where(t.c.held_on < before).order_by(t.c.held_on.desc()).limit(12)
    return [consultation_day(connection, day_id) for day_id in connection.scalars(wanted).all()]


def consultation_day(connection: Connection, day_id: str) -> DayLine:
    """One 相談会 with everybody who booked; raises DayNotFound."""
    day = ConsultationDays(connection).get(day_id)
    b = tables.booking
    found = connection.scalars(
        select(b.c.id)
        .where(b.c.slot_id.in_([slot.id for slot in day.slots]))
        .order_by(b.c.seat, b.c.booked_at, b.c.id)
    ).all()
    bookings = [Bookings(connection).get(booking_id) for booking_id in found]
    return DayLine(day, tuple(_line(slot, bookings) for slot in day.slots))


def booking(connection: Connection, booking_id: str) -> tuple[Booking, ConsultationDay]:
    """One booking with its day; raises DayNotFound."""
    found = Bookings(connection).get(booking_id)
    return found, ConsultationDays(connection).of_slot(found.slot_id)


def slot_times(day: ConsultationDay) -> Mapping[str, str]:
    """The words for each slot: from when to when."""
    return {slot.id: f"{slot.starts_at:%H:%M}–{slot.ends_at:%H:%M}" for slot in day.slots}


def _line(slot: DaySlot, bookings: Sequence[Booking]) -> SlotLine:
    own = [one for one in bookings if one.slot_id == slot.id]
    return SlotLine(
        slot,
        tuple(one for one in own if one.seat is not None),
        tuple(one for one in own if one.status is BookingStatus.WAITING),
        tuple(one for one in own if one.status is BookingStatus.CANCELLED),
    )
