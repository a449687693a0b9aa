"""Names what a つなぐシート and the states of a consultation refuse."""

from kasane_intake.domain.errors import IntakeRefusal


class NotTheSender(IntakeRefusal):
    """Only the office that sent a sheet, or is responsible for its chain, does this."""

    code = "not_the_sender"
    status = 403


class ReasonMissing(IntakeRefusal):
    """This step is not taken without words."""

    code = "reason_missing"
    status = 422


class NamesWithoutConsent(IntakeRefusal):
    """What is sent along names people who did not consent to the sheet; ``names`` are theirs."""

    code = "names_without_consent"
    status = 422


class SameOffice(IntakeRefusal):
    """A sheet is not sent on to where it lies or came from."""

    code = "same_office"
    status = 422


class DayPassed(IntakeRefusal):
    """The next contact lies before today."""

    code = "day_passed"
    status = 422
