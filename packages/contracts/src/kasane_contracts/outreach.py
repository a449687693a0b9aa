"""Declares what outreach says: a visit was scheduled, made, or nobody was met."""

from dataclasses import dataclass
from datetime import date

from kasane_contracts.registry import event, personal


@event("outreach.visit.scheduled", version=1, subject="visit_id")
@dataclass(frozen=True)
class VisitScheduled:
    """A visit has a day, a time and a worker."""

    visit_id: str
    request_id: str
    case_id: str
    worker_id: str
    on: date
    starts_at: str
    minutes: int
    second_worker_id: str = ""


@event("outreach.visit.completed", version=1, subject="visit_id")
@dataclass(frozen=True)
class VisitCompleted:
    """Somebody was met. ``consent_heard`` tells the case to ask for consent properly; it is none by itself."""

    visit_id: str
    request_id: str
    case_id: str
    person_id: str
    on: date
    result: str
    consent_heard: bool = False
    note: str = personal("")


@event("outreach.contact.not_made", version=1, subject="visit_id")
@dataclass(frozen=True)
class ContactNotMade:
    """A visit was tried and nobody was met: it is work, and it is counted."""

    visit_id: str
    request_id: str
    case_id: str
    person_id: str
    on: date
    result: str
    attempt: int
    note: str = personal("")


@event("outreach.consent.heard", version=1, subject="visit_id")
@dataclass(frozen=True)
class ConsentHeard:
    """What somebody said at a door about passing information on. It is no consent: the case confirms it.

    ``said_by`` is person, family or other.
    """

    visit_id: str
    request_id: str
    case_id: str
    person_id: str
    on: date
    heard_by: str
    said_by: str = ""
    said: str = personal("")
    heard_by_name: str = personal("")


@event("outreach.check_in.overdue", version=1, subject="check_in_id")
@dataclass(frozen=True)
class CheckInOverdue:
    """A worker went in and the word that all is well did not come; ``roles`` are told."""

    check_in_id: str
    visit_id: str
    account_id: str
    roles: tuple[str, ...] = ()


@event("outreach.check_in.settled", version=1, subject="check_in_id")
@dataclass(frozen=True)
class CheckInSettled:
    """All is well with a worker of whom somebody was told."""

    check_in_id: str
    visit_id: str
