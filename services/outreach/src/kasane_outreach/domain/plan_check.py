"""Checks a plan against its problem, without a line of the planners' code."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWorker,
    ToldTime,
    VisitPlan,
    VisitSlot,
    WorkShift,
)


class PlanBreachKind(StrEnum):
    """What is wrong with a plan."""

    UNKNOWN_VISIT = "unknown_visit"
    UNKNOWN_SHIFT = "unknown_shift"
    LOST = "lost"
    TWICE = "twice"
    WRONG_LENGTH = "wrong_length"
    WRONG_HANDS = "wrong_hands"
    NOT_TOGETHER = "not_together"
    OUTSIDE_WINDOW = "outside_window"
    OUTSIDE_SHIFT = "outside_shift"
    TOO_LITTLE_TIME = "too_little_time"
    NO_SKILL = "no_skill"
    WRONG_AGENCY = "wrong_agency"
    WRONG_SEX = "wrong_sex"
    REFUSED_WORKER = "refused_worker"
    TOO_MANY_VISITS = "too_many_visits"
    PAUSE_MISSING = "pause_missing"
    TOLD_MOVED = "told_moved"


@dataclass(frozen=True)
class PlanBreach:
    """One thing that is wrong with a plan, and where."""

    kind: PlanBreachKind
    visit: str = ""
    worker: str = ""


Kind = PlanBreachKind


def check_plan(problem: PlanProblem, plan: VisitPlan) -> tuple[PlanBreach, ...]:
    """Everything that is wrong with the plan; empty when it can be carried out."""
    return (*_visits(problem, plan), *_shifts(problem, plan))


def _visits(problem: PlanProblem, plan: VisitPlan) -> Iterable[PlanBreach]:
    wanted = {visit.id: visit for visit in problem.visits}
    workers = {worker.id: worker for worker in problem.workers}
    slots: dict[str, list[VisitSlot]] = defaultdict(list)
    for slot in plan.slots:
        slots[slot.visit].append(slot)
    named = Counter(one.visit for one in plan.left_out)
    for unknown in (slots.keys() | named.keys()) - wanted.keys():
        yield PlanBreach(Kind.UNKNOWN_VISIT, unknown)
    for visit in problem.visits:
        found = slots.get(visit.id, [])
        if not found and not named[visit.id]:
            yield PlanBreach(Kind.LOST, visit.id)
        if named[visit.id] > 1 or (found and named[visit.id]) or len(found) > visit.hands:
            yield PlanBreach(Kind.TWICE, visit.id)
        if found:
            yield from _one_visit(visit, found)
            for slot in found:
                worker = workers.get(slot.worker)
                if worker is not None:
                    yield from _fit(visit, worker)
            yield from _know_together(visit, [workers.get(slot.worker) for slot in found])
        if visit.told is not None and _as_told(found) != _sorted(visit.told):
            yield PlanBreach(Kind.TOLD_MOVED, visit.id)


def _one_visit(visit: PlanVisit, found: Sequence[VisitSlot]) -> Iterable[PlanBreach]:
    if len({slot.worker for slot in found}) != visit.hands:
        yield PlanBreach(Kind.WRONG_HANDS, visit.id)
    if len({(slot.day, slot.starts) for slot in found}) > 1:
        yield PlanBreach(Kind.NOT_TOGETHER, visit.id)
    for slot in found:
        if slot.minutes != visit.minutes:
            yield PlanBreach(Kind.WRONG_LENGTH, visit.id, slot.worker)
        inside = any(
            window.day == slot.day
            and window.earliest <= slot.starts
            and slot.starts + visit.minutes <= window.latest
            for window in visit.windows
        )
        if not inside and visit.told is None:
            yield PlanBreach(Kind.OUTSIDE_WINDOW, visit.id, slot.worker)


def _fit(visit: PlanVisit, worker: PlanWorker) -> Iterable[PlanBreach]:
    if visit.told is not None and worker.id in visit.told.workers:
        return
    wrong = {
        Kind.NO_SKILL: visit.second_skills is None and not visit.skills <= worker.skills,
        Kind.WRONG_AGENCY: bool(visit.agency) and visit.agency != worker.agency,
        Kind.WRONG_SEX: bool(visit.sex) and visit.sex != worker.sex,
        Kind.REFUSED_WORKER: worker.id in visit.refused,
    }
    for kind, is_wrong in wrong.items():
        if is_wrong:
            yield PlanBreach(kind, visit.id, worker.id)


def _know_together(visit: PlanVisit, pair: Sequence[PlanWorker | None]) -> Iterable[PlanBreach]:
    """Where two need different skills, each of the two has to have one's, in whichever order."""
    if visit.second_skills is None or visit.told is not None:
        return
    needed = (visit.skills, visit.second_skills)
    known = [worker.skills if worker is not None else frozenset[str]() for worker in pair]
    if len(known) == len(needed) and not any(
        all(skills <= has for skills, has in zip(needed, order, strict=True))
        for order in permutations(known)
    ):
        yield PlanBreach(Kind.NO_SKILL, visit.id)


