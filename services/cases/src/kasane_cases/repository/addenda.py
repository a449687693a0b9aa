"""Keeps dated additions to fixed minutes: added, never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kasane_cases import tables
from kasane_cases.repository.rows import columns, moment


@dataclass(frozen=True)
class Addendum:
    """One correction to fixed minutes; ``item_id`` is empty for the general part."""

    id: str
    session_id: str
    item_id: str
    text: str
    added_at: datetime
    added_by: str


class Addenda:
    """The additions to the minutes of the open municipality's sessions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, addendum: Addendum) -> None:
        """Adds one."""
        self._connection.execute(insert(tables.minutes_addendum).values(**columns(addendum)))

    def of_session(self, session_id: str) -> tuple[Addendum, ...]:
        """Every addition to the minutes of a session, oldest first."""
        m = tables.minutes_addendum.c
        rows = self._connection.execute(
            select(tables.minutes_addendum)
            .where(m.session_id == session_id)
            .order_by(m.added_at, m.id)
        )
        return tuple(Addendum(**{**row._mapping, "added_at": moment(row.added_at)}) for row in rows)
