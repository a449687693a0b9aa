"""Keeps the copies of what was heard: tasks, counted facts, the trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.cases import GapsCounted
from kasane_portal import tables
from kasane_portal.commands import (
    CloseTasksAbout,
    CountFact,
    MoveTasks,
    OpenTask,
    WithdrawTasksAbout,
)
from kasane_portal.domain.overview import Cell, CountKind, months_of
from kasane_portal.domain.task import TaskKind


class TaskCopies:
    """What is to do, as heard; a task that was closed stays closed. ``moment`` is when it was said."""

    def __init__(self, connection: Connection, moment: datetime) -> None:
        self._connection = connection
        self._moment = moment

    def open(self, command: OpenTask) -> bool:
        """Opens or retargets a task; False when it was done already."""
        task, key = tables.task, self._key(tables.task, command.kind, command.subject_id)
        known = self._connection.execute(select(task.c.closed_at).where(key)).one_or_none()
        if known is not None and known.closed_at is not None:
            return False
        values = {
            "consultation_id": command.consultation_id,
            "case_id": command.case_id,
            "person_id": command.person_id,
            "due_on": command.due_on,
        }
        if known is None:
            self._connection.execute(
                insert(task).values(
                    kind=command.kind.value,
                    subject_id=command.subject_id,
                    urgent=command.urgent,
                    opened_at=self._moment,
                    **values,
                )
            )
        else:
            urgent = {"urgent": True} if command.urgent else {}
            self._connection.execute(update(task).where(key).values(**values, **urgent))
        self._target(command)
        return True

    def close(self, kind: TaskKind, subject_id: str) -> bool:
        """Closes a task, or remembers that it is done before it was heard of; False when closed."""
        task, key = tables.task, self._key(tables.task, kind, subject_id)
        known = self._connection.execute(select(task.c.closed_at).where(key)).one_or_none()
        if known is None:
            self._connection.execute(
                insert(task).values(
                    kind=kind.value,
                    subject_id=subject_id,
                    consultation_id="",
                    case_id="",
                    urgent=False,
                    closed_at=self._moment,
                )
            )
            return True
        if known.closed_at is not None:
            return False
        self._connection.execute(update(task).where(key).values(closed_at=self._moment))
        return True

    def close_about(self, command: CloseTasksAbout) -> list[tuple[str, str]]:
        """Closes every open task of the kinds about the object; returns their kinds and ids."""
        task = tables.task
        about = (
            task.c.consultation_id == command.consultation_id
            if command.consultation_id
            else task.c.case_id == command.case_id
        )
        open_ones = (
            about,
            task.c.kind.in_([kind.value for kind in command.kinds]),
            task.c.closed_at.is_(None),
        )
        found = self._connection.execute(
            select(task.c.kind, task.c.subject_id).where(*open_ones).order_by(task.c.subject_id)
        ).all()
        if found:
            self._connection.execute(update(task).where(*open_ones).values(closed_at=self._moment))
        return [(row.kind, row.subject_id) for row in found]

    def move(self, command: MoveTasks) -> list[tuple[str, str]]:
        """Puts the open tasks of the persons under their other case; returns their kinds and ids."""
        task = tables.task
        open_ones = (
            task.c.case_id == command.from_case_id,
            task.c.person_id.in_(command.person_ids),
            task.c.closed_at.is_(None),
        )
        found = self._connection.execute(
            select(task.c.kind, task.c.subject_id)
            .where(*open_ones)
            .order_by(task.c.kind, task.c.subject_id)
        ).all()
        if found:
            self._connection.execute(
                update(task).where(*open_ones).values(case_id=command.to_case_id)
            )
        return [(row.kind, row.subject_id) for row in found]

    def withdraw(self, kind: TaskKind, subject_id: str) -> bool:
        """Takes an open task away; False when there was none."""
        key = self._key(tables.task, kind, subject_id)
        taken = self._connection.execute(
            delete(tables.task).where(key, tables.task.c.closed_at.is_(None))
        )
        if taken.rowcount:
            self._connection.execute(
                delete(tables.task_target).where(self._key(tables.task_target, kind, subject_id))
            )
        return bool(taken.rowcount)

    def withdraw_about(self, command: WithdrawTasksAbout) -> list[tuple[TaskKind, str]]:
        """Takes every open task of the kinds about the case away; returns their kinds and ids."""
        task = tables.task.c
        found = self._connection.execute(
            select(task.kind, task.subject_id)
            .where(
                task.case_id == command.case_id,
                task.kind.in_([kind.value for kind in command.kinds]),
                task.closed_at.is_(None),
            )
            .order_by(task.kind, task.subject_id)
        ).all()
        gone = [(TaskKind(row.kind), row.subject_id) for row in found]
        for kind, subject_id in gone:
            self.withdraw(kind, subject_id)
        return gone

    def remember_number(self, subject_id: str, number: str) -> None:
        """Keeps the number of a consultation or case."""
        self._connection.execute(
            text(
                "INSERT INTO portal_number_copy (subject_id, number) VALUES (:subject_id, :number) "
                "ON CONFLICT (subject_id) DO UPDATE SET number = excluded.number"
            ),
            {"subject_id": subject_id, "number": number},
        )

    def _target(self, command: OpenTask) -> None:
        target = tables.task_target
        self._connection.execute(
            delete(target).where(self._key(target, command.kind, command.subject_id))
        )
        rows = [
            {
                "kind": command.kind.value,
                "subject_id": command.subject_id,
                "target": name,
                "when_overdue": when_overdue,
            }
            for names, when_overdue in ((command.targets, False), (command.overdue_targets, True))
            for name in dict.fromkeys(names)
        ]
        if rows:
            self._connection.execute(insert(target), rows)

    @staticmethod
    def _key(table: Table, kind: TaskKind, subject_id: str) -> ColumnElement[bool]:
        return and_(table.c.kind == kind.value, table.c.subject_id == subject_id)


class CountedFacts:
    """What is counted, each fact once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, command: CountFact, month: str) -> bool:
        """Counts the fact; False when it was counted before."""
        counted = self._connection.execute(
            text(
                "INSERT INTO portal_counted_fact (kind, subject_id, month) "
                "VALUES (:kind, :subject_id, :month) ON CONFLICT (kind, subject_id) DO NOTHING"
            ),
            {"kind": command.kind.value, "subject_id": command.subject_id, "month": month},
        )
        return bool(counted.rowcount)

    def in_year(self, year: int, last: str) -> dict[CountKind, int]:
        """The counts of a fiscal year by kind, up to a month."""
        fact, (first, _ends) = tables.counted_fact.c, months_of(year)
        rows = self._connection.execute(
            select(fact.kind, func.count().label("facts"))
            .where(fact.month >= first, fact.month <= last)
            .group_by(fact.kind)
        )
        return {CountKind(row.kind): row.facts for row in rows}


