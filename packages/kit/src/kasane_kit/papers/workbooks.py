"""Writes lists as Excel workbooks in which no cell can run anything."""

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter

from kasane_kit import clock
from kasane_kit.clock import JAPAN
from kasane_kit.strings import KIT_PACKAGE, Strings
from kasane_kit.web.dates import wareki

Cell = str | int | float | bool | date | datetime | None

# Excel would read a text that begins so as a formula, when it is typed again or comes back by way of a CSV file.
_WOULD_RUN = re.compile(r"[=+\-@\t\r＝＋－＠]")
_LONGEST_TEXT = 32_767
_MOST_ROWS = 1_048_575
_FIRST_DAY = date(1900, 3, 1)
_JAPANESE_DATE = '[$-ja-JP-x-gannen]ggge"年"m"月"d"日"'
_strings = Strings(KIT_PACKAGE)


def workbook(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """An xlsx file of one sheet. Text stays text whatever it begins with; dates are dates, shown in 和暦.

    Raises ValueError for rows that do not fit: too many for Excel, or not as wide as the columns.
    """
    if len(rows) > _MOST_ROWS:
        raise ValueError(f"{len(rows)} rows: Excel holds {_MOST_ROWS}")
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{len(row)} cells under {len(columns)} columns")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": _clean(title), "created": clock.now().replace(tzinfo=None)})
    sheet = book.add_worksheet(_sheet_name(title))
    head = book.add_format({"bold": True, "bg_color": "#E8E8E8", "text_wrap": True, "border": 1})
    look = {"valign": "top"}
    formats = {
        "text": book.add_format({**look, "num_format": "@", "text_wrap": True}),
        "guarded": book.add_format(
            {**look, "num_format": "@", "text_wrap": True, "quote_prefix": True}
        ),
        "date": book.add_format({**look, "num_format": _JAPANESE_DATE}),
        "moment": book.add_format({**look, "num_format": f"{_JAPANESE_DATE} hh:mm"}),
        "number": book.add_format(look),
    }
    widths = [_width(column) for column in columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, _clean(column), head)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            widths[place] = max(widths[place], _write(sheet, number, place, cell, formats))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(max(width + 2, 8), 60))
    sheet.freeze_panes(1, 0)
    if rows and columns:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    book.close()
    return file.getvalue()


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet",
    number: int,
    place: int,
    cell: Cell,
    formats: dict[str, "xlsxwriter.format.Format"],
) -> int:
    """Writes one cell by what it is; answers how wide it is in half-width letters."""
    if cell is None:
        return 0
    if isinstance(cell, bool):
        cell = _strings.text("papers.yes" if cell else "papers.no")
    if isinstance(cell, datetime):
        cell = cell.astimezone(JAPAN).replace(tzinfo=None) if cell.tzinfo else cell
        if cell.date() >= _FIRST_DAY:
            sheet.write_datetime(number, place, cell, formats["moment"])
            return len("令和88年88月88日 88:88") + 4
        cell = f"{wareki(cell)} {cell:%H:%M}"
    if isinstance(cell, date):
        if cell >= _FIRST_DAY:
            sheet.write_datetime(number, place, cell, formats["date"])
            return len("令和88年88月88日") + 4
        cell = wareki(cell)
    if isinstance(cell, int | float) and abs(cell) < 1e15:
        sheet.write_number(number, place, cell, formats["number"])
        return len(str(cell))
    text = _clean(str(cell))
    if len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
        told = _strings.text("papers.cut")
        kept = text.encode("utf-16-le")[: (_LONGEST_TEXT - len(told)) * 2]
        text = kept.decode("utf-16-le", "ignore") + told
    guarded = _WOULD_RUN.match(str(cell))
    sheet.write_string(number, place, text, formats["guarded" if guarded else "text"])
    return _width(text)


def _clean(text: str) -> str:
    """The text without what cannot stand in a workbook: control characters and half characters show as 〓."""
    return "".join(
        each if each in "\t\n\r" or unicodedata.category(each) not in ("Cc", "Cs") else "〓"
        for each in text
    )


def _sheet_name(title: str) -> str:
    name = re.sub(r"[\[\]:*?/\\\s]+", " ", _clean(title)).strip().strip("'")[:31].strip().strip("'")
    return name if name and name.casefold() != "history" else _strings.text("papers.sheet")


def _width(text: str) -> int:
    """How many half-width letters the longest line of the text takes."""
    return max(
        (
            sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in line)
            for line in text.split("\n")
        ),
        default=0,
    )
