"""The inputs about 相談会 and their bookings."""

from dataclasses import dataclass

from kasane_intake.domain.consultation_day import ConsultationDay


@dataclass(frozen=True)
class PlanDay:
    """Put a 相談会 with its slots on the calendar."""

    day: ConsultationDay


@dataclass(frozen=True)
class CancelDay:
    """Call a 相談会 off; the bookings stay, so that everybody can be told."""

    day_id: str
    version: int


@dataclass(frozen=True)
class BookSlot:
    """Book a slot; ``may_wait`` puts the person on the waiting list of a full one. ``form_id`` gives a receipt."""

    booking_id: str
    slot_id: str
    name: str
    kana: str = ""
    phone: str = ""
    note: str = ""
    do_not_contact: str = ""
    may_wait: bool = False
    form_id: str = ""
    address: str = ""


@dataclass(frozen=True)
class ChangeBooking:
    """Cancel (no slot), or move to a slot, which may be the own one for somebody who waits."""

    booking_id: str
    version: int
    slot_id: str = ""


@dataclass(frozen=True)
class SettleBooking:
    """The person came, which opens a consultation of the desk; or did not come, when there is no desk."""

    booking_id: str
    version: int
    consultation_id: str = ""
    desk: str = ""
