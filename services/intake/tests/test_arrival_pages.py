"""The pages of what became no consultation: who may see and set what, every refusal in a sentence, and no name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kasane_intake import queries
from kasane_kit import clock
from kasane_kit.testing.workbench import Visitor, Workbench
from tests.support.public_form import WORDS, Passerby, desk, open_form, queue, receipt_of

BEGIN = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
TERM = {
    "term_length": "6",
    "term_unit": "months",
    "document_title": "架空町文書管理規程",
    "document_article": "別表第二",
    "document_date": "2020-04-01",
}


@pytest.fixture
def town(workbench: Workbench, clock_at: Any) -> Workbench:
    """A town whose form is open, on the first of April."""
    clock_at(BEGIN)
    return open_form(workbench)


def somebody(town: Workbench, function: str) -> Visitor:
    return town.visit_as(town.staff(function, account_id=function, name="職員 架空"))


def file(town: Workbench) -> Any:
    with town.reading() as connection:
        return queries.arrival_file(connection, clock.today())


def left(town: Workbench) -> tuple[str, str, str]:
    """A message with a name: its id, its receipt number and the words of the receipt."""
    answer = Passerby(town, BEGIN).send({**WORDS, "name": "架空 太郎"})
    (line,) = queue(town)
    return (line.id, *receipt_of(answer))


def set_aside(town: Workbench, message_id: str) -> None:
    answer = desk(town).post(
        f"/web-messages/{message_id}/set-aside", {"reason": "広告", "version": "1"}
    )
    assert answer.status_code == 303


def test_only_the_administrator_sets_the_term_and_sees_no_list(town: Workbench) -> None:
    for function in ("receiver", "contact", "coordinator", "responsible", "outreach_worker"):
        other = somebody(town, function)
        assert other.get("/arrivals/term").status_code == 403
        assert other.post("/arrivals/term", TERM).status_code == 403
    assert file(town).terms == ()

    admin = somebody(town, "town_administrator")
    assert "定めはありません。定めが入るまで、何も消えません。" in admin.get("/arrivals/term").text
    assert admin.post("/arrivals/term", TERM).status_code == 303

    page = admin.get("/arrivals/term").text
    assert "6か月" in page
    assert "架空町文書管理規程 別表第二（令和2年4月1日）" in page
    assert "令和8年4月15日" in page
    assert admin.get("/arrivals").status_code == 403
    assert somebody(town, "receiver").get("/arrivals").status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"term_length": "0"}, "0は入れられません。1から1200までです。"),
        ({"term_length": "-5"}, "-5は入れられません。1から1200までです。"),
        ({"term_length": "13", "term_unit": "days"}, "13は入れられません。14から36500までです。"),
        ({"term_length": "99999"}, "99999は入れられません。"),
        ({"term_length": "9" * 30}, ""),
        ({"term_length": "六"}, ""),
        ({"term_length": ""}, ""),
        ({"term_unit": "years"}, ""),
        ({"document_title": ""}, ""),
        ({"document_article": "あ" * 201}, ""),
        ({"document_date": "2099-01-01"}, "今日までの文書の日付が要ります。"),
        ({"document_date": "きのう"}, ""),
    ],
)
def test_a_bad_term_is_refused_in_a_sentence_and_nothing_is_kept(
    town: Workbench, changes: dict[str, str], words: str
) -> None:
    answer = somebody(town, "town_administrator").post("/arrivals/term", {**TERM, **changes})

    assert answer.status_code == 422
    assert 'id="error-summary-title"' in answer.text
    assert words in answer.text
    assert file(town).terms == ()


def test_the_list_shows_number_and_day_of_the_end_and_no_name(
    town: Workbench, clock_at: Any
) -> None:
    message_id, number, _word = left(town)
    set_aside(town, message_id)
    coordinator = somebody(town, "coordinator")
    assert "定めがないので消しません" in coordinator.get("/arrivals").text
    somebody(town, "town_administrator").post("/arrivals/term", TERM)

    page = coordinator.get("/arrivals").text

    assert number in page
    assert "令和8年10月2日" in page
    assert "架空 太郎" not in page
    assert "眠れません" not in page


def test_what_waits_over_the_term_is_said_to_its_desk_and_to_nobody_elses(
    town: Workbench, clock_at: Any
) -> None:
    _message_id, number, _word = left(town)
    somebody(town, "town_administrator").post("/arrivals/term", TERM)
    said = "町が定めた期間を過ぎて待っているものが1件あります。処理するまで消えません。"
    assert said not in desk(town).get("/web-messages").text
    clock_at(BEGIN + timedelta(400))

    assert said in desk(town).get("/web-messages").text
    assert said not in desk(town, "zei").get("/web-messages").text
    page = somebody(town, "coordinator").get("/arrivals").text
    assert said in page
    assert number in page


def test_a_hold_is_placed_with_a_reason_and_lifted_by_who_may(town: Workbench) -> None:
    message_id, number, _word = left(town)
    set_aside(town, message_id)
    wanted = {"kind": "web_message", "arrival_id": message_id, "hold_reason": "開示請求が出ている"}
    coordinator, receiver = somebody(town, "coordinator"), somebody(town, "receiver")

    assert receiver.post("/arrivals/holds", wanted).status_code == 403
    empty = coordinator.post("/arrivals/holds", {**wanted, "hold_reason": " "})
    assert (empty.status_code, "残しておくには、理由が要ります。" in empty.text) == (422, True)
    for wrong in ({"kind": "case"}, {"kind": ""}, {"arrival_id": "nobody"}, {"arrival_id": ""}):
        assert coordinator.post("/arrivals/holds", {**wanted, **wrong}).status_code == 404
    assert file(town).held == []

    assert coordinator.post("/arrivals/holds", wanted).status_code == 303
    page = coordinator.get("/arrivals").text
    ((hold, kept),) = file(town).held
    assert "職員 架空：開示請求が出ている" in page
    assert (kept.receipt, kept.id) == (number, message_id)
    assert receiver.post(f"/arrivals/holds/{hold.id}/end").status_code == 403
    assert coordinator.post(f"/arrivals/holds/{hold.id}/end").status_code == 303
    assert coordinator.post(f"/arrivals/holds/{hold.id}/end").status_code == 404
    assert file(town).held == []


def test_what_a_machine_set_aside_is_confirmed_by_a_person_with_a_reason(town: Workbench) -> None:
    Passerby(town, BEGIN).send(WORDS, after=1)
    (line,) = queue(town, "set_aside")
    page = f"/web-messages/{line.id}"
    assert f"{page}/set-aside" in desk(town).get(page).text

    set_aside(town, line.id)

    assert f"{page}/set-aside" not in desk(town).get(page).text
    assert file(town).counts["handled"] == 1


def test_what_was_destroyed_says_so_to_staff_and_to_who_holds_the_receipt(
    town: Workbench, clock_at: Any
) -> None:
    message_id, number, word = left(town)
    set_aside(town, message_id)
    with town.unit(town.staff("coordinator")) as uow:
        uow.connection.exec_driver_sql("UPDATE intake_web_message SET ending_id = 'ending-1'")
        uow.record("intake.arrival.ended", "arrival_ending", "ending-1")
        uow.commit()

    page = desk(town).get(f"/web-messages/{message_id}")
    asked = Passerby(town, BEGIN).send({"number": number, "word": word}, "/soudan/receipt")

    assert (page.status_code, asked.status_code) == (410, 410)
    for answer in (page, asked):
        assert "町が定めた、残しておく期間が終わり、消されました。" in answer.text
        assert "眠れません" not in answer.text
    assert queue(town, "set_aside") == []
