"""Keeps how each hook of one town stands: its breaker, and what happened to it, also when its plugins are rebuilt."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic

from kasane_kit import clock
from kasane_kit.meters import Meters
from kasane_kit.plugins.breaker import Breaker, BreakerChange, BreakerState
from kasane_kit.plugins.limits import Limits
from kasane_kit.plugins.outcomes import FailureKind
from kasane_kit.traces import Traces

WHOLE = ""
"""In place of a hook: the plugin as a whole."""

# Each time costs all towns of the process the whole budget.
_COUNTED_AS = {FailureKind.COMPUTED_TOO_LONG: 3}


@dataclass(frozen=True)
class HookStanding:
    """A hook that failed lately; ``tried_again_in`` are seconds, 0 while it is asked."""

    plugin: str
    hook: str
    state: BreakerState
    reason: str
    failed_at: datetime | None
    tried_again_in: float


class Standing:
    """The breakers of one town. ``heard`` is told of every opening and closing."""

    def __init__(
        self,
        municipality: str,
        limits: Limits,
        meters: Meters,
        *,
        heard: Callable[[BreakerChange], None] | None = None,
        seconds: Callable[[], float] = monotonic,
        traces: Traces | None = None,
    ) -> None:
        self.municipality = municipality
        self.limits = limits
        self.meters = meters
        self.traces = traces or Traces()
        self._heard = heard
        self._seconds = seconds
        self._lock = Lock()
        self._breakers: dict[tuple[str, str], Breaker] = {}

    def breaker(self, plugin: str, hook: str) -> Breaker | None:
        """The breaker of a hook that failed before, or None: what never failed has none."""
        return self._breakers.get((plugin, hook))

    def succeeded(self, plugin: str, hook: str) -> None:
        """A good answer: the failures in a row are forgotten."""
        breaker = self._breakers.get((plugin, hook))
        if breaker is not None and breaker.succeeded():
            self._tell(plugin, hook, BreakerState.CLOSED, "")

    def failed(
        self,
        plugin: str,
        hook: str,
        reason: str,
        kind: FailureKind,
        *,
        at_once: bool = False,
    ) -> None:
        """Counts a failure; with ``at_once`` the hook is left alone from now on."""
        self.count_failure(plugin, hook, kind)
        with self._lock:
            breaker = self._breakers.get((plugin, hook))
            if breaker is None:
                breaker = Breaker(self.limits, self._seconds)
                self._breakers[(plugin, hook)] = breaker
        hangs = kind is FailureKind.WAITED_TOO_LONG
        grew = kind is FailureKind.GREW
        if breaker.failed(
            reason,
            weight=_COUNTED_AS.get(kind, 1),
            at_once=at_once or grew,
            hangs=hangs,
            long=grew,
        ):
            self._tell(plugin, hook, BreakerState.OPEN, reason)

    def count_failure(self, plugin: str, hook: str, kind: FailureKind) -> None:
        """Counts a failure for the operator alone; the breaker hears nothing of it."""
        self.meters.hook_failures.labels(self.municipality, plugin, hook, kind.value).inc()

    def failing(self) -> tuple[HookStanding, ...]:
        """Every hook that failed since it last answered, by plugin and hook."""
        with self._lock:
            found = sorted(self._breakers.items())
        return tuple(
            HookStanding(plugin, hook, one.state, one.reason, one.failed_at, one.tried_again_in)
            for (plugin, hook), one in found
            if one.failing
        )

    def _tell(self, plugin: str, hook: str, state: BreakerState, reason: str) -> None:
        if self._heard is not None:
            self._heard(BreakerChange(self.municipality, plugin, hook, state, reason, clock.now()))
