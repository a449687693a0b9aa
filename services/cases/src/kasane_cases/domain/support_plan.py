"""A support plan: one household plan with a track per member and agency, and its states."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kasane_cases.domain.errors import (
    DatesBackward,
    NotTheAuthor,
    PlanIncomplete,
    PlanNotDeliberated,
    PlanReasonMissing,
    WrongStep,
)


class PlanKind(StrEnum):
    """The three national kinds of plan."""

    MULTI_AGENCY = "multi_agency"
    OUTREACH = "outreach"
    PARTICIPATION = "participation"


class PlanStatus(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    ACTIVE = "active"
    EVALUATED = "evaluated"
    ENDED = "ended"
    RENEWED = "renewed"
    INTERRUPTED = "interrupted"


class GoalTerm(StrEnum):
    """Whether a goal is meant for long or for now."""

    LONG = "long"
    SHORT = "short"


class PlanOutcome(StrEnum):
    """What the evaluation of a plan leads to."""

    END = "end"
    CONTINUE = "continue"
    OBSERVE = "observe"
    INTERRUPT = "interrupt"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class PlanGoal:
    """What is to be different, for one member or, without ``person_id``, for the household.

    ``number`` is its place in the plan, counted from 1; the content sets it.
    """

    text: str
    term: GoalTerm = GoalTerm.SHORT
    person_id: str = ""
    number: int = 0


@dataclass(frozen=True)
class PlanTrack:
    """Who does what for whom by when; rows of one member and agency are one track."""

    person_id: str
    what: str
    agency: str
    due_on: date | None = None
    in_charge: str = ""


@dataclass(frozen=True)
class PlanContent:
    """What a plan says: every revision is a new edition of this, and none is overwritten."""

    persons: tuple[str, ...]
    goals: tuple[PlanGoal, ...]
    tracks: tuple[PlanTrack, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    extensions: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Numbers goals that have no number yet."""
        if any(not goal.number for goal in self.goals):
            numbered = (replace(goal, number=n) for n, goal in enumerate(self.goals, 1))
            object.__setattr__(self, "goals", tuple(numbered))

    def check(self) -> None:
        """Raises PlanIncomplete or DatesBackward when the plan cannot be followed."""
        if not self.persons:
            raise PlanIncomplete("persons")
        if not any(goal.text.strip() for goal in self.goals):
            raise PlanIncomplete("goals")
        if self.named - set(self.persons):
            raise PlanIncomplete("members")
        start, end = self.starts_on, self.ends_on
        if start and end and end < start:
            raise DatesBackward
        if start and any(track.due_on and track.due_on < start for track in self.tracks):
            raise DatesBackward

    @property
    def named(self) -> frozenset[str]:
        """The members whom a goal or a track names."""
        goals = {goal.person_id for goal in self.goals}
        return frozenset(goals | {track.person_id for track in self.tracks}) - {""}

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was written by hand."""
        extras = (value for value in self.extensions.values() if isinstance(value, str))
        return tuple(
            text
            for text in (
                *(goal.text for goal in self.goals),
                *(track.what for track in self.tracks),
                *extras,
            )
            if text.strip()
        )

    def seen_by(self, shows: Callable[[str], bool]) -> "PlanContent":
        """As much as somebody with a right to some members reads: only their tracks (I-07)."""
        if all(shows(person_id) for person_id in self.persons):
            return self
        return replace(
            self,
            persons=tuple(one for one in self.persons if shows(one)),
            goals=tuple(one for one in self.goals if one.person_id and shows(one.person_id)),
            tracks=tuple(one for one in self.tracks if one.person_id and shows(one.person_id)),
            extensions={},
        )


@dataclass(frozen=True)
class PlanEdition:
    """One edition of a plan's text: who wrote it, when and why."""

    plan_id: str
    number: int
    content: PlanContent
    written_on: date
    written_by: str
    writer_name: str = ""
    reason: str = ""


