"""Prepares a session: body, date, who attends bound by which secrecy, whose matter it is."""

from typing import Any

from kasane_cases.commands import (
    AddAgendaItem,
    AddAttendee,
    AttendeeAsked,
    MarkPresence,
    PlanSession,
    RecordSecrecy,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import (
    AgendaItem,
    Attendee,
    ConferenceSession,
    LegalKind,
    PersonStanding,
    SecrecyDuty,
    obstacles_of_item,
)
from kasane_cases.domain.consent import AttendeeKind, DataClass, state_on
from kasane_cases.domain.disclosure import (
    Destination,
    DisclosureBasis,
    DisclosureObstacle,
    table_obstacle,
)
from kasane_cases.domain.errors import (
    ConsentNeeded,
    DisclosureRefused,
    HostNotMunicipal,
    SessionNotFound,
    SessionNotReady,
    SupportNotDecided,
    TownNamesOtherBody,
    TownUndecided,
    UnknownBody,
    UnknownChoice,
)
from kasane_cases.domain.obstacle import ObstacleCode
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.disclosures import standing_of
from kasane_cases.handlers.views import meeting_route, office_kind, routed_bodies, suggestion
from kasane_cases.repository import Consents, Sessions
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.auth import accounts
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import AttendeeKind as KindOfAttendee
from kasane_plugin_api import MeetingBody

OBJECT = "conference"
MUNICIPALITY = "市町村"
SPOKEN_OF = (DataClass.IDENTITY, DataClass.RECORD)
BASIS_OF_BODY = {
    LegalKind.SUPPORT_CONFERENCE: DisclosureBasis.SUPPORT_CONFERENCE,
    LegalKind.MULTI_AGENCY_CONFERENCE: DisclosureBasis.CONSENT,
}


def plan_session(command: PlanSession, uow: UnitOfWork, hooks: Any) -> str:
    """Sets the date of a session; who plans it is among those who attend."""
    body = _body(command, hooks)
    if command.legal_kind is LegalKind.SUPPORT_CONFERENCE:
        _must_be_hosted_by_the_municipality(body, uow, hooks)
    session = ConferenceSession(
        id=command.session_id,
        body=body.code,
        body_label=body.label,
        legal_kind=command.legal_kind,
        planned_for=command.planned_for,
        planned_by=uow.actor.account_id,
        place=command.place,
        appointed=command.appointed or (body.max_members if body.quorum_majority else None),
    )
    session.add_attendee(
        _attendee(new_id(), AttendeeAsked(account_id=uow.actor.account_id), session, uow, hooks)
    )
    for asked in command.attendees:
        session.add_attendee(_attendee(new_id(), asked, session, uow, hooks))
    Sessions(uow.connection).add(session)
    uow.record("cases.conference.planned", OBJECT, session.id)
    uow.publish(
        events.ConferencePlanned(
            session.id, session.body, session.legal_kind.value, session.planned_for
        )
    )
    uow.commit()
    return session.id


def add_attendee(command: AddAttendee, uow: UnitOfWork, hooks: Any) -> None:
    """Asks somebody more to a planned session."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    session.add_attendee(_attendee(command.attendee_id, command.attendee, session, uow, hooks))
    sessions.save(session)
    uow.record("cases.conference.attendee_added", OBJECT, session.id)
    uow.commit()


def record_secrecy(command: RecordSecrecy, uow: UnitOfWork) -> None:
    """Records that an attendee accepts the duty of secrecy: their own act, or seen by who leads."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    attendee = session.attendee(command.attendee_id)
    if not uow.actor.has("coordinator") and attendee.account_id != uow.actor.account_id:
        raise SessionNotFound
    attendee.acknowledge(clock.now(), signed=command.signed)
    sessions.save(session)
    uow.record("cases.conference.secrecy_recorded", OBJECT, session.id, basis=attendee.duty.basis)
    uow.commit()


def mark_presence(command: MarkPresence, uow: UnitOfWork) -> None:
    """Records whether somebody who was asked has come."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    session.mark_presence(command.attendee_id, command.present)
    sessions.save(session)
    uow.record("cases.conference.presence_marked", OBJECT, session.id)
    uow.commit()


def add_agenda_item(command: AddAgendaItem, uow: UnitOfWork, hooks: Any) -> str:
    """Puts a person or a topic on the agenda; the gate is on the item, not on the session."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    item = AgendaItem(id=command.item_id, topic=command.topic, reason=command.reason)
    if command.case_id:
        case, _ = open_for_change(command.case_id, uow)
        person = case.member(command.person_id, clock.today())
        consent = Consents(uow.connection).standing_of(case.id, person.id)
        item.case_id, item.person_id = case.id, person.id
        item.consent_state = state_on(consent, clock.today()).value
    session.add_item(item)
    if item.identified:
        _check_gate(session, case, item, PersonStanding(consent, case.support_decided), hooks)
        note(
            uow,
            case.id,
            TimelineKind.ON_AGENDA,
            person.id,
            session.id,
            body=session.body_label,
        )
    sessions.save(session)
    uow.record("cases.conference.item_added", OBJECT, session.id)
    uow.commit()
    return item.id


def quorum_of(session: ConferenceSession, hooks: Any) -> tuple[bool, str]:
    """Whether enough members are present, with the town's sentence."""
    present = sum(1 for attendee in session.attendees if attendee.present)
    members = session.appointed or 0
    answer = hooks.quorum(body=session.body, members=members, present=present)
    return (True, "") if answer is None else (answer.met, answer.reason)


def _body(command: PlanSession, hooks: Any) -> MeetingBody:
    for body in hooks.meeting_bodies(on=command.planned_for):
        if body.code == command.body and command.legal_kind in body.legal_kinds:
            found: MeetingBody = body
            return found
    raise UnknownBody(body=command.body)


def _must_be_hosted_by_the_municipality(body: MeetingBody, uow: UnitOfWork, hooks: Any) -> None:
    """Raises HostNotMunicipal: a 支援会議 is the municipality's, convened by its staff (I-05)."""
    today = clock.today()
    own = {"", MUNICIPALITY, hooks.town.name}
    for office in hooks.organization(on=today):
        if office_kind(office.code, today, hooks) is AttendeeKind.MUNICIPAL_STAFF:
            own |= {office.code, office.label}
    if body.host not in own:
        raise HostNotMunicipal(body=body.label, host=body.host)
    if office_kind(uow.actor.office, today, hooks) is not AttendeeKind.MUNICIPAL_STAFF:
        raise HostNotMunicipal(body=body.label, host=uow.actor.display_name)


def _attendee(
    attendee_id: str, asked: AttendeeAsked, session: ConferenceSession, uow: UnitOfWork, hooks: Any
) -> Attendee:
    name, affiliation, kind = asked.name.strip(), asked.affiliation.strip(), asked.kind
    if asked.account_id:
        account = accounts.find(uow.connection, asked.account_id)
        if account is None or not account.active:
            raise UnknownChoice(choice=asked.account_id)
        name, affiliation = account.display_name, account.office
        kind = office_kind(account.office, session.planned_for, hooks)
    elif not name:
        raise UnknownChoice(choice="name")
    notice = hooks.secrecy_notice(
        body=session.body, attendee=KindOfAttendee(kind.value), on=session.planned_for
    )
    duty = SecrecyDuty(
        notice.text, notice.basis, notice.needs_signature, notice.source, notice.effective_from
    )
    return Attendee(attendee_id, name, kind, duty, asked.account_id, affiliation)


def _check_gate(
    session: ConferenceSession, case: Case, item: AgendaItem, standing: PersonStanding, hooks: Any
) -> None:
    today = clock.today()
    person = case.person(item.person_id)
    route = meeting_route(case, item.person_id, standing.consent, today, hooks)
    bodies = routed_bodies(route, today, hooks)
    before = Destination(session.legal_kind.value)
    basis = BASIS_OF_BODY.get(session.legal_kind, DisclosureBasis.CONSENT)
    closed = table_obstacle(before, standing_of(case), basis)
    if closed is DisclosureObstacle.CASE_ENDED:
        raise DisclosureRefused(
            closed.value, person=person.name, recipient=session.body_label, missing=""
        )
    obstacles = obstacles_of_item(session.legal_kind, standing, session.kinds_present, today)
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
        session.legal_kind is LegalKind.MULTI_AGENCY_CONFERENCE
        and not route.undecided
        and session.body not in {body.code for body in bodies}
    ):
        raise TownNamesOtherBody(body="・".join(others), reason=route.reason)
