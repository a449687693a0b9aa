"""Declares what cases says: a case was opened, consents, needs, conferences, plans, requests, its end."""

from dataclasses import dataclass
from datetime import date

from kasane_contracts.registry import event, personal


@event("cases.case.opened", version=1, subject="case_id")
@dataclass(frozen=True)
class CaseOpened:
    """A coordinator opened a case for a household from a consultation."""

    case_id: str
    number: str
    consultation_id: str
    household_id: str
    opened_on: date
    members: int
    status: str


@event("cases.consent.recorded", version=1, subject="case_id")
@dataclass(frozen=True)
class ConsentRecorded:
    """The consent state of one person changed."""

    case_id: str
    person_id: str
    state: str


@event("cases.support_need.identified", version=1, subject="need_id")
@dataclass(frozen=True)
class SupportNeedIdentified:
    """A need of a person was written down; resources looks for what could meet it."""

    need_id: str
    case_id: str
    person_id: str
    category: str
    age: int | None = None
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    description: str = personal("")


@event("cases.outreach.requested", version=1, subject="request_id")
@dataclass(frozen=True)
class OutreachRequested:
    """Somebody should visit a person of a case. ``role`` or ``agency`` says who, as the town arranges it."""

    request_id: str
    case_id: str
    person_id: str
    purpose: str
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False
    area: str = ""
    agency: str = ""
    category: str = ""
    address_protected: bool = False
    name: str = personal("")
    address: str = personal("")
    reason: str = personal("")
    kana: str = personal("")
    phone: str = personal("")


@event("cases.conference.planned", version=1, subject="session_id")
@dataclass(frozen=True)
class ConferencePlanned:
    """A session of a body has a date."""

    session_id: str
    body: str
    legal_kind: str
    held_on: date


@event("cases.conference.held", version=1, subject="session_id")
@dataclass(frozen=True)
class ConferenceHeld:
    """A session took place; ``items`` counts agenda items, which is not the number of sessions."""

    session_id: str
    body: str
    legal_kind: str
    held_on: date
    items: int


@event("cases.decision.made", version=1, subject="decision_id")
@dataclass(frozen=True)
class DecisionMade:
    """A session decided that somebody does something; ``targets`` are who finds it among their tasks.

    What was decided is not in it: it is read where the session is, by who may.
    """

    decision_id: str
    session_id: str
    case_id: str
    targets: tuple[str, ...]
    due_on: date | None = None


@event("cases.decision.done", version=1, subject="decision_id")
@dataclass(frozen=True)
class DecisionDone:
    """What a session decided was carried out."""

    decision_id: str
    session_id: str
    case_id: str


@event("cases.support_plan.agreed", version=1, subject="plan_id")
@dataclass(frozen=True)
class SupportPlanAgreed:
    """A plan was decided at a session and the person agreed."""

    plan_id: str
    case_id: str
    kind: str
    session_id: str
    decided_on: date
    review_on: date


@event("cases.support_plan.monitored", version=1, subject="plan_id")
@dataclass(frozen=True)
class SupportPlanMonitored:
    """Somebody looked at how a plan goes; ``review_on`` is the next day to look."""

    plan_id: str
    case_id: str
    on: date
    review_on: date


@event("cases.support_plan.ended", version=1, subject="plan_id")
@dataclass(frozen=True)
class SupportPlanEnded:
    """An evaluated plan is over; ``status`` says whether it ended, was renewed or interrupted."""

    plan_id: str
    case_id: str
    status: str
    on: date


@event("cases.referral.requested", version=1, subject="referral_id")
@dataclass(frozen=True)
class ReferralRequested:
    """A worker asks a human service to take a person on, with the person's consent."""

    referral_id: str
    case_id: str
    need_id: str
    person_id: str
    human_service_id: str
    name: str = personal("")
    message: str = personal("")


@event("cases.case.status_changed", version=1, subject="case_id")
@dataclass(frozen=True)
class CaseStatusChanged:
    """The state of a case changed."""

    case_id: str
    status: str
    review_on: date | None = None


@event("cases.case.closed", version=1, subject="case_id")
@dataclass(frozen=True)
class CaseClosed:
    """The multi-agency work on a case ended with an evaluation; support need not end with it."""

    case_id: str
    consultation_id: str
    outcome: str


@event("cases.address_protection.changed", version=1, subject="person_id")
@dataclass(frozen=True)
class AddressProtectionChanged:
    """A person's address is to be hidden everywhere, or may be shown again; it is not in here itself."""

    person_id: str
    case_id: str
    protected: bool
    phone_too: bool = False
