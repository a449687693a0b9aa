"""Mends a plan after a change and moves as few other visits as it can.

Every visit that still can stays at its time with its workers. What lost its place goes into a free time; only where
there is none, one other visit that nobody was told about makes room, if it finds a place of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kasane_outreach.domain.planning import PlanProblem, VisitPlan, VisitSlot
from kasane_outreach.repository.planning.annealing import absent_of, first_order
from kasane_outreach.repository.planning.compiled import CompiledProblem
from kasane_outreach.repository.planning.suggesting import name_left_out
from kasane_outreach.repository.planning.tours import Tours

MOST_TRIED = 150


@dataclass(frozen=True)
class MendedPlan:
    """The plan after the change; ``moved`` had a place and have another, ``added`` had none before."""

    plan: VisitPlan
    moved: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]


def repair(problem: PlanProblem, before: VisitPlan) -> MendedPlan:
    """The plan for the problem as it is now, as near as possible to ``before``; the caller checks it."""
    c = CompiledProblem(problem)
    tours = Tours(c)
    _keep(tours, before)
    loose = first_order(c, absent_of(tours))
    homeless = [node for node in loose if not _insert(tours, node)]
    waited = {one.visit for one in before.left_out}
    for node in homeless:
        # Who waited before the change goes on waiting rather than move somebody else.
        if problem.visits[node].id not in waited:
            _make_room(tours, node)
    plan = name_left_out(problem, tours.plan("repair"))
    was, now = _places(before), _places(plan)
    return MendedPlan(
        plan,
        moved=tuple(visit for visit in was if visit in now and now[visit] != was[visit]),
        added=tuple(visit for visit in now if visit not in was),
        dropped=tuple(
            visit.id for visit in problem.visits if visit.id in was and visit.id not in now
        ),
    )


def _places(plan: VisitPlan) -> dict[str, tuple[VisitSlot, ...]]:
    return {
        visit: tuple(sorted(slots, key=lambda slot: slot.worker))
        for visit, slots in plan.by_visit().items()
    }


def _keep(tours: Tours, before: VisitPlan) -> None:
    """Puts every visit back at its old time, the earliest first, where that still can be."""
    c = tours.c
    number = {visit.id: node for node, visit in enumerate(c.problem.visits)}
    shift_of = {(one.worker, one.day): at for at, one in enumerate(c.problem.shifts)}
    for visit, slots in before.by_visit().items():
        node = number.get(visit)
        if node is None or tours.where[node] or len(slots) != c.hands[node]:
            continue
        shifts = [shift_of.get((slot.worker, slot.day)) for slot in slots]
        known = [one for one in shifts if one is not None and one in c.wishes[node]]
        if len(known) == len(shifts) and c.may_pair(node, known[0], known[-1]):
            _pin(tours, node, known, slots[0].starts)


def _pin(tours: Tours, node: int, shifts: Sequence[int], start: int) -> None:
    spans = tours.c.windows[node].get(tours.c.day_of[shifts[0]], ())
    if not any(early <= start <= late for early, late in spans):
        return
    kept = {shift: tours.tours[shift] for shift in shifts}
    tours.pin[node] = start
    for shift in shifts:
        if shift in tours.closed or not _place_by_time(tours, shift, node, start):
            for changed, tour in kept.items():
                tours.tours[changed] = tour
            del tours.pin[node]
            return
    tours.where[node] = tuple(shifts)
    for shift in shifts:
        tours.load[tours.c.worker_of[shift]] += tours.c.minutes[node]


def _place_by_time(tours: Tours, shift: int, node: int, start: int) -> bool:
    nodes = tours.tours[shift].nodes
    rest = [one for one in nodes if one not in tours.c.pause_times]
    later = [at for at, one in enumerate(rest) if tours.pin.get(one, 0) > start]
    at = later[0] if later else len(rest)
    return tours.set_with_breaks(shift, [*rest[:at], node, *rest[at:]])


def _insert(tours: Tours, node: int) -> bool:
    openings = tours.best_for(node, lambda: False, float(tours.c.penalty[node]))
    return bool(openings) and tours.put(node, openings)


def _make_room(tours: Tours, node: int) -> bool:
    c = tours.c
    days = c.windows[node].keys()
    others = [
        other
        for other, shifts in enumerate(tours.where)
        if shifts and other not in c.told and c.hands[other] == 1 and c.day_of[shifts[0]] in days
    ]
    others.sort(
        key=lambda other: (
            c.penalty[other] > c.penalty[node],
            abs(c.minutes[other] - c.minutes[node]),
        )
    )
    for other in others[:MOST_TRIED]:
        state = tours.state()
        if tours.take(other) and _insert(tours, node) and _insert(tours, other):
            return True
        tours.back_to(state)
    return False
