"""Reads bodies' sessions: the shell for who leads, the material only for who was there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select, true

from kasane_cases import tables
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import (
    AgendaItem,
    ConferenceSession,
    LegalKind,
    PersonStanding,
    SessionStatus,
)
from kasane_cases.domain.errors import SessionNotFound
from kasane_cases.repository import Cases, Sessions, attends, standings
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

    ``identities`` says whether it may be seen whose matters these are, ``material`` whether facts,
    decisions and minutes may be read; what may not is not in ``session``.
    """

    session: ConferenceSession
    cases: dict[str, Case]
    standings: dict[str, PersonStanding]
    identities: bool
    material: bool


def session_lines(
    connection: Connection, viewer: Actor, *, after: tuple[str, str] | None = None, limit: int = 50
) -> Sequence[SessionLine]:
    """Sessions that the viewer leads or attends, latest date first."""
    s, i, a = tables.session.c, tables.agenda_item.c, tables.attendee.c
    items = select(func.count()).where(i.session_id == s.id).scalar_subquery()
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
    identities = leads or (inside and session.status is not SessionStatus.PLANNED)
    known = standings(connection, session) if identities else {}
    cases = {}
    if identities:
        wanted = {item.case_id for item in session.items if item.identified}
        cases = {case_id: Cases(connection).get(case_id) for case_id in wanted}
    session.items = [_as_shown(item, identities, material) for item in session.items]
    if not material:
        session.minutes = ""
    return SessionFile(session, cases, known, identities, material)


def _as_shown(item: AgendaItem, identities: bool, material: bool) -> AgendaItem:
    shown = item if material else replace(item, facts=(), decisions=())
    if identities or not item.identified:
        return shown
    return replace(shown, topic="", reason="", case_id="", person_id="", consent_state="")
