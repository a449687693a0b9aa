"""What becomes of participation support when cases and outreach speak; the delivery commits."""

from typing import Any

from kasane_contracts import resources as events
from kasane_contracts.cases import (
    AddressProtectionChanged,
    CaseClosed,
    CaseStatusChanged,
    ConsentRecorded,
    ParticipationHostTold,
    ParticipationJudged,
    ParticipationProposed,
    PersonsMovedCase,
    SupportPlanAgreed,
)
from kasane_contracts.outreach import ContactNotMade, VisitCompleted
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import CaseView, ParticipationRule
from kasane_resources.domain.errors import HumanServiceNotFound
from kasane_resources.domain.host_support import SettlingVisit
from kasane_resources.domain.participation import (
    Judgement,
    Participation,
    ParticipationStatus,
    ParticipationStep,
)
from kasane_resources.repository.human_services import HumanServices
from kasane_resources.repository.participations import Participations, SettlingVisits

OBJECT = "participation"
CASE_OVER = ("closed", "transferred")


def rule_for(one: Participation, hooks: Any) -> ParticipationRule:
    """How the town goes about participation support; the default says that nothing is stated."""
    found: ParticipationRule = hooks.participation_rule(
        case=CaseView(reference=one.case_id, status="", area=one.area)
    )
    return found


def take_proposal(event: ParticipationProposed, uow: UnitOfWork, hooks: Any) -> None:
    """Keeps a proposal; without a gate in the town it is admitted at once, and planned where a plan is agreed."""
    kept = Participations(uow.connection)
    if kept.find(event.participation_id) is not None:
        return
    one = Participation(
        id=event.participation_id,
        case_id=event.case_id,
        case_number=event.case_number,
        person_id=event.person_id,
        proposed_at=clock.now(),
        wish=event.wish,
        category=event.category,
        area=event.area,
        age_band=event.age_band,
        consent=event.consent,
        address_protected=event.address_protected,
        plan_id=event.plan_id,
    )
    note_step(one, uow)
    _admit(one, uow, hooks)
    kept.add(one)
    uow.record("resources.participation.proposed", OBJECT, one.id, basis="case")
    say_moved(one, uow)


def take_judgement(event: ParticipationJudged, uow: UnitOfWork, hooks: Any) -> None:
    """Takes in what a session judged; the gate opens when it is the one that the town asks for."""
    kept = Participations(uow.connection)
    one = kept.find(event.participation_id)
    if one is None:
        return
    one.judged(
        Judgement(event.session_id, event.body, event.legal_kind, event.judged_on, event.needed)
    )
    admitted = _admit(one, uow, hooks)
    kept.save(one)
    done = "admitted" if admitted else "judged"
    uow.record(
        f"resources.participation.{done}", OBJECT, one.id, basis=f"meeting:{event.session_id}"
    )
    if admitted:
        say_moved(one, uow)


def take_plan(event: SupportPlanAgreed, uow: UnitOfWork) -> None:
    """Goes on to planned with those who agreed to a plan of participation support."""
    if event.kind != "participation":
        return
    kept = Participations(uow.connection)
    for one in kept.of_case(event.case_id):
        agreed = not event.persons or one.person_id in event.persons
        if not agreed or one.plan_id == event.plan_id or not one.open:
            continue
        went_on = one.plan_agreed(event.plan_id)
        if went_on:
            note_step(one, uow, plan_id=event.plan_id)
        kept.save(one)
        uow.record("resources.participation.planned", OBJECT, one.id, basis=f"plan:{event.plan_id}")
        if went_on:
            say_moved(one, uow)


def take_host_told(event: ParticipationHostTold, uow: UnitOfWork) -> None:
    """Notes that the case told the host who comes."""
    kept = Participations(uow.connection)
    one = kept.find(event.participation_id)
    if one is None or not one.with_host or one.host != event.host:
        return
    one.host_told()
    kept.save(one)
    uow.record(
        "resources.participation.host_told",
        OBJECT,
        one.id,
        basis=f"disclosure:{event.disclosure_id}",
    )


def take_moved_case(event: PersonsMovedCase, uow: UnitOfWork) -> None:
    """Follows persons into their other case; a settling visit that waits is asked for anew from there."""
    kept = Participations(uow.connection)
    for one in kept.of_case(event.from_case_id):
        if one.person_id not in event.person_ids:
            continue
        asked = call_off_visits(one, uow)
        one.case_id, one.case_number = event.to_case_id, event.to_case_number
        one.case_over = False
        kept.save(one)
        if asked and one.due_on is not None:
            ask_to_look_in(one, uow)
        uow.record("resources.participation.moved_case", OBJECT, one.id, basis="case")


def take_consent(event: ConsentRecorded, uow: UnitOfWork) -> None:
    """Notes where a person's consent stands: without it no new step is taken with a host."""
    kept = Participations(uow.connection)
    for one in kept.of_case(event.case_id):
        if one.person_id == event.person_id and one.consent != event.state:
            one.consent = event.state
            kept.save(one)
            uow.record("resources.participation.consent_noted", OBJECT, one.id, basis="case")


