"""The steps of multi-agency work (多機関協働), read off what happened; nobody types them (domain 2.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_cases.domain.case import Case, CaseStatus
from kasane_cases.domain.consent import Consent, ConsentPurpose, ConsentState
from kasane_cases.domain.support_plan import PlanKind, PlanStatus, SupportPlan


class WorkStep(StrEnum):
    """One step of multi-agency work; the first seven follow each other, the others come of a look at it."""

    INTAKE = "intake"
    ASSESSMENT = "assessment"
    PLAN_DRAFT = "plan_draft"
    CONFERENCE = "conference"
    PLAN_DECIDED = "plan_decided"
    IN_SUPPORT = "in_support"
    MONITORING = "monitoring"
    REPLAN = "replan"
    PARTICIPATION = "participation"
    OBSERVE = "observe"
    SUSPEND = "suspend"
    TRANSFER = "transfer"
    CLOSE = "close"


LINE = tuple(WorkStep)[:7]
_OF_STATUS: Mapping[CaseStatus, WorkStep] = {
    CaseStatus.REPLANNING: WorkStep.REPLAN,
    CaseStatus.OBSERVING: WorkStep.OBSERVE,
    CaseStatus.SUSPENDED: WorkStep.SUSPEND,
    CaseStatus.TRANSFERRED: WorkStep.TRANSFER,
    CaseStatus.CLOSED: WorkStep.CLOSE,
}
STATUS_OF: Mapping[WorkStep, CaseStatus] = {step: status for status, step in _OF_STATUS.items()}


@dataclass(frozen=True)
class WorkRecord:
    """What is on record of a case: days, and the plans. ``since`` is when its state last changed.

    ``agreed_on`` and ``monitored_on`` say for a plan's id when somebody first agreed and first looked;
    ``heard_on`` are the days of the 重層的支援会議 that spoke of the household.
    """

    consents: Sequence[Consent] = ()
    assessed_on: Sequence[date] = ()
    plans: Sequence[SupportPlan] = ()
    heard_on: Sequence[date] = ()
    agreed_on: Sequence[tuple[str, date]] = ()
    monitored_on: Sequence[tuple[str, date]] = ()
    since: date | None = None


@dataclass(frozen=True)
class ReachedStep:
    """A step and the day it was reached; no day for one that is still to come, or was left out."""

    step: WorkStep
    reached_on: date | None
    current: bool = False


def work_steps(case: Case, record: WorkRecord) -> tuple[ReachedStep, ...]:
    """The seven steps in their order, then what came of them; at most one is the current one.

    Only this episode counts, and of the plans the newest of its kind: a renewed plan begins the line
    anew at its draft. Nothing is current before somebody consented to multi-agency work.
    """
    begun = case.episode_opened_on or case.opened_on
    days = _line(begun, record)
    after = _after(case, record)
    current = _current(case, days, after)
    shown = [(step, days.get(step)) for step in LINE] + list(after.items())
    return tuple(ReachedStep(step, day, step is current) for step, day in shown)


def _line(begun: date, record: WorkRecord) -> dict[WorkStep, date]:
    days: dict[WorkStep, date | None] = {
        WorkStep.INTAKE: _first(_consented(record.consents)),
        WorkStep.ASSESSMENT: _first(day for day in record.assessed_on if day >= begun),
    }
    plan = _newest(record.plans, PlanKind.MULTI_AGENCY, begun)
    if plan is not None:
        laid_before = plan.submitted_on
        days |= {
            WorkStep.PLAN_DRAFT: plan.drafted_on,
            WorkStep.CONFERENCE: plan.decided_on
            or _first(day for day in record.heard_on if laid_before and day >= laid_before),
            WorkStep.PLAN_DECIDED: plan.decided_on,
            WorkStep.IN_SUPPORT: _held_from(plan, record),
            WorkStep.MONITORING: _of_plan(plan, record.monitored_on),
        }
    return {step: day for step, day in days.items() if day is not None}


def _after(case: Case, record: WorkRecord) -> dict[WorkStep, date | None]:
    """What came of the line: another plan before this one, participation, and where the case stands."""
    begun = case.episode_opened_on or case.opened_on
    found: dict[WorkStep, date | None] = {}
    renewed = [
        plan.ended_on
        for plan in record.plans
        if plan.status is PlanStatus.RENEWED and plan.ended_on and plan.ended_on >= begun
    ]
    if renewed:
        found[WorkStep.REPLAN] = max(renewed)
    taking_part = _newest(record.plans, PlanKind.PARTICIPATION, begun)
    if taking_part is not None and taking_part.decided_on is not None:
        found[WorkStep.PARTICIPATION] = _held_from(taking_part, record) or taking_part.decided_on
    if case.status in _OF_STATUS:
        step = _OF_STATUS[case.status]
        found[step] = case.closed_on or record.since or found.get(step)
    return found


def _current(
    case: Case, days: dict[WorkStep, date], after: dict[WorkStep, date | None]
) -> WorkStep | None:
    if case.status in _OF_STATUS:
        return _OF_STATUS[case.status]
    if WorkStep.INTAKE not in days:
        return None
    reached = [step for step in LINE if step in days]
    if WorkStep.PARTICIPATION in after and WorkStep.IN_SUPPORT not in days:
        return WorkStep.PARTICIPATION
    return reached[-1]


def _consented(consents: Iterable[Consent]) -> list[date]:
    return [
        one.valid_from or one.recorded_at.date()
        for one in consents
        if one.state is ConsentState.GIVEN and one.scope.covers(ConsentPurpose.MULTI_AGENCY)
    ]


def _newest(plans: Iterable[SupportPlan], kind: PlanKind, begun: date) -> SupportPlan | None:
    of_kind = [plan for plan in plans if plan.kind is kind and plan.drafted_on >= begun]
    return max(of_kind, key=lambda plan: (plan.drafted_on, plan.id), default=None)


def _held_from(plan: SupportPlan, record: WorkRecord) -> date | None:
    """From when a plan held: decided, and agreed to by somebody; None before both."""
    agreed = _of_plan(plan, record.agreed_on)
    if plan.decided_on is None or agreed is None or plan.status is PlanStatus.DECIDED:
        return None
    return max(plan.decided_on, agreed)


def _of_plan(plan: SupportPlan, days: Iterable[tuple[str, date]]) -> date | None:
    return _first(day for plan_id, day in days if plan_id == plan.id)


def _first(days: Iterable[date]) -> date | None:
    return min(days, default=None)
