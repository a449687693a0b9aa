"""Why a consent is not recorded, and why nothing is told on it."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class ConsentIncomplete(CasesRefusal):
    """A consent without scope, way or giver is none."""

    code = "consent_incomplete"
    status = 422


class RepresentativeMissing(CasesRefusal):
    """Who spoke for the person has to be named, with the right to it and the person's own will."""

    code = "representative_missing"
    status = 422


class RecipientNotOffered(CasesRefusal):
    """The town's rule lets a consent name other kinds of recipients only."""

    code = "recipient_not_offered"
    status = 422


class TermTooLong(CasesRefusal):
    """A consent would hold longer than the town's term."""

    code = "term_too_long"
    status = 422


class NothingToWithdraw(CasesRefusal):
    """Only a consent that was given can be withdrawn."""

    code = "nothing_to_withdraw"


class DisclosureRefused(CasesRefusal):
    """Nothing allows that this about this person is shown or sent there (I-01)."""

    def __init__(self, obstacle: str, **facts: object) -> None:
        super().__init__(**facts)
        self.code = f"disclosure_{obstacle}"
        self.obstacle = obstacle


class ApproverIsAsker(CasesRefusal):
    """Another legal basis is answered by somebody other than who asked for it (I-01)."""

    code = "approver_is_asker"


class GroundAnswered(CasesRefusal):
    """The legal basis was answered before; an answer does not change."""

    code = "ground_answered"


class ConsentNeeded(CasesRefusal):
    """A person without valid consent cannot be put before a 重層的支援会議 (I-02)."""

    code = "consent_needed"


class ConsentEnded(CasesRefusal):
    """The consent on which a matter was spoken of was withdrawn, narrowed or has expired."""

    code = "consent_ended"


class NothingToShare(CasesRefusal):
    """No session of the two bodies has decided anything about this household yet."""

    code = "nothing_to_share"
