"""Says why a visit is with this worker at this time, and why another is not in the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kasane_outreach.domain.planning import (
    LeftOutReason,
    PlanProblem,
    PlanVisit,
    PlanWorker,
    VisitPlan,
    VisitSlot,
)

UNREACHABLE_MINUTES = 600


class PlacedReason(StrEnum):
    """Why a visit has this worker or this time."""

    TOLD = "told"
    ONLY_ABLE = "only_able"
    USUAL = "usual"
    PREFERRED = "preferred"
    SKILLED = "skilled"
    SKILLS_TOGETHER = "skills_together"
    LANGUAGE = "language"
    ON_CALL = "on_call"
    TOGETHER = "together"
    WISHED_TIME = "wished_time"
    IN_TIME = "in_time"
    NEAR = "near"


@dataclass(frozen=True)
class PlacedBecause:
    """One reason; ``minutes`` is the way from the stop before, for *near*."""

    reason: PlacedReason
    minutes: int = 0


def why_placed(problem: PlanProblem, plan: VisitPlan, slot: VisitSlot) -> tuple[PlacedBecause, ...]:
    """The reasons for one slot of a sound plan, the strongest first."""
    visit = next(one for one in problem.visits if one.id == slot.visit)
    worker = next(one for one in problem.workers if one.id == slot.worker)
    if visit.told is not None:
        return (PlacedBecause(PlacedReason.TOLD),)
    able = [one for one in problem.workers if not unfit(visit, one)]
    found = {
        PlacedReason.ONLY_ABLE: len(able) <= visit.hands,
        PlacedReason.USUAL: visit.usual == worker.id,
        PlacedReason.PREFERRED: worker.id in visit.preferred,
        PlacedReason.SKILLED: visit.second_skills is None
        and bool(visit.skills)
        and len(able) > visit.hands,
        PlacedReason.SKILLS_TOGETHER: visit.second_skills is not None,
        PlacedReason.LANGUAGE: bool(visit.language) and visit.language in worker.languages,
        PlacedReason.ON_CALL: visit.urgent and worker.on_call,
        PlacedReason.TOGETHER: visit.hands > 1,
        PlacedReason.WISHED_TIME: _narrow(problem, visit),
        PlacedReason.IN_TIME: visit.due is not None and slot.day <= visit.due,
    }
    reasons = [PlacedBecause(reason) for reason, holds in found.items() if holds]
    return (*reasons, PlacedBecause(PlacedReason.NEAR, _way_before(problem, plan, slot)))


def why_left_out(problem: PlanProblem, visit: PlanVisit) -> LeftOutReason:
    """The first thing that stands against the visit, even on days without any other visit."""
    able = [worker for worker in problem.workers if not unfit(visit, worker)]
    if not visit.windows:
        return LeftOutReason.NO_WINDOW
    if all(window.latest - window.earliest < visit.minutes for window in visit.windows):
        return LeftOutReason.LONGER_THAN_WINDOW
    if not able:
        return _why_nobody(problem, visit)
    missing = _nobody_for(visit, able)
    if missing is not None:
        return missing
    shifts = [shift for shift in problem.shifts if shift.worker in {one.id for one in able}]
    modes = {worker.id: worker.mode for worker in able}
    working = [
        (shift, window)
        for shift in shifts
        for window in visit.windows
        if window.day == shift.day
        and min(window.latest, shift.ends) - max(window.earliest, shift.starts) >= visit.minutes
    ]
    if not working:
        return LeftOutReason.NOBODY_WORKS
    reachable = [
        shift
        for shift, _window in working
        if problem.travel[modes[shift.worker]][shift.start_place][visit.place] < UNREACHABLE_MINUTES
    ]
    if not reachable:
        return LeftOutReason.UNREACHABLE
    by_day: dict[int, set[str]] = {}
    for shift in reachable:
        by_day.setdefault(shift.day, set()).add(shift.worker)
    if all(
        _nobody_for(visit, [one for one in able if one.id in workers])
        for workers in by_day.values()
    ):
        return LeftOutReason.TWO_WORKERS
    return LeftOutReason.DAY_FULL


def unfit(visit: PlanVisit, worker: PlanWorker) -> tuple[LeftOutReason, ...]:
    """What stands against this worker going there."""
    against = {
        LeftOutReason.NO_SKILL: not parts_of(visit, worker),
        LeftOutReason.NO_AGENCY: visit.agency not in ("", worker.agency),
        LeftOutReason.WRONG_SEX: visit.sex not in ("", worker.sex),
        LeftOutReason.ALL_REFUSED: worker.id in visit.refused,
    }
    return tuple(reason for reason, holds in against.items() if holds)


def parts_of(visit: PlanVisit, worker: PlanWorker) -> frozenset[int]:
    """Which parts of the visit the worker's skills are enough for: 0 the first worker's, 1 the second's."""
    second = visit.skills if visit.second_skills is None else visit.second_skills
    needed = (visit.skills, second)[: visit.hands]
    return frozenset(part for part, skills in enumerate(needed) if skills <= worker.skills)


def _nobody_for(visit: PlanVisit, able: Sequence[PlanWorker]) -> LeftOutReason | None:
    """What is missing when these workers are too few for the visit, or none of them has the second's skills."""
    parts = [parts_of(visit, worker) for worker in able]
    if len(able) >= visit.hands and not any(
        len({*one, *other}) >= min(visit.hands, 2)
        for number, one in enumerate(parts)
        for other in (parts[number + 1 :] if visit.hands > 1 else [one])
    ):
        return LeftOutReason.NO_SKILL
    return LeftOutReason.TWO_WORKERS if len(able) < visit.hands else None


def _why_nobody(problem: PlanProblem, visit: PlanVisit) -> LeftOutReason:
    if not problem.workers:
        return LeftOutReason.NOBODY_WORKS
    against = [set(unfit(visit, worker)) for worker in problem.workers]
    shared: Iterable[LeftOutReason] = (
        reason for reason in LeftOutReason if all(reason in one for one in against)
    )
    return next(iter(shared), next(reason for reason in LeftOutReason if reason in against[0]))


def _narrow(problem: PlanProblem, visit: PlanVisit) -> bool:
    widest = max((shift.ends - shift.starts for shift in problem.shifts), default=0)
    return all(window.latest - window.earliest < widest for window in visit.windows)


def _way_before(problem: PlanProblem, plan: VisitPlan, slot: VisitSlot) -> int:
    places = {visit.id: visit for visit in problem.visits}
    modes = {worker.id: worker.mode for worker in problem.workers}
    shift = next(one for one in problem.shifts if (one.worker, one.day) == (slot.worker, slot.day))
    here, ended = shift.start_place, -1
    for one in shift.commitments:
        if one.place is not None and ended < one.starts + one.minutes <= slot.starts:
            here, ended = one.place, one.starts + one.minutes
    for other in plan.slots:
        same = (other.worker, other.day) == (slot.worker, slot.day)
        if same and ended < other.ends <= slot.starts:
            visit = places[other.visit]
            here = visit.place if visit.leave_place is None else visit.leave_place
            ended = other.ends
    return int(problem.travel[modes[slot.worker]][here][places[slot.visit].place])
