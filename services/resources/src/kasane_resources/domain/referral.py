"""A referral (つなぎ) waits for the organization's answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kasane_resources.domain.errors import AlreadyAnswered, ReasonMissing


class ReferralStatus(StrEnum):
    """Where a referral stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass
class Referral:
    """One person asked to be taken on by one human service, with the person's consent."""

    id: str
    case_id: str
    need_id: str
    person_id: str
    human_service_id: str
    human_service_name: str
    name: str
    message: str
    requested_at: datetime
    status: ReferralStatus = ReferralStatus.REQUESTED
    reason: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    version: int = 1

    @property
    def waiting(self) -> bool:
        """Whether the organization has yet to answer."""
        return self.status is ReferralStatus.REQUESTED

    def accept(self, by: str, at: datetime) -> None:
        """The organization takes the person on. Raises AlreadyAnswered."""
        self._answer(ReferralStatus.ACCEPTED, by, at)

    def decline(self, reason: str, by: str, at: datetime) -> None:
        """The organization cannot, and says why. Raises ReasonMissing or AlreadyAnswered."""
        if not reason.strip():
            raise ReasonMissing
        self._answer(ReferralStatus.DECLINED, by, at)
        self.reason = reason.strip()

    def _answer(self, status: ReferralStatus, by: str, at: datetime) -> None:
        if not self.waiting:
            raise AlreadyAnswered(status=self.status.value)
        self.status = status
        self.answered_by = by
        self.answered_at = at
