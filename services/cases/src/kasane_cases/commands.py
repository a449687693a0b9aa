"""The inputs of the handlers of cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import (
    NO_SCOPE,
    AttendeeKind,
    ConsentScope,
    ConsentState,
    GivenBy,
)
from kasane_cases.domain.support_plan import PlanKind, PlanTrack


@dataclass(frozen=True)
class TeamMember:
    """Who works on a case: an account, an office or a role, by its code."""

    kind: GrantSubject
    subject: str


@dataclass(frozen=True)
class PersonOfCase:
    """One person as typed on the opening form when there is no consultation."""

    person_id: str
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    relation: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class OpenCase:
    """Open a case from a consultation, or with ``persons`` when there is none.

    ``consent_confirmed`` lists the persons whose consent heard at the desk is confirmed.
    """

    case_id: str
    consultation_id: str = ""
    persons: tuple[PersonOfCase, ...] = ()
    consent_confirmed: tuple[str, ...] = ()
    address_protected: tuple[str, ...] = ()
    support_decided: bool = False
    support_reason: str = ""
    team: tuple[TeamMember, ...] = ()


@dataclass(frozen=True)
class DecideSupport:
    """Write down that the town decided to support the household (支援決定)."""

    case_id: str
    reason: str


@dataclass(frozen=True)
class AssignTeam:
    """Give somebody of the team a right to the case."""

    grant_id: str
    case_id: str
    member: TeamMember
    valid_to: date | None = None


@dataclass(frozen=True)
class EndTeam:
    """End a right to the case."""

    case_id: str
    grant_id: str


@dataclass(frozen=True)
class RecordConsent:
    """Write down one person's consent, refusal or withdrawal; the town's term unless given."""

    consent_id: str
    case_id: str
    person_id: str
    state: ConsentState
    scope: ConsentScope = NO_SCOPE
    given_by: GivenBy = GivenBy.SELF
    method: str = ""
    valid_from: date | None = None
    expires_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class IdentifyNeed:
    """Write down what a person needs."""

    need_id: str
    case_id: str
    person_id: str
    category: str
    description: str


@dataclass(frozen=True)
class RequestReferral:
    """Ask a human service to take the person of a need on."""

    referral_id: str
    case_id: str
    need_id: str
    human_service_id: str
    human_service_name: str = ""
    recipient: AttendeeKind = AttendeeKind.PARTNER_AGENCY
    message: str = ""


@dataclass(frozen=True)
class RequestOutreach:
    """Ask that somebody visits a person."""

    request_id: str
    case_id: str
    person_id: str
    purpose: str
    agency: str
    reason: str = ""
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False


@dataclass(frozen=True)
class AttendeeAsked:
    """Who is asked to a session: staff by account, or a guest by name and affiliation."""

    kind: AttendeeKind = AttendeeKind.MUNICIPAL_STAFF
    account_id: str = ""
    name: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class PlanSession:
    """Set the date of a session of a body; ``appointed`` counts its members for the quorum."""

    session_id: str
    body: str
    legal_kind: LegalKind
    planned_for: date
    place: str = ""
    appointed: int | None = None
    attendees: tuple[AttendeeAsked, ...] = ()


@dataclass(frozen=True)
class AddAttendee:
    """Ask somebody more to a session."""

    attendee_id: str
    session_id: str
    attendee: AttendeeAsked


@dataclass(frozen=True)
class RecordSecrecy:
    """Record that an attendee was shown the duty of secrecy, and signed where that is needed."""

    session_id: str
    attendee_id: str
    signed: bool = False


@dataclass(frozen=True)
class MarkPresence:
    """Record whether somebody who was asked has come."""

    session_id: str
    attendee_id: str
    present: bool


@dataclass(frozen=True)
class AddAgendaItem:
    """Put a person of a case, or a topic that names nobody, on an agenda.

    ``reason`` is why a person chose this body where the town has not decided.
    """

    item_id: str
    session_id: str
    topic: str
    case_id: str = ""
    person_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class OpenSession:
    """Open a session when no gate fails."""

    session_id: str


@dataclass(frozen=True)
class RecordFact:
    """Write down what was told about an item, and which agency knew it."""

    fact_id: str
    session_id: str
    item_id: str
    text: str
    source: str


@dataclass(frozen=True)
class RecordDecision:
    """Write down what was decided about an item."""

    decision_id: str
    session_id: str
    item_id: str
    text: str
    in_charge: str
    role: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class HoldSession:
    """End an open session."""

    session_id: str
    next_on: date | None = None


@dataclass(frozen=True)
class FixMinutes:
    """Fix the minutes of a held session."""

    session_id: str
    minutes: str


@dataclass(frozen=True)
class DraftPlan:
    """Write a plan for some persons of a case."""

    plan_id: str
    case_id: str
    kind: PlanKind
    persons: tuple[str, ...]
    goals: tuple[str, ...]
    tracks: tuple[PlanTrack, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RevisePlan:
    """Write a draft anew."""

    case_id: str
    plan_id: str
    persons: tuple[str, ...]
    goals: tuple[str, ...]
    version: int
    tracks: tuple[PlanTrack, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class DecidePlan:
    """Take a held session's decision; ``review_on`` follows the town's interval unless given."""

    case_id: str
    plan_id: str
    session_id: str
    agreed_by: tuple[str, ...]
    review_on: date | None = None


@dataclass(frozen=True)
class ChangeStatus:
    """Move a case to another state."""

    case_id: str
    status: CaseStatus
    version: int
    review_on: date | None = None


@dataclass(frozen=True)
class CloseCase:
    """End the multi-agency work on a case."""

    case_id: str
    outcome: ClosingOutcome
    evaluation: str
    version: int
    next_contact: str = ""
    no_contact_needed: bool = False
    review_on: date | None = None
