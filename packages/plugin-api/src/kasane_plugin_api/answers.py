"""The values that hooks return: plain frozen data, never behaviour, HTML or database objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class FieldKind(StrEnum):
    """How a form field is typed in and checked."""

    TEXT = "text"
    TEXTAREA = "textarea"
    DATE = "date"
    DATETIME = "datetime"
    TEL = "tel"
    EMAIL = "email"
    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    PASSWORD = "password"


@dataclass(frozen=True)
class Choice:
    """One selectable value of a field, with the words shown for it."""

    value: str
    label: str


@dataclass(frozen=True)
class FieldSpec:
    """One field of a form, stored by the platform under the name of the plugin that asked for it.

    ``name`` is ASCII; ``reported_to_state`` marks a field that the national report asks for.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 4000
    autocomplete: str = "off"
    reported_to_state: bool = False


class RoleFunction(StrEnum):
    """What a role may do on the platform; the title is the town's own."""

    RECEIVER = "receiver"
    CONTACT = "contact"
    RESPONSIBLE = "responsible"
    COORDINATOR = "coordinator"
    OUTREACH_WORKER = "outreach_worker"
    PARTNER = "partner"
    TOWN_ADMINISTRATOR = "town_administrator"
    PREFECTURE_OPERATOR = "prefecture_operator"


@dataclass(frozen=True)
class Role:
    """A post as the town calls it, its function here, where it sits and the rank it asks for.

    ``note`` says what the town's document leaves open about it.
    """

    code: str
    label: str
    function: RoleFunction
    unit: str = ""
    rank: str = ""
    headcount: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    note: str = ""


class OfficeKind(StrEnum):
    """Who runs an office: it decides which duty of secrecy binds its people."""

    MUNICIPAL = "municipal"
    CONTRACTED = "contracted"
    PARTNER_AGENCY = "partner_agency"
    RESIDENTS = "residents"
    COMPANY = "company"


@dataclass(frozen=True)
class OpeningHours:
    """Opening hours on the given ISO weekdays (Monday is 1).

    ``closed_on_holidays`` is what the town's document says of national holidays, None where it says nothing.
    """

    weekdays: tuple[int, ...]
    opens: time
    closes: time
    note: str = ""
    closed_on_holidays: bool | None = None


@dataclass(frozen=True)
class Office:
    """A desk, unit or agency.

    ``receives`` says that residents may consult there; ``lead`` that it is a 主担当課; ``note``
    what the town's document leaves open about it.
    """

    code: str
    label: str
    kind: OfficeKind = OfficeKind.MUNICIPAL
    fields: tuple[str, ...] = ()
    receives: bool = True
    lead: bool = False
    hours: OpeningHours | None = None
    area: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Category:
    """One kind of trouble as the town lists it, with the national code it maps to and its field."""

    code: str
    label: str
    national: str = ""
    field: str = ""


@dataclass(frozen=True)
class ResponsibleOffice:
    """The office that should take a matter, why, and where the town's document says so."""

    office: str
    reason: str
    source: str = ""


@dataclass(frozen=True)
class EmergencyContact:
    """Whom to tell in an emergency and within how many minutes.

    ``role`` is read as in ``matching_roles``.
    """

    label: str
    role: str = ""
    within_minutes: int = 30
    source: str = ""


class EscalationLevel(StrEnum):
    """How far beyond the receiving desk a matter has to go."""

    SINGLE_AGENCY = "single_agency"
    RELATED_AGENCIES = "related_agencies"
    MULTI_AGENCY = "multi_agency"


@dataclass(frozen=True)
class Escalation:
    """To which role a consultation goes next, at which level, with the town's reason and source.

    ``target_role`` is the code of a role, or a ``RoleFunction`` for any role with that function.
    """

    level: EscalationLevel
    target_role: str
    reason: str
    source: str = ""


@dataclass(frozen=True)
class HandoffPolicy:
    """How a つなぐシート is handled: its name, days to acknowledge and to decide, who is told when overdue.

    The days are working days (開庁日); ``overdue_role`` and ``copy_to`` are read as in ``matching_roles``. While
    nobody acknowledges, sender and ``overdue_role`` are told again every ``remind_every_days``. Who has
    acknowledged accepts or returns within ``decide_within_days``; with None the platform's own term stands
    and the screen says that it is not the town's.
    """

    label: str
    acknowledge_within_days: int = 2
    overdue_role: str = ""
    requires_consent: bool = True
    companionship: tuple[Choice, ...] = ()
    source: str = ""
    copy_to: tuple[str, ...] = ()
    remind_every_days: int = 1
    decide_within_days: int | None = None


