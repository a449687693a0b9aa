"""Adds to the timeline of a case and reads it; keeps what somebody still has to do."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineEntry, TimelineKind
from kasane_cases.repository.rows import columns, moment


class Timeline:
    """The timelines of the open municipality: lines are added, never changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: TimelineEntry) -> None:
        """Adds a line."""
        self._connection.execute(
            insert(tables.timeline).values(**columns(entry, "facts"), facts=dict(entry.facts))
        )

    def of_case(self, case_id: str) -> tuple[TimelineEntry, ...]:
        """Every line of a case, newest first."""
        return self.of_cases([case_id])

    def of_cases(self, case_ids: Collection[str]) -> tuple[TimelineEntry, ...]:
        """Every line of these cases, newest first."""
        if not case_ids:
            return ()
        t = tables.timeline.c
        rows = self._connection.execute(
            select(tables.timeline)
            .where(t.case_id.in_(case_ids))
            .order_by(t.at.desc(), t.id.desc())
        )
        return tuple(
            TimelineEntry(**{**row._mapping, "kind": TimelineKind(row.kind), "at": moment(row.at)})
            for row in rows
        )


class Tasks:
    """What somebody still has to do, in the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def raise_once(self, task: CaseTask) -> bool:
        """Notes a task unless the same came from the same record before; True when it is new."""
        t = tables.task.c
        known = self._connection.scalar(
            select(t.id).where(
                t.case_id == task.case_id,
                t.kind == task.kind.value,
                t.reference == task.reference,
            )
        )
        if known is None:
            self._connection.execute(insert(tables.task).values(**columns(task)))
        return known is None

    def emergency_of(self, case_id: str, task_id: str) -> tuple[str, str] | None:
        """The emergency look that a task is to review and whose it was; None when it is about something else."""
        t, g, r = tables.task.c, tables.access_grant.c, tables.protected_reader.c
        row = self._connection.execute(
            select(t.reference, g.subject, r.account_id)
            .select_from(
                tables.task.outerjoin(tables.access_grant, g.id == t.reference).outerjoin(
                    tables.protected_reader, r.id == t.reference
                )
            )
            .where(
                t.case_id == case_id,
                t.id == task_id,
                t.kind == CaseTaskKind.REVIEW_EMERGENCY.value,
            )
        ).one_or_none()
        return (row.reference, str(row.subject or row.account_id or "")) if row else None

    def looks_end(self, references: Collection[str]) -> Mapping[str, datetime]:
        """When each of the emergency looks that tasks are about ends or ended; by its reference."""
        found: dict[str, datetime] = {}
        for table in (tables.access_grant, tables.protected_reader) if references else ():
            rows = self._connection.execute(
                select(table.c.id, table.c.ended_at).where(
                    table.c.id.in_(references), table.c.ended_at.is_not(None)
                )
            )
            found |= {row.id: moment(row.ended_at) for row in rows}
        return found

    def finish(self, case_id: str, person_id: str, kind: CaseTaskKind, day: date) -> None:
        """Marks the open tasks of this kind for this person as done."""
        t = tables.task.c
        self._connection.execute(
            update(tables.task)
            .where(
                t.case_id == case_id,
                t.person_id == person_id,
                t.kind == kind.value,
                t.done_on.is_(None),
            )
            .values(done_on=day)
        )

    def finish_all(self, case_id: str, kind: CaseTaskKind, day: date) -> None:
        """Marks the open tasks of this kind as done, whoever they are about."""
        t = tables.task.c
        self._connection.execute(
            update(tables.task)
            .where(t.case_id == case_id, t.kind == kind.value, t.done_on.is_(None))
            .values(done_on=day)
        )

    def finish_one(self, case_id: str, task_id: str, day: date) -> bool:
        """Marks one task as done; False when it is not open."""
        t = tables.task.c
        finished = self._connection.execute(
            update(tables.task)
            .where(t.case_id == case_id, t.id == task_id, t.done_on.is_(None))
            .values(done_on=day)
        )
        return finished.rowcount == 1

    def finish_from(self, case_id: str, kind: CaseTaskKind, reference: str, day: date) -> None:
        """Marks the open task that came from one record as done."""
        t = tables.task.c
        self._connection.execute(
            update(tables.task)
            .where(
                t.case_id == case_id,
                t.kind == kind.value,
                t.reference == reference,
                t.done_on.is_(None),
            )
            .values(done_on=day)
        )

    def finish_about(self, case_id: str, kind: CaseTaskKind, record_id: str, day: date) -> None:
        """Marks the open tasks about one record as done, whatever day they were raised for."""
        t = tables.task.c
        self._connection.execute(
            update(tables.task)
            .where(
                t.case_id == case_id,
                t.kind == kind.value,
                t.reference.startswith(f"{record_id}:", autoescape=True),
                t.done_on.is_(None),
            )
            .values(done_on=day)
        )

    def open_of_case(self, case_id: str) -> tuple[CaseTask, ...]:
        """The open tasks of a case, oldest first."""
        t = tables.task.c
        rows = self._connection.execute(
            select(tables.task).where(t.case_id == case_id, t.done_on.is_(None)).order_by(t.id)
        )
        return tuple(CaseTask(**{**row._mapping, "kind": CaseTaskKind(row.kind)}) for row in rows)
