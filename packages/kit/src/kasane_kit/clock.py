"""Tells the time: the only clock of the house, so that tests can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")

_source: ContextVar[Callable[[], datetime] | None] = ContextVar("kasane_clock", default=None)


def now() -> datetime:
    """The present moment with the time zone UTC."""
    source = _source.get()
    return datetime.now(UTC) if source is None else source().astimezone(UTC)


def today() -> date:
    """The date in Japan, which is what offices and laws mean by a day."""
    return now().astimezone(JAPAN).date()


@contextmanager
def fixed(source: Callable[[], datetime]) -> Iterator[None]:
    """Replaces the clock in this context; for tests and for replaying a past year."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
