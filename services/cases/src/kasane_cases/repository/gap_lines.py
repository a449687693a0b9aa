"""The gap watcher: which cases are about to be lost from sight, and why. No address is read."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from kasane_cases import tables
from kasane_cases.domain.case import ENDED, CaseStatus
from kasane_cases.domain.consent import ConsentState
from kasane_cases.domain.gap import Gap, GapKind, HandoffState
from kasane_cases.domain.support_plan import PlanStatus
from kasane_cases.repository.access import granted_cases
from kasane_cases.repository.households import case_asked_in, followed
from kasane_cases.repository.watch import WatchRules
from kasane_kit.auth import Actor

_RESTING = (*(status.value for status in ENDED), CaseStatus.SUSPENDED.value)
_TO_LOOK_AT = (PlanStatus.DECIDED.value, PlanStatus.ACTIVE.value)


def gaps_of(
    connection: Connection, viewer: Actor, today: date, kind: GapKind, limit: int
) -> tuple[Gap, ...]:
    """The gaps of one kind that the viewer may see, the oldest first."""
    found = connection.execute(_of_kind(connection, viewer, today, kind).limit(limit))
    return tuple(Gap(kind=kind, **row._mapping) for row in found)


def count_gaps(connection: Connection, viewer: Actor, today: date) -> dict[GapKind, int]:
    """How many gaps there are of each kind that the viewer may see."""
    found = {}
    for kind in GapKind:
        statement = _of_kind(connection, viewer, today, kind).order_by(None).subquery()
        found[kind] = connection.scalar(select(func.count()).select_from(statement)) or 0
    return found


def _of_kind(
    connection: Connection, viewer: Actor, today: date, kind: GapKind
) -> Select[tuple[object, ...]]:
    days = WatchRules(connection).days()
    c, p = tables.case.c, tables.support_plan.c
    seen = granted_cases(viewer, today)
    working = and_(c.status.not_in(_RESTING), seen)
    if kind is GapKind.NO_LEAD:
        return _cases(c.opened_on, working, c.lead == "")
    if kind is GapKind.NO_CONTACT:
        since = func.coalesce(c.last_contact_on, c.opened_on)
        return _cases(since, working, since < today - timedelta(days=days[kind]))
    if kind is GapKind.OBSERVATION_OVERDUE:
        observing = c.status == CaseStatus.OBSERVING.value
        return _cases(c.review_on, seen, observing, c.review_on < today)
    if kind is GapKind.ACCEPTED_NO_SUPPORT:
        return _cases(
            c.opened_on,
            working,
            c.opened_on < today - timedelta(days=days[kind]),
            *(
                ~exists().where(table.c.case_id == c.id)
                for table in (tables.support_plan, tables.outreach_request, tables.referral)
            ),
        )
    if kind is GapKind.OBSERVATION_DUE:
        observing = c.status == CaseStatus.OBSERVING.value
        return _cases(
            c.review_on, seen, observing, c.review_on.between(today, _until(kind, days, today))
        )
    if kind is GapKind.PLAN_UNREVIEWED:
        return _plans(working, today)
    if kind is GapKind.LOOK_DUE:
        return _running(working, p.review_on, today, _until(kind, days, today))
    if kind is GapKind.PLAN_ENDING:
        return _running(working, p.ends_on, None, _until(kind, days, today))
    if kind is GapKind.CONSENT_EXPIRING:
        return _consents(working, today, today + timedelta(days=days[kind]))
    if kind is GapKind.PROTECTION_ENDING:
        return _protections(seen, today, today + timedelta(days=days[kind]))
    return _handoffs(viewer, today)


def _cases(
    since: ColumnElement[date], *conditions: ColumnElement[bool]
) -> Select[tuple[object, ...]]:
    c = tables.case.c
    return (
        select(since.label("since"), c.id.label("case_id"), c.number)
        .where(*conditions)
        .order_by(since, c.id)
    )


def _plans(working: ColumnElement[bool], today: date) -> Select[tuple[object, ...]]:
    c, p = tables.case.c, tables.support_plan.c
    newer = tables.support_plan.alias()
    return (
        select(p.review_on.label("since"), c.id.label("case_id"), c.number, p.id.label("reference"))
        .join(tables.support_plan, p.case_id == c.id)
        .where(
            working,
            p.status.in_(_TO_LOOK_AT),
            p.review_on < today,
            ~exists().where(
                newer.c.case_id == c.id,
                newer.c.kind == p.kind,
                newer.c.status == PlanStatus.ACTIVE.value,
                or_(
                    newer.c.decided_on > p.decided_on,
                    and_(newer.c.decided_on == p.decided_on, newer.c.id > p.id),
                ),
            ),
        )
        .order_by(p.review_on, p.id)
    )


def _until(kind: GapKind, days: Mapping[GapKind, int], today: date) -> date:
    return today + timedelta(days=days[kind])


def _running(
    working: ColumnElement[bool], due: ColumnElement[date], since: date | None, until: date
) -> Select[tuple[object, ...]]:
    """Plans that hold and whose day is near; past days too where nothing else lists them."""
    c, p = tables.case.c, tables.support_plan.c
    return (
        select(due.label("since"), c.id.label("case_id"), c.number, p.id.label("reference"))
        .join(tables.support_plan, p.case_id == c.id)
        .where(
            working,
            p.status == PlanStatus.ACTIVE.value,
            due <= until,
            true() if since is None else due >= since,
        )
        .order_by(due, p.id)
    )


def _consents(working: ColumnElement[bool], today: date, until: date) -> Select[tuple[object, ...]]:
    c, s, m = tables.case.c, tables.consent.c, tables.membership.c
    later = tables.consent.alias()
    return (
        select(s.expires_on.label("since"), c.id.label("case_id"), c.number, s.person_id)
        .join(tables.consent, s.case_id == c.id)
        .where(
            working,
            s.state == ConsentState.GIVEN.value,
            s.expires_on.between(today, until),
            ~exists().where(
                later.c.case_id == s.case_id,
                later.c.person_id == s.person_id,
                later.c.number > s.number,
            ),
            exists().where(
                m.household_id == c.household_id,
                m.person_id == s.person_id,
                or_(m.valid_to.is_(None), m.valid_to >= today),
            ),
        )
        .order_by(s.expires_on, s.id)
    )


def _protections(seen: ColumnElement[bool], today: date, until: date) -> Select[tuple[object, ...]]:
    c, p = tables.case.c, tables.address_protection.c
    return (
        select(p.until_on.label("since"), c.id.label("case_id"), c.number, p.person_id)
        .select_from(tables.address_protection)
        .join(tables.case, case_asked_in(today) == c.id)
        .where(seen, p.ended_on.is_(None), p.until_on <= until, ~followed())
        .order_by(p.until_on, p.id)
    )


def _handoffs(viewer: Actor, today: date) -> Select[tuple[object, ...]]:
    c, h = tables.case.c, tables.handoff.c
    unanswered = h.state.in_([HandoffState.SENT.value, HandoffState.RETURNED.value])
    return (
        select(
            h.acknowledge_by.label("since"),
            func.coalesce(c.id, literal("")).label("case_id"),
            func.coalesce(c.number, literal("")).label("number"),
            h.id.label("reference"),
            h.consultation_id,
        )
        .select_from(
            tables.handoff.outerjoin(
                tables.case,
                and_(c.consultation_id == h.consultation_id, granted_cases(viewer, today)),
            )
        )
        .where(unanswered, or_(h.acknowledge_by < today, h.state == HandoffState.RETURNED.value))
        .order_by(h.acknowledge_by, h.id)
    )
