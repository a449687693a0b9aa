"""The pages of the end of retention: what is listed, who may do what, and every refusal in a sentence."""

import re

import pytest

from kasane_cases.queries import retention_lines
from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor


def coordinator(retaining) -> Visitor:
    """The coordinator, signed in by the clock of now."""
    return retaining.bench.visit_as(retaining.at_work.coordinator)


def second(retaining) -> Visitor:
    """The other person, signed in by the clock of now."""
    return retaining.bench.visit_as(retaining.second)


TERM = {
    "retained_kind": "case",
    "years": "5",
    "counted_from": "fiscal_year",
    "document_title": "架空町文書管理規程",
    "document_article": "別表第二",
    "document_date": "2020-04-01",
    "waiting_days": "14",
}


def test_the_list_shows_number_day_and_document_and_no_name(retaining):
    case_id = retaining.over()
    page = coordinator(retaining).get("/retention").get_data(as_text=True)

    assert retaining.at_work.read_case(case_id).number in page
    assert "試験町文書管理規程 別表 架空の項" in page
    assert "試験 よし子" not in page
    assert "消すことを申し出る" in page
    assert "&lt;" not in page


def test_without_a_term_the_page_says_that_nothing_is_destroyed(browser):
    page = browser.get("/retention").get_data(as_text=True)

    assert "ケース・ケースにならなかった相談の保存期間が決まっていません" in page


def test_one_proposes_and_only_another_is_offered_to_confirm(retaining):
    case_id = retaining.over()
    browser, other = coordinator(retaining), second(retaining)
    sent = browser.post(
        "/retention/proposals",
        {"kind": "case", "record_id": case_id, "submission": "once-0123456789abcdef"},
    )
    assert sent.status_code == 303

    mine = browser.get("/retention").get_data(as_text=True)
    theirs = other.get("/retention").get_data(as_text=True)

    assert "確かめるのは、別の人です" in mine
    assert "確かめて、消すことを決める" not in mine
    assert "確かめて、消すことを決める" in theirs
    action = re.search(r"/retention/([0-9a-f-]+)/confirmation", theirs)
    assert action is not None
    confirmed = other.post(f"/retention/{action[1]}/confirmation")
    assert confirmed.status_code == 303
    waiting = other.get("/retention").get_data(as_text=True)
    assert re.search(r"令和\d+年\d+月\d+日に消します", waiting)
    assert "&lt;" not in waiting


@pytest.mark.parametrize(
    ("kind", "status"), [("audit_trail", 422), ("", 422), ("何か", 422), ("consultation", 409)]
)
def test_what_cannot_be_proposed_is_refused_in_a_sentence(retaining, kind, status):
    case_id = retaining.over()

    refused = coordinator(retaining).post(
        "/retention/proposals",
        {"kind": kind, "record_id": case_id, "submission": "once-0123456789abcdef"},
    )

    assert refused.status_code == status
    assert "何も" in refused.get_data(as_text=True)
    assert retaining.file().running == []


def test_a_record_is_kept_on_by_number_with_a_reason_and_let_go_again(retaining):
    case_id = retaining.at_work.case("person-mother")
    number = retaining.at_work.read_case(case_id).number
    browser = coordinator(retaining)
    form = {"kind": "case", "record_number": number, "hold_reason": "審査請求が出ています"}

    bad = [
        browser.post("/retention/holds", {**form, **wrong}).status_code
        for wrong in (
            {"record_number": "C1999-9999"},
            {"record_number": ""},
            {"kind": "audit_trail"},
            {"kind": "consultation"},
            {"hold_reason": " "},
        )
    ]
    held = browser.post("/retention/holds", {**form, "submission": "once-0123456789abcdef"})
    page = browser.get("/retention").get_data(as_text=True)

    assert bad == [404, 404, 422, 404, 422]
    assert held.status_code == 303
    assert "審査請求が出ています" in page
    assert number in page
    (action,) = set(re.findall(r"/retention/holds/[0-9a-f-]+/end", page))
    assert browser.post(action).status_code == 303
    assert browser.post(action).status_code == 404
    assert "審査請求が出ています" not in browser.get("/retention").get_data(as_text=True)
    trail = [
        entry.action
        for entry in retaining.bench.said(AuditEntryRecorded)
        if entry.object_id == case_id and entry.action.startswith("cases.retention")
    ]
    assert trail == ["cases.retention.held", "cases.retention.hold_lifted"]


def test_who_only_reads_cases_keeps_nothing_on(retaining):
    case_id = retaining.at_work.case("person-mother")
    form = {"kind": "case", "record_id": case_id, "hold_reason": "裁判"}
    admin = retaining.bench.visit_as(retaining.admin)

    assert admin.post("/retention/holds", form).status_code == 403
    assert retaining.file().held == ()


def test_a_case_that_was_destroyed_says_so_on_its_page(retaining):
    case_id = retaining.over()
    retaining.due(case_id)
    retaining.work()
    browser = coordinator(retaining)

    page = browser.get(f"/cases/{case_id}")

    assert page.status_code == 410
    assert "保存期間が終わり、消されました" in page.get_data(as_text=True)
    assert "試験" not in browser.get("/cases?all=1").get_data(as_text=True)


def test_only_the_administrator_sets_the_term(browser, retaining):
    admin = retaining.bench.visit_as(retaining.admin)
    assert browser.get("/retention/term").status_code == 403
    assert browser.post("/retention/term", TERM).status_code == 403
    assert retaining.file().entered == ()
    assert admin.get("/retention").status_code == 403
    assert admin.post("/retention/term", {**TERM, "years": "0"}).status_code == 422
    assert admin.post("/retention/term", {**TERM, "document_title": ""}).status_code == 422
    short = admin.post("/retention/term", {**TERM, "waiting_days": "13"})
    assert short.status_code == 422
    assert "13日は入れられません。14日から366日までです。" in short.get_data(as_text=True)
    assert admin.post("/retention/term", TERM).status_code == 303
    page = admin.get("/retention/term").get_data(as_text=True)
    assert "架空町文書管理規程 別表第二" in page
    assert "5年（終わった年度の翌年度の4月1日から）" in page


def test_the_operators_list_uses_the_words_of_the_pages(retaining):
    case_id = retaining.over()
    number = retaining.at_work.read_case(case_id).number
    with municipality_scope(TOWN):
        free = "\n".join(retention_lines(retaining.bench.house, TOWN))
    coordinator(retaining).post(
        "/retention/holds", {"kind": "case", "record_id": case_id, "hold_reason": "訴訟のため"}
    )
    with municipality_scope(TOWN):
        held = "\n".join(retention_lines(retaining.bench.house, TOWN))

    assert f"△ ケース {number}" in free
    assert "妨げ — /" in free
    assert "残しておくことになっています" in held
    assert "on_hold" not in held
    assert "試験 よし子" not in held
