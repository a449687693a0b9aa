"""Answers the questions about figures and reports for a town whose plugins are silent."""

from collections.abc import Sequence
from datetime import date
from importlib import resources

from kasane_plugin_api import (
    Bridge,
    EvaluationFramework,
    GovernanceStep,
    Metric,
    PlanState,
    PublishedFigure,
    SeatRule,
    Structure,
    TownFact,
    hookimpl,
)

_METRICS = Structure(
    resources.files("kasane_kit.plugins").joinpath("national_metrics.toml").read_text("utf-8")
).rows("metrics", Metric)


class PlatformReports:
    """The figures that every town has beside its own."""

    @hookimpl(trylast=True)
    def metrics(self, year: int) -> Sequence[Metric]:
        """What the national guideline names as indicators, as far as services say it."""
        return _METRICS


class DefaultReports:
    """Of figures of its own, evaluation, rosters and other systems nothing is stated."""

    @hookimpl(trylast=True)
    def metrics(self, year: int) -> Sequence[Metric]:
        """None of its own: the indicators of the national guideline that can be counted stand beside it.
        町の数はない。国のガイドラインの指標の例のうち、数えられるものだけを出す。
        """
        return ()

    @hookimpl(trylast=True)
    def plan_items(self, on: date) -> Sequence[PlanState]:
        """None is stated.
        定めはない。
        """
        return ()

    @hookimpl(trylast=True)
    def published_figures(self) -> Sequence[PublishedFigure]:
        """None.
        ない。
        """
        return ()

    @hookimpl(trylast=True)
    def evaluation_framework(self, year: int) -> EvaluationFramework | None:
        """None is stated: the figures alone are looked at.
        定めはなく、数だけを見る。
        """
        return None

    @hookimpl(trylast=True)
    def governance_flow(self, report: str, on: date) -> Sequence[GovernanceStep] | None:
        """None is stated.
        定めはない。
        """
        return None

    @hookimpl(trylast=True)
    def seat_rules(self, on: date) -> Sequence[SeatRule]:
        """None is stated.
        定めはない。
        """
        return ()

    @hookimpl(trylast=True)
    def bridges(self, on: date) -> Sequence[Bridge]:
        """The figures as a file that any spreadsheet opens.
        数の表を、表計算ソフトで開けるファイルで渡す。
        """
        return (
            Bridge(
                "figures_file",
                "表計算ソフト（CSV）",
                "数の表",
                layout="figures",
            ),
        )

    @hookimpl(trylast=True)
    def stated_facts(self, on: date) -> Sequence[TownFact]:
        """Nothing beside what the other questions ask.
        ほかの質問にないことは、何も出さない。
        """
        return ()
