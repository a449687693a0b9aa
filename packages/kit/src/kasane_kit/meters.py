"""What a process counts, by service and town, for Prometheus: never a name, an address or an id of a record."""

import os
from collections.abc import Callable, Iterable
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Set before the first import: processes that share this folder count in its files, and each answers for all."""

REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
DELAY_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0)
HOOK_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1.0)


class Meters:
    """The counters of one process; they begin at nothing with it and are never reset. Safe between threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.request_seconds = Histogram(
            "kasane_request_seconds",
            "Seconds from a request to its answer; town is empty for addresses without one.",
            ["service", "town"],
            buckets=REQUEST_SECONDS,
            registry=self.registry,
        )
        self.answers = Counter(
            "kasane_answers",
            "Answers by method and status.",
            ["service", "method", "status"],
            registry=self.registry,
        )
        self.view_seconds = Summary(
            "kasane_view_seconds",
            "Seconds of a view over all towns.",
            ["service", "view"],
            registry=self.registry,
        )
        self.relayed = Counter(
            "kasane_events_relayed",
            "Events given to the bus.",
            ["service", "town"],
            registry=self.registry,
        )
        self.applied = Counter(
            "kasane_events_applied",
            "Events applied.",
            ["service", "town", "producer"],
            registry=self.registry,
        )
        self.delay_seconds = Histogram(
            "kasane_event_delay_seconds",
            "Seconds from an event's time to its being applied.",
            ["service", "producer"],
            buckets=DELAY_SECONDS,
            registry=self.registry,
        )
        self.repaired = Counter(
            "kasane_gap_repairs",
            "Events that the bus did not bring and that were read from the producer's log.",
            ["service", "town", "producer"],
            registry=self.registry,
        )
        self.parked = Counter(
            "kasane_dead_letters",
            "Events parked, by reason.",
            ["service", "town", "reason"],
            registry=self.registry,
        )
        self.forged = Counter(
            "kasane_unauthentic_messages",
            "Messages without the code of the town they name; none was applied.",
            ["service"],
            registry=self.registry,
        )
        self.stale = Counter(
            "kasane_stale_messages",
            "Messages older than a message may be; what they bring was read from the log.",
            ["service"],
            registry=self.registry,
        )
        self.hook_seconds = Histogram(
            "kasane_hook_seconds",
            "Seconds of one hook of one plugin over all towns.",
            ["plugin", "hook"],
            buckets=HOOK_SECONDS,
            registry=self.registry,
        )
        self.hook_failures = Counter(
            "kasane_hook_failures",
            "Failures of a hook in a town, by kind.",
            ["town", "plugin", "hook", "kind"],
            registry=self.registry,
        )
        self.relay_failing = Gauge(
            "kasane_relay_failing",
            "1 while the last turn of a relay in a town ended with an error.",
            ["service", "town"],
            multiprocess_mode="mostrecent",
            registry=self.registry,
        )
        self.outbox = OutboxLag()
        self.registry.register(self.outbox)

    def failures(self) -> dict[tuple[str, str, str, str], int]:
        """Failures of hooks in this process by town, plugin, hook and kind."""
        return {
            (
                one.labels["town"],
                one.labels["plugin"],
                one.labels["hook"],
                one.labels["kind"],
            ): int(one.value)
            for family in self.hook_failures.collect()
            for one in family.samples
            if one.name.endswith("_total")
        }

    def text(self) -> bytes:
        """Everything counted so far in the text format of Prometheus, of all processes that share the folder."""
        if not os.environ.get(SHARED_FOLDER):
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


class OutboxLag(Collector):
    """For how long a relay has had something to say and could not say it, by service and town."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._since: dict[tuple[str, str], float] = {}

    def waits(self, service: str, town: str) -> None:
        """There is something to say; counted from the first time this was told."""
        self._since.setdefault((service, town), self._seconds())

    def moved(self, service: str, town: str) -> None:
        """Events went out, or there was none; what waits still is counted from the next turn."""
        self._since.pop((service, town), None)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Called by the registry."""
        family = GaugeMetricFamily(
            "kasane_outbox_lag_seconds",
            "Seconds for which a relay has had events and given none of them to the bus.",
            labels=["service", "town"],
        )
        now = self._seconds()
        for (service, town), since in sorted(self._since.items()):
            family.add_metric([service, town], max(0.0, now - since))
        yield family
