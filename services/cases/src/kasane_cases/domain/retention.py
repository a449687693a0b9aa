"""How long records are kept, by whose rule, and how two people end them. No number of years is the platform's own."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_cases.domain.errors import (
    PeriodNotPossible,
    ProposerConfirms,
    RetentionBlocked,
    ShreddingBegun,
    WrongStep,
)

LONGEST_YEARS = 100
SHORTEST_WAIT_DAYS = 14
"""What somebody typed into a form is kept sealed for so long: none of it outlives the record."""


class RetainedKind(StrEnum):
    """What has a term of its own. The audit trail is never destroyed; its term only bounds the others."""

    CASE = "case"
    CONSULTATION = "consultation"
    AUDIT_TRAIL = "audit_trail"


class CountedFrom(StrEnum):
    """From which day the years are counted."""

    END = "end"
    FISCAL_YEAR = "fiscal_year"


class ShreddingStatus(StrEnum):
    """Where the end of a record stands; from *begun* on it is not taken back."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    BEGUN = "begun"
    CARRIED_OUT = "carried_out"
    DONE = "done"


class RetentionObstacle(StrEnum):
    """Why a record whose time is over is not destroyed yet."""

    RECORD_REOPENED = "record_reopened"
    SAME_PERSON_OPEN = "same_person_open"
    TRANSFER_RUNNING = "transfer_running"
    GROUND_UNANSWERED = "ground_unanswered"
    ON_HOLD = "on_hold"


@dataclass(frozen=True)
class RetentionRule:
    """A town's term for one kind of record, with the document that says so."""

    kind: RetainedKind
    years: int
    counted_from: CountedFrom
    source: str
    source_date: date | None = None
    valid_from: date | None = None
    waiting_days: int = SHORTEST_WAIT_DAYS
    set_by_name: str = ""
    from_plugin: bool = False

    def over_since(self, ended_on: date) -> date:
        """The first day on which a record that ended on a day need not be kept any more."""
        if self.counted_from is CountedFrom.FISCAL_YEAR:
            year = ended_on.year if ended_on.month >= 4 else ended_on.year - 1
            return date(year + 1 + self.years, 4, 1)
        return _years_after(ended_on, self.years) + timedelta(days=1)

    def latest_end(self, today: date) -> date:
        """No record that ended after this day is over today."""
        return _years_after(today, -self.years)

    def check(self, trail: "RetentionRule | None", others: Collection["RetentionRule"]) -> None:
        """Raises PeriodNotPossible: years and waiting in bounds, and no record outlives the trail that tells of it."""
        if not 1 <= self.years <= LONGEST_YEARS:
            raise PeriodNotPossible(years=self.years, least=1, most=LONGEST_YEARS)
        if self.kind is RetainedKind.AUDIT_TRAIL:
            least = max((one.years for one in others), default=1)
            if self.years < least:
                raise PeriodNotPossible(years=self.years, least=least, most=LONGEST_YEARS)
        elif trail is not None and self.years > trail.years:
            raise PeriodNotPossible(years=self.years, least=1, most=trail.years)


@dataclass(frozen=True)
class RetentionHold:
    """That a record is kept on although its time is over, and why."""

    id: str
    kind: RetainedKind
    record_id: str
    reason: str
    placed_by: str
    placed_by_name: str
    placed_at: datetime
    lifted_by_name: str = ""
    lifted_at: datetime | None = None


@dataclass(frozen=True)
class ShreddingPart:
    """What one service destroyed, and when it answered."""

    service: str
    at: datetime
    rows: int
    keys: int
    events: int


@dataclass
class Shredding:
    """The end of one record: proposed by one, confirmed by another, carried out after a wait, answered by all."""

    id: str
    kind: RetainedKind
    record_id: str
    number: str
    ended_on: date
    over_since: date
    years: int
    counted_from: CountedFrom
    source: str
    waiting_days: int
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    status: ShreddingStatus = ShreddingStatus.PROPOSED
    confirmed_by: str = ""
    confirmed_by_name: str = ""
    confirmed_at: datetime | None = None
    due_on: date | None = None
    withdrawn_by_name: str = ""
    withdrawn_at: datetime | None = None
    begun_at: datetime | None = None
    done_at: datetime | None = None
    version: int = 1
    parts: tuple[ShreddingPart, ...] = field(default=(), compare=False)

    @property
    def running(self) -> bool:
        """Whether it was neither taken back nor finished."""
        return self.status not in (ShreddingStatus.WITHDRAWN, ShreddingStatus.DONE)

    @property
    def may_be_taken_back(self) -> bool:
        """Whether it was proposed or confirmed and nothing of it was begun."""
        return self.status in (ShreddingStatus.PROPOSED, ShreddingStatus.CONFIRMED)

    def confirm(self, by: str, name: str, at: datetime, today: date) -> None:
        """A second person agrees; from now on the days of waiting count."""
        if self.status is not ShreddingStatus.PROPOSED:
            raise WrongStep
        if by == self.proposed_by:
            raise ProposerConfirms
        self.confirmed_by, self.confirmed_by_name, self.confirmed_at = by, name, at
        self.due_on = today + timedelta(days=self.waiting_days)
        self.status = ShreddingStatus.CONFIRMED

    def withdraw(self, name: str, at: datetime) -> None:
        """Takes it back; nothing was destroyed. Raises ShreddingBegun when it is too late."""
        if not self.may_be_taken_back:
            raise ShreddingBegun
        self.withdrawn_by_name, self.withdrawn_at = name, at
        self.status = ShreddingStatus.WITHDRAWN

    def begin(self, at: datetime, today: date) -> None:
        """Nobody takes it back any more."""
        if (
            self.status is not ShreddingStatus.CONFIRMED
            or self.due_on is None
            or today < self.due_on
        ):
            raise WrongStep
        self.begun_at, self.status = at, ShreddingStatus.BEGUN

    def answered(self, expected: Collection[str], at: datetime) -> None:
        """Ends it once every service that has something has answered."""
        if {one.service for one in self.parts} >= set(expected):
            self.done_at, self.status = at, ShreddingStatus.DONE


def must_be_free(obstacles: Collection[RetentionObstacle]) -> None:
    """Raises RetentionBlocked with what stands against it."""
    if obstacles:
        raise RetentionBlocked(obstacles=tuple(sorted(one.value for one in obstacles)))


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
