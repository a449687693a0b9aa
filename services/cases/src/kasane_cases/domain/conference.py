"""A session of a body: who attends, bound by which secrecy, whose matter may be spoken of."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.agenda import (
    CONSENT_CODES,
    AgendaItem,
    ItemDecision,
    ItemFact,
    LegalKind,
    PersonStanding,
    RolePart,
    obstacles_of_item,
)
from kasane_cases.domain.attendance import Attendee, SecrecyDuty
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import (
    ConsentEnded,
    NoPersonsHere,
    NotInSession,
    OneLeads,
    RecordNotFound,
    SessionNotReady,
    SharedWithoutIdentity,
    UnknownBody,
    WrongStep,
)
from kasane_cases.domain.obstacle import Obstacle, ObstacleCode

__all__ = [
    "OVER",
    "PREPARING",
    "AgendaItem",
    "Attendee",
    "ConferenceSession",
    "ItemDecision",
    "ItemFact",
    "LegalKind",
    "PersonStanding",
    "RolePart",
    "SecrecyDuty",
    "SessionStatus",
    "obstacles_of_item",
]


class SessionStatus(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    MEMBERS_CONFIRMED = "members_confirmed"
    NOTICES_SIGNED = "notices_signed"
    OPEN = "open"
    HELD = "held"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_FIXED = "minutes_fixed"


PREPARING = (SessionStatus.PLANNED, SessionStatus.MEMBERS_CONFIRMED, SessionStatus.NOTICES_SIGNED)
OVER = (SessionStatus.HELD, SessionStatus.MINUTES_DRAFT, SessionStatus.MINUTES_FIXED)


@dataclass
class ConferenceSession:
    """One session of a body with its attendees and agenda.

    ``legal_kind`` is what it was called as; ``legal_kinds`` are all that its body has, one of which
    is the basis of each item. The pages of its pack close ``pack_days`` after it.
    """

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
    legal_kinds: tuple[LegalKind, ...] = ()
    pack_days: int = 7

    @property
    def closed_material(self) -> bool:
        """Whether what is said here stays with those who were there (I-04)."""
        return self.legal_kind.closed

    @property
    def kinds_present(self) -> tuple[AttendeeKind, ...]:
        """The kinds of attendees who are present."""
        return tuple(dict.fromkeys(a.kind for a in self.attendees if a.present))

    @property
    def preparing(self) -> bool:
        """Whether attendees and agenda may still change."""
        return self.status in PREPARING

    @property
    def over(self) -> bool:
        """Whether it took place."""
        return self.status in OVER

    @property
    def agenda(self) -> list[AgendaItem]:
        """The items that were neither removed nor moved."""
        return [item for item in self.items if item.on_agenda]

    def kind_of(self, item: AgendaItem) -> LegalKind:
        """The legal basis on which an item is spoken of."""
        return item.legal_kind or self.legal_kind

    def admitted_to(self, item: AgendaItem) -> list[Attendee]:
        """The attendees of one item who are present."""
        return [a for a in self.attendees if a.present and item.admits(a.id, a.kind)]

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

    def item_open_to(self, item: AgendaItem, account_id: str) -> bool:
        """Whether the account takes part in this very item: present, bound and admitted to it."""
        attendee = self.attends(account_id)
        if attendee is None or not self.shows_material_to(account_id):
            return False
        return item.admits(attendee.id, attendee.kind)

    def decision_open_to(
        self, item: AgendaItem, decision: ItemDecision, account_id: str, office: str, *, leads: bool
    ) -> bool:
        """Whether somebody may read one decision: who took part, and, where the basis is not closed
        to its circle, who has it to do and who leads (I-04)."""
        if self.item_open_to(item, account_id):
            return True
        if self.kind_of(item).closed:
            return False
        to_do = bool(decision.owner) and decision.owner == account_id
        return to_do or leads or (bool(office) and office == decision.in_charge)

    def consent_ended(self, item: AgendaItem, standing: PersonStanding | None, day: date) -> bool:
        """Whether the consent on which an item is spoken of covers it no longer."""
        if not item.identified or standing is None:
            return False
        kinds = tuple(dict.fromkeys(a.kind for a in self.admitted_to(item)))
        found = obstacles_of_item(self.kind_of(item), standing, kinds, day)
        return any(one.code in CONSENT_CODES for one in found)

    def add_attendee(self, attendee: Attendee) -> None:
        """Somebody more will attend, so the members are confirmed anew; an account only once."""
        self._must_prepare()
        if self.attends(attendee.account_id) is None:
            self.attendees.append(attendee)
            self.status = SessionStatus.PLANNED

    def mark_presence(self, attendee_id: str, present: bool) -> None:
        """Whether somebody who was asked has come."""
        self._must_prepare()
        self.attendee(attendee_id).present = present
        self._settle()

    def acknowledge(self, attendee_id: str, at: datetime, *, signed: bool) -> Attendee:
        """Records an attendee's duty of secrecy; raises SignatureNeeded."""
        attendee = self.attendee(attendee_id)
        attendee.acknowledge(at, signed=signed)
        self._settle()
        return attendee

    def confirm_members(self) -> None:
        """Says that these are the members of this session; whoever comes later undoes it."""
        self._must_be(SessionStatus.PLANNED)
        if not self.attendees:
            raise SessionNotReady((Obstacle(ObstacleCode.NOBODY_ATTENDS),))
        self.status = SessionStatus.MEMBERS_CONFIRMED
        self._settle()

    def add_item(self, item: AgendaItem) -> None:
        """Puts an item on the agenda; raises NoPersonsHere where a body takes no person by name."""
        self._must_prepare()
        kind = item.legal_kind = self.kind_of(item)
        if kind is not self.legal_kind and kind not in self.legal_kinds:
            raise UnknownBody(body=self.body_label)
        if item.identified and not kind.takes_persons:
            if kind is LegalKind.POLICY_SHARING:
                raise SharedWithoutIdentity(body=self.body_label)
            raise NoPersonsHere(body=self.body_label)
        self.items.append(item)

    def admit(self, item_id: str, attendee_ids: tuple[str, ...]) -> None:
        """Says who takes part in an item; raises RecordNotFound for somebody who does not attend."""
        self._must_prepare()
        for attendee_id in attendee_ids:
            self.attendee(attendee_id)
        self.item(item_id).admitted = attendee_ids

    def obstacles(
        self, standings: dict[str, PersonStanding], quorum_met: bool, quorum_reason: str, day: date
    ) -> tuple[Obstacle, ...]:
        """Everything that keeps this session from opening; ``standings`` by item id."""
        present = [a for a in self.attendees if a.present]
        found = [] if present else [Obstacle(ObstacleCode.NOBODY_ATTENDS)]
        found.extend(
            Obstacle(ObstacleCode.SECRECY_MISSING, who=a.name) for a in present if not a.bound
        )
        for item in self.agenda:
            if item.identified:
                found.extend(self._obstacles_of(item, standings[item.id], day))
        if not quorum_met:
            found.append(Obstacle(ObstacleCode.NO_QUORUM, detail=quorum_reason))
        return tuple(found)

    def open(self, obstacles: tuple[Obstacle, ...], day: date) -> None:
        """Opens, which confirms who is there; raises SessionNotReady with the obstacles."""
        self._must_prepare()
        if obstacles:
            raise SessionNotReady(obstacles)
        self.status, self.held_on = SessionStatus.OPEN, day

    def record_fact(self, item_id: str, fact: ItemFact, account_id: str) -> None:
        """Writes down what was told; only those present, bound and admitted to the item (I-03)."""
        self._must_be(SessionStatus.OPEN)
        item = self._item_for(item_id, account_id)
        item.facts = (*item.facts, fact)

    def record_decision(self, item_id: str, decision: ItemDecision, account_id: str) -> None:
        """Writes down what was decided; only those present, bound and admitted to the item."""
        self._must_be(SessionStatus.OPEN, SessionStatus.HELD)
        item = self._item_for(item_id, account_id)
        item.decisions = (*item.decisions, decision)

    def share_roles(self, item_id: str, roles: tuple[RolePart, ...], account_id: str) -> None:
        """Writes the 役割分担表 of an item anew; raises OneLeads when two have the 主担当."""
        self._must_be(SessionStatus.OPEN, SessionStatus.HELD)
        if sum(1 for one in roles if one.leads) > 1:
            raise OneLeads
        self._item_for(item_id, account_id).roles = roles

    def finish_decision(self, item_id: str, decision_id: str, day: date, note: str) -> ItemDecision:
        """Notes that a decision was carried out, also long after the session."""
        item = self.item(item_id)
        decision = item.decision(decision_id)
        if decision.done_on is not None:
            raise WrongStep(status="done")
        done = replace(decision, done_on=day, done_note=note)
        item.decisions = tuple(done if one.id == decision_id else one for one in item.decisions)
        return done

    def check_consent(self, item_id: str, standing: PersonStanding | None, day: date) -> None:
        """Raises ConsentEnded when nothing more may be written on the consent of this item."""
        if self.consent_ended(self.item(item_id), standing, day):
            raise ConsentEnded(person=standing.who if standing else "")

    def hold(self, next_on: date | None) -> None:
        """The session is over."""
        self._must_be(SessionStatus.OPEN)
        self.status, self.next_on = SessionStatus.HELD, next_on

    def draft_minutes(self, minutes: str, items: dict[str, str], account_id: str) -> None:
        """Keeps the minutes as they are written so far: the general part and each item's own."""
        self._must_be(SessionStatus.HELD, SessionStatus.MINUTES_DRAFT)
        self._must_see(account_id)
        for item_id, text in items.items():
            self._item_for(item_id, account_id).minutes = text
        self.status, self.minutes = SessionStatus.MINUTES_DRAFT, minutes

    def fix_minutes(
        self, minutes: str, at: datetime, account_id: str, items: dict[str, str] | None = None
    ) -> None:
        """The minutes are agreed and change no more."""
        self.draft_minutes(minutes, items or {}, account_id)
        self.status, self.fixed_at = SessionStatus.MINUTES_FIXED, at

    def _obstacles_of(
        self, item: AgendaItem, standing: PersonStanding, day: date
    ) -> list[Obstacle]:
        admitted = self.admitted_to(item)
        kinds = tuple(dict.fromkeys(a.kind for a in admitted))
        kind = self.kind_of(item)
        found = list(obstacles_of_item(kind, standing, kinds, day, item.id))
        if not kind.asks_consent:
            found.extend(
                Obstacle(ObstacleCode.FAMILY_WITHOUT_CONSENT, one.name, item.id)
                for one in admitted
                if one.kind is AttendeeKind.PERSON_OR_FAMILY
            )
        if not admitted and any(a.present for a in self.attendees):
            found.append(Obstacle(ObstacleCode.NOBODY_ADMITTED, standing.who, item.id))
        return found

    def _settle(self) -> None:
        if self.status in (SessionStatus.MEMBERS_CONFIRMED, SessionStatus.NOTICES_SIGNED):
            signed = all(a.bound for a in self.attendees if a.present)
            self.status = (
                SessionStatus.NOTICES_SIGNED if signed else SessionStatus.MEMBERS_CONFIRMED
            )

    def _item_for(self, item_id: str, account_id: str) -> AgendaItem:
        item = self.item(item_id)
        if not self.item_open_to(item, account_id) or not item.on_agenda:
            raise NotInSession
        return item

    def _must_prepare(self) -> None:
        self._must_be(*PREPARING)

    def _must_be(self, *allowed: SessionStatus) -> None:
        if self.status not in allowed:
            raise WrongStep(status=self.status.value)

    def _must_see(self, account_id: str) -> None:
        if not self.shows_material_to(account_id):
            raise NotInSession
