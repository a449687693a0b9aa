"""Keeps frozen reports, which are only ever added, and what was heard too late for them."""

from datetime import date

from sqlalchemy import Connection, Row, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_portal import tables
from kasane_portal.commands import JoinPersons, MeasureFact
from kasane_portal.domain.errors import VersionNotFound
from kasane_portal.domain.figure import STANDING, MarkKind
from kasane_portal.domain.report import LateFact, ReportContent, ReportVersion
from kasane_portal.repository.moments import aware


class ReportVersions:
    """The frozen versions of every year; there is no way to change or to remove one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, version: ReportVersion) -> bool:
        """Saves a version; False, and nothing saved, when its number was taken in the meantime."""
        content = version.content
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        made = self._connection.execute(
            dialect.insert(tables.report_version)
            .values(
                id=version.id,
                year=version.year,
                number=version.number,
                period=content.period,
                first_day=content.first,
                last_day=content.last,
                content=content.as_data(),
                seal=content.seal,
                reason=version.reason,
                frozen_by=version.frozen_by,
                frozen_at=version.frozen_at,
            )
            .on_conflict_do_nothing()
        )
        return made.rowcount == 1

    def of(self, year: int) -> tuple[ReportVersion, ...]:
        """The versions of a fiscal year, the latest first."""
        table = tables.report_version
        rows = self._connection.execute(
            select(table).where(table.c.year == year).order_by(table.c.number.desc())
        )
        return tuple(map(_version, rows))

    def get(self, year: int, number: int) -> ReportVersion:
        """One version; raises VersionNotFound."""
        table = tables.report_version
        row = self._connection.execute(
            select(table).where(table.c.year == year, table.c.number == number)
        ).one_or_none()
        if row is None:
            raise VersionNotFound
        return _version(row)

    def all(self) -> tuple[ReportVersion, ...]:
        """Every version, the latest year and number first."""
        table = tables.report_version.c
        rows = self._connection.execute(
            select(tables.report_version).order_by(table.year.desc(), table.number.desc())
        )
        return tuple(map(_version, rows))

    def frozen_until(self) -> date | None:
        """The last day of any frozen time; None while nothing is frozen."""
        last: date | None = self._connection.execute(
            select(func.max(tables.report_version.c.last_day))
        ).scalar_one()
        return last


class LateFacts:
    """What changed about times that are frozen, in the order in which it was heard; only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, command: MeasureFact) -> None:
        """Writes down that a fact will change a frozen time; to be called before the fact is kept."""
        until = ReportVersions(self._connection).frozen_until()
        if until is None or command.kind in STANDING:
            return
        fact = tables.measured_fact
        known = self._connection.execute(
            select(fact).where(fact.c.kind == command.kind.value, fact.c.fact_id == command.fact_id)
        ).one_or_none()
        if known is None:
            if command.quantity and command.on <= until:
                self._add(command.kind.value, command.fact_id, command.on, "heard")
            return
        day = min(known.day, command.on)
        if day > until:
            return
        if not command.quantity:
            self._add(command.kind.value, command.fact_id, known.day, "gone")
        elif not self._same(command, known):
            # A group that leaves changes the time in which it left, not the one in which it came.
            changed = command.until or known.until
            self._add(command.kind.value, command.fact_id, changed or day, "changed")

    def note_join(self, command: JoinPersons) -> None:
        """Writes down that two records of one person were both counted in a frozen time."""
        until = ReportVersions(self._connection).frozen_until()
        if until is None:
            return
        mark, fact = tables.measured_mark, tables.measured_fact
        days = self._connection.execute(
            select(fact.c.day)
            .join(mark, (mark.c.kind == fact.c.kind) & (mark.c.fact_id == fact.c.fact_id))
            .where(
                mark.c.mark == MarkKind.PERSON.value,
                or_(mark.c.value == command.one_id, mark.c.value == command.other_id),
                fact.c.day <= until,
            )
            .distinct()
        ).scalars()
        for day in sorted({one.replace(day=1) for one in days}):
            self._add(MarkKind.PERSON.value, command.merge_id, day, "joined")

    def all(self) -> tuple[LateFact, ...]:
        """Everything, the latest first."""
        late = tables.late_fact
        rows = self._connection.execute(select(late).order_by(late.c.heard_at.desc(), late.c.id))
        return tuple(LateFact(**{**row._mapping, "heard_at": aware(row.heard_at)}) for row in rows)

    def _same(self, command: MeasureFact, known: Row[tuple[object, ...]]) -> bool:
        mark = tables.measured_mark.c
        marks = self._connection.execute(
            select(mark.mark, mark.value).where(
                mark.kind == command.kind.value, mark.fact_id == command.fact_id
            )
        )
        before = {(row.mark, row.value) for row in marks}
        after = {(kind.value, value) for kind, value in command.marks if value}
        return (known.day, known.until, known.quantity, before) == (
            command.on,
            command.until,
            command.quantity,
            after,
        )

    def _add(self, kind: str, fact_id: str, day: date, change: str) -> None:
        self._connection.execute(
            insert(tables.late_fact).values(
                id=new_id(),
                kind=kind,
                fact_id=fact_id,
                day=day,
                change=change,
                heard_at=clock.now(),
            )
        )


def _version(row: Row[tuple[object, ...]]) -> ReportVersion:
    found = row._mapping
    return ReportVersion(
        id=found["id"],
        year=found["year"],
        number=found["number"],
        content=ReportContent.of_data(found["content"]),
        reason=found["reason"],
        frozen_by=found["frozen_by"],
        frozen_at=aware(found["frozen_at"]),
        seal=found["seal"],
    )