class AttendeeKind(StrEnum):
    """Who sits in a meeting, as far as secrecy is concerned."""

    MUNICIPAL_STAFF = "municipal_staff"
    CONTRACTOR = "contractor"
    PARTNER_AGENCY = "partner_agency"
    RESIDENT = "resident"
    PERSON_OR_FAMILY = "person_or_family"


@dataclass(frozen=True)
class ConsentPolicy:
    """How a person consents in this town: what is explained, for how long, in which ways.

    Without ``methods`` the platform's own ways stand. ``recipients`` are the only kinds of recipients
    that a consent may name here; without them every kind may be named. ``forms`` are the town's own
    consent forms; ``remind_days`` before the last day somebody is asked to renew it.
    """

    explanation: str
    valid_for_days: int = 365
    methods: tuple[Choice, ...] = ()
    source: str = ""
    recipients: tuple[AttendeeKind, ...] = ()
    forms: tuple[Choice, ...] = ()
    remind_days: int = 30


@dataclass(frozen=True)
class LegalBasis:
    """Another legal basis than consent for telling somebody: dated words with their source.

    ``text`` is shown to who chooses it and to who approves; ``note`` says what it asks for or what the
    source leaves open; ``valid_to`` is the last day.
    """

    code: str
    label: str
    text: str
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


class LegalKind(StrEnum):
    """The legal nature of a body. It, not the local name, decides which gate applies.

    The 支援会議 of 困窮法9条 is not the one of 社会福祉法106条の6: a town that holds them together
    names both kinds, and each agenda item says on which it is spoken of.
    """

    SUPPORT_CONFERENCE = "support_conference"
    MULTI_AGENCY_CONFERENCE = "multi_agency_conference"
    SELF_RELIANCE_CONFERENCE = "self_reliance_conference"
    CHILD_PROTECTION_COUNCIL = "child_protection_council"
    COMMUNITY_CARE_CONFERENCE = "community_care_conference"
    LONELINESS_COUNCIL = "loneliness_council"
    POLICY_SHARING = "policy_sharing"
    COMMUNITY = "community"
    GOVERNANCE = "governance"
    STAFF = "staff"


@dataclass(frozen=True)
class MeetingBody:
    """A body of the town: local name with validity, legal kinds, host, chair, members and cadence.

    ``quorum_majority`` asks for more than half of the members (過半数); ``valid_to`` is the last
    day; ``note`` says what the town's document leaves open about the body.
    """

    code: str
    label: str
    legal_kinds: tuple[LegalKind, ...]
    host: str = ""
    chair: str = ""
    members: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    cadence: str = ""
    max_members: int | None = None
    quorum_majority: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    former_label: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class MeetingRoute:
    """Where a person's matter is discussed.

    ``body`` is the code of a body, or a ``LegalKind`` for any body of that kind, or empty when the
    town has not decided (*undecided*).
    """

    body: str
    reason: str
    source: str = ""

    @property
    def undecided(self) -> bool:
        """True when a person has to choose the legal body; the platform never guesses."""
        return not self.body


@dataclass(frozen=True)
class AttendeeSlot:
    """A seat at a meeting: a role or an office, and whether it must be filled."""

    label: str
    role: str = ""
    office: str = ""
    kind: AttendeeKind = AttendeeKind.MUNICIPAL_STAFF
    mandatory: bool = False


@dataclass(frozen=True)
class Quorum:
    """Whether enough members are present, with the sentence to show."""

    met: bool
    reason: str


@dataclass(frozen=True)
class SecrecyNotice:
    """The sentence an attendee is bound by, its legal basis and whether a signature is needed.

    ``effective_from`` dates the wording; it is printed only together with ``source``.
    """

    text: str
    basis: str
    needs_signature: bool
    effective_from: date | None = None
    source: str = ""


@dataclass(frozen=True)
class FollowUp:
    """What happens after a session: which body or role is told next."""

    body: str = ""
    role: str = ""
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class PlanForm:
    """The plan sheet of the town: its name, who writes it and its extra fields."""

    label: str
    author_role: str = ""
    whole_household: bool = True
    fields: tuple[FieldSpec, ...] = ()
    source: str = ""


