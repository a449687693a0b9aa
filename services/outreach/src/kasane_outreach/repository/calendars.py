"""Loads and saves calendars."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kasane_outreach import tables
from kasane_outreach.domain.calendar_feed import CalendarFeed
from kasane_outreach.repository.visits import in_utc


class CalendarFeeds:
    """The calendars of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, feed_id: str) -> CalendarFeed | None:
        """The calendar with this id, or None."""
        found = self._load(tables.calendar_feed.c.id == feed_id)
        return found[0] if found else None

    def by_digest(self, digest: str) -> CalendarFeed | None:
        """The calendar whose secret has this digest, or None."""
        found = self._load(tables.calendar_feed.c.digest == digest)
        return found[0] if found else None

    def open_ones(self, made_by: str = "") -> tuple[CalendarFeed, ...]:
        """The calendars whose address still answers, of one maker or all."""
        c = tables.calendar_feed.c
        return self._load(c.revoked_at.is_(None), *([c.made_by == made_by] if made_by else []))

    def add(self, feed: CalendarFeed) -> None:
        """Saves a new calendar."""
        self._connection.execute(insert(tables.calendar_feed).values(**asdict(feed)))

    def save(self, feed: CalendarFeed) -> None:
        """Saves a changed calendar."""
        self._connection.execute(
            update(tables.calendar_feed)
            .where(tables.calendar_feed.c.id == feed.id)
            .values(**asdict(feed))
        )

    def _load(self, *conditions: Any) -> tuple[CalendarFeed, ...]:
        c = tables.calendar_feed.c
        rows = self._connection.execute(
            select(tables.calendar_feed).where(*conditions).order_by(c.made_at, c.id)
        )
        return tuple(
            CalendarFeed(
                **{
                    **row._mapping,
                    "made_at": in_utc(row.made_at),
                    "revoked_at": in_utc(row.revoked_at) if row.revoked_at else None,
                }
            )
            for row in rows
        )
