"""What the end of retention refuses."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class RecordShredded(CasesRefusal):
    """The time of the record is over and nothing personal of it is left; only its number is."""

    code = "record_shredded"
    status = 410


class RecordStillKept(CasesRefusal):
    """What was said to have never been a record is one; only two people end it."""

    code = "record_still_kept"


class NoRetentionRule(CasesRefusal):
    """Neither a plugin nor the town's administrator says how long such records are kept."""

    code = "no_retention_rule"


class RecordNotOver(CasesRefusal):
    """The time of the record is not over, or it did not end."""

    code = "record_not_over"


class RetentionBlocked(CasesRefusal):
    """Something stands against the end of a record; ``facts`` say what."""

    code = "retention_blocked"


class ShreddingProposed(CasesRefusal):
    """The end of the record was proposed already."""

    code = "shredding_proposed"


class ProposerConfirms(CasesRefusal):
    """Who proposed the end of a record does not confirm it."""

    code = "proposer_confirms"
    status = 403


class ShreddingBegun(CasesRefusal):
    """What was begun cannot be taken back."""

    code = "shredding_begun"


class WaitingNotPossible(CasesRefusal):
    """Fewer days than what somebody typed is kept for, or more than a year, between confirming and destroying."""

    code = "waiting_not_possible"
    status = 422


class PeriodNotPossible(CasesRefusal):
    """A number of years out of bounds, or one that would outlive the trail that tells of the record."""

    code = "period_not_possible"
    status = 422