@dataclass
class SupportPlan:
    """One plan of a case; its tracks hold for the persons who agree, once a session decided it."""

    id: str
    case_id: str
    kind: PlanKind
    content: PlanContent
    drafted_on: date
    drafted_by: str
    status: PlanStatus = PlanStatus.DRAFT
    edition: int = 1
    submitted_on: date | None = None
    submitted_by: str = ""
    session_id: str = ""
    decided_on: date | None = None
    review_on: date | None = None
    agreed_by: tuple[str, ...] = ()
    follows: str = ""
    outcome: str = ""
    outcome_reason: str = ""
    ended_on: date | None = None
    version: int = 1

    @property
    def persons(self) -> tuple[str, ...]:
        """Whom the plan concerns."""
        return self.content.persons

    @property
    def goals(self) -> tuple[PlanGoal, ...]:
        """What is to be different."""
        return self.content.goals

    @property
    def tracks(self) -> tuple[PlanTrack, ...]:
        """Who does what by when."""
        return self.content.tracks

    @property
    def extensions(self) -> dict[str, object]:
        """The fields of the town's own sheet."""
        return self.content.extensions

    @property
    def in_force(self) -> bool:
        """Whether somebody works by this plan today."""
        return self.status is PlanStatus.ACTIVE

    @property
    def not_agreed(self) -> tuple[str, ...]:
        """The persons whose tracks do not hold, because they did not agree."""
        return tuple(person_id for person_id in self.persons if person_id not in self.agreed_by)

    def revise(self, content: PlanContent, reason: str) -> None:
        """Writes a new edition; earlier agreements were to another text and no longer count."""
        self._must_be(PlanStatus.DRAFT, PlanStatus.SUBMITTED)
        if not reason.strip():
            raise PlanReasonMissing
        content.check()
        self.content, self.edition = content, self.edition + 1
        self.status, self.submitted_on, self.submitted_by = PlanStatus.DRAFT, None, ""
        self.agreed_by = ()

    def submit(self, day: date, account_id: str, *, is_author: bool) -> None:
        """The author signs the draft off for a session; raises NotTheAuthor for anybody else."""
        self._must_be(PlanStatus.DRAFT)
        if not is_author:
            raise NotTheAuthor
        self.status, self.submitted_on, self.submitted_by = PlanStatus.SUBMITTED, day, account_id

    def decide(self, session_id: str, body: str, day: date, review_on: date) -> None:
        """Takes a session's decision about the text that lay before it."""
        self._must_be(PlanStatus.SUBMITTED)
        if self.submitted_on is None or day < self.submitted_on:
            raise PlanNotDeliberated(body=body)
        if review_on < day:
            raise DatesBackward
        self.status, self.session_id = PlanStatus.DECIDED, session_id
        self.decided_on, self.review_on = day, review_on
        self._follow_agreements()

    def take_agreement(self, person_id: str, *, agreed: bool) -> bool:
        """A person agrees or does not; True when the plan begins to hold with this."""
        self._must_be(PlanStatus.SUBMITTED, PlanStatus.DECIDED, PlanStatus.ACTIVE)
        others = tuple(one for one in self.agreed_by if one != person_id)
        self.agreed_by = (*others, person_id) if agreed else others
        before = self.status
        self._follow_agreements()
        return before is not PlanStatus.ACTIVE and self.status is PlanStatus.ACTIVE

    def holds_for(self, person_id: str) -> bool:
        """Whether the tracks of this person hold."""
        return self.in_force and person_id in self.agreed_by

    def monitored(self, next_on: date) -> None:
        """Somebody looked; the next day to look is set."""
        self._must_be(PlanStatus.ACTIVE)
        self.review_on = next_on

    def evaluate(self, outcome: PlanOutcome, reason: str) -> None:
        """The work is evaluated; an interruption and a transfer say why."""
        self._must_be(PlanStatus.ACTIVE)
        if outcome in (PlanOutcome.INTERRUPT, PlanOutcome.TRANSFER) and not reason.strip():
            raise PlanReasonMissing
        self.status, self.outcome, self.outcome_reason = PlanStatus.EVALUATED, outcome.value, reason

    def finish(self, day: date) -> PlanStatus:
        """Ends as the evaluation said: ended, renewed or interrupted; returns which."""
        self._must_be(PlanStatus.EVALUATED)
        self.status = {
            PlanOutcome.CONTINUE: PlanStatus.RENEWED,
            PlanOutcome.INTERRUPT: PlanStatus.INTERRUPTED,
        }.get(PlanOutcome(self.outcome), PlanStatus.ENDED)
        self.ended_on = day
        return self.status

    def seen_by(self, shows: Callable[[str], bool]) -> "SupportPlan":
        """As much of the plan as somebody with a right to some members may read (I-07)."""
        return replace(
            self,
            content=self.content.seen_by(shows),
            agreed_by=tuple(person_id for person_id in self.agreed_by if shows(person_id)),
            outcome_reason=self.outcome_reason if all(map(shows, self.persons)) else "",
        )

    def _follow_agreements(self) -> None:
        if self.status in (PlanStatus.DECIDED, PlanStatus.ACTIVE):
            self.status = PlanStatus.ACTIVE if self.agreed_by else PlanStatus.DECIDED

    def _must_be(self, *allowed: PlanStatus) -> None:
        if self.status not in allowed:
            raise WrongStep(status=self.status.value)
