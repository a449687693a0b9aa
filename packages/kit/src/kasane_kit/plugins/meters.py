"""Counts what plugins did in this process: calls, time and failures by hook, for pages and for metrics."""

from bisect import bisect_left
from dataclasses import dataclass, field
from threading import Lock

SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1.0)
"""Upper ends of the buckets of a hook's time."""


@dataclass
class HookMeter:
    """One hook of one plugin over all towns: ``buckets`` counts calls up to each of SECONDS, and beyond."""

    calls: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))


class Meters:
    """The counters of one process. They begin at nothing with the process and are never reset."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hooks: dict[tuple[str, str], HookMeter] = {}
        self._failures: dict[tuple[str, str, str, str], int] = {}

    def called(self, plugin: str, hook: str, seconds: float) -> None:
        """One call that took so long, whether it succeeded or not."""
        with self._lock:
            meter = self._hooks.get((plugin, hook))
            if meter is None:
                meter = self._hooks[(plugin, hook)] = HookMeter()
            meter.calls += 1
            meter.seconds += seconds
            meter.buckets[bisect_left(SECONDS, seconds)] += 1

    def failed(self, municipality: str, plugin: str, hook: str, kind: str) -> None:
        """One failure of a hook in a town, by its kind."""
        with self._lock:
            key = (municipality, plugin, hook, kind)
            self._failures[key] = self._failures.get(key, 0) + 1

    def hooks(self) -> dict[tuple[str, str], HookMeter]:
        """By plugin and hook."""
        with self._lock:
            return {
                key: HookMeter(one.calls, one.seconds, list(one.buckets))
                for key, one in self._hooks.items()
            }

    def failures(self) -> dict[tuple[str, str, str, str], int]:
        """By town, plugin, hook and kind of failure."""
        with self._lock:
            return dict(self._failures)
