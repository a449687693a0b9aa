"""Finds free times for one visit in a plan that stands: *when could you come?*"""

from collections.abc import Mapping
from dataclasses import replace

from kasane_outreach.domain.plan_reasons import why_left_out
from kasane_outreach.domain.planning import (
    LeftOutVisit,
    PlanProblem,
    PlanVisit,
    ToldTime,
    VisitPlan,
    VisitSlot,
    VisitWindow,
)
from kasane_outreach.repository.planning.compiled import CompiledProblem
from kasane_outreach.repository.planning.tours import NEVER, Opening, Tours

MOST_NEAREST = 3
QUARTER = 15


def as_told(problem: PlanProblem, plan: VisitPlan) -> PlanProblem:
    """The problem with everything that the plan placed standing as it is."""
    placed = plan.by_visit()
    return replace(
        problem,
        visits=tuple(
            replace(visit, told=_told(placed[visit.id])) if visit.id in placed else visit
            for visit in problem.visits
        ),
    )


def best_times(
    problem: PlanProblem, plan: VisitPlan, visit: PlanVisit, most: int = MOST_NEAREST
) -> tuple[ToldTime, ...]:
    """The free times for the visit that cost least, one a worker and day, cheapest first; none is told yet.

    The visit may be one of the problem that has no place, or a new one.
    """
    others = tuple(one for one in problem.visits if one.id != visit.id)
    standing = as_told(replace(problem, visits=others), plan)
    compiled = CompiledProblem(replace(standing, visits=(*standing.visits, visit)))
    return _times(Tours(compiled), len(others), most)


def name_left_out(problem: PlanProblem, plan: VisitPlan) -> VisitPlan:
    """The plan with the reason for each visit that it leaves out, and when it could be made at another time."""
    placed = plan.by_visit()
    absent = [visit for visit in problem.visits if visit.id not in placed]
    if not absent:
        return plan.naming(())
    free = {visit.id: _any_time(problem, visit) for visit in absent}
    standing = as_told(problem, plan)
    relaxed = replace(standing, visits=tuple(free.get(one.id, one) for one in standing.visits))
    tours = Tours(CompiledProblem(relaxed))
    number = {visit.id: node for node, visit in enumerate(problem.visits)}
    return plan.naming(
        tuple(
            LeftOutVisit(
                visit.id,
                why_left_out(problem, visit),
                _times(tours, number[visit.id], MOST_NEAREST) if visit.told is None else (),
            )
            for visit in absent
        )
    )


def _any_time(problem: PlanProblem, visit: PlanVisit) -> PlanVisit:
    """The visit with every working hour of these days open to it."""
    spans: Mapping[int, tuple[int, int]] = {}
    for shift in problem.shifts:
        early, late = dict(spans).get(shift.day, (NEVER, 0))
        spans = {**spans, shift.day: (min(early, shift.starts), max(late, shift.ends))}
    windows = tuple(VisitWindow(day, early, late) for day, (early, late) in sorted(spans.items()))
    return replace(visit, windows=windows)


def _times(tours: Tours, node: int, most: int) -> tuple[ToldTime, ...]:
    c = tours.c
    found: list[tuple[float, ToldTime]] = []
    if c.hands[node] == 1:
        for base, shift in c.able[node]:
            openings = tours.openings(node, shift, base, float(NEVER))
            best = min(openings, key=lambda one: one.cost, default=None)
            if best is not None:
                found.append(_time(c, (best,)))
    else:
        found = [_time(c, pair) for pair in tours.best_pairs(node, float(NEVER)).values()]
    found.sort(key=lambda one: (one[0], one[1].day, one[1].starts, one[1].workers))
    return tuple(time for _cost, time in found[:most])


def _time(c: CompiledProblem, openings: tuple[Opening, ...]) -> tuple[float, ToldTime]:
    first, last = max(one.first for one in openings), min(one.last for one in openings)
    workers = tuple(c.problem.shifts[one.shift].worker for one in openings)
    day = c.day_of[openings[0].shift]
    return sum(one.cost for one in openings), ToldTime(day, _round(first, last), workers)


def _round(first: int, last: int) -> int:
    """The next quarter of an hour, which people can remember, when it fits."""
    later = -(-first // QUARTER) * QUARTER
    return later if later <= last else first


def _told(slots: tuple[VisitSlot, ...]) -> ToldTime:
    return ToldTime(slots[0].day, slots[0].starts, tuple(slot.worker for slot in slots))
