"""The gap watcher as it is read: the lines of a kind, how many there are, and the town's days."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from kasane_cases.domain.gap import Gap, GapKind
from kasane_cases.repository import WatchRules, count_gaps, gaps_of
from kasane_kit.auth import Actor


def gaps(
    connection: Connection, viewer: Actor, today: date, kind: GapKind, limit: int = 200
) -> tuple[Gap, ...]:
    """The gaps of one kind that the viewer may see, the oldest first."""
    return gaps_of(connection, viewer, today, kind, limit)


def gap_counts(connection: Connection, viewer: Actor, today: date) -> dict[GapKind, int]:
    """How many gaps there are of each kind that the viewer may see."""
    return count_gaps(connection, viewer, today)


def watch_days(connection: Connection) -> dict[GapKind, int]:
    """After how many days the town looks, by kind."""
    return WatchRules(connection).days()


def days_set_here(connection: Connection) -> Collection[GapKind]:
    """The kinds for which the town chose the days itself."""
    return WatchRules(connection).own().keys()
