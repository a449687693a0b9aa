"""Finds what is due for the next agenda, each with the reason; a coordinator ticks what comes on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, func, select

from kasane_cases import tables
from kasane_cases.domain.agenda import ItemState, LegalKind
from kasane_cases.domain.case import ENDED, Case, CaseStatus
from kasane_cases.domain.conference import OVER, ConferenceSession
from kasane_cases.domain.consent import Consent, ConsentState, state_on
from kasane_cases.domain.support_plan import PlanStatus
from kasane_cases.repository import Cases, Consents, granted_cases
from kasane_kit import clock
from kasane_kit.auth import Actor

MOST = 100
_RUNNING = [PlanStatus.DECIDED.value, PlanStatus.ACTIVE.value]
_OVER = [status.value for status in OVER]
_ASKING = [kind.value for kind in LegalKind if kind.asks_consent]
_CLOSED = [kind.value for kind in LegalKind if kind.closed]


class ProposalKind(StrEnum):
    """Why something comes on an agenda."""

    CONSENT_GAINED = "consent_gained"
    PLAN_TO_DECIDE = "plan_to_decide"
    PLAN_REVIEW = "plan_review"
    OBSERVATION_REVIEW = "observation_review"
    DECISION_OPEN = "decision_open"


@dataclass(frozen=True)
class Proposal:
    """A person whose matter is due, why and since when; it never says what was told of them."""

    kind: ProposalKind
    case: Case
    person_id: str
    consent: Consent | None
    due_on: date | None = None
    count: int = 1


@dataclass(frozen=True)
class WaitingConsultation:
    """A consultation that went to a coordinator and has no case yet."""

    id: str
    number: str
    received_on: date


@dataclass(frozen=True)
class _Due:
    kind: ProposalKind
    case_id: str
    person_id: str
    due_on: date | None = None
    count: int = 1


def agenda_proposals(
    connection: Connection, viewer: Actor, session: ConferenceSession
) -> list[Proposal]:
    """What is due by the day of a session, one line per person and reason, most pressing first.

    It names persons, of open cases that the viewer may see whole. Who is on the agenda already is
    left out. Of each reason the oldest ``MOST`` are proposed.
    """
    there = {(item.case_id, item.person_id) for item in session.agenda}
    cases, consents = Cases(connection), Consents(connection)
    known: dict[str, tuple[Case, dict[str, Consent]]] = {}

    def proposed(dues: Iterator[_Due]) -> Iterator[Proposal]:
        for due in dues:
            if due.person_id and (due.case_id, due.person_id) in there:
                continue
            if due.case_id not in known:
                known[due.case_id] = (cases.get(due.case_id), consents.standing(due.case_id))
            case, standing = known[due.case_id]
            for person in case.persons:
                if due.person_id in ("", person.id) and (case.id, person.id) not in there:
                    consent = standing.get(person.id)
                    yield Proposal(due.kind, case, person.id, consent, due.due_on, due.count)

    seen = and_(
        tables.case.c.status.not_in([status.value for status in ENDED]),
        granted_cases(viewer, clock.today(), whole=True),
    )
    return [
        proposal
        for dues in _all_due(connection, session, seen)
        for proposal in islice(proposed(dues), MOST)
    ]


def waiting_consultations(connection: Connection) -> list[WaitingConsultation]:
    """Consultations that went further than their desk and wait for a case, oldest first."""
    c = tables.consultation_summary.c
    rows = connection.execute(
        select(c.id, c.number, c.received_on)
        .where(c.waiting.is_(True), c.case_id == "", c.closed.is_(False))
        .order_by(c.received_on, c.id)
        .limit(MOST)
    )
    return [WaitingConsultation(**row._mapping) for row in rows]


def _all_due(
    connection: Connection, session: ConferenceSession, seen: ColumnElement[bool]
) -> Iterator[Iterator[_Due]]:
    """What is due for each reason, oldest first, of the cases that the condition lets through."""
    if session.legal_kind.asks_consent:
        yield _consents_gained(connection, session.planned_for, seen)
        yield _plans_to_decide(connection, seen)
        yield _plan_reviews(connection, session.planned_for, seen)
    yield _observations(connection, session.planned_for, seen)
    yield _decisions(connection, session, seen)


def _consents_gained(
    connection: Connection, day: date, seen: ColumnElement[bool]
) -> Iterator[_Due]:
    i, s = tables.agenda_item.c, tables.session.c
    later = tables.agenda_item.alias("later")
    rows = connection.execute(
        select(i.case_id, i.person_id)
        .join(tables.session, s.id == i.session_id)
        .join(tables.case, tables.case.c.id == i.case_id)
        .where(
            i.legal_kind.in_(_CLOSED),
            i.state == ItemState.ON_AGENDA.value,
            i.person_id != "",
            s.status.in_(_OVER),
            seen,
            ~select(later.c.id)
            .where(
                later.c.case_id == i.case_id,
                later.c.person_id == i.person_id,
                later.c.legal_kind.in_(_ASKING),
                later.c.state == ItemState.ON_AGENDA.value,
            )
            .exists(),
        )
        .distinct()
        .order_by(i.case_id, i.person_id)
    ).all()
    standing = Consents(connection).standing_in({row.case_id for row in rows})
    for case_id, person_id in rows:
        if state_on(standing.get((case_id, person_id)), day) is ConsentState.GIVEN:
            yield _Due(ProposalKind.CONSENT_GAINED, case_id, person_id)


def _plans_to_decide(connection: Connection, seen: ColumnElement[bool]) -> Iterator[_Due]:
    p = tables.support_plan.c
    rows = connection.execute(
        select(p.case_id, p.persons)
        .join(tables.case, tables.case.c.id == p.case_id)
        .where(p.decided_on.is_(None), seen)
        .order_by(p.id)
    )
    for row in rows:
        for person_id in row.persons:
            yield _Due(ProposalKind.PLAN_TO_DECIDE, row.case_id, person_id)


def _plan_reviews(connection: Connection, day: date, seen: ColumnElement[bool]) -> Iterator[_Due]:
    p = tables.support_plan.c
    rows = connection.execute(
        select(p.case_id, p.persons, p.review_on)
        .join(tables.case, tables.case.c.id == p.case_id)
        .where(p.status.in_(_RUNNING), p.review_on <= day, seen)
        .order_by(p.review_on, p.id)
    )
    for row in rows:
        for person_id in row.persons:
            yield _Due(ProposalKind.PLAN_REVIEW, row.case_id, person_id, row.review_on)


def _observations(connection: Connection, day: date, seen: ColumnElement[bool]) -> Iterator[_Due]:
    c = tables.case.c
    rows = connection.execute(
        select(c.id, c.review_on)
        .where(c.status == CaseStatus.OBSERVING.value, c.review_on <= day, seen)
        .order_by(c.review_on, c.id)
    )
    for row in rows:
        yield _Due(ProposalKind.OBSERVATION_REVIEW, row.id, "", row.review_on)


def _decisions(
    connection: Connection, session: ConferenceSession, seen: ColumnElement[bool]
) -> Iterator[_Due]:
    """Open decisions of sessions whose circle this session's basis does not go beyond (I-04)."""
    d, i = tables.item_decision.c, tables.agenda_item.c
    kinds = [kind.value for kind in LegalKind if not kind.closed or kind is session.legal_kind]
    rows = connection.execute(
        select(i.case_id, i.person_id, func.min(d.due_on), func.count())
        .join(tables.agenda_item, i.id == d.item_id)
        .join(tables.case, tables.case.c.id == i.case_id)
        .where(
            d.done_on.is_(None),
            i.person_id != "",
            i.session_id != session.id,
            i.legal_kind.in_(kinds),
            seen,
        )
        .group_by(i.case_id, i.person_id)
        .order_by(func.min(d.due_on), i.case_id)
    )
    for case_id, person_id, due_on, count in rows:
        yield _Due(ProposalKind.DECISION_OPEN, case_id, person_id, due_on, count)
