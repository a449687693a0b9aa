"""Reads moments as they were stored."""

from datetime import UTC, datetime


def aware(moment: datetime) -> datetime:
    """SQLite gives moments back without their zone, which is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
