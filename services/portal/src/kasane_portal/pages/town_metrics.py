"""Asks a town for its metrics, keeping what answers and saying what does not."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kasane_kit.plugins import MisconfiguredTown, PluginFailed, ask_each, catalogue
from kasane_kit.web import hooks
from kasane_plugin_api import Metric, PublishedFigure

OURS = ("default", "platform")


@dataclass(frozen=True)
class TownMetrics:
    """The metrics of a year, the town's own before the national ones, with the plugin each came from.

    ``problems`` are sentences about what did not answer.
    """

    metrics: tuple[Metric, ...] = ()
    plugins: Mapping[str, str] | None = None
    published: tuple[PublishedFigure, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def definitions(self) -> tuple[str, ...]:
        """By what the figures are counted: each plugin with its release, and a mark of the metrics' whole wording."""
        asked = dict.fromkeys((self.plugins or {}).values())
        known = catalogue()
        named = [f"{name} {known[name].version}" if name in known else "kasane" for name in asked]
        written = json.dumps([asdict(one) for one in self.metrics], default=str, sort_keys=True)
        mark = hashlib.sha256(written.encode()).hexdigest()[:12]
        return (*dict.fromkeys(named), mark)

    def get(self, code: str) -> Metric | None:
        """The metric of a code."""
        return next((one for one in self.metrics if one.code == code), None)


def metrics_of(year: int) -> TownMetrics:
    """What the open town reports for a fiscal year."""
    try:
        asked: Any = hooks()
    except MisconfiguredTown as problem:
        return TownMetrics(problems=(problem.sentence,))
    failed: list[PluginFailed] = []
    given = ask_each(asked, "metrics", on_failure=failed.append, year=year).given
    # The town's own stand before the national ones; the first with a code stands.
    found: dict[str, tuple[Metric, str]] = {}
    for answer in sorted(given, key=lambda one: one.plugin in OURS):
        for metric in answer.answer:
            found.setdefault(metric.code, (metric, answer.plugin))
    published = ask_each(asked, "published_figures", on_failure=failed.append).joined()
    return TownMetrics(
        tuple(metric for metric, _ in found.values()),
        {code: plugin for code, (_, plugin) in found.items()},
        tuple(published),
        tuple(failure.notice for failure in failed),
    )
