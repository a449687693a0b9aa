"""Checks that a workbook carries values as what they are and runs nothing."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from flask import Flask

from kasane_kit.papers import Cell, download, workbook


def cells(*values: Cell) -> list[object]:
    """One row of a workbook as Excel would read it."""
    book = openpyxl.load_workbook(
        io.BytesIO(workbook("一覧", [f"列{n}" for n in range(len(values))], [values]))
    )
    return [cell.value for cell in book.active[2]]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://example.invalid","押す")',
        "+81-90",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "＝1+1",
        "{=1+1}",
    ],
)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook("一覧", ["話"], [[text]])))
    cell = book.active["A2"]

    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r") == text
    assert cell.number_format == "@"
    assert cell.quotePrefix is (text[0] != "{")


def test_a_web_address_is_text_and_not_a_link() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook("一覧", ["話"], [["https://example.invalid/"]]))
    )

    assert book.active["A2"].hyperlink is None


def test_values_stay_what_they_are() -> None:
    assert cells("2026-00012", "0012", 12, 3.5, True, None, "𠮷葛\U000e0100") == [
        "2026-00012",
        "0012",
        12,
        3.5,
        "はい",
        None,
        "𠮷葛\U000e0100",
    ]


def test_dates_are_dates_in_the_japanese_calendar() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(
            workbook(
                "一覧",
                ["日", "時"],
                [[date(2026, 11, 21), datetime(2026, 11, 20, 15, 30, tzinfo=UTC)]],
            )
        )
    )
    day, moment = book.active[2]

    assert (day.value.isoformat(), day.is_date) == ("2026-11-21T00:00:00", True)
    assert (moment.value.isoformat(), moment.is_date) == ("2026-11-21T00:30:00", True)
    assert 'ggge"年"' in day.number_format


def test_a_date_before_excels_calendar_is_told_in_words() -> None:
    assert cells(date(1899, 2, 3)) == ["明治32年2月3日"]


def test_what_does_not_fit_a_cell_is_cut_and_told() -> None:
    [text] = cells("𠮷" * 20_000)

    assert isinstance(text, str)
    assert text.endswith("𠮷…（長いためここまで。続きは画面で見てください）")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_control_and_half_characters_do_not_break_the_file() -> None:
    assert cells("a\x00b\ud800c") == ["a〓b〓c"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("相談の一覧", "相談の一覧"),
        ("[相談]:*?/\\一覧", "相談 一覧"),
        ("", "一覧"),
        ("'", "一覧"),
        ("History", "一覧"),
        ("長" * 40, "長" * 31),
    ],
)
def test_any_title_gives_a_sheet_name(title: str, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(title, ["列"], [])))

    assert book.sheetnames == [name]


def test_japanese_columns_are_as_wide_as_their_text() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook("一覧", ["氏名", "話"], [["甲野 花子", "長" * 200]]))
    )
    columns = book.active.column_dimensions

    assert 11 <= columns["A"].width <= 12
    assert 60 <= columns["B"].width <= 61
    assert book.active.freeze_panes == "A2"


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        workbook("一覧", ["列"], [["一", "二"]])


def test_a_download_carries_its_japanese_name_and_is_not_kept() -> None:
    with Flask(__name__).test_request_context():
        paper = download(b"%PDF-", "相談受付票.pdf")
        book = download(b"PK", "相談の一覧.xlsx")

    assert paper.mimetype == "application/pdf"
    assert paper.headers["Content-Disposition"] == (
        "inline; filename*=UTF-8''%E7%9B%B8%E8%AB%87%E5%8F%97%E4%BB%98%E7%A5%A8.pdf"
    )
    assert book.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert paper.headers["Cache-Control"] == book.headers["Cache-Control"] == "no-store"
