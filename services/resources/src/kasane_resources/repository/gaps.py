"""Loads and saves gaps."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, insert, select, update

from kasane_resources.domain.gap import Gap
from kasane_resources.tables import gap as table


class Gaps:
    """The gaps of the open municipality: at most one for a need."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_need(self, need_id: str) -> Gap | None:
        """The gap that a need left, or None."""
        row = self._connection.execute(
            select(table).where(table.c.need_id == need_id)
        ).one_or_none()
        return None if row is None else Gap(**{**row._mapping, "missing": tuple(row.missing)})

    def listed(self, most: int) -> list[Gap]:
        """The newest first; those that found something last."""
        rows = self._connection.execute(
            select(table)
            .order_by(table.c.resolved_on.is_not(None), table.c.recorded_on.desc(), table.c.id)
            .limit(most)
        )
        return [Gap(**{**row._mapping, "missing": tuple(row.missing)}) for row in rows]

    def open_counts(self) -> list[tuple[str, str, int]]:
        """How many gaps are open for each category and area, the most first."""
        many = func.count(table.c.id)
        rows = self._connection.execute(
            select(table.c.category, table.c.area, many)
            .where(table.c.resolved_on.is_(None))
            .group_by(table.c.category, table.c.area)
            .order_by(many.desc(), table.c.category, table.c.area)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def record(self, gap: Gap) -> None:
        """Keeps a gap; the same need heard again replaces what was missing."""
        before = self.of_need(gap.need_id)
        if before is None:
            self._connection.execute(insert(table).values(**_columns(gap)))
            return
        again = replace(gap, id=before.id, recorded_on=before.recorded_on)
        self._connection.execute(
            update(table).where(table.c.id == before.id).values(**_columns(again))
        )

    def resolve(self, need_id: str, on: date) -> bool:
        """Something fits now; True when there was an open gap."""
        done = self._connection.execute(
            update(table)
            .where(table.c.need_id == need_id, table.c.resolved_on.is_(None))
            .values(resolved_on=on)
        )
        return done.rowcount == 1


def _columns(gap: Gap) -> dict[str, object]:
    return {**vars(gap), "missing": list(gap.missing)}
