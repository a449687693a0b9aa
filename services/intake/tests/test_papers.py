"""The papers of intake: what stands on a sheet, what stands on none, and that printing leaves a trace."""

import io
import re
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.intake import ConsultationReceived
from kasane_intake.pages import papers
from kasane_kit.testing.workbench import Visitor, Workbench

WALK_IN: dict[str, Any] = {
    "channel": "window",
    "desk": "zei",
    "story": "税が払えない。#set text(red) 𠮷田さんの紹介。",
    "categories": ["taxes_utilities", "housing"],
    "main_category": "taxes_utilities",
    "persons-0-name": "山川 花子",
    "persons-0-kana": "やまかわ はなこ",
    "persons-0-birth_date": "S60.4.2",
    "persons-0-address": "見本町一丁目2番3号",
}


@pytest.fixture
def desk(workbench: Workbench) -> Visitor:
    return workbench.visit_as(workbench.staff("receiver", office="zei", name="窓口 次郎"))


def taken(workbench: Workbench, desk: Visitor, **changes: Any) -> str:
    desk.post("/consultations/new", {**WALK_IN, **changes})
    return str(workbench.said(ConsultationReceived)[-1].consultation_id)


def read(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def trail(workbench: Workbench) -> list[str]:
    return [entry.action for entry in workbench.said(AuditEntryRecorded)]


def test_the_sheet_with_consent_has_what_was_told_and_a_line_to_sign(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation_id = taken(workbench, desk)

    answer = desk.get(f"/consultations/{consultation_id}/paper.pdf?consent=1")

    assert answer.mimetype == "application/pdf"
    said = read(answer.data)
    for words in (
        "相談受付・申込票",
        "山川花子",
        "昭和60年4月2日",
        "見本町一丁目2番3号",
        "◎税金や公共料金",
        "○住まい",
        "税が払えない。#settext(red)𠮷田さんの紹介。",
        "情報を共有することに同意します",
        "本人の署名",
        "印刷：窓口次郎",
    ):
        assert words in said


def test_the_sheet_without_consent_says_so_and_asks_for_no_signature(
    workbench: Workbench, desk: Visitor
) -> None:
    said = read(desk.get(f"/consultations/{taken(workbench, desk)}/paper.pdf").data)

    assert "相談受付票（本人同意なし）" in said
    assert "本人の同意を確かめる前のものです" in said
    assert "署名" not in said


def test_i_11_a_hidden_complainant_stands_on_no_paper_not_even_at_the_desk_that_heard(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation_id = taken(
        workbench,
        desk,
        contact_name="丁川 四郎",
        phone="0312345678",
        contact_hidden="1",
        story="隣の丁川四郎さんから。夜に声がする。",
    )

    for consent in ("", "?consent=1"):
        said = read(desk.get(f"/consultations/{consultation_id}/paper.pdf{consent}").data)
        assert "夜に声がする" in said
        assert "丁川" not in said
        assert "四郎" not in said
        assert "0312345678" not in said
        assert "この紙には載せていません" in said


def test_printing_and_exporting_leave_a_trace_of_their_own(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation_id = taken(workbench, desk)

    desk.get(f"/consultations/{consultation_id}/paper.pdf")
    desk.get("/consultations/list.xlsx")

    assert trail(workbench)[-2:] == ["intake.paper.read", "intake.export.listed"]


def test_another_office_prints_nothing(workbench: Workbench, desk: Visitor) -> None:
    consultation_id = taken(workbench, desk)
    other = workbench.visit_as(workbench.staff("receiver", office="kodomo"))

    answer = other.get(f"/consultations/{consultation_id}/paper.pdf")

    assert answer.status_code == 404
    assert b"%PDF" not in answer.data
    assert "intake.paper.read" not in trail(workbench)


def test_the_list_goes_to_excel_without_addresses_and_runs_nothing(
    workbench: Workbench, desk: Visitor
) -> None:
    taken(workbench, desk, **{"persons-0-name": "=1+1"})

    answer = desk.get("/consultations/list.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert sheet.max_row == 2
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert not any("見本町" in str(cell.value) for cell in cells)
    assert sheet["B2"].is_date is True


def test_the_workbook_follows_the_words_that_were_searched(
    workbench: Workbench, desk: Visitor
) -> None:
    taken(workbench, desk)
    taken(workbench, desk, **{"persons-0-name": "海野 三郎", "persons-0-kana": "うんの さぶろう"})

    page = desk.get("/consultations?q=海野").text
    answer = desk.get("/consultations/list.xlsx?q=海野")

    assert "/consultations/list.xlsx?q=%E6%B5%B7%E9%87%8E" in page
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == ["海野 三郎"]


def test_a_workbook_that_holds_not_everything_says_so(
    workbench: Workbench, desk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(workbench, desk)
    taken(workbench, desk)
    monkeypatch.setattr(papers, "MOST_LINES", 1)
    monkeypatch.setattr(papers, "MOST_FOUND", 1)

    for path in ("/consultations/list.xlsx", "/consultations/list.xlsx?q=山川"):
        sheet = openpyxl.load_workbook(io.BytesIO(desk.get(path).data)).active
        assert sheet.max_row == 3
        assert str(sheet["A3"].value).startswith("ほかにもあります")


def test_the_buttons_stand_on_their_pages(workbench: Workbench, desk: Visitor) -> None:
    consultation_id = taken(workbench, desk)

    page = desk.get(f"/consultations/{consultation_id}").text

    assert f"/consultations/{consultation_id}/paper.pdf?consent=1" in page
    assert "/consultations/list.xlsx" in desk.get("/consultations").text
