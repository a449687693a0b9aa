"""Reads the coordinator's list and one case, each together with the viewer's right."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

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
from kasane_cases.domain.agenda import AgendaItem, ItemState
from kasane_cases.domain.assessment import SupportNeed
from kasane_cases.domain.case import AccessGrant, Case, CaseStatus
from kasane_cases.domain.conference import PREPARING, ConferenceSession, SessionStatus
from kasane_cases.domain.consent import Consent, ConsentState, state_on
from kasane_cases.domain.consultation_summary import ConsultationSummary
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.household import Person
from kasane_cases.domain.requests import OutreachRequest, Referral
from kasane_cases.domain.support_plan import SupportPlan
from kasane_cases.domain.timeline import CaseTask, TimelineEntry
from kasane_cases.queries.conferences import readable_items
from kasane_cases.queries.households import (
    HouseholdFile,
    earlier_lines,
    household_file,
    sheet_lines,
    shown_persons,
)
from kasane_cases.repository import (
    Admission,
    Cases,
    Consents,
    Grants,
    Needs,
    OutreachRequests,
    Plans,
    Referrals,
    Sessions,
    Tasks,
    Timeline,
    enter,
    granted_cases,
    summary_from,
)
from kasane_kit.auth import Actor


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)

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


@dataclass(frozen=True)
class SessionOfCase:
    """A session with persons of the case on its agenda, as far as it may be read."""

    session: ConferenceSession
    items: tuple[AgendaItem, ...]
    material: bool


@dataclass(frozen=True)
class CaseFile:
    """One case as far as the viewer may see it."""

    case: Case
    admission: Admission
    persons: tuple[Person, ...]
    consents: dict[str, Consent]
    history: tuple[Consent, ...]
    needs: tuple[SupportNeed, ...]
    referrals: tuple[Referral, ...]
    outreach: tuple[OutreachRequest, ...]
    plans: tuple[SupportPlan, ...]
    sessions: tuple[SessionOfCase, ...]
    timeline: tuple[TimelineEntry, ...]
    tasks: tuple[CaseTask, ...]
    team: tuple[AccessGrant, ...]
    household: HouseholdFile

    @property
    def members(self) -> tuple[Person, ...]:
        """The persons whose record is open and who belong to the household now."""
        return tuple(person for person in self.persons if person.id in self.household.members)

    def consent_state(self, person_id: str, day: date) -> ConsentState:
        """The consent state of one person on a day."""
        return state_on(self.consents.get(person_id), day)

    def need(self, need_id: str) -> SupportNeed:
        """One need; raises RecordNotFound."""
        return _one(self.needs, need_id)

    def plan(self, plan_id: str) -> SupportPlan:
        """One plan; raises RecordNotFound."""
        return _one(self.plans, plan_id)

    def person(self, person_id: str) -> Person:
        """One person whose record is open; raises RecordNotFound."""
        return _one(self.persons, person_id)


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
) -> Sequence[CaseLine]:
    """Cases that the viewer may see, newest first; ``after`` is the id of the last one seen.

    ``narrowed`` takes the place of ``closed``; what needs attention comes first when it says so.
    """
    wanted = narrowed or CaseFilter(closed=closed)
    closed = wanted.closed
    order, behind = _order(connection, wanted, after)
    rows = connection.execute(
        select(tables.case)
        .where(_narrowed(wanted, viewer, today), granted_cases(viewer, today), behind)
        .order_by(*order)
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    persons = _names(connection, [row.household_id for row in rows], today)
    sessions = _next_sessions(connection, ids)
    consents = _states(connection, ids, today)
    tasks = _open_tasks(connection, ids)
    lines = []
    for row in rows:
        everyone = persons[row.household_id]
        unmet = [*tasks[row.id]]
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
    # Written out, as the index of the open cases says it.
    ended = literal(CaseStatus.CLOSED.value, literal_execute=True)
    found = [c.status == ended if wanted.closed else c.status != ended]
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


def case_file(connection: Connection, viewer: Actor, case_id: str, today: date) -> CaseFile:
    """One case as far as the viewer may see it; raises CaseNotFound."""
    admission = enter(connection, viewer, case_id, today)
    case = Cases(connection).get(case_id)
    case.persons = shown_persons(connection, viewer, case, today)
    lines = [
        *Timeline(connection).of_case(case_id),
        *earlier_lines(connection, case_id),
        *sheet_lines(connection, case),
    ]
    history = Consents(connection).history(case_id)
    shown = admission.shows
    return CaseFile(
        case=case,
        admission=admission,
        persons=tuple(person for person in case.persons if shown(person.id)),
        consents={c.person_id: c for c in history if shown(c.person_id)},
        history=tuple(c for c in history if shown(c.person_id)),
        needs=tuple(n for n in Needs(connection).of_case(case_id) if shown(n.person_id)),
        referrals=tuple(r for r in Referrals(connection).of_case(case_id) if shown(r.person_id)),
        outreach=tuple(
            r for r in OutreachRequests(connection).of_case(case_id) if shown(r.person_id)
        ),
        plans=tuple(
            plan.seen_by(shown)
            for plan in Plans(connection).of_case(case_id)
            if admission.whole or any(shown(person_id) for person_id in plan.persons)
        ),
        sessions=_sessions_of(connection, viewer, case_id, admission, today),
        timeline=tuple(
            entry
            for entry in sorted(lines, key=lambda line: (line.at, line.id), reverse=True)
            if admission.whole or (entry.person_id and shown(entry.person_id))
        ),
        tasks=tuple(t for t in Tasks(connection).open_of_case(case_id) if shown(t.person_id)),
        team=Grants(connection).of_case(case_id, today) if admission.whole else (),
        household=household_file(connection, viewer, case, admission, today),
    )


def open_cases(
    connection: Connection, viewer: Actor, today: date, limit: int
) -> Sequence[tuple[Case, dict[str, Consent]]]:
    """The newest open cases that the viewer may see whole, each with the consents that stand."""
    c = tables.case.c
    ids = connection.scalars(
        select(c.id)
        .where(c.status != CaseStatus.CLOSED.value, granted_cases(viewer, today, whole=True))
        .order_by(c.id.desc())
        .limit(limit)
    ).all()
    found = []
    for case_id in ids:
        case = Cases(connection).get(case_id)
        case.persons = shown_persons(connection, viewer, case, today)
        found.append((case, Consents(connection).standing(case_id)))
    return found


def _sessions_of(
    connection: Connection, viewer: Actor, case_id: str, admission: Admission, today: date
) -> tuple[SessionOfCase, ...]:
    i = tables.agenda_item.c
    ids = connection.scalars(
        select(i.session_id).where(i.case_id == case_id).distinct().order_by(i.session_id.desc())
    ).all()
    found = []
    for session_id in ids:
        session = Sessions(connection).get(session_id)
        items = [
            item
            for item in session.agenda
            if item.case_id == case_id and admission.shows(item.person_id)
        ]
        read = readable_items(connection, session, viewer, today, town=True)
        if items:
            shown = tuple(item if item.id in read else _without_material(item) for item in items)
            session.items, session.minutes = list(shown), ""
            found.append(SessionOfCase(session, shown, any(item.id in read for item in items)))
    return tuple(found)


def _without_material(item: AgendaItem) -> AgendaItem:
    return AgendaItem(item.id, item.topic, item.case_id, item.person_id)


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


def _one(records: Sequence[T], record_id: str) -> T:
    for record in records:
        if record.id == record_id:
            return record
    raise RecordNotFound