def _as_told(found: Sequence[VisitSlot]) -> ToldTime | None:
    if not found:
        return None
    workers = tuple(sorted(slot.worker for slot in found))
    return ToldTime(found[0].day, found[0].starts, workers)


def _sorted(told: ToldTime) -> ToldTime:
    return ToldTime(told.day, told.starts, tuple(sorted(told.workers)))


@dataclass(frozen=True)
class _Part:
    starts: int
    ends: int
    come: int | None
    leave: int | None
    name: str
    new: bool


def _shifts(problem: PlanProblem, plan: VisitPlan) -> Iterable[PlanBreach]:
    visits = {visit.id: visit for visit in problem.visits}
    modes = {worker.id: worker.mode for worker in problem.workers}
    shifts = {(shift.worker, shift.day): shift for shift in problem.shifts}
    days: dict[tuple[str, int], list[_Part]] = defaultdict(list)
    count: Counter[tuple[str, int]] = Counter()
    for slot in plan.slots:
        visit = visits.get(slot.visit)
        if visit is None:
            continue
        leave = visit.place if visit.leave_place is None else visit.leave_place
        key = (slot.worker, slot.day)
        new = visit.told is None
        days[key].append(_Part(slot.starts, slot.ends, visit.place, leave, visit.id, new))
        count[key] += visit.counts
    for pause in plan.pauses:
        ends = pause.starts + pause.minutes
        days[pause.worker, pause.day].append(_Part(pause.starts, ends, None, None, "", True))
    for key in days.keys() - shifts.keys():
        yield from (PlanBreach(Kind.UNKNOWN_SHIFT, part.name, key[0]) for part in days[key])
    for key, shift in shifts.items():
        fixed = [
            _Part(one.starts, one.starts + one.minutes, one.place, one.place, one.id, False)
            for one in shift.commitments
        ]
        parts = sorted([*days[key], *fixed], key=lambda part: (part.starts, part.ends))
        yield from _way(problem, shift, modes[shift.worker], parts)
        if not any(part.new and part.name for part in days[key]):
            continue
        if shift.most_visits and count[key] + len(fixed) > shift.most_visits:
            yield PlanBreach(Kind.TOO_MANY_VISITS, "", shift.worker)
        yield from _pauses(shift, plan)


def _way(
    problem: PlanProblem, shift: WorkShift, mode: str, parts: Sequence[_Part]
) -> Iterable[PlanBreach]:
    table = problem.travel[mode]
    here, free, left, before_is_new = shift.start_place, shift.starts, shift.starts, False
    resting = 0
    for part in parts:
        # Two visits that people fixed before are those people's matter, not this plan's.
        judged = part.new or before_is_new
        if judged and (part.starts < free or part.starts < shift.starts):
            yield PlanBreach(Kind.TOO_LITTLE_TIME, part.name, shift.worker)
        if part.new and part.ends > shift.ends:
            yield PlanBreach(Kind.OUTSIDE_SHIFT, part.name, shift.worker)
        if part.come is None:
            resting += part.ends - part.starts
        else:
            if judged and part.starts < left + resting + table[here][part.come]:
                yield PlanBreach(Kind.TOO_LITTLE_TIME, part.name, shift.worker)
            here = part.come if part.leave is None else part.leave
            left, resting = max(left, part.ends), 0
        free, before_is_new = max(free, part.ends), part.new
    home = max(left + resting + table[here][shift.end_place], free)
    if before_is_new and home > shift.ends:
        yield PlanBreach(Kind.OUTSIDE_SHIFT, "", shift.worker)


def _pauses(shift: WorkShift, plan: VisitPlan) -> Iterable[PlanBreach]:
    taken = [one for one in plan.pauses if (one.worker, one.day) == (shift.worker, shift.day)]
    for pause in shift.pauses:
        fitting = [
            one
            for one in taken
            if one.minutes == pause.minutes
            and pause.earliest <= one.starts
            and one.starts + one.minutes <= pause.latest
        ]
        if not fitting:
            yield PlanBreach(Kind.PAUSE_MISSING, "", shift.worker)
        else:
            taken.remove(fitting[0])
