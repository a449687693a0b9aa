"""Leaves a hook alone after repeated failure, and tries it again after a while."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock
from time import monotonic

from kasane_kit import clock
from kasane_kit.plugins.limits import Limits


class BreakerState(StrEnum):
    """Whether a hook is asked, left alone, or about to be tried once."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class BreakerChange:
    """A hook of a town that was left alone from now on, or is asked again; ``hook`` is empty for a whole plugin."""

    municipality: str
    plugin: str
    hook: str
    state: BreakerState
    reason: str
    at: datetime


class Breaker:
    """The standing of one hook, or of one whole plugin, in one town; safe to use from several threads."""

    def __init__(self, limits: Limits, seconds: Callable[[], float] = monotonic) -> None:
        self._limits = limits
        self._seconds = seconds
        self._lock = Lock()
        self._failures = 0
        self._opened: float | None = None
        self._pause = 0.0
        self._trying = False
        self.hangs = False
        self.reason = ""
        self.failed_at: datetime | None = None

    @property
    def state(self) -> BreakerState:
        """Where it stands now."""
        if self._opened is None:
            return BreakerState.CLOSED
        if self._seconds() - self._opened < self._pause:
            return BreakerState.OPEN
        return BreakerState.HALF_OPEN

    @property
    def failing(self) -> bool:
        """Whether it failed since it last succeeded."""
        return bool(self._failures) or self._opened is not None

    @property
    def tried_again_in(self) -> float:
        """Seconds until it is tried; 0 when it is asked anyway."""
        if self._opened is None:
            return 0.0
        return max(0.0, self._pause - (self._seconds() - self._opened))

    def lets_through(self) -> bool:
        """Whether to ask now: always while closed, one caller at a time after the pause."""
        if self._opened is None:
            return True
        with self._lock:
            if self._opened is None:
                return True
            if self._trying or self._seconds() - self._opened < self._pause:
                return False
            self._trying = True
            return True

    def succeeded(self) -> bool:
        """Forgets the failures in a row; True when it was open and is closed now."""
        if not self._failures and self._opened is None:
            return False
        with self._lock:
            was_open = self._opened is not None
            self._failures, self._opened, self._pause = 0, None, 0.0
            self._trying = self.hangs = False
            return was_open

    def failed(
        self,
        reason: str,
        *,
        weight: int = 1,
        at_once: bool = False,
        hangs: bool = False,
        long: bool = False,
    ) -> bool:
        """Counts a failure, a costly one as several; True when it is open from now on.

        ``at_once`` does not wait for more failures, ``long`` leaves it alone for the longest pause; what ``hangs`` is
        tried again in a thread of its own.
        """
        with self._lock:
            self._failures += weight
            self.reason, self.failed_at = reason, clock.now()
            self.hangs = self.hangs or hangs
            was_open, tried = self._opened is not None, self._trying
            self._trying = False
            if was_open and not tried:
                return False
            if not was_open and not at_once and self._failures < self._limits.failures:
                return False
            first = self._limits.longest_pause if long else self._limits.pause
            self._pause = min(self._pause * 2 if was_open else first, self._limits.longest_pause)
            self._opened = self._seconds()
            return not was_open
