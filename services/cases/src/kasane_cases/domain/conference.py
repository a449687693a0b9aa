"""A session of a body: who attends, bound by which secrecy, whose matter may be spoken of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentPurpose,
    ConsentState,
    state_on,
)
from kasane_cases.domain.errors import (
    NoPersonsHere,
    NotInSession,
    RecordNotFound,
    SessionNotReady,
    SharedWithoutIdentity,
    SignatureNeeded,
    WrongStep,
)
from kasane_cases.domain.obstacle import Obstacle, ObstacleCode


class LegalKind(StrEnum):
    """The legal nature of a body: it, not the local name, decides which gate applies."""

    SUPPORT_CONFERENCE = "support_conference"
    MULTI_AGENCY_CONFERENCE = "multi_agency_conference"
    POLICY_SHARING = "policy_sharing"
    COMMUNITY = "community"
    GOVERNANCE = "governance"
    STAFF = "staff"

    @property
    def takes_persons(self) -> bool:
        """Whether a person may be spoken of by name before a body of this kind."""
        return self in (LegalKind.SUPPORT_CONFERENCE, LegalKind.MULTI_AGENCY_CONFERENCE)


class SessionStatus(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    MINUTES_FIXED = "minutes_fixed"


@dataclass(frozen=True)
class PersonStanding:
    """What the gates ask about one person: the consent that stands and the town's decision."""

    consent: Consent | None
    support_decided: bool
    who: str = ""


@dataclass(frozen=True)
class SecrecyDuty:
    """The sentence an attendee is bound by, as the town worded it on that day."""

    text: str
    basis: str
    needs_signature: bool
    source: str = ""
    effective_from: date | None = None


@dataclass
class Attendee:
    """One person at a session: staff with an account, or a guest with name and affiliation."""

    id: str
    name: str
    kind: AttendeeKind
    duty: SecrecyDuty
    account_id: str = ""
    affiliation: str = ""
    present: bool = True
    acknowledged_at: datetime | None = None
    signed_at: datetime | None = None

    @property
    def bound(self) -> bool:
        """Whether the duty of secrecy is recorded, with a signature where one is needed (I-03)."""
        if self.acknowledged_at is None:
            return False
        return self.signed_at is not None or not self.duty.needs_signature

    def acknowledge(self, at: datetime, *, signed: bool) -> None:
        """Records that the attendee was shown the duty and accepts it; raises SignatureNeeded."""
        if self.duty.needs_signature and not signed:
            raise SignatureNeeded(name=self.name)
        self.acknowledged_at = self.acknowledged_at or at
        if signed:
            self.signed_at = self.signed_at or at


@dataclass(frozen=True)
class ItemFact:
    """What somebody told the session about a person, with the agency that knew it."""

    id: str
    text: str
    source: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class ItemDecision:
    """What a session decided about an item: who does it, in which role, by when."""

    id: str
    text: str
    in_charge: str
    role: str = ""
    due_on: date | None = None


