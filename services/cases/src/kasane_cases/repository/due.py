"""Finds the days that come near: the end of a plan, the next look at one, the end of an observation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.gap import GapKind
from kasane_cases.domain.support_plan import PlanStatus
from kasane_cases.domain.timeline import CaseTaskKind


@dataclass(frozen=True)
class DayToCome:
    """A day of a case that somebody should be told of, and the task that tells of it."""

    case_id: str
    kind: CaseTaskKind
    reference: str


def days_to_come(
    connection: Connection, today: date, days: Mapping[GapKind, int]
) -> tuple[DayToCome, ...]:
    """Every day that is near by the town's lead times and that no task was raised for."""
    c, p = tables.case.c, tables.support_plan.c
    holds = select(p.case_id, p.id, p.ends_on, p.review_on).where(
        p.status == PlanStatus.ACTIVE.value,
        p.case_id == c.id,
        c.closed_on.is_(None),
    )
    ends = connection.execute(
        holds.where(p.ends_on <= today + timedelta(days=days[GapKind.PLAN_ENDING]))
    ).all()
    looks = connection.execute(
        holds.where(p.review_on <= today + timedelta(days=days[GapKind.LOOK_DUE]))
    ).all()
    observed = connection.execute(
        select(c.id, c.review_on).where(
            c.status == CaseStatus.OBSERVING.value,
            c.review_on <= today + timedelta(days=days[GapKind.OBSERVATION_DUE]),
        )
    ).all()
    found = [
        *(_day(row.case_id, CaseTaskKind.EVALUATE_PLAN, row.id, row.ends_on) for row in ends),
        *(_day(row.case_id, CaseTaskKind.LOOK_AT_PLAN, row.id, row.review_on) for row in looks),
        *(_day(row.id, CaseTaskKind.LOOK_AGAIN, row.id, row.review_on) for row in observed),
    ]
    known = _raised(connection)
    return tuple(one for one in found if (one.kind.value, one.reference) not in known)


def _day(case_id: str, kind: CaseTaskKind, record_id: str, day: date) -> DayToCome:
    return DayToCome(case_id, kind, f"{record_id}:{day:%Y-%m-%d}")


def _raised(connection: Connection) -> set[tuple[str, str]]:
    t = tables.task.c
    kinds = (CaseTaskKind.EVALUATE_PLAN, CaseTaskKind.LOOK_AT_PLAN, CaseTaskKind.LOOK_AGAIN)
    rows = connection.execute(
        select(t.kind, t.reference).where(t.kind.in_([kind.value for kind in kinds]))
    )
    return {(row.kind, row.reference) for row in rows}
