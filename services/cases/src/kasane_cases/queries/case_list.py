"""Reads the coordinator's list and what waits for a case, each with the viewer's right."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from kasane_cases import tables
from kasane_cases.domain.agenda import ItemState
from kasane_cases.domain.case import ENDED, CaseStatus
from kasane_cases.domain.conference import PREPARING, SessionStatus
from kasane_cases.domain.consent import ConsentState
from kasane_cases.domain.consultation_summary import ConsultationSummary
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.repository import (
    granted_cases,
    shown_persons_only,
    summary_from,
)
from kasane_kit.auth import Actor

# What needs attention first: urgent, then by the day of review; word for word as the index cases_case_attention.
_RANK: ColumnElement[int] = literal_column(
    "(CASE WHEN cases_case.urgent THEN 0 ELSE 1 END)", Integer
)

_DUE: ColumnElement[date] = literal_column("coalesce(cases_case.review_on, '9999-12-31')", Date)


@dataclass(frozen=True)
class CaseLine:
    """One line of the list, without address; ``unmet`` are codes of what is open."""

    id: str
    number: str
    persons: tuple[str, ...]
    status: CaseStatus
    opened_on: date
    next_session_on: date | None
    review_on: date | None
    urgent: bool
    unmet: tuple[str, ...]
    version: int
    lead: str = ""


def waiting(connection: Connection, viewer: Actor) -> tuple[ConsultationSummary, ...]:
    """Consultations from which a case should be opened, urgent first, then oldest first."""
    s = tables.consultation_summary.c
    rows = connection.execute(
        select(tables.consultation_summary)
        .where(s.waiting.is_(True), s.case_id == "", s.closed.is_(False), _for_viewer(viewer))
        .order_by(s.urgent.desc(), s.received_on, s.id)
    )
    return tuple(summary_from(row) for row in rows)


def consultation_summary(
    connection: Connection, viewer: Actor, consultation_id: str
) -> ConsultationSummary:
    """One consultation that a case may be opened from, or was; raises RecordNotFound."""
    s = tables.consultation_summary.c
    row = connection.execute(
        select(tables.consultation_summary).where(s.id == consultation_id, _for_viewer(viewer))
    ).one_or_none()
    if row is None:
        raise RecordNotFound
    return summary_from(row)


def _for_viewer(viewer: Actor) -> ColumnElement[bool]:
    if viewer.has("coordinator"):
        return true()
    return tables.consultation_summary.c.target_role.in_(viewer.roles)


@dataclass(frozen=True)
class CaseFilter:
    """What the list is narrowed to; ``mine`` are cases that the viewer is in charge of."""

    closed: bool = False
    status: str = ""
    area: str = ""
    overdue: bool = False
    mine: bool = False
    attention: bool = False


def case_lines(
    connection: Connection,
    viewer: Actor,
    today: date,
    *,
    closed: bool = False,
    after: str = "",
    limit: int = 50,
    narrowed: CaseFilter | None = None,
    to_take_out: bool = False,
) -> Sequence[CaseLine]:
    """Cases that the viewer may see, newest first; ``after`` is the id of the last one seen.

    Only those are named whose record is open to the viewer; of the rest of a household nothing is told.
    ``narrowed`` takes the place of ``closed``; what needs attention comes first when it says so.
    ``to_take_out`` leaves out what was opened in an emergency alone.
    """
    wanted = narrowed or CaseFilter(closed=closed)
    closed = wanted.closed
    order, behind = _order(connection, wanted, after)
    rows = connection.execute(
        select(tables.case)
        .where(
            _narrowed(wanted, viewer, today),
            granted_cases(viewer, today, to_take_out=to_take_out),
            behind,
        )
        .order_by(*order)
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    persons = _names(connection, [row.household_id for row in rows], today)
    sessions = _next_sessions(connection, ids)
    consents = _states(connection, ids, today)
    tasks = _open_tasks(connection, ids)
    asked = [row.id for row in rows if row.restricted or not viewer.has("coordinator")]
    only = shown_persons_only(connection, viewer, asked, today)
    lines = []
    for row in rows:
        everyone = persons[row.household_id]
        if row.id in only:
            everyone = [one for one in everyone if one[0] in only[row.id]]
        unmet = [] if row.id in only else [*tasks[row.id]]
        if row.review_on and row.review_on < today and not closed:
            unmet.append("review_overdue")
        if row.support_decided_on is None and not closed:
            unmet.append("support_not_decided")
        unasked = [p for p, _ in everyone if consents.get((row.id, p)) in (None, "pending")]
        if unasked and not closed:
            unmet.append("consent_open")
        lines.append(
            CaseLine(
                id=row.id,
                number=row.number,
                persons=tuple(name for _, name in everyone),
                status=CaseStatus(row.status),
                opened_on=row.opened_on,
                next_session_on=sessions.get(row.id),
                review_on=row.review_on,
                urgent=row.urgent,
                unmet=tuple(dict.fromkeys(unmet)),
                version=row.version,
                lead=row.lead,
            )
        )
    return lines


def _narrowed(wanted: CaseFilter, viewer: Actor, today: date) -> ColumnElement[bool]:
    c = tables.case.c
    # Written out one by one, so that the index of the cases that are not closed is taken.
    ended = [literal(status.value, literal_execute=True) for status in ENDED]
    if wanted.closed:
        found = [or_(*(c.status == status for status in ended))]
    else:
        found = [c.status != status for status in ended]
    if wanted.status:
        found.append(c.status == wanted.status)
    if wanted.area:
        found.append(c.area == wanted.area)
    if wanted.overdue:
        found.append(c.review_on < today)
    if wanted.mine:
        held = [f"account:{viewer.account_id}", *(f"role:{role}" for role in viewer.roles)]
        if viewer.office:
            held.append(f"office:{viewer.office}")
        found.append(c.lead.in_(held))
    return and_(*found)


def _order(
    connection: Connection, wanted: CaseFilter, after: str
) -> tuple[list[ColumnElement[Any]], ColumnElement[bool]]:
    """How the list is ordered, and the condition for what comes behind the last one seen."""
    c = tables.case.c
    if not wanted.attention:
        return [c.id.desc()], c.id < after if after else true()
    last = connection.execute(select(_RANK, _DUE).where(c.id == after)).one_or_none()
    order: list[ColumnElement[Any]] = [_RANK, _DUE, c.id]
    if last is None:
        return order, true()
    return order, tuple_(_RANK, _DUE, c.id) > tuple_(
        literal(last[0]), literal(last[1], Date), literal(after)
    )


def _names(
    connection: Connection, household_ids: Sequence[str], today: date
) -> dict[str, list[tuple[str, str]]]:
    m, p = tables.membership.c, tables.person.c
    rows = connection.execute(
        select(m.household_id, p.id, p.name)
        .join(tables.person, p.id == m.person_id)
        .where(
            m.household_id.in_(household_ids),
            m.valid_from <= today,
            or_(m.valid_to.is_(None), m.valid_to >= today),
        )
        .order_by(m.household_id, m.position)
    )
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        found[row.household_id].append((row.id, row.name))
    return found


def _next_sessions(connection: Connection, case_ids: Sequence[str]) -> dict[str, date]:
    i, s = tables.agenda_item.c, tables.session.c
    going_on = [status.value for status in (*PREPARING, SessionStatus.OPEN)]
    rows = connection.execute(
        select(i.case_id, func.min(s.planned_for))
        .join(tables.session, s.id == i.session_id)
        .where(
            i.case_id.in_(case_ids),
            i.state == ItemState.ON_AGENDA.value,
            s.status.in_(going_on),
        )
        .group_by(i.case_id)
    )
    return {case_id: planned_for for case_id, planned_for in rows}


def _states(
    connection: Connection, case_ids: Sequence[str], today: date
) -> dict[tuple[str, str], str]:
    c = tables.consent.c
    rows = connection.execute(
        select(c.case_id, c.person_id, c.state, c.expires_on)
        .where(c.case_id.in_(case_ids))
        .order_by(c.number)
    )
    return {
        (row.case_id, row.person_id): (
            ConsentState.EXPIRED.value
            if row.state == ConsentState.GIVEN.value and row.expires_on and row.expires_on < today
            else row.state
        )
        for row in rows
    }


def _open_tasks(connection: Connection, case_ids: Sequence[str]) -> dict[str, list[str]]:
    t = tables.task.c
    rows = connection.execute(
        select(t.case_id, t.kind).where(t.case_id.in_(case_ids), t.done_on.is_(None)).order_by(t.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row.kind)
    return found
