"""Loads and saves gaps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal_column, select, update

from kasane_resources.domain.errors import GapNotFound, GapOver
from kasane_resources.domain.gap import Gap, GapTheme
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
        return None if row is None else _gap(row)

    def get(self, gap_id: str) -> Gap:
        """One gap; raises GapNotFound."""
        row = self._connection.execute(select(table).where(table.c.id == gap_id)).one_or_none()
        if row is None:
            raise GapNotFound
        return _gap(row)

    def listed(self, most: int) -> list[Gap]:
        """The newest first; those that found something last."""
        rows = self._connection.execute(
            select(table)
            .order_by(table.c.resolved_on.is_not(None), table.c.recorded_on.desc(), table.c.id)
            .limit(most)
        )
        return [_gap(row) for row in rows]

    def themes(self) -> list[GapTheme]:
        """The open gaps by category, the most first, and by place what no issue was raised from yet."""
        many = func.count(table.c.id)
        raised = (table.c.issue_id != literal_column("''")).label("raised")
        rows = self._connection.execute(
            select(table.c.category, table.c.area, raised, many)
            .where(table.c.resolved_on.is_(None))
            .group_by(table.c.category, table.c.area, raised)
            .order_by(many.desc(), table.c.category, table.c.area)
        )
        totals: dict[str, int] = {}
        places: dict[str, list[tuple[str, int]]] = {}
        for category, area, raised, count in rows:
            totals[category] = totals.get(category, 0) + count
            places.setdefault(category, [])
            if not raised:
                places[category].append((area, count))
        found = [
            GapTheme(
                category,
                total,
                sum(count for _, count in places[category]),
                tuple(places[category]),
            )
            for category, total in totals.items()
        ]
        return sorted(found, key=lambda theme: (-theme.open, theme.category))

    def raised(self, category: str, area: str, issue_id: str) -> int:
        """Notes the issue at the open gaps it counts (all places when ``area`` is empty); how many."""
        c = table.c
        counted = [c.category == category, c.resolved_on.is_(None), c.issue_id == ""]
        if area:
            counted.append(c.area == area)
        done = self._connection.execute(update(table).where(*counted).values(issue_id=issue_id))
        return done.rowcount

    def of_issue(self, issue_id: str) -> Sequence[Gap]:
        """The gaps that an issue was raised from, the newest first."""
        rows = self._connection.execute(
            select(table)
            .where(table.c.issue_id == issue_id)
            .order_by(table.c.recorded_on.desc(), table.c.id)
        )
        return [_gap(row) for row in rows]

    def close(self, gap: Gap) -> None:
        """Keeps who closed a gap with what; raises GapOver when it is closed already."""
        done = self._connection.execute(
            update(table)
            .where(table.c.id == gap.id, table.c.resolved_on.is_(None))
            .values(**_columns(gap))
        )
        if done.rowcount != 1:
            raise GapOver

    def record(self, gap: Gap) -> None:
        """Keeps a gap; the same need heard again replaces what was missing, and opens it again.

        What a person closed by hand stays closed, and an issue raised from it stays noted.
        """
        before = self.of_need(gap.need_id)
        if before is None:
            self._connection.execute(insert(table).values(**_columns(gap)))
            return
        if before.developed_id:
            return
        again = replace(gap, id=before.id, recorded_on=before.recorded_on, issue_id=before.issue_id)
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


def _gap(row: Row[Any]) -> Gap:
    return Gap(**{**row._mapping, "missing": tuple(row.missing)})


def _columns(gap: Gap) -> dict[str, object]:
    return {**vars(gap), "missing": list(gap.missing)}
