"""Keeps what is counted with its marks, and the figures that a town states itself."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Row, and_, delete, insert, select, text, update

from kasane_portal import tables
from kasane_portal.commands import JoinPersons, MeasureFact
from kasane_portal.domain.figure import FactKind, MarkKind, StatedFigure
from kasane_portal.repository.moments import aware


class MeasuredFacts:
    """Every fact once, with ids and codes to count by; never a name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, command: MeasureFact) -> None:
        """Puts the fact in the place of what was known of it."""
        fact, mark = tables.measured_fact, tables.measured_mark
        for table in (mark, fact):
            self._connection.execute(
                delete(table).where(
                    and_(table.c.kind == command.kind.value, table.c.fact_id == command.fact_id)
                )
            )
        if not command.quantity:
            return
        key = {"kind": command.kind.value, "fact_id": command.fact_id}
        self._connection.execute(
            insert(fact).values(
                day=command.on, until=command.until, quantity=command.quantity, **key
            )
        )
        marks = [
            {"mark": kind.value, "value": value, **key}
            for kind, value in dict.fromkeys(command.marks)
            if value
        ]
        if marks:
            self._connection.execute(insert(mark), marks)

    def parts_of(self, kind: FactKind, fact_id_prefix: str) -> dict[str, date]:
        """The parts of a fact with their days; their ids begin with its own id and a colon."""
        fact = tables.measured_fact.c
        rows = self._connection.execute(
            select(fact.fact_id, fact.day).where(
                fact.kind == kind.value,
                fact.fact_id.startswith(f"{fact_id_prefix}:", autoescape=True),
            )
        )
        return {row.fact_id: row.day for row in rows}

    def household_of(self, case_id: str) -> str:
        """The household of a case as it was opened; empty for a case that was not heard of."""
        mark = tables.measured_mark.c
        return (
            self._connection.execute(
                select(mark.value).where(
                    mark.kind == FactKind.CASE_OPENED.value,
                    mark.fact_id == case_id,
                    mark.mark == MarkKind.HOUSEHOLD.value,
                )
            ).scalar_one_or_none()
            or ""
        )

    def join(self, command: JoinPersons) -> None:
        """Keeps that two records are of one person; what was undone stays undone."""
        self._connection.execute(
            text(
                "INSERT INTO portal_same_person (merge_id, one_id, other_id, undone) "
                "VALUES (:merge_id, :one_id, :other_id, :undone) ON CONFLICT (merge_id) DO NOTHING"
            ),
            vars(command),
        )
        if command.undone:
            same = tables.same_person
            self._connection.execute(
                update(same).where(same.c.merge_id == command.merge_id).values(undone=True)
            )


class StatedFigures:
    """What a town stated, every statement kept; the latest of a metric and a time stands."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, figure: StatedFigure) -> None:
        """Saves a new statement."""
        values = {**vars(figure), "value": "" if figure.value is None else str(figure.value)}
        self._connection.execute(insert(tables.stated_figure).values(**values))

    def standing(self, metric: str, period: str) -> StatedFigure | None:
        """What stands now, or None when nobody stated anything."""
        return next(
            (one for one in self.all() if (one.metric, one.period) == (metric, period)), None
        )

    def all(self) -> tuple[StatedFigure, ...]:
        """Every statement, the latest first."""
        stated = tables.stated_figure
        rows = self._connection.execute(
            select(stated).order_by(stated.c.stated_at.desc(), stated.c.id.desc())
        )
        return tuple(_stated(row) for row in rows)


def _stated(row: Row[tuple[object, ...]]) -> StatedFigure:
    values = dict(row._mapping)
    number = str(values.pop("value"))
    moment = aware(values.pop("stated_at"))
    return StatedFigure(**values, value=Decimal(number) if number else None, stated_at=moment)
