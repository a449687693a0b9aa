"""The way of a つなぐシート: drafted, sent, sent on, given back, ended, void, open again; who sees what; on paper."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.intake import (
    ReferralSheetAcknowledged,
    ReferralSheetOverdue,
    ReferralSheetRedirected,
    ReferralSheetReturned,
    ReferralSheetSent,
    ReferralSheetUndecided,
)
from kasane_intake.handlers import alert_overdue_sheets
from kasane_kit import clock
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
FAMILY = {
    "channel": "window",
    "desk": "zei",
    "story": "税が払えない。",
    "persons-0-name": "山川 花子",
    "persons-0-address": "生駒市東新町1",
    "persons-0-given_consent": "1",
    "persons-1-name": "山川 一",
    "persons-1-relation": "長男",
}
SHEET = {
    "to_office": "livelihood_support",
    "reason": "生活費が足りない",
    "consent": "1",
    "companionship": "accompanied",
}


@pytest.fixture
def bench(make_workbench: Any) -> Workbench:
    """生駒市 with its own plugin."""
    made: Workbench = make_workbench("intake", {TOWN: ("connecting-sheet", "ikoma")})
    return made


def at(bench: Workbench, office: str, *functions: str) -> Visitor:
    return bench.visit_as(bench.staff(*(functions or ("receiver",)), office=office))


def consultation(bench: Workbench) -> str:
    answer = at(bench, "tax_window").post("/consultations/new", {**FAMILY, "desk": "tax_window"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].split("/consultations/")[1].split("?")[0])


def persons(bench: Workbench, consultation_id: str) -> list[str]:
    found = at(bench, "tax_window").get(f"/api/v1/consultations/{consultation_id}").json
    return [person["person_id"] for person in found["persons"]]


def sent(bench: Workbench, **changes: Any) -> str:
    consultation_id = consultation(bench)
    form = {**SHEET, "persons": persons(bench, consultation_id)[:1], **changes}
    answer = at(bench, "tax_window").post(f"/consultations/{consultation_id}/sheets/new", form)
    assert answer.status_code == 303, answer.text
    return str(bench.said(ReferralSheetSent)[-1].sheet_id)


def status(bench: Workbench, sheet_id: str) -> str:
    found = at(bench, "tax_window", "coordinator").get(f"/api/v1/sheets/{sheet_id}").json
    return str(found["status"])


def consultation_status(bench: Workbench, sheet_id: str) -> str:
    desk = at(bench, "tax_window", "coordinator")
    sheet = desk.get(f"/api/v1/sheets/{sheet_id}").json
    found = desk.get(f"/api/v1/consultations/{sheet['consultation_id']}").json
    return str(found["status"])


def test_a_draft_is_the_senders_and_is_sent_later(bench: Workbench) -> None:
    consultation_id = consultation(bench)
    desk, receiver = at(bench, "tax_window"), at(bench, "livelihood_support")
    kept = desk.post(
        f"/consultations/{consultation_id}/sheets/new",
        {"to_office": "livelihood_support", "step": "draft"},
    )
    sheet_id = kept.headers["Location"].rsplit("/", 1)[1]

    assert kept.status_code == 303
    assert bench.said(ReferralSheetSent) == []
    assert receiver.get(f"/sheets/{sheet_id}").status_code == 404
    assert receiver.get(f"/consultations/{consultation_id}").status_code == 404
    assert "まだ送っていません" in desk.get(f"/sheets/{sheet_id}").text

    done = desk.post(
        f"/sheets/{sheet_id}/edit",
        {**SHEET, "persons": persons(bench, consultation_id)[:1], "version": "1"},
    )

    assert done.status_code == 303
    assert [e.sheet_id for e in bench.said(ReferralSheetSent)] == [sheet_id]
    assert receiver.get(f"/sheets/{sheet_id}").status_code == 200
    assert desk.get(f"/sheets/{sheet_id}/edit").status_code == 404


def test_a_sheet_with_consent_of_nobody_is_not_sent(bench: Workbench) -> None:
    consultation_id = consultation(bench)
    path = f"/consultations/{consultation_id}/sheets/new"

    answer = at(bench, "tax_window").post(path, SHEET)

    assert answer.status_code == 422
    assert "同意した方を選んでください。" in answer.text
    assert bench.said(ReferralSheetSent) == []


def test_i_07_the_receiver_reads_of_those_who_consented_and_of_nobody_else(
    bench: Workbench,
) -> None:
    sheet_id = sent(bench)
    receiver = at(bench, "livelihood_support")
    page = receiver.get(f"/sheets/{sheet_id}").text
    consultation_id = bench.said(ReferralSheetSent)[0].consultation_id
    whole = receiver.get(f"/consultations/{consultation_id}").text

    assert "山川 花子" in page
    assert "山川 一" not in page + whole
    assert "同意がないため伝えていない方がほかに1人います。" in page
    assert "山川 一" in at(bench, "tax_window").get(f"/consultations/{consultation_id}").text


def test_i_13_a_sheet_sent_on_keeps_its_chain_and_its_first_sender(bench: Workbench) -> None:
    first = sent(bench)
    answer = at(bench, "livelihood_support").post(
        f"/sheets/{first}/redirect",
        {
            "redirect_to": "health",
            "redirect_reason": "受診の相談が先",
            "redirect_consent": "1",
        },
    )
    assert answer.status_code == 303, answer.text
    (said,) = bench.said(ReferralSheetRedirected)
    second = said.new_sheet_id

    assert (status(bench, first), status(bench, second)) == ("redirected", "sent")
    assert bench.said(ReferralSheetSent)[-1].responsible_office == "tax_window"
    assert consultation_status(bench, second) == "connecting"
    assert "税" in at(bench, "health").get(f"/sheets/{second}").text

    # Given back at the end of the chain it is the first sender's, not of who sent it on.
    at(bench, "health").post(f"/sheets/{second}", {"step": "return", "text": "対象外"})
    assert bench.said(ReferralSheetReturned)[-1].from_office == "tax_window"
    assert consultation_status(bench, second) == "received"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"redirect_consent": ""}, 422),
        ({"redirect_reason": ""}, 422),
        ({"redirect_to": "tax_window"}, 422),
        ({"redirect_to": "livelihood_support"}, 422),
        ({"redirect_to": "nowhere"}, 422),
    ],
)
def test_a_sheet_is_not_sent_on_without_consent_reason_and_another_office(
    bench: Workbench, changes: dict[str, str], refused: int
) -> None:
    sheet_id = sent(bench)
    form = {
        "redirect_to": "health",
        "redirect_reason": "受診が先",
        "redirect_consent": "1",
        **changes,
    }

    answer = at(bench, "livelihood_support").post(f"/sheets/{sheet_id}/redirect", form)

    assert answer.status_code == refused
    assert status(bench, sheet_id) == "sent"
    assert bench.said(ReferralSheetRedirected) == []


def test_the_sender_reads_the_outcome_closes_and_opens_again(bench: Workbench) -> None:
    sheet_id = sent(bench)
    desk, receiver = at(bench, "tax_window"), at(bench, "livelihood_support")
    receiver.post(f"/sheets/{sheet_id}", {"step": "accept"})
    early = desk.post(f"/sheets/{sheet_id}/settle", {"step": "close"})
    receiver.post(f"/sheets/{sheet_id}", {"step": "outcome", "text": "面談した"})
    desk.post(f"/sheets/{sheet_id}/settle", {"step": "close"})
    closed = status(bench, sheet_id)
    without = desk.post(f"/sheets/{sheet_id}/settle", {"step": "reopen"})
    desk.post(f"/sheets/{sheet_id}/settle", {"step": "reopen", "reason": "続きがある"})

    assert early.status_code == 409
    assert (closed, without.status_code, status(bench, sheet_id)) == ("closed", 422, "accepted")
    page = desk.get(f"/sheets/{sheet_id}").text
    assert "続きがある" in page
    assert "職員 一郎" in page


def test_a_sheet_is_made_void_with_a_reason_before_anybody_took_it(bench: Workbench) -> None:
    sheet_id = sent(bench)
    desk = at(bench, "tax_window")
    without = desk.post(f"/sheets/{sheet_id}/settle", {"step": "void"})
    kept = status(bench, sheet_id)
    desk.post(f"/sheets/{sheet_id}/settle", {"step": "void", "reason": "送り先を間違えた"})

    assert (without.status_code, kept) == (422, "sent")
    assert status(bench, sheet_id) == "void"
    assert at(bench, "livelihood_support").get(f"/sheets/{sheet_id}").status_code == 404
    assert consultation_status(bench, sheet_id) == "received"


def test_only_the_sender_settles_a_sheet(bench: Workbench) -> None:
    sheet_id = sent(bench)
    form = {"step": "void", "reason": "いらない"}

    answer = at(bench, "livelihood_support").post(f"/sheets/{sheet_id}/settle", form)

    assert answer.status_code == 403
    assert status(bench, sheet_id) == "sent"


def test_company_is_written_down_with_who_and_when(bench: Workbench) -> None:
    sheet_id = sent(bench)
    desk = at(bench, "tax_window")
    day = clock.today().isoformat()
    answer = desk.post(
        f"/sheets/{sheet_id}/company", {"how": "accompanied", "on": day, "by": "税務課 佐伯"}
    )

    assert answer.status_code == 303
    assert "税務課 佐伯" in desk.get(f"/sheets/{sheet_id}").text
    actions = [e.action for e in bench.said(AuditEntryRecorded)]
    assert "intake.referral_sheet.accompanied" in actions


@pytest.mark.parametrize(
    "form",
    [
        {"how": "accompanied", "on": "2099-01-01", "by": "佐伯"},
        {"how": "accompanied", "on": "1999-01-01", "by": "佐伯"},
        {"how": "accompanied", "on": "1月32日", "by": "佐伯"},
        {"how": "carried", "on": "2026-11-21", "by": "佐伯"},
        {"how": "accompanied", "on": "2026-11-21", "by": ""},
    ],
)
def test_company_on_no_day_in_no_way_or_by_nobody_is_refused(
    bench: Workbench, form: dict[str, str]
) -> None:
    sheet_id = sent(bench)
    answer = at(bench, "tax_window").post(f"/sheets/{sheet_id}/company", form)

    assert answer.status_code in (409, 422)
    found = at(bench, "tax_window").get(f"/api/v1/sheets/{sheet_id}").json
    assert found["accompanied_on"] is None


def test_overdue_sheets_are_told_to_sender_and_post_again_and_again(bench: Workbench) -> None:
    with clock.fixed(lambda: FRIDAY):
        sheet_id = sent(bench)
    # Two working days: Monday 23 November 2026 is a holiday, so it is due on Wednesday.
    told = []
    for day in (25, 26, 26, 27):
        with (
            clock.fixed(lambda day=day: datetime(2026, 11, day, 1, 0, tzinfo=UTC)),
            municipality_scope(TOWN),
        ):
            alert_overdue_sheets(bench.house, TOWN)
        told.append(len(bench.said(ReferralSheetOverdue)))

    assert told == [0, 1, 1, 2]
    first, again = bench.said(ReferralSheetOverdue)
    assert (first.sheet_id, first.responsible_office) == (sheet_id, "tax_window")
    assert (first.overdue_role, first.acknowledge_by) == ("responsible", date(2026, 11, 25))
    assert (first.reminders, again.reminders) == (1, 2)


def test_who_has_acknowledged_a_sheet_and_does_not_decide_is_told_of_to_sender_and_post(
    bench: Workbench,
) -> None:
    receiver = at(bench, "livelihood_support")
    with clock.fixed(lambda: FRIDAY):
        sheet_id = sent(bench)
        receiver.post(f"/sheets/{sheet_id}", {"step": "acknowledge"})
        page = receiver.get(f"/sheets/{sheet_id}").text
    # Five working days: Monday 23 November 2026 is a holiday, so it is due on Monday 30.
    assert bench.said(ReferralSheetAcknowledged)[-1].decide_by == date(2026, 11, 30)
    assert "町の決まりに日数がないので、重ねがふだん使う日数" in page

    told = []
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 2)):
        moment = datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)
        with clock.fixed(lambda moment=moment: moment), municipality_scope(TOWN):
            alert_overdue_sheets(bench.house, TOWN)
            late = at(bench, "tax_window").get("/sheets").text
        told.append(len(bench.said(ReferralSheetUndecided)))

    assert told == [0, 1, 1, 2]
    assert "引き受けるかどうかの返事が遅れています" in late.split('id="overdue"', 1)[1]
    first, again = bench.said(ReferralSheetUndecided)
    assert (first.responsible_office, first.overdue_role) == ("tax_window", "responsible")
    assert (first.decide_by, first.reminders, again.reminders) == (date(2026, 11, 30), 1, 2)
    assert bench.said(ReferralSheetOverdue) == []

    # Whoever signed in on that Friday has long been signed out.
    accepted = at(bench, "livelihood_support").post(f"/sheets/{sheet_id}", {"step": "accept"})
    assert accepted.status_code == 303
    with (
        clock.fixed(lambda: datetime(2026, 12, 20, 1, 0, tzinfo=UTC)),
        municipality_scope(TOWN),
    ):
        alert_overdue_sheets(bench.house, TOWN)
    assert len(bench.said(ReferralSheetUndecided)) == 2


def test_the_board_of_an_office_shows_what_it_has_to_do(bench: Workbench) -> None:
    with clock.fixed(lambda: FRIDAY):
        sheet_id = sent(bench)
        waiting = at(bench, "tax_window").get("/sheets").text
        to_answer = at(bench, "livelihood_support").get("/sheets").text
        nothing = at(bench, "health").get("/sheets").text
    with clock.fixed(lambda: datetime(2026, 11, 27, 1, 0, tzinfo=UTC)):
        late = at(bench, "tax_window").get("/sheets").text

    def part(page: str, name: str) -> str:
        return page.split(f'id="{name}"', 1)[1].split("<section", 1)[0]

    assert sheet_id in part(waiting, "waiting")
    assert sheet_id in part(to_answer, "to_answer")
    assert sheet_id not in nothing
    assert sheet_id in part(late, "overdue")
    assert "受け取りの確認が遅れています" in part(late, "overdue")


def test_a_sheet_is_printed_with_and_without_the_person(bench: Workbench) -> None:
    sheet_id = sent(bench)
    receiver = at(bench, "livelihood_support")
    whole = receiver.get(f"/sheets/{sheet_id}/paper.pdf")
    without = receiver.get(f"/sheets/{sheet_id}/paper-without-person.pdf")

    assert whole.data.startswith(b"%PDF-")
    assert without.data.startswith(b"%PDF-")
    assert len(whole.data) > len(without.data)
    assert at(bench, "health").get(f"/sheets/{sheet_id}/paper.pdf").status_code == 404


def test_a_program_sends_on_settles_and_reads_the_history(bench: Workbench) -> None:
    sheet_id = sent(bench)
    receiver = at(bench, "livelihood_support")
    onward = receiver.send_json(
        "POST",
        f"/api/v1/sheets/{sheet_id}/redirects",
        {"to_office": "health", "reason": "受診が先", "consent": True},
    )
    second = onward.json["id"]
    settled = at(bench, "tax_window").send_json(
        "POST", f"/api/v1/sheets/{second}/settlements", {"step": "void", "reason": "やめた"}
    )
    consultation_id = onward.json["consultation_id"]
    steps = at(bench, "tax_window").get(f"/api/v1/consultations/{consultation_id}/steps").json

    assert (onward.status_code, onward.json["redirected_from"]) == (201, sheet_id)
    assert settled.json["status"] == "void"
    assert [step["to_status"] for step in steps["items"] if step["sheet_id"]] == [
        "sent",
        "redirected",
        "sent",
        "void",
    ]
    assert {step["by_name"] for step in steps["items"]} == {"職員 一郎"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("redirects", {"to_office": "health", "reason": "", "consent": True}),
        ("redirects", {"to_office": "health", "reason": "x", "consent": False}),
        ("redirects", {"to_office": "tax_window", "reason": "x", "consent": True}),
        ("settlements", {"step": "burn", "reason": "x"}),
        ("company", {"how": "", "on": "2026-11-21", "by": "x"}),
        ("company", {"how": "accompanied", "on": "soon", "by": "x"}),
    ],
)
def test_a_program_is_refused_what_a_person_is(
    bench: Workbench, path: str, body: dict[str, Any]
) -> None:
    sheet_id = sent(bench)
    sender = at(bench, "livelihood_support" if path == "redirects" else "tax_window")

    answer = sender.send_json("POST", f"/api/v1/sheets/{sheet_id}/{path}", body)

    assert answer.status_code == 422
    assert status(bench, sheet_id) == "sent"
