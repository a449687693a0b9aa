"""Plans a round by putting one visit after the other where it costs the least way; needs no
other library.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from kasane_outreach.domain.position import Position, travel_minutes
from kasane_outreach.domain.routing import (
    END_OF_DAY,
    PlannedStop,
    RoundPlan,
    RoundProblem,
    RoundVisit,
    RoundWorker,
    Unplaced,
    UnplacedReason,
)


@dataclass(frozen=True)
class Stop:
    """One stop of a route; ``pinned`` is a start that must hold, ``given`` a visit that was
    there before.
    """

    id: str
    position: Position
    minutes: int
    earliest: int = 0
    latest: int = END_OF_DAY
    pinned: int | None = None
    given: bool = False

    @classmethod
    def of(cls, visit: RoundVisit, pinned: int | None = None) -> "Stop":
        """The stop that a visit asks for."""
        return cls(
            visit.id, visit.position, visit.minutes, visit.earliest, visit.latest, pinned=pinned
        )


Route = tuple[Stop, ...]


def given_route(problem: RoundProblem, worker: RoundWorker) -> Route:
    """What the worker has on that day already, in order."""
    mine = [one for one in problem.fixed if one.worker_id == worker.id]
    return tuple(
        Stop(one.id, one.position or worker.start, one.minutes, pinned=one.starts, given=True)
        for one in sorted(mine, key=lambda one: (one.starts, one.starts + one.minutes))
    )


def start_times(worker: RoundWorker, route: Route) -> list[int] | None:
    """The earliest start of each stop, or None when the route cannot be made in the worker's
    hours.
    """
    starts: list[int] = []
    here, free, judged = worker.start, worker.starts, False
    for stop in route:
        arrival = free + travel_minutes(here, stop.position, worker.mode)
        if stop.pinned is None:
            start = max(arrival, stop.earliest)
        else:
            start = stop.pinned
            if arrival > start and (judged or not stop.given):
                return None
        if start < stop.earliest or start + stop.minutes > stop.latest:
            return None
        starts.append(start)
        here, free, judged = stop.position, start + stop.minutes, not stop.given
    if judged and free + travel_minutes(here, worker.start, worker.mode) > worker.ends:
        return None
    return starts


def way(worker: RoundWorker, route: Route) -> int:
    """The minutes spent on the way, from the start place and back."""
    places = [worker.start, *(stop.position for stop in route), worker.start]
    return sum(travel_minutes(here, there, worker.mode) for here, there in pairwise(places))


class InsertionSolver:
    """Two-person visits first, then by how narrow their time is; each where it adds the least
    way.
    """

    def solve(self, problem: RoundProblem) -> RoundPlan:
        """A sound plan; the same for the same problem."""
        routes = {worker.id: given_route(problem, worker) for worker in problem.workers}
        unplaced: list[Unplaced] = []
        for visit in sorted(problem.visits, key=_urgency):
            if not self.insert(problem, routes, visit):
                unplaced.append(Unplaced(visit.id, why_not(problem, visit)))
        return RoundPlan(tuple(stops_of(problem.workers, routes)), tuple(unplaced), "insertion")

    def insert(self, problem: RoundProblem, routes: dict[str, Route], visit: RoundVisit) -> bool:
        """Puts the visit into the routes where it costs least; False when it fits nowhere."""
        choices = (
            _pairs(problem, routes, visit) if visit.two_person else _singles(problem, routes, visit)
        )
        best = min(choices, key=lambda choice: choice[0], default=None)
        if best is None:
            return False
        routes.update(best[1])
        return True


def why_not(problem: RoundProblem, visit: RoundVisit) -> UnplacedReason:
    """Why a visit that fits nowhere does not fit: would it, if the day were empty?"""
    if visit.two_person and len(problem.workers) < 2:
        return UnplacedReason.TWO_WORKERS_NEEDED
    empty: dict[str, Route] = {worker.id: () for worker in problem.workers}
    if InsertionSolver().insert(problem, empty, visit):
        return UnplacedReason.NO_TIME_LEFT
    return UnplacedReason.OUTSIDE_HOURS


def stops_of(workers: Iterable[RoundWorker], routes: dict[str, Route]) -> Iterator[PlannedStop]:
    """The planned stops of the routes, without what was there before."""
    for worker in workers:
        route = routes[worker.id]
        starts = start_times(worker, route)
        if starts is None:
            raise ValueError(f"the route of {worker.id} cannot be made; no plan was given")
        for stop, start in zip(route, starts, strict=True):
            if not stop.given:
                yield PlannedStop(stop.id, worker.id, start, stop.minutes)


def _urgency(visit: RoundVisit) -> tuple[bool, int, int, str]:
    return (
        not visit.two_person,
        visit.latest - visit.earliest - visit.minutes,
        -visit.minutes,
        visit.id,
    )


def _with(route: Route, place: int, stop: Stop) -> Route:
    return (*route[:place], stop, *route[place:])


def _singles(
    problem: RoundProblem, routes: dict[str, Route], visit: RoundVisit
) -> Iterator[tuple[tuple[int, int], dict[str, Route]]]:
    for worker in problem.workers:
        route = routes[worker.id]
        for place in range(len(route) + 1):
            longer = _with(route, place, Stop.of(visit))
            starts = start_times(worker, longer)
            if starts is not None:
                cost = way(worker, longer) - way(worker, route)
                yield (cost, starts[place]), {worker.id: longer}


def _pairs(
    problem: RoundProblem, routes: dict[str, Route], visit: RoundVisit
) -> Iterator[tuple[tuple[int, int], dict[str, Route]]]:
    for first, second in combinations(problem.workers, 2):
        for here, early in _earliest(first, routes[first.id], visit):
            for there, late in _earliest(second, routes[second.id], visit):
                stop = Stop.of(visit, pinned=max(early, late))
                one = _with(routes[first.id], here, stop)
                other = _with(routes[second.id], there, stop)
                if start_times(first, one) is None or start_times(second, other) is None:
                    continue
                before = way(first, routes[first.id]) + way(second, routes[second.id])
                cost = way(first, one) + way(second, other) - before
                yield (cost, max(early, late)), {first.id: one, second.id: other}


def _earliest(worker: RoundWorker, route: Route, visit: RoundVisit) -> Sequence[tuple[int, int]]:
    found = []
    for place in range(len(route) + 1):
        starts = start_times(worker, _with(route, place, Stop.of(visit)))
        if starts is not None:
            found.append((place, starts[place]))
    return found
