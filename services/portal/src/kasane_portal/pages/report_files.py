"""Writes a report as CSV, as a workbook and as a paper for the committee."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from flask import Response
from werkzeug.datastructures import Headers

from kasane_kit.papers import (
    Bars,
    Block,
    Cell,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paper,
    Prose,
    download,
    pdf,
    workbook,
)
from kasane_kit.web import text
from kasane_kit.web.citations import cited_words
from kasane_kit.web.dates import wareki
from kasane_portal.domain.errors import NotInEncoding
from kasane_portal.domain.report import ReportContent, ReportVersion
from kasane_portal.pages.charts import charts_of

COLUMNS = ("table", "metric", "period", "value", "unit", "kind", "how", "note", "source")
# What the person chooses, and what Python calls it; the first has the mark by which Excel knows it.
ENCODINGS = {"utf-8": "utf-8-sig", "cp932": "cp932"}
MOST_NAMED = 20
# One sign of JIS X 0208 each, for which CP932 has another code point than the one that is typed.
SAME_IN_JIS = str.maketrans({"—": "―", "〜": "～", "−": "－", "‖": "∥"})


def as_csv(content: ReportContent, name: str, encoding: str) -> Response:
    """The figures line by line; raises NotInEncoding naming what the encoding cannot write, and writes nothing."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_head())
    for line in _lines(content):
        writer.writerow(_safe("" if cell is None else str(cell)) for cell in line)
    written = out.getvalue()
    if encoding == "cp932":
        written = written.translate(SAME_IN_JIS)
    try:
        body = written.encode(ENCODINGS[encoding])
    except UnicodeEncodeError as error:
        missing = [one for one in dict.fromkeys(written) if not _fits(one, ENCODINGS[encoding])]
        named = [f"{one}（U+{ord(one):04X}）" for one in missing[:MOST_NAMED]]
        raise NotInEncoding(
            encoding=encoding, characters=text("kit.list_separator").join(named)
        ) from error
    charset = "shift_jis" if encoding == "cp932" else "utf-8"
    headers = Headers({"Cache-Control": "no-store"})
    headers.add("Content-Disposition", "attachment", filename=f"{name}.csv")
    return Response(body, content_type=f"text/csv; charset={charset}", headers=headers)


def as_workbook(content: ReportContent, title: str) -> Response:
    """The figures as a workbook: numbers are numbers, nothing in it runs."""
    return download(workbook(title, _head(), list(_lines(content))), f"{title}.xlsx")


def as_paper(
    content: ReportContent, town: str, version: ReportVersion | None, today: date, by: str
) -> Response:
    """The report for a committee, with its charts; without a version it says on every page that it still moves."""
    title = text("report.paper_title", town=town, period=content.words)
    number = text("report.version_number", number=version.number) if version else ""
    paper = Paper(
        title,
        tuple(_blocks(content, version)),
        number=number,
        printed_on=today,
        printed_by=by,
        footer=title,
        watermark="" if version else text("report.not_frozen_mark"),
    )
    return download(pdf(paper), f"{title}{number}.pdf")


def _head() -> list[str]:
    return [text(f"figures.column.{key}") for key in COLUMNS]


def _lines(content: ReportContent) -> Iterator[Sequence[Cell]]:
    for table, row in content.rows():
        for column, cell in zip(content.columns, row.cells, strict=True):
            plain = cell.value and cell.printed.replace(",", "") == cell.value
            yield (
                table.label,
                row.label,
                cell.words or column,
                _number(cell.value) if plain else cell.printed,
                row.unit,
                text(f"measure_kind.{row.kind}"),
                "".join(row.how),
                row.footnote or row.note,
                row.source,
            )


def _number(value: str) -> int | float:
    found = Decimal(value)
    return int(found) if found == found.to_integral_value() and "." not in value else float(found)


def _blocks(content: ReportContent, version: ReportVersion | None) -> Iterator[Block]:
    if version is not None:
        said = text(
            "report.frozen_line",
            day=wareki(version.frozen_at),
            name=version.frozen_by,
            number=version.number,
        )
        yield Prose(said)
        if version.reason:
            yield Prose(text("report.reason_line", reason=version.reason))
    charts = charts_of(content)
    for table in content.tables:
        yield Heading(table.label)
        yield Grid(
            (text("figures.column.metric"), *content.columns, text("figures.column.unit")),
            tuple(
                (
                    row.label,
                    *(
                        f"{cell.printed}（{cell.words}）" if cell.words else cell.printed
                        for cell in row.cells
                    ),
                    row.unit,
                )
                for row in table.rows
            ),
        )
        for note in table.footnotes:
            yield Note(f"※ {note}")
        for chart in charts:
            if chart.table == table.label:
                yield Bars(
                    chart.label, tuple((one.label, one.printed, one.share) for one in chart.bars)
                )
    yield Prose(text("figures.not_collected"))
    yield from _looking_back(content)
    yield PageBreak()
    yield Heading(text("report.how_counted"))
    yield Grid(
        tuple(text(f"figures.column.{key}") for key in ("metric", "how", "source")),
        tuple(
            (row.label, "".join((*row.how, row.note)), cited_words(row.source))
            for _, row in content.rows()
        ),
    )
    if content.definitions:
        marks = text("kit.list_separator").join(content.definitions)
        yield Note(text("report.definitions", marks=marks))


def _looking_back(content: ReportContent) -> Iterator[Block]:
    if content.evaluation:
        yield Heading(content.framework)
        yield Grid(
            tuple(
                text(f"evaluation.{key}")
                for key in ("item", "printed", "result", "words", "remarks")
            ),
            tuple(
                (one.label, one.printed, one.result, one.words, "\n".join(one.remarks))
                for one in content.evaluation
            ),
        )
    if content.actions:
        yield Heading(text("actions.title"))
        yield Grid(
            tuple(text(f"actions.{key}") for key in ("name", "plan", "done", "found", "next")),
            tuple(
                (one.label, one.printed, one.result, one.words, "\n".join(one.remarks))
                for one in content.actions
            ),
        )


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _safe(word: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{word}" if word.startswith(("=", "+", "-", "@", "\t", "\r")) else word
