"""What a town has laid down about figures, evaluation, reports, rosters and other systems, as lines of its page."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from kasane_kit.web import text
from kasane_plugin_api import Bridge, MeasureKind, Metric, PublishedFigure
from kasane_portal.domain.errors import PeriodUnreadable
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.period import Period
from kasane_portal.pages.period_words import period_words
from kasane_portal.pages.rule import Rule

Asked = Callable[..., Sequence[Any]]


class TownReportRules:
    """Asks one town's plugins through ``asked``, which leaves out what fails."""

    def __init__(self, asked: Asked, today: date) -> None:
        self._asked = asked
        self._today = today
        self._year = fiscal_year(today)

    def published(self) -> Iterator[Rule]:
        """Every figure that the town printed, with its kind of count and its time."""
        metrics: dict[str, Metric] = {}
        for given in self._asked("metrics", year=self._year):
            for one in given.answer:
                metrics.setdefault(one.code, one)
        for given in self._asked("published_figures"):
            for figure in given.answer:
                metric = metrics.get(figure.metric)
                if metric is not None:
                    yield self._printed(metric, figure)

    def plan(self) -> Iterator[Rule]:
        """Every item of the town's plan and where it stands today."""
        for given in self._asked("plan_items", on=self._today):
            for one in given.answer:
                yield Rule(
                    one.label,
                    text(f"phase.{one.state.phase}"),
                    _some(one.state.text.removeprefix(f"{one.label}：")),
                    one.state.source,
                )

    def evaluation(self) -> Iterator[Rule]:
        """How a year is evaluated: steps, who takes part, items with what was printed of each."""
        for given in self._asked("evaluation_framework", year=self._year):
            frame = given.answer
            yield Rule(
                frame.label,
                frame.cadence or text("town_rules.not_stated"),
                tuple(filter(None, (_steps(frame.steps), frame.advice, frame.note))),
                frame.source,
            )
            for item in frame.items:
                unit = text("figures.in_unit", unit=item.unit) if item.unit else ""
                yield Rule(item.label, f"{item.printed}{unit}", _some(item.part), item.source)

    def reporting(self) -> Iterator[Rule]:
        """The bodies a report goes before, in order, and who may sit in a body with a roster."""
        for given in self._asked("governance_flow", report="annual", on=self._today)[-1:]:
            for place, step in enumerate(given.answer, start=1):
                yield Rule(
                    text("town_rules.report_step", place=place),
                    step.label,
                    _some(step.purpose),
                    step.source,
                )
        for given in self._asked("seat_rules", on=self._today):
            for rule in given.answer:
                yield Rule(
                    text("town_rules.roster_of", body=self._body(rule.body)),
                    text("town_rules.seats", most=rule.most, years=rule.term_years),
                    (
                        text("kit.list_separator").join(rule.kinds),
                        text("kit.list_separator").join(rule.officers),
                    ),
                    rule.source,
                )

    def systems(self) -> Iterator[Rule]:
        """Other systems, and whether anything crosses to them."""
        for given in self._asked("bridges", on=self._today):
            for one in given.answer:
                yield Rule(
                    one.label,
                    text(f"phase.{one.phase}"),
                    tuple(filter(None, (one.contents, _crosses(one), one.note))),
                    one.source,
                    given.plugin == "default",
                )

    def _printed(self, metric: Metric, figure: PublishedFigure) -> Rule:
        try:
            when = period_words(Period.parse(figure.period), metric.partial_words)
        except PeriodUnreadable:
            when = figure.period
        value = metric.planned or figure.value or "—"
        bare = metric.planned or metric.kind is MeasureKind.SHARE or not figure.value
        unit = "" if bare else metric.unit
        kind = text(f"measure_kind.{metric.kind}")
        return Rule(metric.label, f"{value}{unit}", (when, kind), figure.source)

    def _body(self, code: str) -> str:
        bodies = [
            one for given in self._asked("meeting_bodies", on=self._today) for one in given.answer
        ]
        return next((one.label for one in bodies if one.code == code), code)


def _steps(steps: Sequence[str]) -> str:
    return text("town_rules.steps", steps=" → ".join(steps)) if steps else ""


def _crosses(bridge: Bridge) -> str:
    return text("town_rules.written_file" if bridge.layout else "town_rules.nothing_crosses")


def _some(words: str) -> tuple[str, ...]:
    return (words,) if words else ()
