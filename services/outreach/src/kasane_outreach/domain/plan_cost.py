"""What a plan costs, part by part, in the unit of travel minutes; the same for every planner."""

from collections import defaultdict
from dataclasses import dataclass

from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    VisitPlan,
)


@dataclass(frozen=True)
class PlanCost:
    """The soft goals of a plan, weighted; lower is better."""

    travel: float = 0.0
    lateness: float = 0.0
    continuity: float = 0.0
    fairness: float = 0.0
    preference: float = 0.0
    left_out: float = 0.0
    on_call: float = 0.0

    @property
    def total(self) -> float:
        """All parts together."""
        return (
            self.travel
            + self.lateness
            + self.continuity
            + self.fairness
            + self.preference
            + self.left_out
            + self.on_call
        )


def plan_cost(problem: PlanProblem, plan: VisitPlan) -> PlanCost:
    """The cost of a plan that the checker accepts."""
    weights = problem.weights
    workers = {worker.id: worker for worker in problem.workers}
    late = continuity = preference = on_call = 0.0
    placed = plan.by_visit()
    for visit in problem.visits:
        slots = placed.get(visit.id, ())
        if not slots:
            continue
        hands = [workers[slot.worker] for slot in slots]
        late += lateness(visit, slots[0].day, weights)
        continuity += min(strangeness(visit, worker, weights) for worker in hands)
        preference += min(dislike(visit, worker, weights) for worker in hands)
        on_call += sum(taken_from_calls(visit, worker, weights) for worker in hands) / len(hands)
    return PlanCost(
        travel=float(weights.travel * travel_of(problem, plan)),
        lateness=late,
        continuity=continuity,
        fairness=weights.fairness * unevenness(problem, plan),
        preference=preference,
        left_out=float(sum(one.penalty for one in problem.visits if one.id not in placed)),
        on_call=on_call,
    )


def lateness(visit: PlanVisit, day: int, weights: PlanWeights) -> float:
    """What the days after the last good one count."""
    return 0.0 if visit.due is None else float(max(0, day - visit.due) * weights.lateness)


def strangeness(visit: PlanVisit, worker: PlanWorker, weights: PlanWeights) -> float:
    """What it counts that somebody else comes than before."""
    return float(weights.continuity) if visit.usual not in ("", worker.id) else 0.0


def dislike(visit: PlanVisit, worker: PlanWorker, weights: PlanWeights) -> float:
    """What unmet wishes about the worker count: a preferred person, a language."""
    unmet = bool(visit.preferred) and worker.id not in visit.preferred
    unheard = bool(visit.language) and visit.language not in worker.languages
    return float(weights.preference * (unmet + unheard))


def taken_from_calls(visit: PlanVisit, worker: PlanWorker, weights: PlanWeights) -> float:
    """What it counts that somebody on call is given a visit that is not urgent."""
    return float(weights.on_call) if worker.on_call and not visit.urgent else 0.0


def travel_of(problem: PlanProblem, plan: VisitPlan) -> int:
    """The minutes on the way of everybody who goes out, from the start place to the end place."""
    visits = {visit.id: visit for visit in problem.visits}
    modes = {worker.id: worker.mode for worker in problem.workers}
    stops: dict[tuple[str, int], list[tuple[int, int, int, int]]] = defaultdict(list)
    for slot in plan.slots:
        visit = visits[slot.visit]
        leave = visit.place if visit.leave_place is None else visit.leave_place
        stops[slot.worker, slot.day].append((slot.starts, slot.ends, visit.place, leave))
    total = 0
    for shift in problem.shifts:
        mine = stops[shift.worker, shift.day]
        mine += [
            (one.starts, one.starts + one.minutes, one.place, one.place)
            for one in shift.commitments
            if one.place is not None
        ]
        table, here = problem.travel[modes[shift.worker]], shift.start_place
        for _starts, _ends, come, leave in sorted(mine):
            total += table[here][come]
            here = leave
        total += table[here][shift.end_place] if mine else 0
    return total


def unevenness(problem: PlanProblem, plan: VisitPlan) -> float:
    """How far visiting time is from going by hours of work: 0 when it does, in minutes.

    The sum over workers of load² / hours, less the same for an even share.
    """
    hours: dict[str, int] = defaultdict(int)
    for shift in problem.shifts:
        hours[shift.worker] += shift.ends - shift.starts
    load: dict[str, int] = defaultdict(int)
    for slot in plan.slots:
        load[slot.worker] += slot.minutes
    if not load:
        return 0.0
    squares = sum(load[worker] ** 2 / hours[worker] for worker in load)
    return squares - sum(load.values()) ** 2 / sum(hours.values())
