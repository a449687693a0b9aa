"""Reads moments back: SQLite gives them without their time zone, which is UTC."""

from datetime import UTC, datetime


def with_zone(moment: datetime | None) -> datetime | None:
    """The moment with its time zone."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