class ToldCounts:
    """What the prefecture was told of the town, a number for each year and kind."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, year: int) -> dict[CountKind, Cell]:
        """What was told of a year; empty before the first time."""
        known = tables.told_count
        rows = self._connection.execute(select(known).where(known.c.year == year))
        return {CountKind(row.kind): Cell(row.value, row.through) for row in rows}

    def looked_at(self, year: int) -> str:
        """The month for which the year was looked at last; empty before the first time."""
        known = tables.told_count.c
        return (
            self._connection.execute(
                select(func.min(known.looked_at)).where(known.year == year)
            ).scalar_one()
            or ""
        )

    def keep(self, year: int, cells: Mapping[CountKind, Cell], month: str) -> None:
        """Puts what is told in the place of what was told before."""
        known = tables.told_count
        self._connection.execute(delete(known).where(known.c.year == year))
        self._connection.execute(
            insert(known),
            [
                {
                    "year": year,
                    "kind": kind.value,
                    "value": cell.value,
                    "through": cell.through,
                    "looked_at": month,
                }
                for kind, cell in cells.items()
            ],
        )


class GapNumbers:
    """How many cases may be lost from sight, as cases told last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, told: GapsCounted) -> None:
        """Puts what was told in the place of what stood."""
        self._connection.execute(delete(tables.gap_count))
        lines = [
            {"kind": one.kind, "number": one.number, "counted_on": told.counted_on}
            for one in told.counts
        ]
        if lines:
            self._connection.execute(insert(tables.gap_count), lines)


class AuditCopies:
    """One list of the audit entries of every service."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entries: Sequence[AuditEntryRecorded]) -> None:
        """Keeps each entry once."""
        names = list(tables.audit_copy.c.keys())
        self._connection.execute(
            text(
                f"INSERT INTO portal_audit_copy ({', '.join(names)}) "
                f"VALUES ({', '.join(':' + name for name in names)}) "
                "ON CONFLICT (entry_id) DO NOTHING"
            ),
            [{name: getattr(entry, name) for name in names} for entry in entries],
        )
