"""Loads and saves the town's days of watching and the hand-offs that are on their way."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.gap import WATCHED_DAYS, GapKind, Handoff, HandoffState
from kasane_cases.repository.rows import columns


class WatchRules:
    """After how many days the open municipality looks; the default where it said nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def days(self) -> dict[GapKind, int]:
        """The days of every kind that is counted in days."""
        rows = self._connection.execute(select(tables.watch_rule))
        return {**WATCHED_DAYS, **{GapKind(row.code): row.days for row in rows}}

    def save(self, days: dict[GapKind, int]) -> None:
        """Keeps the town's own numbers of days."""
        w = tables.watch_rule.c
        self._connection.execute(delete(tables.watch_rule).where(w.code.in_(list(days))))
        self._connection.execute(
            insert(tables.watch_rule),
            [{"code": kind.value, "days": number} for kind, number in days.items()],
        )


class Handoffs:
    """The つなぐシート of the open municipality, as intake tells of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sent(self, handoff: Handoff, at: datetime) -> None:
        """A sheet is on its way; one that was sent before waits for its new receiver."""
        h = tables.handoff.c
        self._connection.execute(delete(tables.handoff).where(h.id == handoff.id))
        self._connection.execute(
            insert(tables.handoff).values(**columns(handoff), sent_at=at, answered_at=None)
        )

    def answered(self, sheet_id: str, state: HandoffState, at: datetime) -> bool:
        """The receiver did something; False when the sheet is not known."""
        h = tables.handoff.c
        done = self._connection.execute(
            update(tables.handoff).where(h.id == sheet_id).values(state=state.value, answered_at=at)
        )
        return done.rowcount == 1