@dataclass
class AgendaItem:
    """One matter of a session: a person of a case, or a topic that names nobody."""

    id: str
    topic: str
    case_id: str = ""
    person_id: str = ""
    reason: str = ""
    consent_state: str = ""
    facts: tuple[ItemFact, ...] = ()
    decisions: tuple[ItemDecision, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether the item is about a person."""
        return bool(self.person_id)


def obstacles_of_item(
    legal_kind: LegalKind,
    standing: PersonStanding,
    recipients: tuple[AttendeeKind, ...],
    day: date,
    item_id: str = "",
) -> tuple[Obstacle, ...]:
    """Why this person may not be spoken of before a body of this kind on a day; empty if they may.

    The 支援会議 takes people without consent. The 重層的支援会議 asks for a valid consent of this
    very person that covers its purpose and everybody present (I-02), and for the town's decision
    to support the case (I-06).
    """
    if legal_kind is not LegalKind.MULTI_AGENCY_CONFERENCE:
        return ()
    found = []
    consent = standing.consent
    state = state_on(consent, day)
    if consent is None or state is not ConsentState.GIVEN:
        found.append(Obstacle(ObstacleCode.CONSENT_MISSING, standing.who, item_id, state))
    elif not consent.scope.covers(ConsentPurpose.MULTI_AGENCY):
        found.append(Obstacle(ObstacleCode.CONSENT_SCOPE, standing.who, item_id))
    else:
        outside = [kind for kind in recipients if kind not in consent.scope.recipients]
        found.extend(
            Obstacle(ObstacleCode.CONSENT_RECIPIENTS, standing.who, item_id, kind.value)
            for kind in dict.fromkeys(outside)
        )
    if not standing.support_decided:
        found.append(Obstacle(ObstacleCode.SUPPORT_NOT_DECIDED, standing.who, item_id))
    return tuple(found)


@dataclass
class ConferenceSession:
    """One session of a body with its attendees and agenda."""

    id: str
    body: str
    body_label: str
    legal_kind: LegalKind
    planned_for: date
    planned_by: str
    place: str = ""
    appointed: int | None = None
    attendees: list[Attendee] = field(default_factory=list)
    items: list[AgendaItem] = field(default_factory=list)
    status: SessionStatus = SessionStatus.PLANNED
    held_on: date | None = None
    next_on: date | None = None
    minutes: str = ""
    fixed_at: datetime | None = None
    version: int = 1

    @property
    def closed_material(self) -> bool:
        """Whether what is said here stays with those who were there (I-04)."""
        return self.legal_kind is LegalKind.SUPPORT_CONFERENCE

    @property
    def kinds_present(self) -> tuple[AttendeeKind, ...]:
        """The kinds of attendees who are present."""
        return tuple(dict.fromkeys(a.kind for a in self.attendees if a.present))

    def attendee(self, attendee_id: str) -> Attendee:
        """One attendee; raises RecordNotFound."""
        for attendee in self.attendees:
            if attendee.id == attendee_id:
                return attendee
        raise RecordNotFound

    def item(self, item_id: str) -> AgendaItem:
        """One agenda item; raises RecordNotFound."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise RecordNotFound

    def attends(self, account_id: str) -> Attendee | None:
        """The attendee with this account, or None."""
        return next((a for a in self.attendees if account_id and a.account_id == account_id), None)

    def shows_material_to(self, account_id: str) -> bool:
        """Whether the account may read facts, decisions and minutes: present and bound."""
        attendee = self.attends(account_id)
        return attendee is not None and attendee.bound and attendee.present

    def add_attendee(self, attendee: Attendee) -> None:
        """Somebody more will attend; an account only once."""
        self._must_be(SessionStatus.PLANNED)
        if self.attends(attendee.account_id) is None:
            self.attendees.append(attendee)

    def mark_presence(self, attendee_id: str, present: bool) -> None:
        """Whether somebody who was asked has come."""
        self._must_be(SessionStatus.PLANNED)
        self.attendee(attendee_id).present = present

    def add_item(self, item: AgendaItem) -> None:
        """Puts an item on the agenda; raises NoPersonsHere where a body takes no person by name."""
        self._must_be(SessionStatus.PLANNED)
        if item.identified and not self.legal_kind.takes_persons:
            if self.legal_kind is LegalKind.POLICY_SHARING:
                raise SharedWithoutIdentity(body=self.body_label)
            raise NoPersonsHere(body=self.body_label)
        self.items.append(item)

    def obstacles(
        self, standings: dict[str, PersonStanding], quorum_met: bool, quorum_reason: str, day: date
    ) -> tuple[Obstacle, ...]:
        """Everything that keeps this session from opening; ``standings`` by item id."""
        present = [a for a in self.attendees if a.present]
        found = [] if present else [Obstacle(ObstacleCode.NOBODY_ATTENDS)]
        found.extend(
            Obstacle(ObstacleCode.SECRECY_MISSING, who=a.name) for a in present if not a.bound
        )
        for item in self.items:
            if item.identified:
                standing = standings[item.id]
                found.extend(
                    obstacles_of_item(self.legal_kind, standing, self.kinds_present, day, item.id)
                )
        if not quorum_met:
            found.append(Obstacle(ObstacleCode.NO_QUORUM, detail=quorum_reason))
        return tuple(found)

    def open(self, obstacles: tuple[Obstacle, ...], day: date) -> None:
        """Opens; raises SessionNotReady with the obstacles."""
        self._must_be(SessionStatus.PLANNED)
        if obstacles:
            raise SessionNotReady(obstacles)
        self.status, self.held_on = SessionStatus.OPEN, day

    def record_fact(self, item_id: str, fact: ItemFact, account_id: str) -> None:
        """Writes down what was told; only those present and bound (I-03)."""
        self._must_be(SessionStatus.OPEN)
        self._must_see(account_id)
        item = self.item(item_id)
        item.facts = (*item.facts, fact)

    def record_decision(self, item_id: str, decision: ItemDecision, account_id: str) -> None:
        """Writes down what was decided; only those present and bound."""
        self._must_be(SessionStatus.OPEN, SessionStatus.HELD)
        self._must_see(account_id)
        item = self.item(item_id)
        item.decisions = (*item.decisions, decision)

    def hold(self, next_on: date | None) -> None:
        """The session is over."""
        self._must_be(SessionStatus.OPEN)
        self.status, self.next_on = SessionStatus.HELD, next_on

    def fix_minutes(self, minutes: str, at: datetime, account_id: str) -> None:
        """The minutes are agreed and change no more."""
        self._must_be(SessionStatus.HELD)
        self._must_see(account_id)
        self.status, self.minutes, self.fixed_at = SessionStatus.MINUTES_FIXED, minutes, at

    def _must_be(self, *allowed: SessionStatus) -> None:
        if self.status not in allowed:
            raise WrongStep(status=self.status.value)

    def _must_see(self, account_id: str) -> None:
        if not self.shows_material_to(account_id):
            raise NotInSession
