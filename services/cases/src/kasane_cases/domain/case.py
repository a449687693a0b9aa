"""A case: one household that is supported together, from its opening to an evaluated end."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.errors import (
    ClosingIncomplete,
    NobodyConcerned,
    NobodyConsents,
    PersonLeft,
    RecordNotFound,
    ReviewDateMissing,
    WrongStep,
)
from kasane_cases.domain.household import Household, Person


class CaseStatus(StrEnum):
    """Where a case stands; a town gives its own words, never another meaning."""

    IDENTIFIED = "identified"
    OUTREACH = "outreach"
    ASSESSMENT = "assessment"
    PLAN_DRAFT = "plan_draft"
    IN_SUPPORT = "in_support"
    OBSERVING = "observing"
    REPLANNING = "replanning"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    REOPENED = "reopened"


class ClosingOutcome(StrEnum):
    """Why the multi-agency work ended; support itself need not end with it."""

    ROLES_SETTLED = "roles_settled"
    HANDED_OVER = "handed_over"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    SUPPORT_ENDED = "support_ended"
    INSTITUTION = "institution"
    JOINED = "joined"
    OTHER = "other"


_S = CaseStatus
NEXT_STATUS: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    _S.IDENTIFIED: (_S.OUTREACH, _S.ASSESSMENT, _S.SUSPENDED),
    _S.OUTREACH: (_S.ASSESSMENT, _S.SUSPENDED),
    _S.ASSESSMENT: (_S.OUTREACH, _S.SUSPENDED),
    _S.PLAN_DRAFT: (_S.ASSESSMENT, _S.SUSPENDED),
    _S.IN_SUPPORT: (_S.OBSERVING, _S.REPLANNING, _S.SUSPENDED),
    _S.OBSERVING: (_S.REPLANNING, _S.REOPENED),
    _S.REPLANNING: (_S.OBSERVING, _S.SUSPENDED),
    _S.SUSPENDED: (_S.REOPENED,),
    _S.CLOSED: (_S.REOPENED,),
    _S.TRANSFERRED: (_S.REOPENED,),
    _S.REOPENED: (_S.OUTREACH, _S.ASSESSMENT, _S.SUSPENDED),
}
ENDED = (CaseStatus.CLOSED, CaseStatus.TRANSFERRED)
NEEDS_CONSENT = frozenset({CaseStatus.ASSESSMENT})


class GrantSubject(StrEnum):
    """To whom a right to a case is given."""

    ACCOUNT = "account"
    OFFICE = "office"
    ROLE = "role"


class GrantBasis(StrEnum):
    """What a right to a case follows from; who ends the basis ends the right."""

    TEAM = "team"
    CONSENT = "consent"
    MEETING = "meeting"
    EMERGENCY = "emergency"


class HeldRight(StrEnum):
    """What somebody held of a case when they left their post (異動)."""

    LEAD = "lead"
    TEAM = "team"
    CONSENT = "consent"
    MEETING = "meeting"
    EMERGENCY = "emergency"
    READER = "reader"


@dataclass(frozen=True)
class AccessGrant:
    """A right to read one case, or only one person of it when ``person_id`` is given (I-07)."""

    id: str
    case_id: str
    subject_kind: GrantSubject
    subject: str
    basis: GrantBasis
    valid_from: date
    basis_reference: str = ""
    person_id: str = ""
    valid_to: date | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Episode:
    """One stretch of work on a case, from its opening or reopening to its evaluated end."""

    case_id: str
    number: int
    opened_on: date
    closed_on: date
    outcome: str
    evaluation: str
    next_contact: str


@dataclass
class Case:
    """One case with its household; ``version`` counts changes for those who edit at once."""

    id: str
    number: str
    consultation_id: str
    household: Household
    persons: tuple[Person, ...]
    opened_on: date
    opened_by: str
    status: CaseStatus = CaseStatus.IDENTIFIED
    area: str = ""
    urgent: bool = False
    categories: tuple[str, ...] = ()
    story: str = ""
    support_decided_on: date | None = None
    support_reason: str = ""
    review_on: date | None = None
    evaluation: str = ""
    next_contact: str = ""
    closing_outcome: str = ""
    closed_on: date | None = None
    restricted: bool = False
    lead: str = ""
    episode: int = 1
    episode_opened_on: date | None = None
    last_contact_on: date | None = None
    version: int = 1

    def __post_init__(self) -> None:
        """Raises NobodyConcerned for a case without a person."""
        if not self.persons:
            raise NobodyConcerned

    @property
    def open(self) -> bool:
        """Whether the case is being worked on."""
        return self.status not in ENDED

    @property
    def unasked_for_consent(self) -> bool:
        """Whether multi-agency work has not begun, for want of a consent until now."""
        return self.status in (CaseStatus.IDENTIFIED, CaseStatus.OUTREACH, CaseStatus.REOPENED)

    @property
    def support_decided(self) -> bool:
        """Whether the town decided to support this household (支援決定)."""
        return self.support_decided_on is not None

    def person(self, person_id: str) -> Person:
        """One person of the case; raises RecordNotFound."""
        for person in self.persons:
            if person.id == person_id:
                return person
        raise RecordNotFound

    def member(self, person_id: str, day: date) -> Person:
        """One person who belongs to the household on a day; raises RecordNotFound or PersonLeft."""
        person = self.person(person_id)
        left_on = self.household.left_on(person_id, day)
        if left_on is not None:
            raise PersonLeft(person=person.name, day=left_on.isoformat())
        return person

    def relation(self, person_id: str) -> str:
        """What the person is, or was last, in the household."""
        found = [m.relation for m in self.household.memberships if m.person_id == person_id]
        return found[-1] if found else ""

    def decide_support(self, day: date, reason: str) -> None:
        """Writes down that the town decided to support this household."""
        self._must_be_open()
        if self.support_decided_on is None:
            self.support_decided_on, self.support_reason = day, reason

    def next_states(self) -> tuple[CaseStatus, ...]:
        """The states that a person may choose now; the others follow from what happens to the case."""
        return NEXT_STATUS[self.status]

    def change_status(
        self,
        status: CaseStatus,
        review_on: date | None,
        *,
        somebody_consents: bool,
        day: date,
    ) -> None:
        """Moves on; raises WrongStep, ReviewDateMissing or NobodyConsents."""
        if status not in self.next_states():
            raise WrongStep(status=self.status.value)
        if status in NEEDS_CONSENT and not somebody_consents:
            raise NobodyConsents
        if status is CaseStatus.OBSERVING and review_on is None:
            raise ReviewDateMissing
        if status is CaseStatus.REOPENED:
            self.reopen(day)
        else:
            self.status, self.review_on = status, review_on

    def reopen(self, day: date) -> None:
        """Takes the work up again: after an end as a new episode with the same household."""
        if not self.open:
            self.episode += 1
            self.episode_opened_on = day
        self.status, self.review_on = CaseStatus.REOPENED, None
        self.closed_on, self.closing_outcome = None, ""
        self.evaluation, self.next_contact = "", ""

    def begin_outreach(self) -> bool:
        """Somebody is to visit: an identified case is now outreach; True when that changed it."""
        self._must_be_open()
        if self.status is not CaseStatus.IDENTIFIED:
            return False
        self.status = CaseStatus.OUTREACH
        return True

    def begin_assessment(self) -> bool:
        """Somebody consented and was assessed: multi-agency work began; True when that changed the state."""
        self._must_be_open()
        if not self.unasked_for_consent:
            return False
        self.status = CaseStatus.ASSESSMENT
        return True

    def begin_plan(self) -> bool:
        """A plan is being written; True when that changed the state."""
        self._must_be_open()
        before = (
            CaseStatus.IDENTIFIED,
            CaseStatus.OUTREACH,
            CaseStatus.ASSESSMENT,
            CaseStatus.REPLANNING,
            CaseStatus.REOPENED,
        )
        if self.status not in before:
            return False
        self.status = CaseStatus.PLAN_DRAFT
        return True

    def keeps_address_back(self, person: Person) -> bool:
        """Whether the address is protected, or is that of a member whose address is."""
        return person.address_protected or any(
            one.address_protected and one.lives_with(person) for one in self.persons
        )

    @property
    def kept_back(self) -> tuple[str, ...]:
        """The persons whose address is kept back."""
        return tuple(one.id for one in self.persons if self.keeps_address_back(one))

    def take_in(self, person: Person) -> None:
        """What is known of a person of the case changed, or somebody came to it."""
        known = tuple(person if one.id == person.id else one for one in self.persons)
        self.persons = known if person in known else (*known, person)

    def looked_at(self, next_on: date) -> bool:
        """Somebody looked at the plans: a case in support waits until then; True when that changed it."""
        if self.status is not CaseStatus.IN_SUPPORT or self.review_on == next_on:
            return False
        self.review_on = next_on
        return True

    def plan_agreed(self, review_on: date) -> None:
        """A plan was decided: the case is in support until the day somebody looks again."""
        if self.status in (*ENDED, CaseStatus.SUSPENDED):
            raise WrongStep(status=self.status.value)
        self.status = CaseStatus.IN_SUPPORT
        self.review_on = review_on

    def close(
        self,
        outcome: ClosingOutcome,
        evaluation: str,
        next_contact: str,
        *,
        no_contact_needed: bool,
        review_on: date | None,
        review_date_required: bool,
        day: date,
    ) -> None:
        """Ends the multi-agency work; raises ClosingIncomplete naming what is missing (I-15)."""
        self._must_be_open()
        missing = []
        if not evaluation.strip():
            missing.append("evaluation")
        if bool(next_contact.strip()) == no_contact_needed:
            missing.append("next_contact")
        if review_date_required and review_on is None:
            missing.append("review_date")
        if missing:
            raise ClosingIncomplete(missing=tuple(missing))
        self.status = CaseStatus.CLOSED
        self.evaluation, self.next_contact = evaluation, next_contact
        self.closing_outcome, self.closed_on, self.review_on = outcome.value, day, review_on

    def transferred(self, evaluation: str, next_contact: str, day: date) -> None:
        """Another town took the household over: the case ends here in a state of its own (移管)."""
        self.close(
            ClosingOutcome.HANDED_OVER,
            evaluation,
            next_contact,
            no_contact_needed=False,
            review_on=None,
            review_date_required=False,
            day=day,
        )
        self.status = CaseStatus.TRANSFERRED

    def _must_be_open(self) -> None:
        if not self.open:
            raise WrongStep(status=self.status.value)
