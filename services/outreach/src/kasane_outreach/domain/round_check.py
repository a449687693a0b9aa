"""Checks a plan against its problem, without a line of the planners' code."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum

from kasane_outreach.domain.position import Position, travel_minutes
from kasane_outreach.domain.routing import PlannedStop, RoundPlan, RoundProblem


class BreachKind(StrEnum):
    """What is wrong with a plan."""

    UNKNOWN_VISIT = "unknown_visit"
    UNKNOWN_WORKER = "unknown_worker"
    LOST = "lost"
    TWICE = "twice"
    WRONG_DURATION = "wrong_duration"
    OUTSIDE_WINDOW = "outside_window"
    OUTSIDE_HOURS = "outside_hours"
    TOO_LITTLE_TIME = "too_little_time"
    WRONG_WORKERS = "wrong_workers"
    NOT_TOGETHER = "not_together"


@dataclass(frozen=True)
class RoundBreach:
    """One thing that is wrong with a plan, and where."""

    kind: BreachKind
    visit_id: str = ""
    worker_id: str = ""


def check_round(problem: RoundProblem, plan: RoundPlan) -> tuple[RoundBreach, ...]:
    """Everything that is wrong with the plan; empty when it can be carried out."""
    return (*_check_visits(problem, plan), *_check_days(problem, plan))


def _check_visits(problem: RoundProblem, plan: RoundPlan) -> list[RoundBreach]:
    wanted = {visit.id: visit for visit in problem.visits}
    workers = {worker.id for worker in problem.workers}
    stops: dict[str, list[PlannedStop]] = defaultdict(list)
    for stop in plan.stops:
        stops[stop.visit_id].append(stop)
    breaches = [
        RoundBreach(BreachKind.UNKNOWN_VISIT, visit_id)
        for visit_id in stops
        if visit_id not in wanted
    ]
    breaches += [
        RoundBreach(BreachKind.UNKNOWN_WORKER, stop.visit_id, stop.worker_id)
        for stop in plan.stops
        if stop.worker_id not in workers
    ]
    named = Counter(unplaced.visit_id for unplaced in plan.unplaced)
    for visit in problem.visits:
        found = stops.get(visit.id, [])
        if not found and not named[visit.id]:
            breaches.append(RoundBreach(BreachKind.LOST, visit.id))
        if (found and named[visit.id]) or named[visit.id] > 1:
            breaches.append(RoundBreach(BreachKind.TWICE, visit.id))
        if not found:
            continue
        hands = len({stop.worker_id for stop in found})
        needed = 2 if visit.two_person else 1
        if len(found) > needed:
            breaches.append(RoundBreach(BreachKind.TWICE, visit.id))
        elif hands != needed:
            breaches.append(RoundBreach(BreachKind.WRONG_WORKERS, visit.id))
        if len({stop.starts for stop in found}) > 1:
            breaches.append(RoundBreach(BreachKind.NOT_TOGETHER, visit.id))
        for stop in found:
            if stop.minutes != visit.minutes:
                breaches.append(RoundBreach(BreachKind.WRONG_DURATION, visit.id, stop.worker_id))
            if stop.starts < visit.earliest or stop.ends > visit.latest:
                breaches.append(RoundBreach(BreachKind.OUTSIDE_WINDOW, visit.id, stop.worker_id))
    return breaches


def _check_days(problem: RoundProblem, plan: RoundPlan) -> list[RoundBreach]:
    places = {visit.id: visit.position for visit in problem.visits}
    breaches = []
    for worker in problem.workers:
        day: list[tuple[int, int, Position, str, bool]] = [
            (stop.starts, stop.ends, places[stop.visit_id], stop.visit_id, True)
            for stop in plan.stops
            if stop.worker_id == worker.id and stop.visit_id in places
        ]
        day += [
            (one.starts, one.starts + one.minutes, one.position or worker.start, one.id, False)
            for one in problem.fixed
            if one.worker_id == worker.id
        ]
        here, free, before_is_new = worker.start, worker.starts, False
        for starts, ends, place, visit_id, is_new in sorted(day, key=lambda part: part[:2]):
            # Two visits that a person fixed by hand are that person's matter, not the plan's.
            judged = is_new or before_is_new
            if judged and starts < free + travel_minutes(here, place, worker.mode):
                outside = free == worker.starts and here == worker.start
                kind = BreachKind.OUTSIDE_HOURS if outside else BreachKind.TOO_LITTLE_TIME
                breaches.append(RoundBreach(kind, visit_id, worker.id))
            here, free, before_is_new = place, ends, is_new
        home = free + travel_minutes(here, worker.start, worker.mode)
        if before_is_new and home > worker.ends:
            breaches.append(RoundBreach(BreachKind.OUTSIDE_HOURS, "", worker.id))
    return breaches
