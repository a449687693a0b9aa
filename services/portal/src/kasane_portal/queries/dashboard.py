"""Reads a town's month at a glance: a few counts over the portal's own copies, no person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, and_, func, select

from kasane_kit.clock import JAPAN
from kasane_portal import tables
from kasane_portal.domain.effort import AnswerTime, answer_time
from kasane_portal.domain.figure import FactKind, MarkKind
from kasane_portal.domain.overview import CountKind, month_of
from kasane_portal.domain.task import TaskKind
from kasane_portal.queries import count_by_month, gap_numbers
from kasane_portal.repository import aware

ENDED = frozenset({"closed", "transferred"})
# What a town waits for is answered by an office taking a sheet, or by a coordinator taking a matter on.
ANSWERS = (TaskKind.SHEET_ACKNOWLEDGEMENT, TaskKind.CONSULTATION)
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Waiting:
    """Tasks of a kind that are open, and how many of them are past their day."""

    open: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Dashboard:
    """A month's counts, and what stands today whatever the month."""

    counts: Mapping[CountKind, int]
    answers: Mapping[TaskKind, AnswerTime]
    waiting: Mapping[TaskKind, Waiting]
    meetings_ahead: int
    states: Mapping[str, int]
    gaps: int
    gaps_on: date | None

    @property
    def open_cases(self) -> int:
        """Cases that are neither closed nor in another town."""
        return sum(number for state, number in self.states.items() if state not in ENDED)

    @property
    def meetings_held(self) -> int:
        """Sessions of both legal kinds that took place."""
        return sum(
            self.counts.get(kind, 0)
            for kind in (
                CountKind.SUPPORT_CONFERENCE_HELD,
                CountKind.MULTI_AGENCY_CONFERENCE_HELD,
            )
        )


def dashboard(connection: Connection, month: date, today: date) -> Dashboard:
    """The month that begins on ``month``, of the open town."""
    code = month_of(month)
    gaps, gaps_on = gap_numbers(connection)
    return Dashboard(
        counts=count_by_month(connection, code, code),
        answers={kind: _answers(connection, kind, month) for kind in ANSWERS},
        waiting=_waiting(connection, today),
        meetings_ahead=_meetings_ahead(connection, today),
        states=_states(connection),
        gaps=sum(gaps.values()),
        gaps_on=gaps_on,
    )


def _waiting(connection: Connection, today: date) -> dict[TaskKind, Waiting]:
    task = tables.task.c
    overdue = func.count().filter(task.due_on < today)
    rows = connection.execute(
        select(task.kind, func.count().label("open"), overdue.label("overdue"))
        .where(task.opened_at.is_not(None), task.closed_at.is_(None))
        .group_by(task.kind)
    )
    return {TaskKind(row.kind): Waiting(row.open, row.overdue) for row in rows}


def _meetings_ahead(connection: Connection, today: date) -> int:
    task = tables.task.c
    how_many = select(func.count()).where(
        task.kind == TaskKind.CONFERENCE.value,
        task.opened_at.is_not(None),
        task.closed_at.is_(None),
        task.due_on.between(today, today + AHEAD),
    )
    return connection.execute(how_many).scalar_one()


def _states(connection: Connection) -> dict[str, int]:
    mark = tables.measured_mark.c
    rows = connection.execute(
        select(mark.value, func.count().label("cases"))
        .where(mark.kind == FactKind.CASE_STATE.value, mark.mark == MarkKind.KIND.value)
        .group_by(mark.value)
    )
    return {row.value: row.cases for row in rows}


def _answers(connection: Connection, kind: TaskKind, month: date) -> AnswerTime:
    task = tables.task.c
    begins, ends = _moments(month)
    rows = connection.execute(
        select(task.opened_at, task.closed_at).where(
            and_(task.kind == kind.value, task.opened_at >= begins, task.opened_at < ends),
            task.closed_at.is_not(None),
        )
    )
    minutes = [
        int((aware(row.closed_at) - aware(row.opened_at)).total_seconds() // 60) for row in rows
    ]
    account = tables.account.c
    staff = connection.execute(select(func.count()).where(account.active)).scalar_one()
    return answer_time(minutes, staff)


def _moments(month: date) -> tuple[datetime, datetime]:
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    begins, ends = (datetime.combine(day, time(), JAPAN) for day in (month, after))
    return begins.astimezone(UTC), ends.astimezone(UTC)
