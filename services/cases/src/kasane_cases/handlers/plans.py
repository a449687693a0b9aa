"""Writes support plans, signs them off, takes a session's decision and the persons' agreement."""

from datetime import timedelta
from typing import Any

from kasane_cases.commands import (
    DecidePlan,
    DraftPlan,
    RecordAgreement,
    RevisePlan,
    SubmitPlan,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.errors import (
    ChangedMeanwhile,
    ConsentNeeded,
    PlanNotDeliberated,
    RecordNotFound,
)
from kasane_cases.domain.plan_records import AgreementWay, PlanAgreement
from kasane_cases.domain.support_plan import PlanContent, PlanEdition, PlanKind, SupportPlan
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.origins import must_be_told_openly
from kasane_cases.handlers.views import (
    may_decide_plans,
    meeting_route,
    routed_bodies,
    suggestion,
)
from kasane_cases.repository import Cases, Consents, PlanRecords, Plans, Sessions
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import PlanView, matching_roles

OBJECT = "support_plan"


def draft_plan(command: DraftPlan, uow: UnitOfWork, hooks: Any) -> str:
    """Writes a plan for some persons of a case; it holds only once it is decided and agreed to."""
    case, _ = open_for_change(command.case_id, uow)
    plan = SupportPlan(
        id=command.plan_id,
        case_id=case.id,
        kind=command.kind,
        content=_content(command, case, uow, hooks),
        drafted_on=clock.today(),
        drafted_by=uow.actor.account_id,
    )
    add_draft(plan, case, uow)
    uow.commit()
    return plan.id


def add_draft(plan: SupportPlan, case: Case, uow: UnitOfWork, reason: str = "") -> None:
    """Keeps a new plan with its first edition; the case begins to plan where somebody who lives there consents."""
    Plans(uow.connection).add(plan)
    _keep_edition(plan, reason, uow)
    uow.record("cases.support_plan.written", OBJECT, plan.id)
    note(uow, case.id, TimelineKind.PLAN_DRAFTED, object_id=plan.id)
    today, standing = clock.today(), Consents(uow.connection).standing(case.id)
    consents = [standing[one] for one in case.household.members_on(today) if one in standing]
    consented = any(one.covers(today, ConsentPurpose.MULTI_AGENCY) for one in consents)
    if consented and case.begin_plan():
        Cases(uow.connection).save(case)
        uow.publish(events.CaseStatusChanged(case.id, case.status.value))


def revise_plan(command: RevisePlan, uow: UnitOfWork, hooks: Any) -> None:
    """Writes a new edition of an undecided plan; the one before stays readable."""
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    plan.revise(_content(command, case, uow, hooks), command.reason)
    plans.save(plan, command.version)
    _keep_edition(plan, command.reason, uow)
    uow.record("cases.support_plan.written", OBJECT, plan.id)
    uow.commit()


def submit_plan(command: SubmitPlan, uow: UnitOfWork, hooks: Any) -> None:
    """Signs a draft off: the author whom the town names lays it before a session."""
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    plan.submit(
        clock.today(),
        uow.actor.account_id,
        is_author=may_sign_off(uow.actor, plan.kind, hooks),
    )
    plans.save(plan, command.version)
    uow.record("cases.support_plan.submitted", OBJECT, plan.id)
    note(uow, case.id, TimelineKind.PLAN_SUBMITTED, object_id=plan.id)
    uow.commit()


def decide_plan(command: DecidePlan, uow: UnitOfWork, hooks: Any) -> None:
    """Takes the decision of a held session that had each person on its agenda (I-14).

    It is a 重層的支援会議, or the body that the town names for people who consented. The tracks of
    those who agreed at the session hold from now on; the others wait for their agreement.
    """
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    if set(command.agreed_by) - set(plan.persons):
        raise RecordNotFound
    session = Sessions(uow.connection).get(command.session_id)
    _must_have_deliberated(plan, case, session, uow, hooks)
    assert session.held_on is not None
    interval = hooks.monitoring_interval(plan=PlanView(plan.kind.value, session.held_on))
    review_on = command.review_on or session.held_on + timedelta(days=interval.days)
    plan.decide(session.id, session.body_label, session.held_on, review_on)
    uow.record("cases.support_plan.decided", OBJECT, plan.id, basis=f"meeting:{session.id}")
    note(uow, case.id, TimelineKind.PLAN_AGREED, object_id=session.id, body=session.body_label)
    begun = plan.in_force
    for person_id in command.agreed_by:
        agreement = RecordAgreement(
            new_id(),
            case.id,
            plan.id,
            person_id,
            agreed=True,
            way=AgreementWay.AT_SESSION,
            on=session.held_on,
        )
        begun = _take_agreement(agreement, plan, case, uow) or begun
    plans.save(plan)
    if begun:
        _begin(plan, case, uow)
    uow.commit()


def record_agreement(command: RecordAgreement, uow: UnitOfWork) -> str:
    """Writes down that a person did or did not agree; the person's tracks hold only if they did.

    Raises ChangedMeanwhile when there is a newer edition than the one that was read to them.
    """
    case, _ = open_for_change(command.case_id, uow)
    plans = Plans(uow.connection)
    plan = plans.get(case.id, command.plan_id)
    if command.person_id not in plan.persons:
        raise RecordNotFound
    if command.expected not in (None, plan.edition):
        raise ChangedMeanwhile
    begun = _take_agreement(command, plan, case, uow)
    plans.save(plan)
    if begun:
        _begin(plan, case, uow)
    elif command.agreed and plan.in_force:
        _say_agreed(plan, case, uow)
    uow.commit()
    return command.agreement_id


def may_sign_off(actor: Actor, kind: PlanKind, hooks: Any) -> bool:
    """Whether the town lets this actor sign plans of a kind off; anybody where it names nobody."""
    form = hooks.plan_form(kind=kind.value)
    author = form.author_role if form is not None else ""
    if not author or author in actor.roles or actor.has(author):
        return True
    return any(r.code in actor.roles for r in matching_roles(hooks.roles(on=clock.today()), author))


def _content(
    command: DraftPlan | RevisePlan, case: Case, uow: UnitOfWork, hooks: Any
) -> PlanContent:
    content = PlanContent(
        persons=command.persons,
        goals=command.goals,
        tracks=command.tracks,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        extensions=dict(command.extensions),
    )
    for person_id in (*content.persons, *content.named):
        case.member(person_id, clock.today())
    content.check()
    reason = command.reason if isinstance(command, RevisePlan) else ""
    must_be_told_openly(case, (*content.texts, reason), uow, hooks)
    return content


def _keep_edition(plan: SupportPlan, reason: str, uow: UnitOfWork) -> None:
    Plans(uow.connection).add_edition(
        PlanEdition(
            plan.id,
            plan.edition,
            plan.content,
            clock.today(),
            uow.actor.account_id,
            uow.actor.display_name,
            reason,
        )
    )


def _take_agreement(
    command: RecordAgreement, plan: SupportPlan, case: Case, uow: UnitOfWork
) -> bool:
    agreement = PlanAgreement(
        id=command.agreement_id,
        plan_id=plan.id,
        edition=plan.edition,
        person_id=command.person_id,
        agreed=command.agreed,
        way=command.way,
        given_by=command.given_by,
        on=command.on,
        recorded_at=clock.now(),
        recorded_by=uow.actor.account_id,
        giver_name=command.giver_name,
        note=command.note,
    )
    today = clock.today()
    age = case.person(command.person_id).age_on(today)
    consent = Consents(uow.connection).standing_of(case.id, command.person_id)
    agreement.check(plan.drafted_on, today, age, consent)
    begun = plan.take_agreement(command.person_id, agreed=command.agreed)
    PlanRecords(uow.connection).add_agreement(agreement)
    uow.record("cases.support_plan.agreement_recorded", OBJECT, plan.id)
    kind = TimelineKind.PLAN_ACCEPTED if command.agreed else TimelineKind.PLAN_NOT_ACCEPTED
    note(uow, case.id, kind, command.person_id, plan.id)
    return begun


def _begin(plan: SupportPlan, case: Case, uow: UnitOfWork) -> None:
    """The plan holds for somebody: the case is in support until the next look."""
    assert plan.review_on is not None
    case.plan_agreed(plan.review_on)
    Cases(uow.connection).save(case)
    _say_agreed(plan, case, uow)
    uow.publish(events.CaseStatusChanged(case.id, case.status.value, plan.review_on))


def _say_agreed(plan: SupportPlan, case: Case, uow: UnitOfWork) -> None:
    assert plan.decided_on is not None
    assert plan.review_on is not None
    uow.publish(
        events.SupportPlanAgreed(
            plan_id=plan.id,
            case_id=case.id,
            kind=plan.kind.value,
            session_id=plan.session_id,
            decided_on=plan.decided_on,
            review_on=plan.review_on,
            persons=plan.agreed_by,
        )
    )


def _must_have_deliberated(
    plan: SupportPlan, case: Case, session: ConferenceSession, uow: UnitOfWork, hooks: Any
) -> None:
    today = clock.today()
    standing = Consents(uow.connection).standing(case.id)
    decides = may_decide_plans(session, case, plan.persons, standing, today, hooks)
    if not session.over or not decides:
        raise PlanNotDeliberated(body=session.body_label)
    on_agenda = {
        item.person_id
        for item in session.agenda
        if item.case_id == case.id and session.kind_of(item) is session.legal_kind
    }
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
