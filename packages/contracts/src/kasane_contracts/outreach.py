"""Declares what outreach says: visits from their asking to what came of them, watching, help that was asked for."""

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
    person_id: str = ""


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


@event("outreach.visit.handed_over", version=1, subject="visit_id")
@dataclass(frozen=True)
class VisitHandedOver:
    """A visit is made by other workers than before; day and time stay."""

    visit_id: str
    request_id: str
    case_id: str
    on: date
    workers: tuple[str, ...]
    person_id: str = ""


@event("outreach.visit.called_off", version=1, subject="visit_id")
@dataclass(frozen=True)
class VisitCalledOff:
    """A visit that had a day is not made."""

    visit_id: str
    request_id: str
    case_id: str


@event("outreach.visit.requested", version=1, subject="request_id")
@dataclass(frozen=True)
class VisitsAskedFor:
    """A worker asks for visits to somebody; ``case_id`` is empty where there is no case."""

    request_id: str
    case_id: str
    asked_by: str
    by_when: date | None = None
    person_id: str = ""


@event("outreach.request.ended", version=1, subject="request_id")
@dataclass(frozen=True)
class VisitRequestEnded:
    """Nobody has to go there any more."""

    request_id: str
    case_id: str


@event("outreach.watch.due", version=1, subject="assignment_id")
@dataclass(frozen=True)
class WatchDue:
    """Somebody looks after a household by this day; a later day takes its place.

    ``assigned_by`` is who asked for the watching, and has to know when the day passed without a word.
    """

    assignment_id: str
    case_id: str
    watcher: str
    assigned_by: str
    due_on: date


@event("outreach.watch.ended", version=1, subject="assignment_id")
@dataclass(frozen=True)
class WatchEnded:
    """Nobody has to look any more."""

    assignment_id: str
    case_id: str


@event("outreach.help.asked", version=1, subject="consultation_id")
@dataclass(frozen=True)
class HelpAskedFor:
    """Somebody who was written to answered that help is wanted: a consultation, and no consent to pass anything on.

    ``consultation_id`` is the one that is opened for it. ``need`` is high or some, ``want`` visit, call or online.
    """

    consultation_id: str
    campaign: str
    need: str
    office: str
    want: str = ""
    name: str = personal("")
    kana: str = personal("")
    address: str = personal("")
    contact: str = personal("")
    story: str = personal("")


@event("outreach.records.shredded", version=1, subject="shredding_id")
@dataclass(frozen=True)
class OutreachRecordsShredded:
    """Nothing personal of the ended records is left in outreach; how many rows, keys and events there were."""

    shredding_id: str
    rows: int
    keys: int
    events: int
