"""Reads bodies' sessions: the shell for who leads, the material only for who was there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select, true

from kasane_cases import tables
from kasane_cases.domain.agenda import AgendaItem, ItemState, LegalKind, PersonStanding
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import PREPARING, ConferenceSession, SessionStatus
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import SessionNotFound
from kasane_cases.repository import (
    Addenda,
    Cases,
    Sessions,
    attends,
    restricted_items,
    standings,
)
from kasane_cases.repository.addenda import Addendum
from kasane_kit import clock
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class SessionLine:
    """One session in a list: counts, no person."""

    id: str
    body: str
    body_label: str
    legal_kind: LegalKind
    planned_for: date
    held_on: date | None
    status: SessionStatus
    items: int
    attendees: int


@dataclass(frozen=True)
class SessionFile:
    """One session as far as the viewer may see it.

    ``identities`` says whether it may be seen whose matters these are, ``material`` whether the
    general part of the minutes may be read, ``readable`` holds the items whose facts, decisions and
    minutes may be read, ``ended`` those whose consent covers them no longer, ``restricted`` those
    of restricted cases that are closed to who leads; what may not be seen is not in ``session``.
    ``cases`` name the persons and say nothing of where they live (I-10).
    """

    session: ConferenceSession
    cases: dict[str, Case]
    standings: dict[str, PersonStanding]
    identities: bool
    material: bool
    readable: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    restricted: frozenset[str] = frozenset()
    addenda: tuple[Addendum, ...] = ()


def session_lines(
    connection: Connection, viewer: Actor, *, after: tuple[str, str] | None = None, limit: int = 50
) -> Sequence[SessionLine]:
    """Sessions that the viewer leads or attends, latest date first."""
    s, i, a = tables.session.c, tables.agenda_item.c, tables.attendee.c
    items = (
        select(func.count())
        .where(i.session_id == s.id, i.state == ItemState.ON_AGENDA.value)
        .scalar_subquery()
    )
    people = select(func.count()).where(a.session_id == s.id).scalar_subquery()
    behind: ColumnElement[bool] = true()
    if after is not None:
        day = date.fromisoformat(after[0])
        behind = (s.planned_for < day) | ((s.planned_for == day) & (s.id < after[1]))
    rows = connection.execute(
        select(
            s.id,
            s.body,
            s.body_label,
            s.legal_kind,
            s.planned_for,
            s.held_on,
            s.status,
            items.label("items"),
            people.label("attendees"),
        )
        .where(attends(viewer), behind)
        .order_by(s.planned_for.desc(), s.id.desc())
        .limit(limit)
    )
    return [
        SessionLine(
            **{
                **row._mapping,
                "legal_kind": LegalKind(row.legal_kind),
                "status": SessionStatus(row.status),
            }
        )
        for row in rows
    ]


def sessions_to_come(connection: Connection, viewer: Actor) -> list[SessionLine]:
    """Sessions that are being prepared and take persons, soonest last."""
    lines = session_lines(connection, viewer, limit=100)
    return [line for line in lines if line.status in PREPARING and line.legal_kind.takes_persons]


def session_file(connection: Connection, viewer: Actor, session_id: str) -> SessionFile:
    """One session as far as the viewer may see it; raises SessionNotFound (I-03, I-04)."""
    allowed = connection.scalar(
        select(tables.session.c.id).where(tables.session.c.id == session_id, attends(viewer))
    )
    if allowed is None:
        raise SessionNotFound
    session = Sessions(connection).get(session_id)
    leads = viewer.has("coordinator")
    inside = session.shows_material_to(viewer.account_id)
    material = inside or (leads and not session.closed_material)
    identities = leads or (inside and not session.preparing)
    known = standings(connection, session.items)
    today = clock.today()
    restricted = restricted_items(connection, viewer, session, today)
    readable = readable_items(session, viewer, today, known, town=leads) - restricted
    ended = frozenset(
        item.id
        for item in session.agenda
        if item.id not in restricted and session.consent_ended(item, known.get(item.id), today)
    )
    own = session.attends(viewer.account_id)
    session.items = [
        _as_shown(item, identities and item.id not in restricted, item.id in readable)
        for item in session.items
        if leads or (own is not None and item.on_agenda and item.admits(own.id, own.kind))
    ]
    wanted = {item.case_id for item in session.items if item.identified} if identities else set()
    addenda = Addenda(connection).of_session(session_id)
    if not material:
        session.minutes = ""
    return SessionFile(
        session,
        {case_id: _named(Cases(connection).get(case_id)) for case_id in wanted},
        {item.id: known[item.id] for item in session.items if item.identified and identities},
        identities,
        material,
        readable,
        ended,
        restricted if leads else frozenset(),
        tuple(one for one in addenda if (one.item_id in readable if one.item_id else material)),
    )


def readable_items(
    session: ConferenceSession,
    viewer: Actor,
    today: date,
    known: Mapping[str, PersonStanding],
    *,
    town: bool,
) -> frozenset[str]:
    """The items whose facts, decisions and minutes the viewer may read; ``known`` are their standings.

    Those who took part read; of a matter whose basis is not closed to its circle also the town's
    own people do, for whom ``town`` speaks. While a session goes on, nothing is read on a consent
    that has ended; afterwards only the municipality's own staff go on reading the record (I-08).
    """
    found = set()
    for item in session.items:
        kind = session.kind_of(item)
        own = session.attends(viewer.account_id)
        takes_part = session.item_open_to(item, viewer.account_id)
        if not takes_part and (kind.closed or not town):
            continue
        if session.consent_ended(item, known.get(item.id), today):
            municipal = own is None or own.kind is AttendeeKind.MUNICIPAL_STAFF
            if not (session.over and municipal):
                continue
        found.add(item.id)
    return frozenset(found)


def _named(case: Case) -> Case:
    return replace(case, persons=tuple(person.named() for person in case.persons))


def _as_shown(item: AgendaItem, identities: bool, material: bool) -> AgendaItem:
    shown = item
    if not material:
        shown = replace(item, facts=(), decisions=(), minutes="", roles=())
    if identities or not item.identified:
        return shown
    return replace(
        shown,
        topic="",
        reason="",
        case_id="",
        person_id="",
        consent_state="",
        state_reason="",
        follows="",
    )
