"""What a case asks of others: that a human service takes a person on, or that somebody visits."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_cases.domain.consent import AttendeeKind


class ReferralStatus(StrEnum):
    """What became of a referral."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass
class Referral:
    """A request to a human service for one person's need, made with that person's consent."""

    id: str
    case_id: str
    need_id: str
    person_id: str
    human_service_id: str
    human_service_name: str
    recipient: AttendeeKind
    message: str
    requested_on: date
    requested_by: str
    status: ReferralStatus = ReferralStatus.REQUESTED
    answered_on: date | None = None
    reason: str = ""

    def answer(self, status: ReferralStatus, day: date, reason: str) -> bool:
        """Takes the organisation's answer; False when it was known already."""
        if self.status is status:
            return False
        self.status, self.answered_on, self.reason = status, day, reason
        return True


class OutreachStatus(StrEnum):
    """What became of a request to visit."""

    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    MET = "met"
    NOT_MET = "not_met"


@dataclass
class OutreachRequest:
    """A request to visit one person; ``basis`` says why the agency may know who it is."""

    id: str
    case_id: str
    person_id: str
    purpose: str
    reason: str
    agency: str
    agency_label: str
    basis: str
    requested_on: date
    requested_by: str
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False
    status: OutreachStatus = OutreachStatus.REQUESTED
    next_visit_on: date | None = None
    attempts: int = 0
