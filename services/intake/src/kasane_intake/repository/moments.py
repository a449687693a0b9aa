"""Reads moments: PostgreSQL gives them with their zone, SQLite as UTC without one."""

from datetime import UTC, datetime


def moment(value: datetime) -> datetime:
    """The moment with its zone."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def moment_or_none(value: datetime | None) -> datetime | None:
    """The moment with its zone, or None."""
    return None if value is None else moment(value)
