"""Prepares a session: body, date, who attends bound by which secrecy, whose matter it is."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from kasane_cases.commands import (
    AddAttendee,
    AttendeeAsked,
    ConfirmMembers,
    MarkPresence,
    PlanSession,
    RecordSecrecy,
)
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.attendance import Attendee, SecrecyDuty
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import AttendeeKind, DataClass
from kasane_cases.domain.disclosure import DisclosureBasis
from kasane_cases.domain.errors import (
    ChangedMeanwhile,
    HostNotMunicipal,
    ItemRestricted,
    SessionNotFound,
    UnknownBody,
    UnknownChoice,
)
from kasane_cases.handlers.views import office_kind
from kasane_cases.repository import Sessions, restricted_items
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
    LegalKind.SELF_RELIANCE_CONFERENCE: DisclosureBasis.CONSENT,
}


def plan_session(command: PlanSession, uow: UnitOfWork, hooks: Any) -> str:
    """Sets the date of a session; who plans it is among those who attend."""
    body = body_of(command.body, command.legal_kind, command.planned_for, hooks)
    if command.legal_kind is LegalKind.SUPPORT_CONFERENCE:
        must_be_hosted_by_the_municipality(body, uow, hooks)
    session = ConferenceSession(
        id=command.session_id,
        body=body.code,
        body_label=body.label,
        legal_kind=command.legal_kind,
        planned_for=command.planned_for,
        planned_by=uow.actor.account_id,
        place=command.place,
        appointed=command.appointed or (body.max_members if body.quorum_majority else None),
        legal_kinds=tuple(LegalKind(kind.value) for kind in body.legal_kinds),
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
    session.acknowledge(attendee.id, clock.now(), signed=command.signed)
    sessions.save(session)
    uow.record("cases.conference.secrecy_recorded", OBJECT, session.id, basis=attendee.duty.basis)
    uow.commit()


def confirm_members(command: ConfirmMembers, uow: UnitOfWork) -> None:
    """Says that these are the members; whoever is asked later makes it open again."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    session.confirm_members()
    sessions.save(session)
    uow.record("cases.conference.members_confirmed", OBJECT, session.id)
    uow.commit()


def mark_presence(command: MarkPresence, uow: UnitOfWork) -> None:
    """Records whether somebody who was asked has come."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    session.mark_presence(command.attendee_id, command.present)
    sessions.save(session)
    uow.record("cases.conference.presence_marked", OBJECT, session.id)
    uow.commit()


def must_be_open_to_actor(
    session: ConferenceSession, item_ids: Iterable[str], uow: UnitOfWork
) -> None:
    """Raises ItemRestricted where an item is about a restricted case that is closed to the actor."""
    today = clock.today()
    restricted = restricted_items(uow.connection, uow.actor, session, today, to_act=True)
    if restricted.intersection(item_ids):
        raise ItemRestricted


def must_be_as_read(session: ConferenceSession, expected: int | None) -> None:
    """Raises ChangedMeanwhile when the session was written to after the version that was read."""
    if expected not in (None, session.version):
        raise ChangedMeanwhile


def quorum_of(session: ConferenceSession, hooks: Any) -> tuple[bool, str]:
    """Whether enough members are present, with the town's sentence."""
    present = sum(1 for attendee in session.attendees if attendee.present)
    members = session.appointed or 0
    answer = hooks.quorum(body=session.body, members=members, present=present)
    return (True, "") if answer is None else (answer.met, answer.reason)


def body_of(code: str, kind: LegalKind, on: date, hooks: Any) -> MeetingBody:
    """The body with this code and legal kind on a day; raises UnknownBody."""
    for body in hooks.meeting_bodies(on=on):
        if body.code == code and kind in body.legal_kinds:
            found: MeetingBody = body
            return found
    raise UnknownBody(body=code)


def must_be_hosted_by_the_municipality(body: MeetingBody, uow: UnitOfWork, hooks: Any) -> None:
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
