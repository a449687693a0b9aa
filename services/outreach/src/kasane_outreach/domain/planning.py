"""What a day or a week of visits is planned from, and what a plan of it is.

One problem for every planner: *shifts* (one worker on one day) take *visits*. Times are whole minutes of a day,
days are numbers into ``days``, places are numbers into the travel tables. No name and no address is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

Travel = Sequence[Sequence[int]]
"""Minutes from one place to another; it may differ by direction and break the triangle inequality."""


@dataclass(frozen=True)
class VisitWindow:
    """A time in which the whole visit has to lie, from its begin to its end."""

    day: int
    earliest: int
    latest: int


@dataclass(frozen=True)
class WorkPause:
    """A break of ``minutes`` that lies wholly between ``earliest`` and ``latest``; it needs no place."""

    earliest: int
    latest: int
    minutes: int


@dataclass(frozen=True)
class Commitment:
    """What stands in a day already and stays; without a place it is reckoned where the worker is."""

    id: str
    starts: int
    minutes: int
    place: int | None = None


@dataclass(frozen=True)
class PlanWorker:
    """What matters about a worker when visits are given out; who is on call is kept free for urgent visits."""

    id: str
    mode: str = "car"
    skills: frozenset[str] = frozenset()
    sex: str = ""
    languages: frozenset[str] = frozenset()
    agency: str = ""
    on_call: bool = False


@dataclass(frozen=True)
class WorkShift:
    """One worker on one day, from the start place to the end place; 0 ``most_visits`` is no limit.
    A commitment counts as one visit."""

    worker: str
    day: int
    starts: int
    ends: int
    start_place: int
    end_place: int
    pauses: tuple[WorkPause, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    most_visits: int = 0


@dataclass(frozen=True)
class ToldTime:
    """Day, start and workers that were told to the household or locked by a person: they stay."""

    day: int
    starts: int
    workers: tuple[str, ...]


@dataclass(frozen=True)
class PlanVisit:
    """A visit to be placed once in one of its windows, by ``hands`` workers who start together.

    ``leave_place`` is where the workers are afterwards when they accompany the person (同行). ``penalty`` is what
    leaving it out costs, in the unit of travel minutes. ``due`` is the last day on which it is not late. ``counts`` is
    how much it takes of the worker's most visits a day. ``second_skills`` is what one of two workers needs while the
    other needs ``skills``; without it both need ``skills``.
    """

    id: str
    place: int
    minutes: int
    windows: tuple[VisitWindow, ...]
    leave_place: int | None = None
    hands: int = 1
    skills: frozenset[str] = frozenset()
    second_skills: frozenset[str] | None = None
    agency: str = ""
    sex: str = ""
    language: str = ""
    preferred: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    usual: str = ""
    due: int | None = None
    penalty: int = 1000
    counts: int = 1
    told: ToldTime | None = None
    urgent: bool = False


@dataclass(frozen=True)
class PlanWeights:
    """What one unit of each soft goal counts, against one minute of travel counted ``travel`` times.

    ``priority`` multiplies what leaving a visit out counts; ``on_call`` is what a visit that is not urgent counts
    with somebody who is on call.
    """

    travel: int = 1
    lateness: int = 60
    continuity: int = 30
    fairness: int = 1
    preference: int = 20
    priority: int = 1
    on_call: int = 60


@dataclass(frozen=True)
class PlanProblem:
    """Everything a planner needs to know; ``travel`` has one table for each mode of the workers."""

    days: tuple[date, ...]
    workers: tuple[PlanWorker, ...]
    shifts: tuple[WorkShift, ...]
    visits: tuple[PlanVisit, ...]
    travel: Mapping[str, Travel] = field(default_factory=dict)
    weights: PlanWeights = PlanWeights()


@dataclass(frozen=True)
class VisitSlot:
    """One worker at one visit; a two-person visit has two with the same day and start."""

    visit: str
    worker: str
    day: int
    starts: int
    minutes: int

    @property
    def ends(self) -> int:
        """The minute at which it is over."""
        return self.starts + self.minutes


@dataclass(frozen=True)
class PauseSlot:
    """When a worker takes a break."""

    worker: str
    day: int
    starts: int
    minutes: int


class LeftOutReason(StrEnum):
    """Why a visit is not in a plan."""

    NO_WINDOW = "no_window"
    LONGER_THAN_WINDOW = "longer_than_window"
    NO_SKILL = "no_skill"
    NO_AGENCY = "no_agency"
    WRONG_SEX = "wrong_sex"
    ALL_REFUSED = "all_refused"
    TWO_WORKERS = "two_workers"
    NOBODY_WORKS = "nobody_works"
    UNREACHABLE = "unreachable"
    DAY_FULL = "day_full"


@dataclass(frozen=True)
class LeftOutVisit:
    """A visit that found no place, the reason, and the nearest possibilities (day, start, workers)."""

    visit: str
    reason: LeftOutReason
    nearest: tuple[ToldTime, ...] = ()


@dataclass(frozen=True)
class VisitPlan:
    """Who is where at what time, what found no place, and which planner made it."""

    slots: tuple[VisitSlot, ...]
    pauses: tuple[PauseSlot, ...] = ()
    left_out: tuple[LeftOutVisit, ...] = ()
    planner: str = ""

    def by_visit(self) -> Mapping[str, tuple[VisitSlot, ...]]:
        """The slots of each visit, in the order of the days."""
        found: dict[str, tuple[VisitSlot, ...]] = {}
        for slot in sorted(self.slots, key=lambda one: (one.day, one.starts, one.visit)):
            found[slot.visit] = (*found.get(slot.visit, ()), slot)
        return found

    def naming(self, left_out: tuple[LeftOutVisit, ...]) -> "VisitPlan":
        """The same plan with what found no place, for showing."""
        return replace(self, left_out=left_out)
