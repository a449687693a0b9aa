"""Says how many bookings of a 相談会 need somebody of the office."""

from kasane_contracts import intake as events
from kasane_intake.domain.consultation_day import BookingStatus, ConsultationDay
from kasane_intake.repository.consultation_days import Bookings
from kasane_kit.unit_of_work import UnitOfWork


def say_what_waits(day: ConsultationDay, uow: UnitOfWork) -> None:
    """Counts who has no seat yet and whose added words nobody has read; all of them when the day was called off."""
    statuses = (BookingStatus.WAITING, BookingStatus.BOOKED)
    count = Bookings(uow.connection).count_waiting(
        day.id, statuses if day.cancelled else statuses[:1]
    )
    uow.publish(events.BookingsWaiting(day.id, day.office, day.held_on, count, day.cancelled))
