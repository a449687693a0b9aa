"""Asks a town for its figures, its evaluation and the way of a report."""

from collections.abc import Sequence
from datetime import date

from kasane_plugin_api.markers import question
from kasane_plugin_api.measures import (
    Bridge,
    EvaluationFramework,
    GovernanceStep,
    Metric,
    PlanState,
    PublishedFigure,
    SeatRule,
)


@question(since="0.2")
def plan_items(on: date) -> Sequence[PlanState] | None:
    """Which items does the town's plan have, and is each planned, running or ended?

    町の計画にはどの取組みがあり、それぞれ予定・実施中・終了のどれですか。

    Asked by:
        portal, on the town's page.
    Arguments:
        ``on`` is the day.
    Answer:
        items with unique codes; the same codes as ``phase`` takes.
    Order:
        all answers, joined.
    """


@question(since="0.2")
def metrics(year: int) -> Sequence[Metric] | None:
    """Which figures does the town report for a fiscal year, and how is each counted?

    町はその年度に、どの数を、どう数えて報告しますか。

    Asked by:
        portal, on the page of figures.
    Arguments:
        ``year`` is the fiscal year that begins in April.
    Answer:
        metrics with unique codes; the first with a code stands.
    Order:
        all answers, joined; the national indicators stand behind them.
    """


@question(since="0.2")
def published_figures() -> Sequence[PublishedFigure] | None:
    """Which figures has the town printed, for which period, and where?

    町はどの期間のどの数を、どこに公表しましたか。

    Asked by:
        portal, which sets each beside what it counts itself.
    Arguments:
        none.
    Answer:
        figures of the town's own metrics; an empty value is a printed 「—」.
    Order:
        all answers, joined.
    """


@question(since="0.2", decides=True)
def evaluation_framework(year: int) -> EvaluationFramework | None:
    """How does the town evaluate the work of a fiscal year?

    町はその年度の取組みをどう評価しますか。

    Asked by:
        portal, on the page of the evaluation.
    Arguments:
        ``year`` is the fiscal year that begins in April.
    Answer:
        steps, items and who takes part, or nothing.
    Order:
        the first answer; without one the figures alone are looked at.
    """


@question(since="0.2", decides=True)
def governance_flow(report: str, on: date) -> Sequence[GovernanceStep] | None:
    """Before which bodies does a report go, in which order?

    報告は、どの会議体を、どの順に通りますか。

    Asked by:
        portal, on the page of the evaluation.
    Arguments:
        ``report`` is ``annual`` for the year's figures and evaluation; ``on`` is the day.
    Answer:
        the bodies in order, or nothing.
    Order:
        the first answer; without one no way is stated.
    """


@question(since="0.2")
def seat_rules(on: date) -> Sequence[SeatRule] | None:
    """Which bodies have a roster, with how many seats, of which kinds and for how long?

    どの会議体に名簿があり、定員・分類・任期はどうなっていますか。

    Asked by:
        portal, on the page of the rosters.
    Arguments:
        ``on`` is the day.
    Answer:
        one rule for each body with a roster.
    Order:
        all answers, joined.
    """


@question(since="0.2")
def bridges(on: date) -> Sequence[Bridge] | None:
    """Which other systems stand beside the platform, and what crosses to them?

    ほかにどのシステムがあり、何を渡しますか。

    Asked by:
        cases, where something may be handed over, and portal, on the town's page.
    Arguments:
        ``on`` is the day.
    Answer:
        systems with unique codes.
    Order:
        all answers, joined.
    """
