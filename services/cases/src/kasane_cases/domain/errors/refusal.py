"""What every part of cases refuses, and what all refusals have in common."""


class CasesRefusal(Exception):
    """Something that a case does not allow; ``facts`` fill the sentence shown."""

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class CaseNotFound(CasesRefusal):
    """No such case, or it is not open to this person."""

    code = "not_found"
    status = 404


class RecordNotFound(CasesRefusal):
    """No such person, need, plan or item in this case, or it is not open to this person."""

    code = "not_found"
    status = 404


class SessionNotFound(CasesRefusal):
    """No such session, or it is not open to this person."""

    code = "not_found"
    status = 404


class ChangedMeanwhile(CasesRefusal):
    """Somebody else changed the record after it was read."""

    code = "changed_meanwhile"
    status = 412


class UnknownChoice(CasesRefusal):
    """A code that the town's plugins do not know."""

    code = "unknown_choice"
    status = 422


class WrongStep(CasesRefusal):
    """This step does not follow from the present state."""

    code = "wrong_step"


class DatesBackward(CasesRefusal):
    """A day lies before the day that it has to follow, or in the future."""

    code = "dates_backward"
    status = 422


class WordsMissing(CasesRefusal):
    """A matter is taken off an agenda, or minutes corrected, only with a reason in words."""

    code = "words_missing"
    status = 422


class EmergencyReasonTooShort(CasesRefusal):
    """Who opens something in an emergency says why in a sentence."""

    code = "emergency_reason_too_short"
    status = 422


class EmergencyTooOften(CasesRefusal):
    """A day's emergency looks are used up; ``facts`` hold how many there are."""

    code = "emergency_too_often"
    status = 403


class EmergencyReadsOnly(CasesRefusal):
    """An emergency look shows and changes nothing."""

    code = "emergency_reads_only"
    status = 403


class EmergencyTakesNothingOut(CasesRefusal):
    """An emergency look is read on the screen: no paper, no file and no list is made of it."""

    code = "emergency_takes_nothing_out"
    status = 403


class EmergencyOfOneself(CasesRefusal):
    """Nobody reviews the own emergency look."""

    code = "emergency_of_oneself"
    status = 403


class ReasonMissing(CasesRefusal):
    """A protected record opens only with a reason in words."""

    code = "reason_missing"
    status = 422
