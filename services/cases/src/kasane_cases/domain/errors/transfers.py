"""Why a household is not handed over or taken over."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class TransferIncomplete(CasesRefusal):
    """A transfer needs persons, a handover, a contact and an evaluation; a return needs its reason."""

    status = 422

    def __init__(self, missing: str) -> None:
        super().__init__()
        self.code = f"transfer_needs_{missing}"


class ApproverIsAnother(CasesRefusal):
    """A transfer is let go by the approver it names, never by the one who prepared it."""

    code = "approver_is_another"
    status = 403


class SplitFirst(CasesRefusal):
    """A secret transfer takes the whole household: those who stay must have been split off before."""

    code = "split_first"


class DestinationNamed(CasesRefusal):
    """A text that others will read names the town that a secret transfer goes to."""

    code = "destination_named"
    status = 422


class WrongAcceptKey(CasesRefusal):
    """The key does not open the package."""

    code = "wrong_accept_key"
    status = 422


class TooManyTries(CasesRefusal):
    """The key was wrong too often; the offer rests for a quarter of an hour."""

    code = "too_many_tries"
    status = 429


class TransferUnderWay(CasesRefusal):
    """Another transfer of this case is being prepared or waits for its answer."""

    code = "transfer_under_way"


class UnknownDestination(CasesRefusal):
    """No other town of this installation has this code."""

    code = "unknown_destination"
