"""A 相談会: a day with slots, at a place or online, booked by staff or by the public form; no seat is given twice."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from kasane_intake.domain.errors import DayCannotBeHeld, WrongStep


class MeetingWay(StrEnum):
    """How one meets at a 相談会."""

    FACE_TO_FACE = "face_to_face"
    ONLINE = "online"


class BookingStatus(StrEnum):
    """Where a booking stands; a missed one is a fact, not a judgement."""

    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    KEPT = "kept"
    MISSED = "missed"


MOST_SLOTS = 40
MOST_SEATS = 20


@dataclass(frozen=True)
class DaySlot:
    """One time of a day with its number of seats."""

    id: str
    starts_at: time
    ends_at: time
    seats: int


@dataclass(frozen=True)
class ConsultationDay:
    """One 相談会 of an office; its people and the coordinator see who booked.

    ``place`` is for face to face, ``online_link`` only for the booked person and staff.
    """

    id: str
    office: str
    held_on: date
    way: MeetingWay
    place: str
    online_link: str
    public: bool
    cancelled: bool
    slots: tuple[DaySlot, ...]
    version: int = 1

    def check(self) -> None:
        """Raises DayCannotBeHeld naming what is missing."""
        times = [(slot.starts_at, slot.ends_at) for slot in self.slots]
        if not times or len(times) > MOST_SLOTS:
            raise DayCannotBeHeld(missing="slots")
        if any(starts >= ends for starts, ends in times):
            raise DayCannotBeHeld(missing="times")
        if any(not 1 <= slot.seats <= MOST_SEATS for slot in self.slots):
            raise DayCannotBeHeld(missing="seats")
        if self.way is MeetingWay.FACE_TO_FACE and not self.place:
            raise DayCannotBeHeld(missing="place")
        if self.way is MeetingWay.ONLINE and not self.online_link.startswith("https://"):
            raise DayCannotBeHeld(missing="online_link")

    def begun(self, here: datetime) -> frozenset[str]:
        """The ids of the slots that have begun by a time in Japan."""
        moment = (here.date(), here.time())
        return frozenset(slot.id for slot in self.slots if (self.held_on, slot.starts_at) <= moment)


@dataclass(frozen=True)
class Booking:
    """One booking of a slot; ``seat`` is its number in the slot, None while waiting or after cancelling.

    ``settled_at`` is when it was called off or missed; ``ending_id`` names the end that was begun; ``gone`` says that
    nothing personal is left, or will be. ``added_at`` is when the sender last added to ``note``, until that was read.
    ``digest`` tells what the public form was sent with, ``last_addition`` which addition was taken last.
    """

    id: str
    slot_id: str
    seat: int | None
    status: BookingStatus
    name: str
    kana: str
    phone: str
    note: str
    do_not_contact: str = ""
    receipt: str | None = None
    secret: str = ""
    consultation_id: str = ""
    version: int = 1
    settled_at: datetime | None = None
    ending_id: str = ""
    gone: bool = False
    added_at: datetime | None = None
    digest: str = ""
    last_addition: str = ""

    @property
    def open(self) -> bool:
        """Whether it can still be cancelled, moved, kept or missed."""
        return self.status in (BookingStatus.BOOKED, BookingStatus.WAITING)

    def cancelled(self, at: datetime) -> "Booking":
        """The booking after it was called off; its seat is free."""
        self._must_be(BookingStatus.BOOKED, BookingStatus.WAITING)
        return replace(
            self, status=BookingStatus.CANCELLED, seat=None, settled_at=at, added_at=None
        )

    def seated(self, slot_id: str, seat: int) -> "Booking":
        """The booking with a seat of this slot: from the waiting list, or moved."""
        self._must_be(BookingStatus.BOOKED, BookingStatus.WAITING)
        return replace(self, status=BookingStatus.BOOKED, slot_id=slot_id, seat=seat)

    def kept(self, consultation_id: str) -> "Booking":
        """The booking after the person came and a consultation was opened."""
        self._must_be(BookingStatus.BOOKED, BookingStatus.MISSED)
        return replace(
            self,
            status=BookingStatus.KEPT,
            consultation_id=consultation_id,
            settled_at=None,
            added_at=None,
        )

    def missed(self, at: datetime) -> "Booking":
        """The booking after the person did not come; they may still come later."""
        self._must_be(BookingStatus.BOOKED)
        return replace(self, status=BookingStatus.MISSED, settled_at=at, added_at=None)

    def added(self, words: str, at: datetime, addition_id: str) -> "Booking":
        """The booking with what its sender adds, which waits to be read."""
        note = "\n\n".join(part for part in (self.note, words) if part)
        return replace(self, note=note, added_at=at, last_addition=addition_id)

    def read(self) -> "Booking":
        """The booking after somebody read what its sender added."""
        return replace(self, added_at=None)

    def _must_be(self, *allowed: BookingStatus) -> None:
        if self.gone or self.status not in allowed:
            raise WrongStep(status=self.status.value)
