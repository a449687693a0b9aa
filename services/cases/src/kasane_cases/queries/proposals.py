"""Finds what is due for the next agenda, each with the reason; a coordinator ticks what comes on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, func, select

from kasane_cases import tables
from kasane_cases.domain.agenda import ItemState, LegalKind
from kasane_cases.domain.case import Case, CaseStatus
from kasane_cases.domain.conference import OVER, ConferenceSession
from kasane_cases.domain.consent import Consent, ConsentState, state_on
from kasane_cases.domain.support_plan import PlanStatus
from kasane_cases.repository import Cases, Consents

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


def agenda_proposals(connection: Connection, session: ConferenceSession) -> list[Proposal]:
    """What is due by the day of a session, one line per person and reason, most pressing first.

    Only for who leads: it names persons. Who is on the agenda already is left out.
    """
    there = {(item.case_id, item.person_id) for item in session.agenda}
    cases, consents = Cases(connection), Consents(connection)
    known: dict[str, tuple[Case, dict[str, Consent]]] = {}
    found: list[Proposal] = []
    for due in _all_due(connection, session):
        if due.case_id not in known:
            known[due.case_id] = (cases.get(due.case_id), consents.standing(due.case_id))
        case, standing = known[due.case_id]
        if not case.open:
            continue
        persons = [due.person_id] if due.person_id else [one.id for one in case.persons]
        found.extend(
            Proposal(due.kind, case, person_id, standing.get(person_id), due.due_on, due.count)
            for person_id in persons
            if (case.id, person_id) not in there
            and any(person.id == person_id for person in case.persons)
        )
    return [one for one in found if _stands(one, session.planned_for)][:MOST]


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


def _stands(proposal: Proposal, day: date) -> bool:
    if proposal.kind is not ProposalKind.CONSENT_GAINED:
        return True
    return state_on(proposal.consent, day) is ConsentState.GIVEN


def _all_due(connection: Connection, session: ConferenceSession) -> Iterator[_Due]:
    if session.legal_kind.asks_consent:
        yield from _consents_gained(connection)
        yield from _plans(connection, session.planned_for)
    yield from _observations(connection, session.planned_for)
    yield from _decisions(connection, session)


def _consents_gained(connection: Connection) -> Iterator[_Due]:
    i, s = tables.agenda_item.c, tables.session.c
    later = tables.agenda_item.alias("later")
    rows = connection.execute(
        select(i.case_id, i.person_id)
        .join(tables.session, s.id == i.session_id)
        .where(
            i.legal_kind.in_(_CLOSED),
            i.state == ItemState.ON_AGENDA.value,
            i.person_id != "",
            s.status.in_(_OVER),
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
        .limit(MOST)
    )
    for row in rows:
        yield _Due(ProposalKind.CONSENT_GAINED, row.case_id, row.person_id)


def _plans(connection: Connection, day: date) -> Iterator[_Due]:
    p = tables.support_plan.c
    drafts = connection.execute(
        select(p.case_id, p.persons).where(p.decided_on.is_(None)).order_by(p.id).limit(MOST)
    )
    for row in drafts:
        for person_id in row.persons:
            yield _Due(ProposalKind.PLAN_TO_DECIDE, row.case_id, person_id)
    reviews = connection.execute(
        select(p.case_id, p.persons, p.review_on)
        .where(p.status.in_(_RUNNING), p.review_on <= day)
        .order_by(p.review_on, p.id)
        .limit(MOST)
    )
    for reviewed in reviews:
        for person_id in reviewed.persons:
            yield _Due(ProposalKind.PLAN_REVIEW, reviewed.case_id, person_id, reviewed.review_on)


def _observations(connection: Connection, day: date) -> Iterator[_Due]:
    c = tables.case.c
    rows = connection.execute(
        select(c.id, c.review_on)
        .where(c.status == CaseStatus.OBSERVING.value, c.review_on <= day)
        .order_by(c.review_on, c.id)
        .limit(MOST)
    )
    for row in rows:
        yield _Due(ProposalKind.OBSERVATION_REVIEW, row.id, "", row.review_on)


def _decisions(connection: Connection, session: ConferenceSession) -> Iterator[_Due]:
    """Open decisions of sessions whose circle this session's basis does not go beyond (I-04)."""
    d, i = tables.item_decision.c, tables.agenda_item.c
    kinds = [kind.value for kind in LegalKind if not kind.closed or kind is session.legal_kind]
    rows = connection.execute(
        select(i.case_id, i.person_id, func.min(d.due_on), func.count())
        .join(tables.agenda_item, i.id == d.item_id)
        .where(
            d.done_on.is_(None),
            i.person_id != "",
            i.session_id != session.id,
            i.legal_kind.in_(kinds),
        )
        .group_by(i.case_id, i.person_id)
        .order_by(func.min(d.due_on), i.case_id)
        .limit(MOST)
    )
    for case_id, person_id, due_on, count in rows:
        yield _Due(ProposalKind.DECISION_OPEN, case_id, person_id, due_on, count)
