"""Names what intake refuses; each code has its sentences in strings/."""


class IntakeRefusal(Exception):
    """Something that a consultation does not allow; ``facts`` fill the sentence shown."""

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class ConsultationNotFound(IntakeRefusal):
    """No such consultation, or it is not open to this person."""

    code = "not_found"
    status = 404


class ConsultationShredded(ConsultationNotFound):
    """The time of the consultation is over and nothing personal of it is left; only its number is."""

    code = "consultation_shredded"
    status = 410


class SheetNotFound(IntakeRefusal):
    """No such つなぐシート, or it is not open to this person."""

    code = "not_found"
    status = 404


class OutcomeMissing(IntakeRefusal):
    """A consultation cannot end without an outcome (I-13)."""

    code = "outcome_missing"
    status = 422


class StillOnItsWay(IntakeRefusal):
    """A consultation cannot end while a つなぐシート has no taker (I-13)."""

    code = "still_on_its_way"


class ConsentMissing(IntakeRefusal):
    """A つなぐシート is made with the person's consent (I-01)."""

    code = "sheet_needs_consent"
    status = 422


class WrongStep(IntakeRefusal):
    """This step does not follow from the present state."""

    code = "wrong_step"


class ArrearsNotShared(IntakeRefusal):
    """Arrears are copied onto a つなぐシート only when the person consented to it (I-21)."""

    code = "arrears_need_consent"
    status = 422


class ChangedMeanwhile(IntakeRefusal):
    """Somebody else changed the record after it was read."""

    code = "changed_meanwhile"
    status = 412


class NotTheReceiver(IntakeRefusal):
    """Only the office that a sheet was sent to answers it."""

    code = "not_the_receiver"
    status = 403


class UnknownDesk(IntakeRefusal):
    """The town has no such desk that receives consultations."""

    code = "unknown_desk"
    status = 422


class UnknownCategory(IntakeRefusal):
    """The town's list has no such category."""

    code = "unknown_category"
    status = 422


class LetterNeedsItsDate(IntakeRefusal):
    """A letter or an e-mail is taken with the date that it bears."""

    code = "letter_needs_its_date"
    status = 422


class LetterFromTheFuture(IntakeRefusal):
    """Nobody can have received what is written tomorrow."""

    code = "letter_from_the_future"
    status = 422


class AgencyNeedsItsName(IntakeRefusal):
    """What another agency brought is taken with the name of the agency."""

    code = "agency_needs_its_name"
    status = 422


class SurveyNeedsAReply(IntakeRefusal):
    """Only a reply makes a consultation: no reply is neither refusal nor consent (I-17)."""

    code = "survey_needs_a_reply"
    status = 422


class PublicFormNeedsADesk(IntakeRefusal):
    """A public form opens only with the desk that reads it and a telephone number above it."""

    code = "public_form_needs_a_desk"
    status = 422


class EmergencyNeedsASource(IntakeRefusal):
    """A number for emergencies is shown only with its name and its source."""

    code = "emergency_needs_a_source"
    status = 422


class SetAsideNeedsAReason(IntakeRefusal):
    """Setting something aside needs a reason."""

    code = "set_aside_needs_a_reason"
    status = 422


class FloodRefused(IntakeRefusal):
    """More came from one place, or for one town, within an hour than people send."""

    code = "flood_refused"
    status = 429


class WrongWord(IntakeRefusal):
    """The word is not the one that was given out."""

    code = "wrong_word"
    status = 422


class FormTooOld(IntakeRefusal):
    """The form was opened too long ago, or not here."""

    code = "form_too_old"
    status = 422


class AlreadySent(IntakeRefusal):
    """The same opened form was sent before with other words."""

    code = "already_sent"
    status = 422


class AlreadyBooked(AlreadySent):
    """The same opened form booked before, for another slot or with other words."""

    code = "already_booked"


class WebMessageNotFound(IntakeRefusal):
    """No such message, or it is not open to this person."""

    code = "not_found"
    status = 404


class DayCannotBeHeld(IntakeRefusal):
    """A 相談会 lacks a time, a place or a way to meet."""

    code = "day_cannot_be_held"
    status = 422


class DayNotOffered(IntakeRefusal):
    """The town's plan has no 相談会 on that day yet."""

    code = "day_not_offered"
    status = 422


class SlotFull(IntakeRefusal):
    """Every seat of the slot is taken; the waiting list is open."""

    code = "slot_full"


class SlotNotBegun(IntakeRefusal):
    """Nobody has missed a slot that has not begun; calling off or moving it frees its seat."""

    code = "slot_not_begun"


class DayNotFound(IntakeRefusal):
    """No such 相談会, slot or booking."""

    code = "not_found"
    status = 404
