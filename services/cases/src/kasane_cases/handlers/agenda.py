"""Builds an agenda: who is put on it, on which basis, who takes part, what leaves it again."""

from dataclasses import replace
from typing import Any

from kasane_cases.commands import (
    AddAgendaItem,
    AdmitToItem,
    BuildAgenda,
    ContinueItem,
    MoveItem,
    RemoveItem,
)
from kasane_cases.domain.agenda import (
    AgendaItem,
    ItemState,
    LegalKind,
    PersonStanding,
    obstacles_of_item,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import state_on
from kasane_cases.domain.disclosure import (
    Destination,
    DisclosureBasis,
    DisclosureObstacle,
    table_obstacle,
)
from kasane_cases.domain.errors import (
    AlreadyOnAgenda,
    ConsentNeeded,
    DisclosureRefused,
    NotInSession,
    SessionNotReady,
    SupportNotDecided,
    TownNamesOtherBody,
    TownUndecided,
    WordsMissing,
    WrongStep,
)
from kasane_cases.domain.obstacle import ObstacleCode
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.conferences import (
    BASIS_OF_BODY,
    OBJECT,
    body_of,
    must_be_as_read,
    must_be_hosted_by_the_municipality,
    must_be_open_to_actor,
)
from kasane_cases.handlers.disclosures import standing_of
from kasane_cases.handlers.views import meeting_route, routed_bodies, suggestion
from kasane_cases.repository import Consents, Sessions
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def add_agenda_item(command: AddAgendaItem, uow: UnitOfWork, hooks: Any) -> str:
    """Puts a person or a topic on the agenda; the gate is on the item, not on the session."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    _put_on(session, command, uow, hooks)
    sessions.save(session)
    uow.record("cases.conference.item_added", OBJECT, session.id)
    uow.commit()
    return command.item_id


def build_agenda(command: BuildAgenda, uow: UnitOfWork, hooks: Any) -> None:
    """Puts several on the agenda at once: all of them, or none when one gate fails."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    for wanted in command.items:
        if not (wanted.person_id and _has(session, wanted.case_id, wanted.person_id)):
            _put_on(session, wanted, uow, hooks)
    sessions.save(session)
    uow.record("cases.conference.agenda_built", OBJECT, session.id)
    uow.commit()


def admit_to_item(command: AdmitToItem, uow: UnitOfWork) -> None:
    """Records which attendees take part in one item; raises ChangedMeanwhile."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    must_be_as_read(session, command.expected)
    must_be_open_to_actor(session, [command.item_id], uow)
    session.admit(command.item_id, command.attendee_ids)
    sessions.save(session)
    uow.record("cases.conference.item_admitted", OBJECT, session.id)
    uow.commit()


def remove_item(command: RemoveItem, uow: UnitOfWork) -> None:
    """Takes an item off the agenda; the line stays with its reason."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    must_be_open_to_actor(session, [command.item_id], uow)
    _take_off(session, command.item_id, ItemState.REMOVED, command.reason)
    sessions.save(session)
    uow.record("cases.conference.item_removed", OBJECT, session.id)
    uow.commit()


def move_item(command: MoveItem, uow: UnitOfWork, hooks: Any) -> str:
    """Puts an item on another session's agenda, through the gate that stands there."""
    sessions = Sessions(uow.connection)
    session, target = sessions.get(command.session_id), sessions.get(command.to_session_id)
    if session.id == target.id:
        raise AlreadyOnAgenda
    item = session.item(command.item_id)
    _take_off(session, item.id, ItemState.MOVED, command.reason)
    wanted = AddAgendaItem(
        command.new_item_id, target.id, item.topic, item.case_id, item.person_id, command.reason
    )
    _put_on(target, wanted, uow, hooks, follows=item.id)
    sessions.save(session)
    sessions.save(target)
    uow.record("cases.conference.item_moved", OBJECT, session.id, basis=target.id)
    uow.commit()
    return command.new_item_id


def continue_item(command: ContinueItem, uow: UnitOfWork, hooks: Any) -> str:
    """Goes on with a person's matter in another session, as after consent was gained.

    Nothing of the earlier item goes with it: what was told at a 支援会議 stays there (I-04).
    """
    sessions = Sessions(uow.connection)
    session, target = sessions.get(command.session_id), sessions.get(command.to_session_id)
    item = session.item(command.item_id)
    if not session.over:
        raise WrongStep(status=session.status.value)
    if not (session.item_open_to(item, uow.actor.account_id) or uow.actor.has("coordinator")):
        raise NotInSession
    wanted = AddAgendaItem(
        command.new_item_id, target.id, command.topic, item.case_id, item.person_id, command.topic
    )
    _put_on(target, wanted, uow, hooks, follows=item.id)
    sessions.save(target)
    uow.record("cases.conference.item_continued", OBJECT, target.id, basis=session.id)
    uow.commit()
    return command.new_item_id


def _put_on(
    session: ConferenceSession,
    wanted: AddAgendaItem,
    uow: UnitOfWork,
    hooks: Any,
    follows: str = "",
) -> None:
    item = AgendaItem(
        id=wanted.item_id,
        topic=wanted.topic,
        reason=wanted.reason,
        legal_kind=wanted.legal_kind,
        follows=follows,
    )
    if session.kind_of(item) is LegalKind.SUPPORT_CONFERENCE is not session.legal_kind:
        body = body_of(session.body, LegalKind.SUPPORT_CONFERENCE, session.planned_for, hooks)
        must_be_hosted_by_the_municipality(body, uow, hooks)
    if not wanted.case_id:
        session.add_item(item)
        session.admit(item.id, wanted.admitted)
        return
    case, _ = open_for_change(wanted.case_id, uow)
    person = case.member(wanted.person_id, clock.today())
    if _has(session, case.id, person.id):
        raise AlreadyOnAgenda(person=person.name)
    consent = Consents(uow.connection).standing_of(case.id, person.id)
    item = replace(
        item,
        case_id=case.id,
        person_id=person.id,
        consent_state=state_on(consent, clock.today()).value,
    )
    session.add_item(item)
    session.admit(item.id, wanted.admitted)
    _check_gate(session, case, item, PersonStanding(consent, case.support_decided), hooks)
    note(uow, case.id, TimelineKind.ON_AGENDA, person.id, session.id, body=session.body_label)


def _has(session: ConferenceSession, case_id: str, person_id: str) -> bool:
    return any((one.case_id, one.person_id) == (case_id, person_id) for one in session.agenda)


def _take_off(session: ConferenceSession, item_id: str, state: ItemState, reason: str) -> None:
    if not session.preparing:
        raise WrongStep(status=session.status.value)
    if not reason.strip():
        raise WordsMissing
    session.item(item_id).leave(state, reason.strip())


def _check_gate(
    session: ConferenceSession, case: Case, item: AgendaItem, standing: PersonStanding, hooks: Any
) -> None:
    today = clock.today()
    person = case.person(item.person_id)
    route = meeting_route(case, item.person_id, standing.consent, today, hooks)
    bodies = routed_bodies(route, today, hooks)
    kind = session.kind_of(item)
    basis = BASIS_OF_BODY.get(kind, DisclosureBasis.CONSENT)
    closed = table_obstacle(Destination(kind.value), standing_of(case), basis)
    if closed is DisclosureObstacle.CASE_ENDED:
        raise DisclosureRefused(
            closed.value, person=person.name, recipient=session.body_label, missing=""
        )
    obstacles = obstacles_of_item(kind, standing, session.kinds_present, today)
    for obstacle in obstacles:
        if obstacle.code is ObstacleCode.CONSENT_MISSING:
            raise ConsentNeeded(person=person.name, suggestion=suggestion(route, bodies))
        if obstacle.code is ObstacleCode.SUPPORT_NOT_DECIDED:
            raise SupportNotDecided
    scope = [o for o in obstacles if o.code is ObstacleCode.CONSENT_SCOPE]
    if scope:
        raise SessionNotReady(tuple(scope))
    if route.undecided and not item.reason.strip():
        raise TownUndecided(reason=route.reason)
    others = [body.label for body in bodies if body.code != session.body]
    if (
        kind is LegalKind.MULTI_AGENCY_CONFERENCE
        and not route.undecided
        and session.body not in {body.code for body in bodies}
    ):
        raise TownNamesOtherBody(body="・".join(others), reason=route.reason)
