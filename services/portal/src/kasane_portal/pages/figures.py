"""The town's figures: each with what it counts and its time, beside what the town has printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, create_once, reading, text, this_town
from kasane_plugin_api import Choice, FieldKind, FieldSpec, Metric, PublishedFigure
from kasane_portal.commands import StateFigure
from kasane_portal.domain.errors import MeasureWrong, PeriodUnreadable, PortalRefusal
from kasane_portal.domain.figure import Figure, StatedFigure, read_number
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.period import Period
from kasane_portal.handlers import figures as handlers
from kasane_portal.handlers.figures import states_itself
from kasane_portal.pages.local import in_host, may
from kasane_portal.pages.period_words import period_words
from kasane_portal.pages.report_content import figure_words
from kasane_portal.pages.town_metrics import metrics_of
from kasane_portal.queries.figures import Figures, Mismatch, statements

blueprint = Blueprint("figures", __name__)

YEARS_SHOWN = 3
FIELDS = {
    "metric_unknown": "metric",
    "period_unreadable": "period",
    "figure_unfit": "typed",
    "words_missing": "reason",
}


@dataclass(frozen=True)
class ShownCell:
    """A figure in a table, counted for ``period``; ``words`` names its time where it is another than the column's."""

    period: str
    figure: Figure
    words: str = ""


@dataclass(frozen=True)
class ShownRow:
    """A metric with its figures, one for each column."""

    metric: Metric
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class ShownTable:
    """Metrics under one heading with the footnotes of all of them."""

    label: str
    rows: tuple[ShownRow, ...]
    footnotes: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What the town printed beside what is counted here."""

    metric: Metric
    published: PublishedFigure
    words: str
    printed: str
    counted: Figure

    @property
    def agrees(self) -> bool:
        """Whether both print the same."""
        return self.printed == self.counted.printed

    @property
    def collected(self) -> bool:
        """Whether Kasane has anything to set beside what was printed."""
        return self.counted.value is not None or bool(self.counted.words)


@dataclass(frozen=True)
class Report:
    """Everything of the page; ``problems`` are sentences about what could not be counted."""

    year: int
    columns: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    comparisons: tuple[Comparison, ...]
    mismatches: tuple[Mismatch, ...]
    problems: tuple[str, ...]
    metrics: tuple[Metric, ...]
    stated: tuple[StatedFigure, ...]


@blueprint.get("/figures")
@require("portal.figure.read")
def show() -> str:
    """The figures of three fiscal years, the last of them as asked for."""
    return _page(_asked_year())


@blueprint.post("/figures/stated")
@require("portal.figure.state")
def state() -> Response | tuple[str, int]:
    """States a figure that no service counts."""
    report = _report(_asked_year())
    form = _form(report.metrics)
    if not form.check(request.form, text):
        return _page(report.year, form), 422

    def make(uow: UnitOfWork, figure_id: str) -> None:
        handlers.state_figure(StateFigure(figure_id, **form.values), uow, report.metrics)

    try:
        create_once(make)
    except PortalRefusal as refusal:
        said = (text(f"refusal.{refusal.code}.{part}", **refusal.facts) for part in ("why", "next"))
        form.add_error(FIELDS[refusal.code], "".join(said))
        return _page(report.year, form), 422
    return make_response(redirect(f"{url_for('.show', year=report.year)}#stated", 303))


def _asked_year() -> int:
    if in_host():
        raise NotFound
    present = fiscal_year(clock.today())
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else present
    return min(max(year, 2000), present)


def _page(year: int, form: Form | None = None) -> str:
    report = _report(year)
    return render_template(
        "portal/figures.html",
        report=report,
        form=form or _form(report.metrics),
        present=fiscal_year(clock.today()),
        may=may,
        words_of=period_words,
        parse=Period.parse,
        labels={one.code: one.label for one in report.metrics},
    )


def _report(year: int) -> Report:
    town = this_town()
    asked = metrics_of(year)
    metrics, published = asked.metrics, asked.published
    today = clock.today()
    periods = tuple(Period.of_year(one, today) for one in range(year - YEARS_SHOWN + 1, year + 1))
    problems = list(asked.problems)
    with reading() as connection:
        counted = Figures(connection, metrics, today)
        rows = _rows(counted, metrics, periods, problems)
        comparisons = _comparisons(counted, metrics, published, problems)
        mismatches = [
            found
            for row in rows
            for period in periods
            if row.metric.parts and (found := counted.mismatch(row.metric, period))
        ]
        stated = statements(connection)
    return Report(
        year,
        tuple(period_words(one) for one in periods),
        _tables(rows, town.name),
        comparisons,
        tuple(mismatches),
        tuple(dict.fromkeys(problems)),
        metrics,
        stated,
    )


def _rows(
    counted: Figures, metrics: Sequence[Metric], periods: Sequence[Period], problems: list[str]
) -> list[ShownRow]:
    rows = []
    for metric in metrics:
        try:
            cells = tuple(_cell(counted, metric, period) for period in periods)
        except MeasureWrong as wrong:
            problems.append(text("figures.cannot_count", label=metric.label, **wrong.facts))
            continue
        rows.append(ShownRow(metric, cells))
    return rows


def _cell(counted: Figures, metric: Metric, period: Period) -> ShownCell:
    return ShownCell(period.code, *figure_words(counted, metric, period))


def _tables(rows: Sequence[ShownRow], town: str) -> tuple[ShownTable, ...]:
    grouped: dict[str, list[ShownRow]] = {}
    for row in rows:
        grouped.setdefault(row.metric.table or text("figures.of_town", town=town), []).append(row)
    return tuple(
        ShownTable(
            label,
            tuple(of_table),
            tuple(dict.fromkeys(row.metric.footnote for row in of_table if row.metric.footnote)),
        )
        for label, of_table in grouped.items()
    )


def _comparisons(
    counted: Figures,
    metrics: Sequence[Metric],
    published: Sequence[PublishedFigure],
    problems: list[str],
) -> tuple[Comparison, ...]:
    by_code: Mapping[str, Metric] = {one.code: one for one in metrics}
    found = []
    for one in published:
        metric = by_code.get(one.metric)
        if metric is None:
            problems.append(text("figures.published_unknown", metric=one.metric, source=one.source))
            continue
        try:
            period = Period.parse(one.period)
            value = counted.of(metric, period)
            printed = metric.claim if one.value == metric.claim and metric.claim else ""
            printed = printed or (
                metric.planned if metric.planned else Figure(read_number(one.value)).printed
            )
        except (MeasureWrong, PeriodUnreadable, PortalRefusal) as wrong:
            problems.append(text("figures.cannot_count", label=metric.label, word=str(wrong.facts)))
            continue
        words = period_words(period, metric.partial_words)
        found.append(Comparison(metric, one, words, printed, value))
    return tuple(found)


def _form(metrics: Sequence[Metric]) -> Form:
    return Form(
        (
            FieldSpec(
                "metric",
                text("figures.field.metric"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(
                    Choice(one.code, f"{one.label}（{one.unit}）")
                    for one in metrics
                    if states_itself(one)
                ),
            ),
            FieldSpec(
                "period",
                text("figures.field.period"),
                required=True,
                hint=text("figures.field.period_hint"),
                max_length=20,
            ),
            FieldSpec(
                "typed",
                text("figures.field.typed"),
                hint=text("figures.field.typed_hint"),
                max_length=20,
            ),
            FieldSpec(
                "reason",
                text("figures.field.reason"),
                hint=text("figures.field.reason_hint"),
                max_length=500,
            ),
        )
    )
