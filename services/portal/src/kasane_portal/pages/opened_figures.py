"""One figure opened: how it was counted in words, and for those with the right to the records the rows behind it."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from kasane_contracts import links
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import reading, this_town
from kasane_plugin_api import Metric
from kasane_portal.domain.errors import PeriodUnreadable
from kasane_portal.domain.figure import FactKind, Figure, MarkKind
from kasane_portal.domain.period import Period
from kasane_portal.pages.counting_words import how_counted, labels_of_marks
from kasane_portal.pages.local import in_host, may
from kasane_portal.pages.period_words import period_words
from kasane_portal.pages.report_content import figure_words
from kasane_portal.pages.town_metrics import metrics_of
from kasane_portal.queries.figure_rows import CountedFact, facts_behind, how_many_facts
from kasane_portal.queries.figures import Figures, statements

blueprint = Blueprint("opened_figures", __name__)

AT_ONCE = 100


@dataclass(frozen=True)
class ShownFact:
    """A fact with the address of its record, empty where it has no page of its own."""

    fact: CountedFact
    href: str


@dataclass(frozen=True)
class Asked:
    """The figure that is opened."""

    metric: Metric
    period: Period
    plugin: str
    definitions: tuple[str, ...]

    @property
    def counted(self) -> bool:
        """Whether services said the facts; else the town states the figure or its parts are added."""
        return bool(self.metric.counts)


@blueprint.get("/figures/<code>")
@require("portal.figure.read")
def show(code: str) -> str:
    """How a figure was counted; no row of it."""
    asked = _asked(code)
    with reading() as connection:
        counted = Figures(connection, metrics_of(asked.period.year).metrics, clock.today())
        figure, words = figure_words(counted, asked.metric, asked.period)
        facts = how_many_facts(connection, asked.metric, asked.period) if asked.counted else 0
        stated = [
            one
            for one in statements(connection)
            if one.metric == code and not asked.counted and _about(one.period, asked.period)
        ]
    return _page("portal/figure.html", asked, figure, words, facts=facts, stated=stated)


@blueprint.get("/figures/<code>/rows")
@require("portal.figure_rows.read", object_argument="code")
def rows(code: str) -> str:
    """The facts behind a figure, with links to the records; each record asks for its own right."""
    asked = _asked(code)
    if not asked.counted:
        raise NotFound
    typed = request.args.get("page", "1")
    page = max(int(typed), 1) if typed.isdecimal() and len(typed) < 7 else 1
    with reading() as connection:
        counted = Figures(connection, metrics_of(asked.period.year).metrics, clock.today())
        figure, words = figure_words(counted, asked.metric, asked.period)
        found = facts_behind(
            connection, counted, asked.metric, asked.period, (page - 1) * AT_ONCE, AT_ONCE + 1
        )
        facts = how_many_facts(connection, asked.metric, asked.period)
    shown = [ShownFact(one, record_of(one.kind, one.fact_id, one)) for one in found[:AT_ONCE]]
    return _page(
        "portal/figure_rows.html",
        asked,
        figure,
        words,
        facts=facts,
        shown=shown,
        page=page,
        more=len(found) > AT_ONCE,
    )


def record_of(kind: FactKind, fact_id: str, fact: CountedFact | None = None) -> str:
    """The address of the record that a fact is about; empty where it has no page of its own."""
    town = this_town().code
    case_id = fact.marked(MarkKind.CASE) if fact else ""
    match kind:
        case FactKind.CONSULTATION:
            return links.consultation(town, fact_id)
        case FactKind.VISIT | FactKind.CONTACT_ATTEMPT:
            return links.visit(town, fact_id)
        case FactKind.SESSION:
            return links.conference(town, fact_id)
        case FactKind.CASE_OPENED | FactKind.CASE_CLOSED:
            return links.case(town, fact_id.partition(":")[0])
        case FactKind.PARTICIPATION | FactKind.PARTICIPATION_STEP:
            return links.participation(town, fact_id.partition(":")[0])
        case FactKind.PLAN | FactKind.CONSENT if case_id:
            return links.case(town, case_id)
    return ""


def _page(template: str, asked: Asked, figure: Figure, words: str, **more: object) -> str:
    return render_template(
        template,
        asked=asked,
        metric=asked.metric,
        figure=figure,
        period=asked.period,
        words=words or period_words(asked.period, asked.metric.partial_words),
        how=how_counted(asked.metric, labels_of_marks()),
        may=may,
        words_of=period_words,
        parse=Period.parse,
        **more,
    )


def _asked(code: str) -> Asked:
    if in_host():
        raise NotFound
    typed = request.args.get("period", "")
    try:
        period = Period.parse(typed) if typed else _present()
    except PeriodUnreadable as wrong:
        raise NotFound from wrong
    town = metrics_of(period.year)
    metric = town.get(code)
    if metric is None:
        raise NotFound
    return Asked(metric, period, (town.plugins or {})[code], town.definitions)


def _present() -> Period:
    today = clock.today()
    return Period.of_year(today.year if today.month >= 4 else today.year - 1, today)


def _about(stated: str, asked: Period) -> bool:
    found = Period.parse(stated)
    return found.code == asked.code or (
        found.last <= asked.last and (asked.first is None or found.last >= asked.first)
    )
