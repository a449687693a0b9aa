"""Why a plan, an agreement to it or its evaluation is refused."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class PlanNotDeliberated(CasesRefusal):
    """A plan is decided at a held 重層的支援会議 that had the person on its agenda (I-14)."""

    code = "plan_not_deliberated"


class AgreementMissing(CasesRefusal):
    """The tracks of a person who did not agree to the plan do not hold."""

    code = "agreement_missing"


class NotEntitledToAgree(CasesRefusal):
    """Only the person agrees to a plan, or somebody entitled to speak for the person."""

    code = "not_entitled_to_agree"
    status = 422


class ClosedOrigin(CasesRefusal):
    """A text carries what only a closed session knows (I-04); ``passages`` are of that text."""

    code = "closed_origin"

    def __init__(self, passages: tuple[str, ...]) -> None:
        super().__init__(passage=passages[0], others=len(passages) - 1)
        self.passages = passages


class NotTheAuthor(CasesRefusal):
    """Only the post that the town names as the author signs a plan off."""

    code = "not_the_author"
    status = 403


class PlanIncomplete(CasesRefusal):
    """Something without which a plan or its evaluation cannot stand is missing."""

    status = 422

    def __init__(self, missing: str) -> None:
        super().__init__()
        self.code = f"plan_needs_{missing}"


class PlanReasonMissing(CasesRefusal):
    """A change to a plan, an interruption or a transfer says why."""

    code = "plan_reason_missing"
    status = 422
