"""Proposes participation support, takes a session's judgement, tells the host who comes."""

from typing import Any

from kasane_cases.commands.participation import JudgeParticipation, ProposeParticipation, TellHost
from kasane_cases.domain.case_study import age_band, check_words
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass, state_on
from kasane_cases.domain.errors import RecordNotFound, WordsMissing, WrongStep
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.participation import CaseParticipation
from kasane_cases.domain.support_plan import PlanKind
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.conferences import must_be_open_to_actor
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose
from kasane_cases.handlers.views import case_view, known_choice, office_kind
from kasane_cases.repository import Consents, Plans, Sessions
from kasane_cases.repository.participations import CaseParticipations
from kasane_contracts import cases as events
from kasane_contracts.resources import ParticipationMoved
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def propose_participation(command: ProposeParticipation, uow: UnitOfWork, hooks: Any) -> str:
    """Proposes participation support in words that name nobody, and says so.

    Where the town has somebody outside the town hall carry it out, telling them of the wish takes a
    basis like any other disclosure. Raises CaseStudyIdentifies when the wish says whose it is.
    """
    case, _ = open_for_change(command.case_id, uow)
    person = case.member(command.person_id, clock.today())
    labels = {one.code: one.label for one in hooks.consultation_categories()}
    label = known_choice(command.category, labels)
    if not command.wish.strip():
        raise WordsMissing
    check_words(case, command.wish)
    today = clock.today()
    rule = hooks.participation_rule(case=case_view(case))
    kind = office_kind(rule.carried_by, today, hooks)
    if kind is not AttendeeKind.MUNICIPAL_STAFF:
        offices = {one.code: one.label for one in hooks.organization(on=today)}
        disclose(
            uow,
            hooks,
            Disclosing(
                case=case,
                person_id=person.id,
                recipient=Recipient.of_kind(kind, offices[rule.carried_by], rule.carried_by),
                purpose=ConsentPurpose.HANDOFF,
                data_classes=(DataClass.RECORD,),
                act=DisclosureAct.PARTICIPATION,
                reference=command.participation_id,
            ),
        )
    one = CaseParticipation(
        id=command.participation_id,
        case_id=case.id,
        person_id=person.id,
        category=command.category,
        wish=command.wish.strip(),
        proposed_on=today,
        proposed_by=uow.actor.account_id,
    )
    CaseParticipations(uow.connection).add(one)
    uow.record("cases.participation.proposed", OBJECT, case.id)
    uow.publish(
        events.ParticipationProposed(
            participation_id=one.id,
            case_id=case.id,
            case_number=case.number,
            person_id=person.id,
            category=one.category,
            area=case.area,
            age_band=age_band(person.age_on(today)),
            consent=state_on(Consents(uow.connection).standing_of(case.id, person.id), today).value,
            address_protected=person.address_protected,
            wish=one.wish,
            plan_id=_agreed_plan(case.id, person.id, uow),
        )
    )
    note(uow, case.id, TimelineKind.PARTICIPATION_PROPOSED, person.id, one.id, category=label)
    uow.commit()
    return one.id


def _agreed_plan(case_id: str, person_id: str, uow: UnitOfWork) -> str:
    plans = Plans(uow.connection).of_case(case_id)
    agreed = (
        plan.id
        for plan in plans
        if plan.kind is PlanKind.PARTICIPATION and plan.holds_for(person_id)
    )
    return next(agreed, "")


def judge_participation(command: JudgeParticipation, uow: UnitOfWork) -> None:
    """Writes down whether a held session judged participation support needed.

    The session is over and had this very person on its agenda; what a closed session held stays there.
    """
    session = Sessions(uow.connection).get(command.session_id)
    item = session.item(command.item_id)
    kept = CaseParticipations(uow.connection)
    one = kept.find(command.participation_id)
    same = one is not None and (one.case_id, one.person_id) == (item.case_id, item.person_id)
    if one is None or not same:
        raise RecordNotFound
    must_be_open_to_actor(session, [item.id], uow)
    if not session.over or not item.on_agenda:
        raise WrongStep(status=session.status.value)
    assert session.held_on is not None
    legal_kind = session.kind_of(item)
    one.judge(session.id, session.held_on, needed=command.needed, closed=legal_kind.closed)
    kept.save(one)
    uow.record("cases.participation.judged", OBJECT, one.case_id, basis=f"meeting:{session.id}")
    uow.publish(
        events.ParticipationJudged(
            participation_id=one.id,
            case_id=one.case_id,
            session_id=session.id,
            body=session.body,
            legal_kind=legal_kind.value,
            judged_on=session.held_on,
            needed=command.needed,
        )
    )
    kind = (
        TimelineKind.PARTICIPATION_NEEDED
        if command.needed
        else TimelineKind.PARTICIPATION_NOT_NEEDED
    )
    note(uow, one.case_id, kind, one.person_id, session.id, body=session.body_label)
    uow.commit()


def tell_host(command: TellHost, uow: UnitOfWork, hooks: Any) -> str:
    """Tells the host who comes, when something allows it; the line of the ledger is the record of it."""
    case, _ = open_for_change(command.case_id, uow)
    kept = CaseParticipations(uow.connection)
    one = kept.get(case.id, command.participation_id)
    person = case.member(one.person_id, clock.today())
    today = clock.today()
    one.told(today)
    disclosed = disclose(
        uow,
        hooks,
        Disclosing(
            case=case,
            person_id=person.id,
            recipient=Recipient.of_kind(command.recipient, one.host, one.host_id),
            purpose=ConsentPurpose.HANDOFF,
            data_classes=tuple(dict.fromkeys((DataClass.IDENTITY, *command.data_classes))),
            act=DisclosureAct.PARTICIPATION,
            reference=one.id,
            disclosure_id=command.disclosure_id,
        ),
    )
    kept.save(one)
    basis = f"{disclosed.basis.value}:{disclosed.basis_reference}".rstrip(":")
    uow.record("cases.participation.host_told", OBJECT, case.id, basis=basis)
    uow.publish(
        events.ParticipationHostTold(
            participation_id=one.id,
            case_id=case.id,
            disclosure_id=disclosed.id,
            host=one.host,
            told_on=today,
        )
    )
    note(uow, case.id, TimelineKind.PARTICIPATION_HOST_TOLD, person.id, one.id, host=one.host)
    uow.commit()
    return disclosed.id


def take_participation(event: ParticipationMoved, uow: UnitOfWork) -> None:
    """Shows the step that resources took; the delivery commits."""
    kept = CaseParticipations(uow.connection)
    one = kept.find(event.participation_id)
    if one is None:
        return
    before = (one.status, one.due_on)
    one.moved(event.status, event.on, event.host, event.host_id, event.due_on)
    kept.save(one)
    uow.record("cases.participation.moved", OBJECT, one.case_id)
    if before[0] == event.status:
        return
    note(
        uow,
        one.case_id,
        TimelineKind.PARTICIPATION_MOVED,
        one.person_id,
        one.id,
        participation=event.status,
        **{
            name: value for name, value in (("host", event.host), ("reason", event.reason)) if value
        },
    )
