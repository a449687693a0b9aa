"""Loads and saves the comments of agencies and the actions of a year; both are only ever added."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from kasane_portal import tables
from kasane_portal.domain.evaluation import ActionEntry, AgencyRemark
from kasane_portal.repository.moments import aware


class AgencyRemarks:
    """What agencies said about items of an evaluation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, remark: AgencyRemark) -> None:
        """Saves a comment."""
        self._connection.execute(insert(tables.agency_remark).values(**asdict(remark)))

    def of(self, framework: str, year: int) -> tuple[AgencyRemark, ...]:
        """The comments of a year in the order in which they were written."""
        table = tables.agency_remark
        rows = self._connection.execute(
            select(table)
            .where(table.c.framework == framework, table.c.year == year)
            .order_by(table.c.entered_at, table.c.id)
        )
        return tuple(
            AgencyRemark(**{**row._mapping, "entered_at": aware(row.entered_at)}) for row in rows
        )


class ActionEntries:
    """The actions of a year, every entry kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: ActionEntry) -> None:
        """Saves an entry."""
        self._connection.execute(insert(tables.action_entry).values(**asdict(entry)))

    def of(self, year: int) -> tuple[ActionEntry, ...]:
        """Every entry of a year, the earliest first."""
        table = tables.action_entry
        rows = self._connection.execute(
            select(table).where(table.c.year == year).order_by(table.c.entered_at, table.c.id)
        )
        return tuple(
            ActionEntry(**{**row._mapping, "entered_at": aware(row.entered_at)}) for row in rows
        )
