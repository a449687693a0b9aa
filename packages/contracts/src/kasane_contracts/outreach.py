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
