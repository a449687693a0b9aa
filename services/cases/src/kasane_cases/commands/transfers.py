"""The inputs about handing a household over to another town."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PrepareTransfer:
    """Write down what would be handed over to which town, and who is to approve it.

    ``evaluation`` is what closing the case here asks for; ``contact`` is whom the other town may call.
    """

    transfer_id: str
    case_id: str
    to_municipality: str
    person_ids: tuple[str, ...]
    handover: str
    contact: str
    evaluation: str
    approver: str
    safety_notes: str = ""
    secret: bool = False


@dataclass(frozen=True)
class ApproveTransfer:
    """Let a transfer go; ``version`` is the one that was read."""

    transfer_id: str
    version: int


@dataclass(frozen=True)
class WithdrawTransfer:
    """Take a transfer back that the other town has not answered."""

    transfer_id: str


@dataclass(frozen=True)
class AcceptOffer:
    """Take a household over with the key that the other town's officer told."""

    offer_id: str
    accept_key: str
    case_id: str


@dataclass(frozen=True)
class ReturnOffer:
    """Give an offer back with the reason; the other town stays responsible."""

    offer_id: str
    reason: str
