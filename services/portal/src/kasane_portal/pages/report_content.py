"""Puts the report of a year together: figures with how they are counted, the evaluation, the actions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.plugins import MisconfiguredTown
from kasane_kit.web import hooks, text
from kasane_plugin_api import EvaluationFramework, Metric
from kasane_portal.domain.errors import MeasureWrong
from kasane_portal.domain.figure import Figure
from kasane_portal.domain.period import Period
from kasane_portal.domain.report import (
    ReportCell,
    ReportContent,
    ReportLine,
    ReportRow,
    ReportTable,
)
from kasane_portal.domain.roster import step_code
from kasane_portal.handlers.figures import states_itself
from kasane_portal.pages.counting_words import how_counted, labels_of_marks
from kasane_portal.pages.period_words import period_words
from kasane_portal.pages.town_metrics import metrics_of
from kasane_portal.queries.figures import Figures
from kasane_portal.queries.governance import actions_of, evaluation_of, remarks_of

YEARS_SHOWN = 3


def columns_of(period: Period) -> tuple[Period, ...]:
    """The times of a report: the whole years before, and its own."""
    before = range(period.year - YEARS_SHOWN + 1, period.year)
    return (*(Period.parse(f"{year:04d}") for year in before), period)


def content_of(
    connection: Connection, town: str, period: Period, today: date
) -> tuple[ReportContent, tuple[str, ...]]:
    """The report as it is counted now, and sentences about what could not be counted."""
    asked = metrics_of(period.year)
    problems = list(asked.problems)
    columns = columns_of(period)
    counted = Figures(connection, asked.metrics, today)
    labels = labels_of_marks()
    tables: dict[str, list[ReportRow]] = {}
    for metric in asked.metrics:
        try:
            cells = tuple(_cell(counted, metric, one) for one in columns)
        except MeasureWrong as wrong:
            problems.append(text("figures.cannot_count", label=metric.label, **wrong.facts))
            continue
        row = ReportRow(
            metric.code,
            metric.label,
            metric.kind.value,
            metric.unit,
            how_counted(metric, labels),
            metric.note,
            metric.footnote,
            metric.source,
            cells,
        )
        tables.setdefault(metric.table or text("figures.of_town", town=town), []).append(row)
    assert period.first is not None
    content = ReportContent(
        period.code,
        period_words(period),
        period.first,
        period.last,
        tuple(period_words(one) for one in columns),
        tuple(ReportTable(label, tuple(rows)) for label, rows in tables.items()),
        definitions=asked.definitions if asked.metrics else (),
    )
    return _with_evaluation(connection, content, period.year), tuple(dict.fromkeys(problems))


def figure_words(counted: Figures, metric: Metric, period: Period) -> tuple[Figure, str]:
    """A figure, and its time in words where that is another than the period in its plain words."""
    other = counted.stated_on(metric, period) if states_itself(metric) else None
    words = period_words(other or period, metric.partial_words)
    return counted.of(metric, period), words if words != period_words(period) else ""


def counted_indicators(
    connection: Connection, frame: EvaluationFramework | None, year: int
) -> Mapping[str, tuple[Period, Figure]]:
    """By the code of an item what services say about it, for the items that name a metric that can be counted."""
    found: dict[str, tuple[Period, Figure]] = {}
    named = {one.code: one.metric for one in frame.items if one.metric} if frame else {}
    if not named:
        return found
    today = clock.today()
    period, asked = Period.of_year(year, today), metrics_of(year)
    figures = Figures(connection, asked.metrics, today)
    for item, code in named.items():
        metric = asked.get(code)
        if metric is not None:
            try:
                found[item] = (period, figures.of(metric, period))
            except MeasureWrong:
                continue
    return found


def framework_of(year: int) -> EvaluationFramework | None:
    """How the open town evaluates a year; None where nothing is stated or its plugins cannot answer."""
    try:
        asked: Any = hooks()
        found: EvaluationFramework | None = asked.evaluation_framework(year=year)
    except MisconfiguredTown:
        return None
    return found


def _cell(counted: Figures, metric: Metric, period: Period) -> ReportCell:
    figure, words = figure_words(counted, metric, period)
    value = "" if figure.value is None else str(figure.value)
    if figure.words:
        # A threshold claims no number, so none is kept that a chart or a file could tell.
        value = figure.words.removesuffix("%") if figure.words.endswith("%") else ""
    return ReportCell(period.code, figure.printed, value, words)


def _with_evaluation(connection: Connection, content: ReportContent, year: int) -> ReportContent:
    frame = framework_of(year)
    actions = tuple(
        ReportLine("", one.title, one.plan, one.done, one.found, (one.next_step,))
        for one in (entries[0] for entries in actions_of(connection, year).values())
    )
    if frame is None:
        return replace(content, actions=actions)
    found = {one.item: one for one in reversed(evaluation_of(connection, frame.code, year))}
    remarks = remarks_of(connection, frame.code, year)
    lines = [
        ReportLine(text("evaluation.steps"), label, "", "", entry.words)
        for place, label in enumerate(frame.steps, start=1)
        if (entry := found.get(step_code(place)))
    ]
    lines += [
        ReportLine(
            item.part,
            item.label,
            f"{item.printed}{item.unit}",
            f"{entry.result}{item.unit}" if (entry := found.get(item.code)) else "",
            entry.words if entry else "",
            tuple(f"{one.agency}：{one.words}" for one in remarks if one.item == item.code),
        )
        for item in frame.items
    ]
    return replace(content, framework=frame.label, evaluation=tuple(lines), actions=actions)
