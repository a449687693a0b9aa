"""A つなぐシート: the first receiver connects the matter and is responsible until somebody takes it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kasane_intake.domain.errors import ArrearsNotShared, ConsentMissing, WrongStep


class SheetStatus(StrEnum):
    """Where a sheet stands."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    OUTCOME_RETURNED = "outcome_returned"


@dataclass
class ReferralSheet:
    """One sheet to one office, made with the person's consent, with the way the person is accompanied."""

    id: str
    consultation_id: str
    from_office: str
    to_office: str
    reason: str
    consent: bool
    companionship: str
    sent_on: date
    acknowledge_by: date
    overdue_role: str
    includes_arrears: bool = False
    arrears_consent: bool = False
    status: SheetStatus = SheetStatus.SENT
    return_reason: str = ""
    outcome: str = ""
    extensions: dict[str, dict[str, object]] = field(default_factory=dict)
    version: int = 1

    def __post_init__(self) -> None:
        """Raises ConsentMissing without consent, ArrearsNotShared when arrears go along without their own consent."""
        if not self.consent:
            raise ConsentMissing
        if self.includes_arrears and not self.arrears_consent:
            raise ArrearsNotShared

    @property
    def on_its_way(self) -> bool:
        """True until the receiver accepted or returned it: till then the sender is responsible."""
        return self.status in (SheetStatus.SENT, SheetStatus.ACKNOWLEDGED)

    def overdue(self, today: date) -> bool:
        """Whether the receiver should have acknowledged before today."""
        return self.status is SheetStatus.SENT and today > self.acknowledge_by

    def acknowledge(self) -> None:
        """The receiver has seen it."""
        self._step(SheetStatus.SENT, to=SheetStatus.ACKNOWLEDGED)

    def accept(self) -> None:
        """The receiver takes the matter over."""
        self._step(SheetStatus.SENT, SheetStatus.ACKNOWLEDGED, to=SheetStatus.ACCEPTED)

    def give_back(self, reason: str) -> None:
        """The receiver cannot take it, with a reason; the sender is responsible as before."""
        self._step(SheetStatus.SENT, SheetStatus.ACKNOWLEDGED, to=SheetStatus.RETURNED)
        self.return_reason = reason

    def report_outcome(self, outcome: str) -> None:
        """The receiver tells the sender what became of it."""
        self._step(SheetStatus.ACCEPTED, to=SheetStatus.OUTCOME_RETURNED)
        self.outcome = outcome

    def _step(self, *allowed: SheetStatus, to: SheetStatus) -> None:
        if self.status not in allowed:
            raise WrongStep(status=self.status.value)
        self.status = to
