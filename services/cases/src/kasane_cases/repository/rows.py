"""Turns plain values into column values and back."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """A value that a column takes: enum members as their values, tuples as lists."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def columns(instance: object, *left_out: str) -> dict[str, Any]:
    """The fields of a dataclass as column values."""
    return {name: plain(value) for name, value in vars(instance).items() if name not in left_out}


def as_utc(value: datetime | None) -> datetime | None:
    """A moment with its time zone: SQLite gives it back without one."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)


def moment(value: datetime) -> datetime:
    """A moment that is always there, with its time zone."""
    found = as_utc(value)
    assert found is not None
    return found
