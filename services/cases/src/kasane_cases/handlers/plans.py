"""Writes support plans and takes the decision of the session that deliberated on them."""

from datetime import timedelta
from typing import Any

from kasane_cases.commands import DecidePlan, DraftPlan, RevisePlan
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession, SessionStatus
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.errors import ConsentNeeded, PlanNotDeliberated
from kasane_cases.domain.support_plan import PlanTrack, SupportPlan
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.views import (
    may_decide_plans,
    meeting_route,
    routed_bodies,
    suggestion,
)
from kasane_cases.repository import Cases, Consents, Plans, Sessions
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import PlanView

OBJECT = "support_plan"


def draft_plan(command: DraftPlan, uow: UnitOfWork) -> str:
    """Writes a plan for some persons of a case; it holds only once it is decided."""
    case, _ = open_for_change(command.case_id, uow)
    _check_persons(case, command.persons, command.tracks)
    plan = SupportPlan(
        id=command.plan_id,
        case_id=case.id,
        kind=command.kind,
        persons=command.persons,
        goals=command.goals,
        tracks=command.tracks,
        drafted_on=clock.today(),
        drafted_by=uow.actor.account_id,
        extensions=dict(command.extensions),
    )
    Plans(uow.connection).add(plan)
    uow.record("cases.support_plan.written", OBJECT, plan.id)
    note(uow, case.id, TimelineKind.PLAN_DRAFTED, object_id=plan.id)
    standing = Consents(uow.connection).standing(case.id)
    consented = any(c.covers(clock.today(), ConsentPurpose.MULTI_AGENCY) for c in standing.values())
    if consented and case.begin_plan():
        Cases(uow.connection).save(case)
        uow.publish(events.CaseStatusChanged(case.id, case.status.value))
    uow.commit()
    return plan.id


def revise_plan(command: RevisePlan, uow: UnitOfWork) -> None:
    """Writes a draft anew; a decided plan is not changed, a new one is written."""
    case, _ = open_for_change(command.case_id, uow)
    _check_persons(case, command.persons, command.tracks)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    plan.revise(command.persons, command.goals, command.tracks, dict(command.extensions))
    plans.save(plan, command.version)
    uow.record("cases.support_plan.written", OBJECT, plan.id)
    uow.commit()


def decide_plan(command: DecidePlan, uow: UnitOfWork, hooks: Any) -> None:
    """Takes the decision of a held session that had each person on its agenda (I-14).

    It is a 重層的支援会議, or the body that the town names for people who consented.
    """
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    session = Sessions(uow.connection).get(command.session_id)
    _must_have_deliberated(plan, case, session, uow, hooks)
    assert session.held_on is not None
    interval = hooks.monitoring_interval(plan=PlanView(plan.kind.value, session.held_on))
    review_on = command.review_on or session.held_on + timedelta(days=interval.days)
    plan.decide(session.id, session.held_on, review_on, command.agreed_by)
    plans.save(plan)
    case.plan_agreed(review_on)
    Cases(uow.connection).save(case)
    uow.record("cases.support_plan.decided", OBJECT, plan.id, basis=f"meeting:{session.id}")
    uow.publish(
        events.SupportPlanAgreed(
            plan_id=plan.id,
            case_id=case.id,
            kind=plan.kind.value,
            session_id=session.id,
            decided_on=session.held_on,
            review_on=review_on,
        )
    )
    uow.publish(events.CaseStatusChanged(case.id, case.status.value, review_on))
    note(uow, case.id, TimelineKind.PLAN_AGREED, object_id=session.id, body=session.body_label)
    uow.commit()


def _check_persons(case: Case, persons: tuple[str, ...], tracks: tuple[PlanTrack, ...]) -> None:
    for person_id in (*persons, *(track.person_id for track in tracks if track.person_id)):
        case.member(person_id, clock.today())


def _must_have_deliberated(
    plan: SupportPlan, case: Case, session: ConferenceSession, uow: UnitOfWork, hooks: Any
) -> None:
    over = session.status in (SessionStatus.HELD, SessionStatus.MINUTES_FIXED)
    today = clock.today()
    standing = Consents(uow.connection).standing(case.id)
    if not over or not may_decide_plans(session, case, plan.persons, standing, today, hooks):
        raise PlanNotDeliberated(body=session.body_label)
    on_agenda = {item.person_id for item in session.items if item.case_id == case.id}
    for person_id in plan.persons:
        if person_id not in on_agenda:
            raise PlanNotDeliberated(body=session.body_label)
        consent = standing.get(person_id)
        route = meeting_route(case, person_id, consent, today, hooks)
        bodies = routed_bodies(route, today, hooks)
        if consent is None or not consent.covers(today, ConsentPurpose.MULTI_AGENCY):
            name = case.person(person_id).name
            raise ConsentNeeded(person=name, suggestion=suggestion(route, bodies))
        if bodies and session.body not in {body.code for body in bodies}:
            raise PlanNotDeliberated(body=session.body_label)
