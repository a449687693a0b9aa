"""Answers the questions about figures and reports, and what else a document says, out of two files of a plugin."""

from collections.abc import Sequence
from datetime import date
from importlib import resources

from kasane_plugin_api.facts import TownFact
from kasane_plugin_api.markers import hookimpl
from kasane_plugin_api.measures import (
    Bridge,
    EvaluationFramework,
    GovernanceStep,
    Metric,
    PlanState,
    PublishedFigure,
    SeatRule,
)
from kasane_plugin_api.structure import Structure, valid_on
from kasane_plugin_api.town import PlanItems


class TownReports:
    """Inherit it, set ``_plan_items`` and call ``read_reports`` with the plugin's package: its two files answer.

    figures.toml may have ``[[metrics]]``, ``[[published_figures]]``, ``[[evaluations]]`` with their
    ``[[evaluations.items]]``, ``[[governance]]``, ``[[seat_rules]]`` and ``[[bridges]]``; a facts.toml
    beside it has ``[[facts]]``.
    """

    _plan_items: PlanItems

    def read_reports(self, package: str) -> None:
        """Reads the two files, of which facts.toml may be left out; raises WrongStructure naming table, row and key."""
        folder = resources.files(package)
        rows = Structure(folder.joinpath("figures.toml").read_text("utf-8"), "figures.toml")
        facts = folder.joinpath("facts.toml")
        said = facts.read_text("utf-8") if facts.is_file() else ""
        self._facts = Structure(said, "facts.toml").rows("facts", TownFact)
        self._metrics = rows.rows("metrics", Metric)
        self._published = rows.rows("published_figures", PublishedFigure)
        self._evaluations = rows.rows("evaluations", EvaluationFramework)
        self._governance = rows.rows("governance", GovernanceStep)
        self._seat_rules = rows.rows("seat_rules", SeatRule)
        self._bridges = rows.rows("bridges", Bridge)

    @hookimpl
    def plan_items(self, on: date) -> Sequence[PlanState]:
        """The items of the plan with where they stand."""
        return self._plan_items.all(on)

    @hookimpl
    def metrics(self, year: int) -> Sequence[Metric] | None:
        """The town's own figures; none is left to the national indicators alone."""
        return self._metrics or None

    @hookimpl
    def published_figures(self) -> Sequence[PublishedFigure] | None:
        """What the town's documents print."""
        return self._published or None

    @hookimpl
    def evaluation_framework(self, year: int) -> EvaluationFramework | None:
        """The framework that holds in the fiscal year."""
        holding = valid_on(self._evaluations, date(year, 4, 1))
        return holding[0] if holding else None

    @hookimpl
    def governance_flow(self, report: str, on: date) -> Sequence[GovernanceStep] | None:
        """The bodies of the year's report."""
        return self._governance or None if report == "annual" else None

    @hookimpl
    def seat_rules(self, on: date) -> Sequence[SeatRule] | None:
        """The rosters that the documents lay down."""
        return self._seat_rules or None

    @hookimpl
    def bridges(self, on: date) -> Sequence[Bridge] | None:
        """The systems that the documents name."""
        return self._bridges or None

    @hookimpl
    def stated_facts(self, on: date) -> Sequence[TownFact] | None:
        """What else the documents say."""
        return valid_on(self._facts, on) or None
