"""What a round of visits is made of, and the port of those who plan one."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from kasane_outreach.domain.position import Position, TravelMode

END_OF_DAY = 24 * 60
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 480
MOST_VISITS, MOST_WORKERS = 60, 15
"""More than this in one go would keep the person waiting; a larger day is planned in parts."""


@dataclass(frozen=True)
class RoundWorker:
    """A worker of the day: hours in minutes since midnight, where the way begins and ends, by
    what.
    """

    id: str
    starts: int
    ends: int
    start: Position
    mode: TravelMode = TravelMode.CAR


@dataclass(frozen=True)
class RoundVisit:
    """A household that the round should take in; the whole visit lies between ``earliest`` and
    ``latest``.
    """

    id: str
    position: Position
    minutes: int
    earliest: int = 0
    latest: int = END_OF_DAY
    two_person: bool = False


@dataclass(frozen=True)
class FixedVisit:
    """A visit that a worker has on that day already; it stays as it is.

    Without a position (a protected address) the planner reckons with the worker's start place.
    """

    id: str
    worker_id: str
    starts: int
    minutes: int
    position: Position | None = None


@dataclass(frozen=True)
class RoundProblem:
    """Everything that a planner needs to know about a day; no name and no address is in it."""

    on: date
    workers: tuple[RoundWorker, ...]
    visits: tuple[RoundVisit, ...]
    fixed: tuple[FixedVisit, ...] = ()


@dataclass(frozen=True)
class PlannedStop:
    """A visit at its time with one of its workers; a two-person visit has two stops."""

    visit_id: str
    worker_id: str
    starts: int
    minutes: int

    @property
    def ends(self) -> int:
        """The minute at which it is over."""
        return self.starts + self.minutes


class UnplacedReason(StrEnum):
    """Why a visit is not in the plan."""

    NO_POSITION = "no_position"
    ADDRESS_PROTECTED = "address_protected"
    NOT_WAITING = "not_waiting"
    TWO_WORKERS_NEEDED = "two_workers_needed"
    OUTSIDE_HOURS = "outside_hours"
    NO_TIME_LEFT = "no_time_left"


@dataclass(frozen=True)
class Unplaced:
    """A visit that is not in the plan, with the reason."""

    visit_id: str
    reason: UnplacedReason


@dataclass(frozen=True)
class RoundPlan:
    """Who is where at what time, what found no place, and which planner made it."""

    stops: tuple[PlannedStop, ...]
    unplaced: tuple[Unplaced, ...] = ()
    planner: str = ""

    def leaving_out(self, left_out: tuple[Unplaced, ...]) -> "RoundPlan":
        """The plan with visits that could not even be asked for."""
        return replace(self, unplaced=(*self.unplaced, *left_out))


class RoundSolver(Protocol):
    """Plans a round.

    The same problem gives the same plan; what has no place is named with its reason.
    """

    def solve(self, problem: RoundProblem) -> RoundPlan:
        """A plan that the checker of ``round_check`` accepts."""
        ...
