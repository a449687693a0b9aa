"""Generated prefecture weeks on real town blocks: planned by us and, in the part they can express, by one planner.

That part has skills, days to choose from, windows and optional visits with penalties; no breaks (PyVRP has none), no
two-person visits and no wishes. The whole model is planned beside it, for its own figures.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from vrptw import by_cpu

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.plan_cost import plan_cost
from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    VisitPlan,
    VisitSlot,
    VisitWindow,
    WorkPause,
    WorkShift,
)
from kasane_outreach.domain.position import TravelMode, travel_minutes
from kasane_outreach.repository import blocks_of
from kasane_outreach.repository.planning import vroom_search
from kasane_outreach.repository.planning.adopting import adopt
from kasane_outreach.repository.planning.compiled import CompiledProblem
from kasane_outreach.repository.planning.portfolio import Portfolio
from kasane_outreach.repository.planning.repairing import repair as mend
from kasane_outreach.repository.planning.suggesting import best_times, name_left_out
from kasane_outreach.repository.planning.tours import Tours

DAYS, VISITS_A_DAY, PLACES = 5, 6, 600
SKILLS = ("nurse", "social_worker", "sign_language", "vietnamese")
HOURS = ((540, 1020), (540, 720), (780, 1020), (600, 780))
TOWNS = ("生駒市", "春日井市")
FORBIDDEN = 10_000_000
Figures = dict[str, float]


def week(visits: int, seed: int, *, whole: bool) -> PlanProblem:
    """A week; ``whole`` adds breaks, pairs, usual workers and evenness."""
    chance = Random(seed)
    points = [block.position for town in TOWNS[:1] for block in blocks_of(town)]
    chance.shuffle(points)
    points = points[:PLACES]
    mode = TravelMode.CAR
    travel = {"car": [[travel_minutes(one, two, mode) for two in points] for one in points]}
    pauses = (WorkPause(690, 810, 60),) if whole else ()
    workers, shifts = [], []
    for number in range(max(2, visits // (DAYS * VISITS_A_DAY))):
        name, base = f"worker-{number}", chance.randrange(len(points))
        workers.append(
            PlanWorker(name, "car", frozenset(one for one in SKILLS if chance.random() < 0.55))
        )
        for day in range(DAYS):
            shifts.append(WorkShift(name, day, 540, 1020, base, base, pauses))
    wanted = []
    for number in range(visits):
        open_days = sorted(chance.sample(range(DAYS), chance.randint(1, DAYS)))
        windows = tuple(VisitWindow(day, *chance.choice(HOURS)) for day in open_days)
        pair, usual = chance.random() < 0.08, f"worker-{chance.randrange(len(workers))}"
        wanted.append(
            PlanVisit(
                f"visit-{number}",
                chance.randrange(len(points)),
                chance.choice((30, 45, 60)),
                windows,
                hands=2 if whole and pair else 1,
                skills=frozenset({chance.choice(SKILLS)}) if chance.random() < 0.3 else frozenset(),
                usual=usual if whole and chance.random() < 0.3 else "",
                penalty=chance.choice((500, 1500, 4500)),
            )
        )
    return PlanProblem(
        tuple(date(2026, 11, 30) + timedelta(day) for day in range(DAYS)),
        tuple(workers),
        tuple(shifts),
        tuple(wanted),
        travel,
        PlanWeights() if whole else PlanWeights(fairness=0),
    )


def kasane(visits: int, seed: int, seconds: float) -> Figures:
    """Our own plan of the part that the others can express."""
    return _planned(week(visits, seed, whole=False), seconds)


def whole(visits: int, seed: int, seconds: float) -> Figures:
    """Our own plan of the whole model: breaks, pairs, usual workers and evenness, too."""
    return _planned(week(visits, seed, whole=True), seconds)


def _planned(problem: PlanProblem, seconds: float) -> Figures:
    first: list[float] = []
    begin = time.process_time()
    plan = Portfolio(
        problem, lambda _plan, _cost, passed: first.append(passed), clock=time.process_time
    ).solve(seconds)
    return {**_figures(problem, plan), "first": first[0], "cpu": time.process_time() - begin}


def vroom(visits: int, seed: int, seconds: float) -> Figures:
    """VROOM alone on the same week; what it forgets is inserted again by us, which can only help it."""
    problem = week(visits, seed, whole=False)
    base = Tours(CompiledProblem(problem))
    begin = time.process_time()
    orders = by_cpu(lambda limit: vroom_search.search(base, limit), seconds)
    tours = adopt(base, orders, lambda: False)
    plan = name_left_out(problem, tours.plan("vroom"))
    return {**_figures(problem, plan), "cpu": time.process_time() - begin}


def pyvrp(visits: int, seed: int, seconds: float) -> Figures:
    """PyVRP alone: each possible day of a visit is a client of one group, skills are profiles."""
    import numpy
    from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType, solve

    problem = week(visits, seed, whole=False)
    begin = time.process_time()
    length = 2 * max(shift.ends for shift in problem.shifts)
    starts = sorted({shift.start_place for shift in problem.shifts})
    options = [(visit, window) for visit in problem.visits for window in visit.windows]
    places = [*starts, *(visit.place for visit, _window in options)]
    chosen = numpy.array(places)
    table = numpy.array(problem.travel["car"], dtype=numpy.int64)[numpy.ix_(chosen, chosen)]
    skills = {worker.id: worker.skills for worker in problem.workers}
    kinds = list(dict.fromkeys(skills.values()))
    ways = [_closed(table, options, kind, len(starts)) for kind in kinds]
    members: dict[str, list[int]] = {}
    for number, (visit, _window) in enumerate(options):
        members.setdefault(visit.id, []).append(number)
    group_of = {visit: number for number, visit in enumerate(members)}
    data = ProblemData(
        locations=[Location(0, 0) for _ in places],
        clients=[
            Client(
                len(starts) + number,
                service_duration=visit.minutes,
                tw_early=window.day * length + window.earliest,
                tw_late=window.day * length + window.latest - visit.minutes,
                prize=visit.penalty,
                required=False,
                group=group_of[visit.id],
            )
            for number, (visit, window) in enumerate(options)
        ],
        depots=[Depot(number) for number in range(len(starts))],
        vehicle_types=[
            VehicleType(
                1,
                start_depot=starts.index(shift.start_place),
                end_depot=starts.index(shift.end_place),
                tw_early=shift.day * length + shift.starts,
                tw_late=shift.day * length + shift.ends,
                profile=kinds.index(skills[shift.worker]),
            )
            for shift in problem.shifts
        ],
        distance_matrices=ways,
        duration_matrices=[numpy.minimum(one, FORBIDDEN // 10) for one in ways],
        groups=[ClientGroup(one, required=False) for one in members.values()],
    )
    ends = begin + seconds
    result = solve(
        data, lambda _best: time.process_time() >= ends, seed=1, collect_stats=False, display=False
    )
    slots = []
    for route in result.best.routes():
        shift = problem.shifts[route.vehicle_type()]
        for step in route.schedule():
            if step.is_client():
                visit, window = options[step.idx]
                start = int(step.start_time) - window.day * length
                slots.append(VisitSlot(visit.id, shift.worker, shift.day, start, visit.minutes))
    plan = name_left_out(problem, VisitPlan(tuple(slots)))
    return {**_figures(problem, plan), "cpu": time.process_time() - begin}


def _closed(
    table: "object",
    options: Sequence[tuple[PlanVisit, VisitWindow]],
    skills: frozenset[str],
    depots: int,
) -> "object":
    found = table.copy()  # type: ignore[attr-defined]
    for number, (visit, _window) in enumerate(options):
        if not visit.skills <= skills:
            found[:, depots + number] = FORBIDDEN
            found[depots + number, depots + number] = 0
    return found


def repair(visits: int, seed: int, seconds: float) -> Figures:
    """One visit of a planned week is cancelled: how many others move, how long that and three free times take."""
    problem = week(visits, seed, whole=True)
    plan = Portfolio(problem, clock=time.process_time).solve(seconds)
    gone = plan.slots[len(plan.slots) // 2].visit
    left = replace(problem, visits=tuple(one for one in problem.visits if one.id != gone))
    before = replace(plan, slots=tuple(one for one in plan.slots if one.visit != gone))
    begin = time.process_time()
    mended = mend(left, before)
    mending = time.process_time() - begin
    asked = replace(next(one for one in problem.visits if one.id == gone), id="asked")
    begin = time.process_time()
    times = best_times(left, mended.plan, asked)
    finding = time.process_time() - begin
    return {
        "seconds": mending,
        "moved_share": len(mended.moved) / len(before.by_visit()),
        "free_slots_s": finding,
        "free_slots": float(len(times)),
        "breaches": float(len(check_plan(left, mended.plan))),
    }


def _figures(problem: PlanProblem, plan: VisitPlan) -> Figures:
    cost = plan_cost(problem, plan)
    return {
        "cost": cost.total,
        "travel": cost.travel,
        "unplaced": float(len(plan.left_out)),
        "breaches": float(len(check_plan(problem, plan))),
    }
