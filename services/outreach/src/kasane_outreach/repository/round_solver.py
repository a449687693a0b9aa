"""Plans a round with PyVRP where it is installed, else by plain insertion; every plan passes
the checker.
"""

import logging
from typing import Any

from kasane_outreach.domain.position import kilometres, travel_minutes
from kasane_outreach.domain.round_check import check_round
from kasane_outreach.domain.routing import (
    RoundPlan,
    RoundProblem,
    RoundSolver,
    RoundVisit,
    RoundWorker,
    Unplaced,
)
from kasane_outreach.repository.insertion import (
    InsertionSolver,
    Route,
    Stop,
    given_route,
    start_times,
    stops_of,
    way,
    why_not,
)

log = logging.getLogger("kasane.outreach")

SEED = 20230401
MOST_ITERATIONS = 1500
ITERATIONS_WITHOUT_GAIN = 400
MOST_SECONDS = 1.5
PRIZE = 10_000_000
FORBIDDEN_METRES = 5_000_000
FORBIDDEN_MINUTES = 100_000


def round_solver() -> RoundSolver:
    """The best planner of this installation."""
    try:
        import pyvrp  # noqa: F401
    except ImportError:
        return InsertionSolver()
    return PyvrpSolver()


class PyvrpSolver:
    """Fixes the two-person visits by insertion first, then lets PyVRP order all others around them.

    PyVRP decides who goes where in which order; the times are reckoned by the same rule as in
    the plain planner. What it gives is used only when it places more visits, or as many with
    a shorter way.
    """

    def solve(self, problem: RoundProblem) -> RoundPlan:
        """A sound plan; the same for the same problem, unless the machine is too slow for the
        iterations.
        """
        plain = InsertionSolver().solve(problem)
        singles = tuple(visit for visit in problem.visits if not visit.two_person)
        if not problem.workers or not singles:
            return plain
        routes, unplaced = _pinned_pairs(problem)
        searched = _search(problem, routes, singles)
        if searched is None:
            return plain
        taken = {stop.id for route in searched.values() for stop in route}
        for visit in singles:
            if visit.id not in taken and not InsertionSolver().insert(problem, searched, visit):
                unplaced.append(Unplaced(visit.id, why_not(problem, visit)))
        plan = RoundPlan(tuple(stops_of(problem.workers, searched)), tuple(unplaced), "pyvrp")
        if check_round(problem, plan):
            log.warning("the searched round did not pass the check; the plain one is used")
            return plain
        return plan if _worth(problem, plan) <= _worth(problem, plain) else plain


def _pinned_pairs(problem: RoundProblem) -> tuple[dict[str, Route], list[Unplaced]]:
    """The routes with what is given and the two-person visits, whose starts are now fixed."""
    pairs = tuple(visit for visit in problem.visits if visit.two_person)
    only_pairs = RoundProblem(problem.on, problem.workers, pairs, problem.fixed)
    plan = InsertionSolver().solve(only_pairs)
    by_id = {visit.id: visit for visit in pairs}
    routes: dict[str, Route] = {}
    for worker in problem.workers:
        stops = [
            Stop.of(by_id[stop.visit_id], pinned=stop.starts)
            for stop in plan.stops
            if stop.worker_id == worker.id
        ]
        route = [*given_route(problem, worker), *stops]
        routes[worker.id] = tuple(sorted(route, key=lambda stop: stop.pinned or 0))
    return routes, list(plan.unplaced)


def _search(
    problem: RoundProblem, pinned: dict[str, Route], singles: tuple[RoundVisit, ...]
) -> dict[str, Route] | None:
    """Routes with the single visits that PyVRP placed, or None when it found none that can be
    made.
    """
    from pyvrp import Model
    from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria, NoImprovement

    model = Model()
    stops: list[tuple[str, Stop]] = [("", Stop.of(visit)) for visit in singles]
    stops += [(worker, stop) for worker, route in pinned.items() for stop in route]
    places = [
        *(worker.start for worker in problem.workers),
        *(stop.position for _owner, stop in stops),
    ]
    locations = [model.add_location(place.longitude, place.latitude) for place in places]
    depots = [model.add_depot(locations[number]) for number in range(len(problem.workers))]
    for (owner, stop), location in zip(stops, locations[len(depots) :], strict=True):
        early = stop.earliest if stop.pinned is None else stop.pinned
        late = stop.latest - stop.minutes if stop.pinned is None else stop.pinned
        if late < early:
            return None
        model.add_client(
            location,
            service_duration=stop.minutes,
            tw_early=early,
            tw_late=late,
            required=bool(owner),
            prize=0 if owner else PRIZE,
        )
    for number, worker in enumerate(problem.workers):
        profile = model.add_profile()
        closed = {
            len(depots) + place
            for place, (owner, _stop) in enumerate(stops)
            if owner not in ("", worker.id)
        }
        for start, here in enumerate(places):
            for end, there in enumerate(places):
                if start == end:
                    continue
                forbidden = start in closed or end in closed
                model.add_edge(
                    locations[start],
                    locations[end],
                    FORBIDDEN_METRES if forbidden else round(kilometres(here, there) * 1000),
                    FORBIDDEN_MINUTES if forbidden else travel_minutes(here, there, worker.mode),
                    profile,
                )
        model.add_vehicle_type(
            start_depot=depots[number],
            end_depot=depots[number],
            tw_early=worker.starts,
            tw_late=worker.ends,
            profile=profile,
        )
    limits = MultipleCriteria(
        [
            MaxIterations(MOST_ITERATIONS),
            NoImprovement(ITERATIONS_WITHOUT_GAIN),
            MaxRuntime(MOST_SECONDS),
        ]
    )
    result = model.solve(limits, seed=SEED, collect_stats=False, display=False)
    return _routes(problem.workers, stops, result) if result.is_feasible() else None


def _routes(
    workers: tuple[RoundWorker, ...], stops: list[tuple[str, Stop]], result: Any
) -> dict[str, Route] | None:
    routes: dict[str, Route] = {worker.id: () for worker in workers}
    for route in result.best.routes():
        worker = workers[route.vehicle_type()]
        visited = tuple(stops[step.idx] for step in route.schedule() if step.is_client())
        if any(owner not in ("", worker.id) for owner, _stop in visited):
            return None
        routes[worker.id] = tuple(stop for _owner, stop in visited)
    if any(start_times(worker, routes[worker.id]) is None for worker in workers):
        return None
    return routes


def _worth(problem: RoundProblem, plan: RoundPlan) -> tuple[int, int]:
    """Fewer left out comes first, then the shorter way."""
    positions = {visit.id: visit.position for visit in problem.visits}
    total = 0
    for worker in problem.workers:
        mine = [
            Stop(stop.visit_id, positions[stop.visit_id], stop.minutes, pinned=stop.starts)
            for stop in plan.stops
            if stop.worker_id == worker.id
        ]
        route = sorted([*mine, *given_route(problem, worker)], key=lambda stop: stop.pinned or 0)
        total += way(worker, tuple(route))
    return len(plan.unplaced), total