def take_protection(event: AddressProtectionChanged, uow: UnitOfWork) -> None:
    """Notes that where the person is must not be on a map, or may be again."""
    kept = Participations(uow.connection)
    for one in kept.of_case(event.case_id):
        if one.person_id == event.person_id and one.address_protected != event.protected:
            one.address_protected = event.protected
            kept.save(one)
            uow.record("resources.participation.protection_noted", OBJECT, one.id, basis="case")


def take_case_closed(event: CaseClosed, uow: UnitOfWork) -> None:
    """Calls off the settling visits: outreach closes its requests with the case."""
    _note_case(event.case_id, True, uow)
    for one in Participations(uow.connection).of_case(event.case_id):
        if call_off_visits(one, uow):
            uow.record(
                "resources.participation.visits_called_off", OBJECT, one.id, basis="case_closed"
            )


def take_case_status(event: CaseStatusChanged, uow: UnitOfWork) -> None:
    """Notes whether the case goes on; once it is reopened, somebody is asked to look in again."""
    _note_case(event.case_id, event.status in CASE_OVER, uow)


def _note_case(case_id: str, over: bool, uow: UnitOfWork) -> None:
    kept = Participations(uow.connection)
    for one in kept.of_case(case_id):
        if one.case_over != over:
            one.case_over = over
            kept.save(one)
            if not over and one.status is ParticipationStatus.PLACED:
                ask_to_look_in(one, uow)
            uow.record("resources.participation.case_noted", OBJECT, one.id, basis="case")


def take_settling_visit(event: VisitCompleted | ContactNotMade, uow: UnitOfWork) -> None:
    """Takes in a settling visit; after one that was made the next is asked for."""
    visits = SettlingVisits(uow.connection)
    visit = visits.find(event.request_id)
    if visit is None or visit.made_on is not None or isinstance(event, ContactNotMade):
        return
    visits.made(visit.id, event.on, event.result)
    kept = Participations(uow.connection)
    one = kept.get(visit.participation_id)
    one.looked_in(event.on)
    kept.save(one)
    uow.record("resources.participation.looked_in", OBJECT, one.id, basis=f"visit:{event.visit_id}")
    if one.status is ParticipationStatus.PLACED and not visit.called_off:
        ask_to_look_in(one, uow)
        say_moved(one, uow)


def note_step(one: Participation, uow: UnitOfWork, reason: str = "", **facts: str) -> None:
    """Adds a line to the history: what it became now, by whom and why."""
    name = "" if uow.actor.is_platform else uow.actor.display_name
    step = ParticipationStep(
        one.status, clock.now(), uow.actor.account_id, name, reason.strip(), facts
    )
    one.steps = (*one.steps, step)


def say_moved(one: Participation, uow: UnitOfWork, reason: str = "") -> None:
    """Says which step was taken."""
    uow.publish(
        events.ParticipationMoved(
            participation_id=one.id,
            case_id=one.case_id,
            person_id=one.person_id,
            status=one.status.value,
            on=clock.today(),
            host=one.host,
            host_id=one.host_id,
            due_on=one.due_on,
            reason=reason.strip(),
        )
    )


def ask_to_look_in(one: Participation, uow: UnitOfWork) -> None:
    """Asks outreach for the next settling visit, at the host's place."""
    assert one.due_on is not None
    visit = SettlingVisit(new_id(), one.id, one.due_on)
    SettlingVisits(uow.connection).add(visit)
    uow.publish(
        events.SettlingVisitRequested(
            request_id=visit.id,
            participation_id=one.id,
            case_id=one.case_id,
            case_number=one.case_number,
            person_id=one.person_id,
            by_when=one.due_on,
            host=one.host,
            place=_place(one, uow),
            area=one.area,
            address_protected=one.address_protected,
        )
    )


def call_off_visits(one: Participation, uow: UnitOfWork) -> bool:
    """Calls off what was asked of outreach and is not made yet; whether there was any."""
    called_off = SettlingVisits(uow.connection).call_off(one.id)
    for request_id in called_off:
        uow.publish(events.SettlingVisitCalledOff(request_id, one.id, one.case_id))
    return bool(called_off)


def _admit(one: Participation, uow: UnitOfWork, hooks: Any) -> bool:
    rule = rule_for(one, hooks)
    if not one.admit(rule.judged_by):
        return False
    facts = {"session_id": one.judgement.session_id} if one.judgement else {}
    note_step(one, uow, "" if one.judgement else rule.reason, **facts)
    if one.take_up_plan():
        note_step(one, uow, plan_id=one.plan_id)
    return True


def _place(one: Participation, uow: UnitOfWork) -> str:
    try:
        return HumanServices(uow.connection).get(one.host_id).entry.location.address
    except HumanServiceNotFound:
        return ""
