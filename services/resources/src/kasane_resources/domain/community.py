"""Community building (地域づくり): issues, gatherings, networks and partners, without any person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kasane_resources.domain.errors import (
    DatesBackward,
    GatheringCancelled,
    IssueOver,
    NumberOutOfRange,
    WordsMissing,
)

MOST_PRESENT = 10_000


class IssueStatus(StrEnum):
    """Where a community issue stands."""

    RAISED = "raised"
    ROUTED = "routed"
    ANSWERED = "answered"


class IssueOutcome(StrEnum):
    """What a body's answer comes to."""

    ACTIVITY = "activity"
    PROPOSAL = "proposal"
    WATCHED = "watched"
    NOT_NOW = "not_now"


class IssueStepKind(StrEnum):
    """What happened to an issue."""

    RAISED = "raised"
    ROUTED = "routed"
    HANDED_UP = "handed_up"
    ANSWERED = "answered"


@dataclass(frozen=True)
class IssueStep:
    """One line of the way of an issue: where it stood, with which body, by whom and why."""

    kind: IssueStepKind
    level: str
    body: str
    at: datetime
    by_name: str
    reason: str = ""


@dataclass
class CommunityIssue:
    """A theme and a place. ``households`` is None where nobody counted or the number is not said.

    ``kind`` says from where it was raised: cases, gaps, gathering or worker. Raised from gaps, each
    need that nothing met counts once, because the directory does not know the households.
    """

    id: str
    kind: str
    theme: str
    title: str
    level: str
    areas: tuple[str, ...]
    households: int | None
    raised_on: date
    status: IssueStatus = IssueStatus.RAISED
    body: str = ""
    outcome: IssueOutcome | None = None
    answer: str = ""
    answered_on: date | None = None
    steps: tuple[IssueStep, ...] = ()
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.status is not IssueStatus.ANSWERED

    def route(self, body: str) -> None:
        """A body takes it up; raises IssueOver."""
        self._must_be_open()
        self.status, self.body = IssueStatus.ROUTED, body

    def hand_up(self, level: str, reason: str) -> None:
        """Goes to a wider level, with what was found; raises IssueOver or WordsMissing."""
        self._must_be_open()
        if not reason.strip():
            raise WordsMissing
        self.level, self.status, self.body = level, IssueStatus.RAISED, ""

    def reply(self, outcome: IssueOutcome, answer: str, on: date) -> None:
        """Takes the body's answer; raises IssueOver or WordsMissing."""
        self._must_be_open()
        if not answer.strip() or not self.body:
            raise WordsMissing
        self.status, self.outcome = IssueStatus.ANSWERED, outcome
        self.answer, self.answered_on = answer.strip(), on

    def _must_be_open(self) -> None:
        if not self.open:
            raise IssueOver


class GatheringKind(StrEnum):
    """What a gathering is."""

    GATHERING = "gathering"
    PLATFORM = "platform"
    NETWORK = "network"
    TRAINING = "training"
    FOLLOW_UP = "follow_up"


class ParticipantKind(StrEnum):
    """Who came, by kind and number; no name is ever taken."""

    RESIDENT = "resident"
    COMMISSIONER = "commissioner"
    GROUP = "group"
    PROFESSIONAL = "professional"
    COMPANY = "company"
    SCHOOL = "school"
    TOWN_STAFF = "town_staff"


@dataclass
class Gathering:
    """A gathering of the community, with who came by kind and how many new ties were made.

    ``sequence`` counts changes, for calendars. ``course`` and ``part`` name what a training was of.
    """

    id: str
    kind: GatheringKind
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    description: str = ""
    public: bool = False
    body: str = ""
    course: str = ""
    part: str = ""
    cancelled: bool = False
    attendance: Mapping[ParticipantKind, int] = field(default_factory=dict)
    new_ties: int | None = None
    sequence: int = 0
    changed_at: datetime | None = None
    version: int = 1

    def check(self) -> None:
        """Raises DatesBackward when it ends before it begins."""
        if self.ends_at <= self.starts_at:
            raise DatesBackward

    @property
    def present(self) -> int:
        """How many came in all."""
        return sum(self.attendance.values())

    def count(self, attendance: Mapping[ParticipantKind, int], new_ties: int | None) -> None:
        """Writes down who came; raises GatheringCancelled or NumberOutOfRange."""
        if self.cancelled:
            raise GatheringCancelled
        numbers = [*attendance.values(), *([] if new_ties is None else [new_ties])]
        if any(not 0 <= number <= MOST_PRESENT for number in numbers):
            raise NumberOutOfRange(most=MOST_PRESENT)
        self.attendance = {kind: number for kind, number in attendance.items() if number}
        self.new_ties = new_ties

    def cancel(self) -> None:
        """It does not take place; calendars hear of it."""
        self.cancelled = True
        self.sequence += 1


@dataclass
class NetworkMember:
    """A group in a network, what it does there, since when until when; open ends are None.

    ``void_reason`` is empty while it stands.
    """

    id: str
    network: str
    name: str
    activities: tuple[str, ...]
    since: date
    until: date | None = None
    void_reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return not self.void_reason

    def takes_part_in(self, year: int) -> bool:
        """Whether it took part at some time of the fiscal year that begins in April."""
        first, last = date(year, 4, 1), date(year + 1, 3, 31)
        return self.stands and self.since <= last and (self.until is None or self.until >= first)


@dataclass(frozen=True)
class Donation:
    """Something given to a network, by whom and when; ``void_reason`` is empty while it stands."""

    id: str
    network: str
    received_on: date
    giver: str
    what: str = ""
    void_reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return not self.void_reason

    def check(self, today: date) -> None:
        """Raises WordsMissing without a giver, DatesBackward for a day to come."""
        if not self.giver.strip():
            raise WordsMissing
        if self.received_on > today:
            raise DatesBackward


@dataclass
class PartnerCompany:
    """A company that is registered as a partner, and what it offers; ``void_reason`` is empty while it stands."""

    id: str
    name: str
    offers: str
    area: str
    since: date
    until: date | None = None
    void_reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return not self.void_reason
