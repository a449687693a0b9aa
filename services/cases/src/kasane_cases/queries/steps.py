"""Reads off what is on record which steps of multi-agency work a case has reached."""

from datetime import date, datetime

from sqlalchemy import Connection, func, select

from kasane_cases import tables
from kasane_cases.domain.agenda import ItemState, LegalKind
from kasane_cases.domain.conference import OVER
from kasane_cases.domain.steps import ReachedStep, WorkRecord, work_steps
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.queries.cases import CaseFile
from kasane_cases.repository.rows import moment
from kasane_kit import clock

_ASKING = [kind.value for kind in LegalKind if kind.asks_consent]


def case_steps(connection: Connection, file: CaseFile) -> tuple[ReachedStep, ...]:
    """The steps of a case, for who sees the whole of it; nothing for anybody else."""
    if not file.admission.whole:
        return ()
    case_id, plans = file.case.id, [plan.id for plan in file.plans]
    a, m = tables.assessment.c, tables.monitoring.c
    g, i, s = tables.plan_agreement.c, tables.agenda_item.c, tables.session.c
    assessed = connection.scalars(select(a.recorded_at).where(a.case_id == case_id))
    heard = connection.scalars(
        select(s.held_on)
        .join(tables.agenda_item, i.session_id == s.id)
        .where(
            i.case_id == case_id,
            i.legal_kind.in_(_ASKING),
            i.state == ItemState.ON_AGENDA.value,
            s.status.in_([status.value for status in OVER]),
        )
    )
    agreed = connection.execute(
        select(g.plan_id, func.min(g.on))
        .where(g.plan_id.in_(plans), g.agreed.is_(True))
        .group_by(g.plan_id)
    )
    looks = connection.execute(
        select(m.plan_id, func.min(m.on)).where(m.plan_id.in_(plans)).group_by(m.plan_id)
    )
    changes = (one for one in file.timeline if one.kind is TimelineKind.STATUS_CHANGED)
    changed = next(changes, None)
    record = WorkRecord(
        consents=file.history,
        assessed_on=[_day(at) for at in assessed],
        plans=file.plans,
        heard_on=[day for day in heard if day is not None],
        agreed_on=[(plan_id, day) for plan_id, day in agreed],
        monitored_on=[(plan_id, day) for plan_id, day in looks],
        since=changed.at.astimezone(clock.JAPAN).date() if changed else None,
    )
    return work_steps(file.case, record)


def _day(at: datetime) -> date:
    return moment(at).astimezone(clock.JAPAN).date()
