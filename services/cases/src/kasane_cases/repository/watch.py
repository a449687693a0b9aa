"""Loads and saves the town's days of watching and the hand-offs that are on their way."""

from collections.abc import Mapping
from datetime import date, datetime

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
        return {**WATCHED_DAYS, **self.own()}

    def own(self) -> dict[GapKind, int]:
        """The days that the town chose itself."""
        rows = self._connection.execute(select(tables.watch_rule))
        return {GapKind(row.code): row.days for row in rows}

    def save(self, days: dict[GapKind, int]) -> None:
        """Keeps the town's own numbers of days."""
        w = tables.watch_rule.c
        self._connection.execute(delete(tables.watch_rule).where(w.code.in_(list(days))))
        self._connection.execute(
            insert(tables.watch_rule),
            [{"code": kind.value, "days": number} for kind, number in days.items()],
        )


class GapCounts:
    """The counts of gaps as they were told last, of the open municipality; no case is in them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def told(self) -> dict[str, tuple[int, date]]:
        """The number and the day by kind."""
        rows = self._connection.execute(select(tables.gap_count))
        return {row.kind: (row.number, row.counted_on) for row in rows}

    def keep(self, counts: Mapping[str, int], day: date) -> None:
        """Puts these in the place of those before."""
        self._connection.execute(delete(tables.gap_count))
        self._connection.execute(
            insert(tables.gap_count),
            [{"kind": kind, "number": n, "counted_on": day} for kind, n in counts.items()],
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
