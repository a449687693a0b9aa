"""Why a case is not opened, moved on or ended."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class AlreadyOpened(CasesRefusal):
    """A case was opened from this consultation before."""

    code = "already_opened"


class NobodyConcerned(CasesRefusal):
    """A case needs at least one person of a household."""

    code = "nobody_concerned"
    status = 422


class NobodyConsents(CasesRefusal):
    """Multi-agency work needs the consent of at least one person of the household."""

    code = "nobody_consents"


class SupportNotDecided(CasesRefusal):
    """A 重層的支援会議 handles only cases that the town decided to support (I-06)."""

    code = "support_not_decided"


class ReviewDateMissing(CasesRefusal):
    """A case under observation needs the day on which somebody looks again."""

    code = "review_date_missing"
    status = 422


class ClosingIncomplete(CasesRefusal):
    """A case does not end without an evaluation and a next contact, or an explicit none (I-15)."""

    status = 422

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__()
        self.code = f"closing_needs_{missing[0]}"
        self.missing = missing


class CaseRestricted(CasesRefusal):
    """The case is open to named people only; a coordinator may open it for a day with a reason."""

    code = "case_restricted"
    status = 403


class CaseStudyIdentifies(CasesRefusal):
    """The words of a case study say whose it is (I-20)."""

    code = "case_study_identifies"
    status = 422