class AssessmentKind(StrEnum):
    """How a question of an assessment is answered; the last three are marked wherever shown.

    ``choices`` takes ○ for each and ◎ for one; ``opinion`` is staff's own (見立て), ``third_party``
    what somebody else told, with who it was, and ``cooperating_body`` an agency that takes part.
    """

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    NUMBER = "number"
    YES_NO = "yes_no"
    OPINION = "opinion"
    THIRD_PARTY = "third_party"
    COOPERATING_BODY = "cooperating_body"


@dataclass(frozen=True)
class AssessmentQuestion:
    """One question of an assessment. ``reported_to_state``: the national report asks for it."""

    name: str
    label: str
    kind: AssessmentKind = AssessmentKind.TEXT
    required: bool = False
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 10_000
    reported_to_state: bool = False


@dataclass(frozen=True)
class AssessmentPart:
    """Questions under one heading."""

    label: str
    fields: tuple[AssessmentQuestion, ...]
    note: str = ""


@dataclass(frozen=True)
class AssessmentSheet:
    """The assessment form of a town: in place of the platform's, or behind it when it extends it.

    Another content is another ``version``: what was answered is read in the version it was given in.
    """

    form_id: str
    version: int
    label: str
    valid_from: date
    sections: tuple[AssessmentPart, ...]
    extends_platform: bool = False
    source: str = ""


@dataclass(frozen=True)
class MonitoringInterval:
    """How often a plan is looked at again, and by which role."""

    days: int
    by_role: str = ""
    reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class OutreachAgency:
    """An agency or role that visits, for which area, as the town has arranged."""

    code: str
    label: str
    area: str = ""
    role: str = ""
    source: str = ""


@dataclass(frozen=True)
class Campaign:
    """An outreach campaign of a year with its steps in order and what must be ready first.

    ``kind`` says how the platform carries it out: ``postal_survey`` (letters with a code, replies, visits)
    or ``household_visits`` (every household of an area in turn); without one it is only shown.
    ``preconditions`` are sentences that a person ticks off one by one; ``feature`` is the code
    that ``phase`` answers for; ``target`` the document's own words for whom it is meant.
    """

    code: str
    label: str
    steps: tuple[str, ...]
    preconditions: tuple[str, ...] = ()
    feature: str = ""
    source: str = ""
    target: str = ""
    kind: str = ""


@dataclass(frozen=True)
class DoorContact:
    """Whom a worker at a door can call when something is wrong; ``phone`` as it is dialled."""

    label: str
    phone: str
    source: str = ""


@dataclass(frozen=True)
class VisitSafety:
    """How a town watches over workers at a door.

    ``contacts`` stand on the telephone's emergency page instead of the police and the ambulance
    alone. ``grace_minutes`` pass after the expected end of a visit before ``alarm_roles`` are told;
    they are read as in ``matching_roles``.
    """

    contacts: tuple[DoorContact, ...] = ()
    grace_minutes: int = 15
    alarm_roles: tuple[str, ...] = ("coordinator",)
    source: str = ""


@dataclass(frozen=True)
class ResourceSource:
    """Where a town's directory of resources is filled from and who may see it."""

    code: str
    label: str
    layout: str
    visibility: str = "public"
    source: str = ""


@dataclass(frozen=True)
class RankedResource:
    """What a town adds to one candidate: a sentence with its source, and points, at most ten either way."""

    human_service_id: str
    points: float
    sentence: str
    source: str = ""


class Phase(StrEnum):
    """Whether a thing in a plan document is running on a date."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    NOT_STATED = "not_stated"


@dataclass(frozen=True)
class PhaseAnswer:
    """The phase of one feature on one date, with the words of the document and its source."""

    phase: Phase
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class StatusLabels:
    """The town's own words for states; a state without an entry keeps the national word."""

    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


def matching_roles(roles: Iterable[Role], named: str) -> tuple[Role, ...]:
    """The roles that a text in an answer means: those with this code, else with this function."""
    candidates = tuple(roles)
    by_code = tuple(role for role in candidates if role.code == named)
    return by_code or tuple(role for role in candidates if role.function == named)


def matching_bodies(bodies: Iterable[MeetingBody], named: str) -> tuple[MeetingBody, ...]:
    """The bodies that a text in an answer means: those with this code, else of this legal kind."""
    candidates = tuple(bodies)
    by_code = tuple(body for body in candidates if body.code == named)
    return by_code or tuple(body for body in candidates if named in body.legal_kinds)
