"""Who may see which case: rights are rows, and a case is read together with the right to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from kasane_cases import tables
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.case import AccessGrant, GrantBasis, GrantSubject
from kasane_cases.domain.errors import (
    CaseNotFound,
    CaseRestricted,
    EmergencyReadsOnly,
    EmergencyTakesNothingOut,
    RecordShredded,
)
from kasane_cases.repository.retention import is_gone
from kasane_cases.repository.rows import as_utc, columns
from kasane_kit import clock
from kasane_kit.auth import Actor, Grant, Permission, decide

COORDINATOR = "coordinator"
_LEADS = frozenset({COORDINATOR})
_TEAM = frozenset({"contact", "responsible", COORDINATOR})
READERS = _TEAM | {"outreach_worker"}
_HANDS_OVER = frozenset({"responsible", COORDINATOR})
_ATTENDEES = READERS | {"receiver"}

PERMISSIONS = (
    Permission("cases.case.list", "cases.case.listed", READERS, "case"),
    Permission("cases.case.read", "cases.case.read", READERS, "case"),
    Permission("cases.case.open", "cases.case.opened", _LEADS, "case"),
    Permission("cases.case.assign", "cases.case.assigned", _LEADS, "case"),
    Permission("cases.case.close", "cases.case.closed", _LEADS, "case"),
    Permission("cases.household.change", "cases.household.changed", _TEAM, "case"),
    Permission("cases.protection.record", "cases.protection.recorded", _TEAM, "person"),
    Permission(
        "cases.protection.break_glass", "cases.protection.opened", READERS, "person", step_up=True
    ),
    Permission(
        "cases.case.break_glass", "cases.case.opened_for_a_day", _LEADS, "case", step_up=True
    ),
    Permission("cases.gap.list", "cases.gap.listed", _LEADS, "case"),
    Permission("cases.gap.set", "cases.gap.rules_set", _LEADS, "municipality"),
    Permission("cases.consent.record", "cases.consent.recorded", READERS, "person"),
    Permission("cases.assessment.read", "cases.assessment.read", READERS, "case"),
    Permission("cases.assessment.write", "cases.assessment.written", _TEAM, "case"),
    Permission("cases.paper.read", "cases.paper.read", READERS, "case"),
    Permission("cases.record_copy.read", "cases.record_copy.read", _LEADS, "person"),
    Permission("cases.export.list", "cases.export.listed", READERS, "case", step_up=True),
    Permission("cases.support_need.identify", "cases.support_need.identified", READERS, "case"),
    Permission("cases.need_option.read", "cases.need_option.read", READERS, "case"),
    Permission("cases.need_option.decide", "cases.need_option.decided", READERS, "case"),
    Permission("cases.attachment.read", "cases.attachment.read", READERS, "attachment"),
    Permission("cases.attachment.add", "cases.attachment.added", _TEAM, "case"),
    Permission("cases.consent.export", "cases.consent.read", _TEAM, "person"),
    Permission("cases.disclosure.read", "cases.disclosure.read", READERS, "case"),
    Permission("cases.disclosure.make", "cases.disclosure.made", _TEAM, "case"),
    Permission("cases.legal_ground.ask", "cases.legal_ground.asked", _TEAM, "case"),
    Permission(
        "cases.legal_ground.answer",
        "cases.legal_ground.answered",
        frozenset({"responsible", COORDINATOR}),
        "legal_ground",
    ),
    Permission(
        "cases.trail.read", "cases.trail.read", frozenset({"responsible", COORDINATOR}), "case"
    ),
    Permission("cases.conference.plan", "cases.conference.planned", _LEADS, "conference"),
    Permission("cases.conference.read", "cases.conference.read", _ATTENDEES, "conference"),
    Permission("cases.conference.lead", "cases.conference.led", _LEADS, "conference"),
    Permission("cases.support_plan.read", "cases.support_plan.read", READERS, "support_plan"),
    Permission(
        "cases.support_plan.monitor", "cases.support_plan.monitored", READERS, "support_plan"
    ),
    Permission("cases.case_study.make", "cases.case_study.made", _LEADS, "case"),
    Permission("cases.support_plan.write", "cases.support_plan.written", _TEAM, "support_plan"),
    Permission("cases.fact_origin.record", "cases.fact_origin.recorded", _TEAM, "case"),
    Permission("cases.support_plan.decide", "cases.support_plan.decided", _LEADS, "support_plan"),
    Permission("cases.outreach.request", "cases.outreach.requested", _TEAM, "case"),
    Permission("cases.transfer.list", "cases.transfer.listed", _LEADS, "transfer"),
    Permission("cases.transfer.read", "cases.transfer.read", _HANDS_OVER, "transfer"),
    Permission("cases.transfer.prepare", "cases.transfer.begun", _LEADS, "case"),
    Permission("cases.transfer.approve", "cases.transfer.handled", _HANDS_OVER, "transfer"),
    Permission("cases.transfer.receive", "cases.transfer_offer.handled", _LEADS, "transfer_offer"),
    Permission("cases.retention.list", "cases.retention.listed", _HANDS_OVER, "shredding"),
    Permission("cases.retention.hold", "cases.retention.held", _HANDS_OVER, "shredding"),
    Permission("cases.retention.propose", "cases.retention.proposed", _HANDS_OVER, "shredding"),
    Permission(
        "cases.retention.confirm",
        "cases.retention.confirmed",
        _HANDS_OVER,
        "shredding",
        step_up=True,
    ),
    Permission(
        "cases.retention.set",
        "cases.retention.rule_set",
        frozenset({"town_administrator"}),
        "municipality",
        False,
        step_up=True,
    ),
    Permission("cases.referral.request", "cases.referral.requested", _TEAM, "case"),
    Permission("cases.participation.read", "cases.participation.read", READERS, "case"),
    Permission("cases.participation.propose", "cases.participation.proposed", _TEAM, "case"),
    Permission("cases.participation.judge", "cases.participation.judged", _LEADS, "conference"),
    Permission("cases.participation.tell_host", "cases.participation.host_told", _TEAM, "case"),
    Permission(
        "cases.community_issue.raise",
        "cases.community_issue.raised",
        _LEADS,
        "community_issue",
        False,
    ),
)
EMERGENCIES = {
    one.done: one.name
    for one in PERMISSIONS
    if one.name in ("cases.case.break_glass", "cases.protection.break_glass")
}
"""What the trail calls an opening in an emergency, with the permission that it took."""
LOOKS = frozenset(
    name
    for one in PERMISSIONS
    for name in (
        one.form_opened,
        one.refused,
        *([one.done] if one.only_a_look or one.done in EMERGENCIES else []),
    )
)
"""What the trail calls a look, an opening in an emergency, an attempt, and a form that was only opened."""
_READ = next(permission for permission in PERMISSIONS if permission.name == "cases.case.read")


@dataclass(frozen=True)
class Admission:
    """What somebody may see of a case: all of it, or only some persons of it; on which basis."""

    whole: bool
    person_ids: frozenset[str]
    basis: str
    ends_at: datetime | None = None
    """When an emergency look is over; None where something else opens the case."""

    @property
    def only_reads(self) -> bool:
        """Whether the case was opened in an emergency and by nothing else."""
        return self.basis == GrantBasis.EMERGENCY.value

    def check_taking_out(self) -> None:
        """Raises EmergencyTakesNothingOut where the case was opened in an emergency and by nothing else."""
        if self.only_reads:
            raise EmergencyTakesNothingOut

    def shows(self, person_id: str) -> bool:
        """Whether the record of this person is open."""
        return self.whole or person_id in self.person_ids


def enter(
    connection: Connection, viewer: Actor, case_id: str, today: date, *, team_only: bool = False
) -> Admission:
    """Reads a case and the viewer's right to it in one statement; raises CaseNotFound without one.

    A restricted case is closed to coordinators too: CaseRestricted tells them how to open it.
    ``team_only`` leaves out rights to single persons: changing a case takes a right to the whole.
    """
    g = tables.access_grant.c
    rows = connection.execute(
        select(tables.case.c.id, tables.case.c.restricted, g.basis, g.person_id, g.ended_at)
        .select_from(
            tables.case.outerjoin(
                tables.access_grant,
                and_(g.case_id == tables.case.c.id, _held_by(viewer), _running(today)),
            )
        )
        .where(tables.case.c.id == case_id)
    ).all()
    if not rows:
        raise CaseNotFound
    if viewer.is_platform:
        return Admission(True, frozenset(), "platform")
    if is_gone(connection, case_id):
        raise RecordShredded
    restricted = bool(rows[0].restricted)
    coordinates = viewer.has(COORDINATOR) and not restricted
    held = [row for row in rows if row.basis is not None and not (team_only and row.person_id)]
    held.sort(key=lambda row: row.basis == GrantBasis.EMERGENCY.value)
    if team_only and not coordinates and held and held[0].basis == GrantBasis.EMERGENCY.value:
        raise EmergencyReadsOnly
    decision = decide(
        viewer,
        _READ,
        viewer.municipality,
        case_id,
        needs_grant=not coordinates,
        grants=tuple(Grant(case_id, row.basis) for row in held),
    )
    if not decision.allowed:
        raise CaseRestricted if viewer.has(COORDINATOR) else CaseNotFound
    whole = coordinates or any(not row.person_id for row in held)
    ends = [as_utc(row.ended_at) for row in held if row.ended_at is not None]
    looks = decision.basis == GrantBasis.EMERGENCY.value
    return Admission(
        whole,
        frozenset(row.person_id for row in held),
        decision.basis,
        max(filter(None, ends)) if looks and ends else None,
    )


def granted_cases(
    viewer: Actor, today: date, *, whole: bool = False, to_take_out: bool = False
) -> ColumnElement[bool]:
    """The condition on a case that the viewer may see it, or may see all of it; for lists.

    A list ``to_take_out`` leaves out what was opened in an emergency alone.
    """
    g = tables.access_grant.c
    kind = g.person_id == "" if whole else true()
    lasting = g.basis != GrantBasis.EMERGENCY.value if to_take_out else true()
    held = exists().where(
        g.case_id == tables.case.c.id, _held_by(viewer), _running(today), kind, lasting
    )
    if viewer.has(COORDINATOR):
        return or_(tables.case.c.restricted.is_(False), held)
    return held


def shown_persons_only(
    connection: Connection, viewer: Actor, case_ids: Sequence[str], today: date
) -> dict[str, frozenset[str]]:
    """Of cases that granted_cases() let through: which persons may be named, where not all may (I-07).

    ``case_ids`` are the cases that the viewer does not see whole as a coordinator.
    """
    g = tables.access_grant.c
    found: dict[str, set[str]] = {}
    if case_ids and not viewer.is_platform:
        rows = connection.execute(
            select(g.case_id, g.person_id).where(
                g.case_id.in_(case_ids), _held_by(viewer), _running(today)
            )
        )
        for row in rows:
            found.setdefault(row.case_id, set()).add(row.person_id)
    return {case_id: frozenset(held) for case_id, held in found.items() if "" not in held}


def attends(viewer: Actor) -> ColumnElement[bool]:
    """The condition on a session that the viewer may see it: coordinators, and who attends."""
    if viewer.has(COORDINATOR):
        return true()
    a, e = tables.attendee.c, tables.ended_attendance.c
    ended = exists().where(e.session_id == tables.session.c.id, e.account_id == viewer.account_id)
    attended = exists().where(
        a.session_id == tables.session.c.id, a.account_id == viewer.account_id, a.present.is_(True)
    )
    return and_(attended, ~ended)


class Grants:
    """The rights to cases of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, grant: AccessGrant) -> None:
        """Gives a right; the same one that is running gets the last day of this one."""
        g = tables.access_grant.c
        running = and_(
            g.case_id == grant.case_id,
            g.subject_kind == grant.subject_kind.value,
            g.subject == grant.subject,
            g.basis == grant.basis.value,
            g.basis_reference == grant.basis_reference,
            g.person_id == grant.person_id,
            _running(grant.valid_from),
        )
        last_days = self._connection.scalars(select(g.valid_to).where(running)).all()
        if grant.valid_to in last_days:
            return
        self._connection.execute(
            update(tables.access_grant).where(running).values(ended_at=clock.now())
        )
        self._connection.execute(insert(tables.access_grant).values(**columns(grant)))

    def taken_in_emergency(self, account_id: str, today: date) -> int:
        """How often the account opened a restricted case by itself today."""
        g = tables.access_grant.c
        return (
            self._connection.scalar(
                select(func.count()).where(
                    g.subject_kind == GrantSubject.ACCOUNT.value,
                    g.subject == account_id,
                    g.basis == GrantBasis.EMERGENCY.value,
                    g.valid_from == today,
                )
            )
            or 0
        )

    def end(self, case_id: str, grant_id: str, at: datetime) -> bool:
        """Ends one right of the team; False when there is none running."""
        g = tables.access_grant.c
        ended = self._connection.execute(
            update(tables.access_grant)
            .where(
                g.id == grant_id,
                g.case_id == case_id,
                g.basis.in_([GrantBasis.TEAM.value, GrantBasis.CONSENT.value]),
                g.ended_at.is_(None),
            )
            .values(ended_at=at)
        )
        return ended.rowcount == 1

    def end_for_persons(self, case_id: str, person_ids: Sequence[str], at: datetime) -> None:
        """Ends every right to single persons of a case, because they left it."""
        g = tables.access_grant.c
        self._connection.execute(
            update(tables.access_grant)
            .where(g.case_id == case_id, g.person_id.in_(person_ids), g.ended_at.is_(None))
            .values(ended_at=at)
        )

    def end_with(self, basis_reference: str, at: datetime) -> None:
        """Ends every right that followed from a session or from a consent."""
        g = tables.access_grant.c
        self._connection.execute(
            update(tables.access_grant)
            .where(g.basis_reference == basis_reference, g.ended_at.is_(None))
            .values(ended_at=at)
        )

    def end_of_account(self, account_id: str, at: datetime) -> tuple[tuple[str, GrantBasis], ...]:
        """Ends every right of an account by name, to whichever case; returns the cases with the bases."""
        g = tables.access_grant.c
        mine = and_(
            g.subject_kind == GrantSubject.ACCOUNT.value,
            g.subject == account_id,
            or_(g.ended_at.is_(None), g.ended_at > at),
        )
        rows = self._connection.execute(select(g.case_id, g.basis).where(mine).distinct()).all()
        self._connection.execute(update(tables.access_grant).where(mine).values(ended_at=at))
        return tuple((row.case_id, GrantBasis(row.basis)) for row in rows)

    def is_held(self, case_id: str, today: date) -> bool:
        """Whether anybody has a lasting right to the whole case."""
        g = tables.access_grant.c
        found = self._connection.scalar(
            select(literal(1))
            .where(
                g.case_id == case_id,
                g.person_id == "",
                g.basis != GrantBasis.EMERGENCY.value,
                _running(today),
            )
            .limit(1)
        )
        return found is not None

    def end_attendance(self, account_id: str, at: datetime) -> None:
        """Closes the sessions that an account attended until now; that it attended them stays written."""
        a, e = tables.attendee.c, tables.ended_attendance.c
        known = exists().where(e.session_id == a.session_id, e.account_id == account_id)
        sessions = self._connection.scalars(
            select(a.session_id).where(a.account_id == account_id, ~known).distinct()
        ).all()
        for session_id in sessions:
            self._connection.execute(
                insert(tables.ended_attendance).values(
                    session_id=session_id, account_id=account_id, ended_at=at
                )
            )

    def end_consented_meetings(self, case_id: str, person_id: str, at: datetime) -> None:
        """Ends the rights to a person that follow from sessions speaking of them on consent."""
        g, i = tables.access_grant.c, tables.agenda_item.c
        asking = [kind.value for kind in LegalKind if kind.asks_consent]
        self._connection.execute(
            update(tables.access_grant)
            .where(
                g.case_id == case_id,
                g.person_id == person_id,
                g.basis == GrantBasis.MEETING.value,
                g.ended_at.is_(None),
                exists().where(
                    i.session_id == g.basis_reference,
                    i.case_id == case_id,
                    i.person_id == person_id,
                    i.legal_kind.in_(asking),
                ),
            )
            .values(ended_at=at)
        )

    def of_case(self, case_id: str, today: date) -> tuple[AccessGrant, ...]:
        """The rights that are running, oldest first."""
        rows = self._connection.execute(
            select(tables.access_grant)
            .where(tables.access_grant.c.case_id == case_id, _running(today))
            .order_by(tables.access_grant.c.id)
        )
        return tuple(
            AccessGrant(
                **{
                    **row._mapping,
                    "subject_kind": GrantSubject(row.subject_kind),
                    "basis": GrantBasis(row.basis),
                    "ended_at": as_utc(row.ended_at),
                }
            )
            for row in rows
        )


def _held_by(viewer: Actor) -> ColumnElement[bool]:
    g = tables.access_grant.c
    held = [and_(g.subject_kind == GrantSubject.ACCOUNT.value, g.subject == viewer.account_id)]
    if viewer.office:
        held.append(and_(g.subject_kind == GrantSubject.OFFICE.value, g.subject == viewer.office))
    if viewer.roles:
        held.append(and_(g.subject_kind == GrantSubject.ROLE.value, g.subject.in_(viewer.roles)))
    return or_(*held)


def _running(today: date) -> ColumnElement[bool]:
    g = tables.access_grant.c
    return and_(
        or_(g.ended_at.is_(None), g.ended_at > clock.now()),
        g.valid_from <= today,
        or_(g.valid_to.is_(None), g.valid_to >= today),
    )
