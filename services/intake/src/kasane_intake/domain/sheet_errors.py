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


class PersonsNotTold(IntakeRefusal):
    """Nobody passes on people of whom their own office is not told (I-07)."""

    code = "persons_not_told"
    status = 422


class SameOffice(IntakeRefusal):
    """A sheet is not sent to the office that sends it, nor on to where it lies or came from."""

    code = "same_office"
    status = 422


class UnknownOffice(IntakeRefusal):
    """The town has no such office to which a sheet is sent."""

    code = "unknown_office"
    status = 422


class NotTheDesk(IntakeRefusal):
    """Only the desk that took a consultation, an office that took it over and the post it waits for end it."""

    code = "not_the_desk"
    status = 403


class DayPassed(IntakeRefusal):
    """The next contact lies before today."""

    code = "day_passed"
    status = 422
