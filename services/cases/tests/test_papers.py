"""The papers of cases: assessment, plan, the record of one person, the list."""

import io
import re

import openpyxl
import pytest
from pypdf import PdfReader

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind
from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def assess(at_work, case_id, person_id, answers):
    form = "kasane_member" if person_id else "kasane_household"
    return at_work.do(
        handlers.record_assessment,
        commands.RecordAssessment(new_id(), case_id, person_id, form, 1, answers),
    )


def read(answer):
    assert answer.mimetype == "application/pdf", answer.text
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def trail(at_work):
    return [entry.action for entry in at_work.bench.said(AuditEntryRecorded)]


TOLD = {
    "met": "yes",
    "troubles": {"health": "◎", "housing": "○"},
    "heard": {"text": "夜中に声がする", "source": "丁川四郎"},
    "opinion": "眠れていないと思われる",
    "cooperating_bodies": "訪問看護 見本",
}


def test_an_assessment_is_printed_with_its_marks_and_without_who_told(at_work, browser):
    case_id = at_work.case()
    made = assess(at_work, case_id, SON, TOLD)

    said = read(browser.get(f"/cases/{case_id}/assessments/{made}/paper.pdf"))

    for words in (
        "◎健康",
        "○住まい",
        "【ほかの方の話】夜中に声がする",
        "【職員の見立て】眠れていないと思われる",
        "【協力機関】訪問看護見本",
        "本人と直接話せたはい",
        "Kasaneの様式",
    ):
        assert words in said
    assert "丁川" not in said
    assert trail(at_work)[-1] == "cases.paper.read"


def test_a_plan_is_printed_with_a_line_to_sign_for_everybody(at_work, browser):
    case_id = at_work.case()
    plan_id = at_work.plan(case_id, MOTHER)

    said = read(browser.get(f"/cases/{case_id}/plans/{plan_id}/paper.pdf"))

    for words in ("支援プラン", "試験よし子", "・家計が落ち着く", "内容に同意します"):
        assert words in said


def test_the_record_of_one_person_has_nothing_of_the_others(at_work, browser):
    case_id = at_work.case(MOTHER)
    assess(at_work, case_id, SON, TOLD)
    assess(at_work, case_id, MOTHER, {"opinion": "母についての見立て"})
    assess(at_work, case_id, "", {"opinion": "世帯についての見立て"})
    at_work.need(case_id, SON)

    said = read(browser.get(f"/cases/{case_id}/persons/{SON}/record.pdf"))

    for words in (
        "開示の検討用",
        "試験太郎",
        "【ほかの方の話】夜中に声がする",
        "【職員の見立て】眠れていないと思われる",
        "食べるものが足りない",
        "渡す前に、開示できるかを確かめてください",
    ):
        assert words in said
    for hidden in ("母について", "世帯について", "よし子", "支払いが滞って"):
        assert hidden not in said
    assert trail(at_work)[-1] == "cases.record_copy.read"


def test_i_11_who_reported_stands_in_no_copy_of_a_record(at_work, browser):
    case_id = at_work.case()
    assess(at_work, case_id, SON, TOLD)

    said = read(browser.get(f"/cases/{case_id}/persons/{SON}/record.pdf"))

    assert "夜中に声がする" in said
    assert "丁川" not in said


def test_i_04_nothing_of_a_support_conference_stands_in_a_copy_of_a_record(at_work, browser):
    case_id = at_work.case()
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    at_work.item(session_id, case_id, SON)
    at_work.open(session_id)

    said = read(browser.get(f"/cases/{case_id}/persons/{SON}/record.pdf"))

    assert "議題に加えた" not in said
    assert "支援の方針" not in said


def test_i_10_a_protected_address_stands_on_no_paper_and_in_no_list(at_work, browser):
    case_id = at_work.case(address_protected=(MOTHER,))
    at_work.plan(case_id, MOTHER)

    said = read(browser.get(f"/cases/{case_id}/persons/{MOTHER}/record.pdf"))
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/cases/list.xlsx").data))

    assert "試験町" not in said
    assert "住所は保護されている" in said
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert any("試験 よし子" in cell for cell in cells)
    assert not any("試験町" in cell for cell in cells)


def test_who_does_not_coordinate_gets_no_copy_for_disclosure(at_work):
    case_id = at_work.case()
    contact = at_work.bench.visit_as(at_work.bench.staff("contact", account_id="account-contact"))

    assert contact.get(f"/cases/{case_id}/persons/{SON}/record.pdf").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["plans/unknown/paper.pdf", "assessments/unknown/paper.pdf", "persons/unknown/record.pdf"],
)
def test_what_is_not_there_is_not_printed(at_work, browser, path):
    case_id = at_work.case()

    answer = browser.get(f"/cases/{case_id}/{path}")

    assert answer.status_code == 404
    assert b"%PDF" not in answer.data


def test_the_list_is_exported_and_audited_and_the_buttons_are_there(at_work, browser):
    case_id = at_work.case()

    answer = browser.get("/cases/list.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert book.max_row == 2
    assert book["D2"].is_date is True
    assert trail(at_work)[-1] == "cases.export.listed"
    assert "/cases/list.xlsx" in browser.get("/cases").text
    assert f"/persons/{SON}/record.pdf" in browser.get(f"/cases/{case_id}").text
