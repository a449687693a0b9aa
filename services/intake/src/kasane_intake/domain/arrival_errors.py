"""What is refused about the end of what became no consultation; each code has its sentences in strings/."""

from kasane_intake.domain.errors import IntakeRefusal


class ArrivalTermNotPossible(IntakeRefusal):
    """A length out of bounds."""

    code = "arrival_term_not_possible"
    status = 422


class ArrivalSourceMissing(IntakeRefusal):
    """A term without the name, the article or a past date of the document that says so."""

    code = "arrival_source_missing"
    status = 422


class ArrivalNotFound(IntakeRefusal):
    """No such message or booking, or it belongs to a consultation and ends with that."""

    code = "not_found"
    status = 404


class ArrivalHoldNeedsAReason(IntakeRefusal):
    """Keeping something on needs a reason."""

    code = "arrival_hold_needs_a_reason"
    status = 422


class ArrivalDestroyed(IntakeRefusal):
    """Its time was over, and nothing personal of it is left or will be."""

    code = "arrival_destroyed"
    status = 410


class BookingOver(IntakeRefusal):
    """The booking was kept, missed or called off: what is added to it would be read by nobody."""

    code = "booking_over"
