"""Follows plans that hold: looks at each member's part, evaluates, ends, renews, interrupts."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from kasane_cases.commands import EvaluatePlan, FinishPlan, RecordMonitoring
from kasane_cases.domain.case import Case, CaseStatus
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.errors import (
    AgreementMissing,
    EmergencyReadsOnly,
    PlanIncomplete,
    PlanNotDeliberated,
    RecordNotFound,
    ReviewDateMissing,
    WrongStep,
)
from kasane_cases.domain.plan_records import GoalCheck, GoalResult, Monitoring, PlanEvaluation
from kasane_cases.domain.support_plan import (
    PlanContent,
    PlanGoal,
    PlanOutcome,
    PlanStatus,
    PlanTrack,
    SupportPlan,
)
from kasane_cases.domain.timeline import CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.origins import must_be_told_openly
from kasane_cases.handlers.plans import OBJECT, add_draft
from kasane_cases.repository import (
    Cases,
    Consents,
    PlanRecords,
    Plans,
    Sessions,
    Tasks,
    enter,
)
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import PlanView

_ENDING = {
    PlanStatus.ENDED: TimelineKind.PLAN_ENDED,
    PlanStatus.RENEWED: TimelineKind.PLAN_RENEWED,
    PlanStatus.INTERRUPTED: TimelineKind.PLAN_INTERRUPTED,
}


def record_monitoring(command: RecordMonitoring, uow: UnitOfWork, hooks: Any) -> str:
    """Writes down how one member's part of a plan goes, and when somebody looks again.

    Whoever has a right to the member may do it, also from an agency outside.
    """
    today = clock.today()
    admission = enter(uow.connection, uow.actor, command.case_id, today)
    if admission.only_reads:
        raise EmergencyReadsOnly
    plans, records = Plans(uow.connection), PlanRecords(uow.connection)
    plan = plans.get(command.case_id, command.plan_id)
    if command.person_id not in plan.persons or not admission.shows(command.person_id):
        raise RecordNotFound
    if not plan.in_force:
        raise WrongStep(status=plan.status.value)
    if not plan.holds_for(command.person_id):
        person = Cases(uow.connection).get(plan.case_id).person(command.person_id)
        raise AgreementMissing(person=person.name)
    own = {goal.number for goal in plan.goals if goal.person_id in ("", command.person_id)}
    if {one.goal for one in command.checks} - own:
        raise RecordNotFound
    if not command.condition.strip():
        raise PlanIncomplete("condition")
    texts = (command.condition, *(one.note for one in command.checks))
    must_be_told_openly(Cases(uow.connection).get(plan.case_id), texts, uow, hooks)
    assert plan.decided_on is not None
    interval = hooks.monitoring_interval(plan=PlanView(plan.kind.value, plan.decided_on))
    monitoring = Monitoring(
        id=command.monitoring_id,
        plan_id=plan.id,
        case_id=plan.case_id,
        person_id=command.person_id,
        on=command.on,
        next_on=command.next_on or command.on + timedelta(days=interval.days),
        condition=command.condition,
        checks=command.checks,
        recorded_at=clock.now(),
        recorded_by=uow.actor.account_id,
        recorder_name=uow.actor.display_name,
    )
    monitoring.check(plan.decided_on, today)
    records.add_monitoring(monitoring)
    plan.monitored(_next_look(plan, records.monitorings(plan.id)))
    plans.save(plan)
    assert plan.review_on is not None
    looks = [one.review_on for one in plans.of_case(plan.case_id) if one.in_force]
    _wait_until(min(day for day in looks if day is not None), plan.case_id, uow)
    Tasks(uow.connection).finish_about(plan.case_id, CaseTaskKind.LOOK_AT_PLAN, plan.id, today)
    uow.record("cases.support_plan.monitored", OBJECT, plan.id, basis=admission.basis)
    uow.publish(events.SupportPlanMonitored(plan.id, plan.case_id, monitoring.on, plan.review_on))
    note(uow, plan.case_id, TimelineKind.PLAN_MONITORED, command.person_id, plan.id)
    uow.commit()
    return monitoring.id


def evaluate_plan(command: EvaluatePlan, uow: UnitOfWork, hooks: Any) -> str:
    """Evaluates a plan: the result of every goal, and what follows from it."""
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    if not plan.in_force:
        raise WrongStep(status=plan.status.value)
    texts = (command.summary, command.reason, *(one.note for one in command.checks))
    must_be_told_openly(case, texts, uow, hooks)
    _must_have_heard(plan, case, command.session_id, uow)
    evaluation = PlanEvaluation(
        id=command.evaluation_id,
        plan_id=plan.id,
        case_id=case.id,
        on=command.on,
        outcome=command.outcome.value,
        summary=command.summary,
        checks=command.checks,
        recorded_at=clock.now(),
        recorded_by=uow.actor.account_id,
        recorder_name=uow.actor.display_name,
        session_id=command.session_id,
    )
    assert plan.decided_on is not None
    evaluation.check(plan.decided_on, clock.today(), len(plan.goals))
    plan.evaluate(command.outcome, command.reason)
    PlanRecords(uow.connection).add_evaluation(evaluation)
    plans.save(plan, command.version)
    for reminded in (CaseTaskKind.EVALUATE_PLAN, CaseTaskKind.LOOK_AT_PLAN):
        Tasks(uow.connection).finish_about(case.id, reminded, plan.id, clock.today())
    basis = f"meeting:{command.session_id}" if command.session_id else ""
    uow.record("cases.support_plan.evaluated", OBJECT, plan.id, basis=basis)
    note(
        uow,
        case.id,
        TimelineKind.PLAN_EVALUATED,
        object_id=plan.id,
        plan_outcome=command.outcome.value,
    )
    uow.commit()
    return evaluation.id


def finish_plan(command: FinishPlan, uow: UnitOfWork) -> PlanStatus:
    """Ends an evaluated plan; a renewed one goes on as a new draft with the goals not reached."""
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    status = plan.finish(clock.today())
    outcome = PlanOutcome(plan.outcome)
    if outcome is PlanOutcome.OBSERVE and command.review_on is None:
        raise ReviewDateMissing
    plans.save(plan, command.version)
    uow.record(f"cases.support_plan.{status.value}", OBJECT, plan.id)
    uow.publish(events.SupportPlanEnded(plan.id, case.id, status.value, clock.today()))
    note(uow, case.id, _ENDING[status], object_id=plan.id, reason=plan.outcome_reason)
    still_running = any(one.in_force for one in plans.of_case(case.id))
    if not still_running:
        _follow(outcome, case, command.review_on, uow)
    if status is PlanStatus.RENEWED:
        evaluation = PlanRecords(uow.connection).evaluation(plan.id)
        assert evaluation is not None
        new = SupportPlan(
            id=command.new_plan_id,
            case_id=case.id,
            kind=plan.kind,
            content=_carried_over(plan, evaluation.checks),
            drafted_on=clock.today(),
            drafted_by=uow.actor.account_id,
            follows=plan.id,
        )
        add_draft(new, case, uow, plan.outcome_reason)
    uow.commit()
    return status


def _next_look(plan: SupportPlan, looks: Iterable[Monitoring]) -> date:
    """The first day on which somebody has to look at a member; nobody is forgotten for another."""
    latest: dict[str, date] = {}
    for look in looks:
        latest.setdefault(look.person_id, look.next_on)
    assert plan.review_on is not None
    if set(plan.agreed_by) - set(latest):
        return plan.review_on
    return min(latest[person_id] for person_id in plan.agreed_by)


def _wait_until(next_on: date, case_id: str, uow: UnitOfWork) -> None:
    """The case is looked at again when the first of its plans is."""
    case = Cases(uow.connection).get(case_id)
    if case.looked_at(next_on):
        Cases(uow.connection).save(case)
        uow.publish(events.CaseStatusChanged(case.id, case.status.value, case.review_on))


def _must_have_heard(plan: SupportPlan, case: Case, session_id: str, uow: UnitOfWork) -> None:
    """A session that is named for an evaluation is over and had everybody on its agenda."""
    if not session_id:
        return
    session = Sessions(uow.connection).get(session_id)
    heard = {item.person_id for item in session.agenda if item.case_id == case.id}
    over = session.over
    if not over or set(plan.persons) - heard:
        raise PlanNotDeliberated(body=session.body_label)


def _follow(outcome: PlanOutcome, case: Case, review_on: date | None, uow: UnitOfWork) -> None:
    """Moves a case in support on as the evaluation says; ending it is a step of its own (I-15)."""
    status = {
        PlanOutcome.CONTINUE: CaseStatus.REPLANNING,
        PlanOutcome.OBSERVE: CaseStatus.OBSERVING,
        PlanOutcome.INTERRUPT: CaseStatus.SUSPENDED,
    }.get(outcome)
    if status is None or status not in case.next_states():
        return
    today = clock.today()
    consents = Consents(uow.connection).standing(case.id).values()
    case.change_status(
        status,
        review_on,
        somebody_consents=any(c.covers(today, ConsentPurpose.MULTI_AGENCY) for c in consents),
        day=today,
    )
    Cases(uow.connection).save(case)
    uow.publish(events.CaseStatusChanged(case.id, case.status.value, case.review_on))
    note(uow, case.id, TimelineKind.STATUS_CHANGED, status=case.status.value)


def _carried_over(plan: SupportPlan, checks: Iterable[GoalCheck]) -> PlanContent:
    reached = {one.goal for one in checks if one.result is GoalResult.ACHIEVED}
    open_goals = [goal for goal in plan.goals if goal.number not in reached] or list(plan.goals)
    return PlanContent(
        persons=plan.persons,
        goals=tuple(PlanGoal(goal.text, goal.term, goal.person_id) for goal in open_goals),
        tracks=tuple(
            PlanTrack(one.person_id, one.what, one.agency, None, one.in_charge)
            for one in plan.tracks
        ),
        extensions=dict(plan.extensions),
    )
