"""I-07 and I-11 between offices: of a consultation each reads its own sheets, and of nobody whom it is not told of."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from kasane_contracts.intake import ReferralSheetSent
from kasane_kit import clock
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

MOTHER, SON = "山川 花子", "山川 一郎太"
NEIGHBOUR = {"name": "隣田 見太", "phone": "090-1111-2222", "hidden": True}


@pytest.fixture
def bench(make_workbench: Any) -> Workbench:
    """生駒市 with its own plugin."""
    made: Workbench = make_workbench("intake", {TOWN: ("connecting-sheet", "ikoma")})
    return made


def at(bench: Workbench, office: str, *functions: str) -> Visitor:
    return bench.visit_as(bench.staff(*(functions or ("receiver",)), office=office))


def taken(bench: Workbench, **facts: Any) -> tuple[str, list[str]]:
    """A consultation at the tax window about a mother and her son, of whom only she consented."""
    made = at(bench, "tax_window").send_json(
        "POST",
        "/api/v1/consultations",
        {
            "desk": "tax_window",
            "channel": "telephone",
            "story": "泣き声がする。",
            "persons": [{"name": MOTHER, "given_consent": True}, {"name": SON}],
            **facts,
        },
    )
    assert made.status_code == 201, made.text
    return made.json["id"], [person["person_id"] for person in made.json["persons"]]


def sent(
    bench: Workbench,
    consultation_id: str,
    persons: list[str],
    *,
    office: str = "tax_window",
    to: str = "livelihood_support",
    reason: str = "生活費が足りない",
) -> Any:
    return at(bench, office).send_json(
        "POST",
        f"/api/v1/consultations/{consultation_id}/sheets",
        {"to_office": to, "reason": reason, "consent": True, "persons": persons},
    )


def version(bench: Workbench, consultation_id: str) -> int:
    found = at(bench, "tax_window").get(f"/api/v1/consultations/{consultation_id}").json
    return int(found["version"])


@pytest.mark.parametrize("to", ["health", "livelihood_support"])
def test_i_07_a_receiver_passes_on_nobody_of_whom_it_is_not_told(bench: Workbench, to: str) -> None:
    consultation_id, (mother, son) = taken(bench)
    sent(bench, consultation_id, [mother])
    receiver = at(bench, "livelihood_support")

    form = receiver.get(f"/consultations/{consultation_id}/sheets/new").text
    answer = sent(bench, consultation_id, [mother, son], office="livelihood_support", to=to)
    page = receiver.post(
        f"/consultations/{consultation_id}/sheets/new",
        {
            "to_office": to,
            "reason": "続き",
            "consent": "1",
            "companionship": "accompanied",
            "persons": [son],
        },
    )

    assert mother in form
    assert son not in form
    assert (answer.status_code, page.status_code) == (422, 422)
    assert len(bench.said(ReferralSheetSent)) == 1
    assert SON not in receiver.get(f"/consultations/{consultation_id}").text


def test_a_receiver_passes_on_of_whom_it_is_told_and_without_a_choice_only_them(
    bench: Workbench,
) -> None:
    consultation_id, (mother, _) = taken(
        bench, persons=[{"name": MOTHER}, {"name": SON, "given_consent": True}]
    )
    sent(bench, consultation_id, [mother])
    onward = at(bench, "livelihood_support").send_json(
        "POST",
        f"/api/v1/consultations/{consultation_id}/sheets",
        {"to_office": "health", "reason": "受診が先", "consent": True},
    )

    assert (onward.status_code, onward.json["persons"]) == (201, [mother])


@pytest.mark.parametrize("functions", [("receiver",), ("coordinator",)])
def test_a_sheet_is_not_sent_to_the_office_that_sends_it(
    bench: Workbench, functions: tuple[str, ...]
) -> None:
    consultation_id, persons = taken(bench)
    body = {"to_office": "tax_window", "reason": "x", "consent": True, "persons": persons}
    sender = at(bench, "" if "coordinator" in functions else "tax_window", *functions)

    answer = sender.send_json("POST", f"/api/v1/consultations/{consultation_id}/sheets", body)

    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (422, "same_office")
    assert bench.said(ReferralSheetSent) == []


def test_i_07_a_receiver_reads_no_sheet_to_another_office(bench: Workbench) -> None:
    consultation_id, (mother, son) = taken(bench)
    own = sent(bench, consultation_id, [mother]).json["id"]
    other = sent(bench, consultation_id, [son], to="health", reason="一郎太の受診").json["id"]
    receiver = at(bench, "livelihood_support")
    at(bench, "health").post(f"/sheets/{other}", {"step": "return", "text": "一郎太は転院した"})

    pages = (f"/sheets/{other}", f"/sheets/{other}/paper.pdf", f"/api/v1/sheets/{other}")
    assert [receiver.get(page).status_code for page in pages] == [404, 404, 404]
    assert other not in receiver.get(f"/consultations/{consultation_id}").text
    steps = receiver.get(f"/api/v1/consultations/{consultation_id}/steps").json["items"]
    assert {step["sheet_id"] for step in steps} == {"", own}
    assert receiver.get(f"/sheets/{own}").status_code == 200
    for office, functions in (("tax_window", ()), ("", ("coordinator",))):
        whole = at(bench, office, *functions).get(f"/consultations/{consultation_id}").text
        assert own in whole
        assert other in whole


def test_i_07_who_is_told_that_a_sheet_is_late_is_told_none_of_its_words(bench: Workbench) -> None:
    consultation_id, (mother, _son) = taken(bench)
    with clock.fixed(lambda: datetime(2026, 11, 2, 1, 0, tzinfo=UTC)):
        sheet_id = sent(bench, consultation_id, [mother]).json["id"]
    post = bench.said(ReferralSheetSent)[-1].overdue_role
    told = at(bench, "health", "receiver", post)
    sender = at(bench, "tax_window")

    boards = [one.get("/api/v1/sheets") for one in (told, sender)]

    lines = [board.json["overdue"] for board in boards]
    assert [[line["id"] for line in board] for board in lines] == [[sheet_id], [sheet_id]]
    assert [board[0]["reason"] for board in lines] == ["", "生活費が足りない"]
    assert [board[0]["persons"] for board in lines] == [[], [mother]]


def test_the_chain_of_a_sheet_leads_only_to_what_is_open(bench: Workbench) -> None:
    consultation_id, (mother, _) = taken(bench)
    first = sent(bench, consultation_id, [mother]).json["id"]
    onward = at(bench, "livelihood_support").send_json(
        "POST",
        f"/api/v1/sheets/{first}/redirects",
        {"to_office": "health", "reason": "受診が先", "consent": True},
    )
    second = onward.json["id"]

    assert f"/sheets/{first}" not in at(bench, "health").get(f"/sheets/{second}").text
    assert f"/sheets/{second}" in at(bench, "livelihood_support").get(f"/sheets/{first}").text


def test_i_07_i_11_what_is_written_later_is_read_without_who_is_kept_back(
    bench: Workbench,
) -> None:
    consultation_id, (mother, _) = taken(bench, contact=NEIGHBOUR)
    sheet_id = sent(bench, consultation_id, [mother]).json["id"]
    desk, receiver = at(bench, "tax_window"), at(bench, "livelihood_support")
    receiver.post(f"/sheets/{sheet_id}", {"step": "return", "text": "対象外"})
    words = "隣田 見太さんに電話した。一郎太が入院した"
    desk.post(
        f"/consultations/{consultation_id}/contact",
        {
            "next_contact_on": "2099-01-10",
            "words": words,
            "version": str(version(bench, consultation_id)),
        },
    )
    desk.send_json(
        "PUT",
        f"/api/v1/consultations/{consultation_id}/outcome",
        {"outcome": words},
        headers={"If-Match": f'"{version(bench, consultation_id)}"'},
    )

    api = f"/api/v1/consultations/{consultation_id}"
    for address in (f"/consultations/{consultation_id}", api, f"{api}/steps"):
        said = receiver.get(address).text
        assert "隣田" not in said
        assert "一郎太" not in said
        assert "（情報の提供者）さんに電話した。（同意のない方）が入院した" in said
    assert desk.get(api).json["outcome"] == words
    lead = at(bench, "", "coordinator").get(api).json["outcome"]
    assert lead == "（情報の提供者）さんに電話した。一郎太が入院した"


@pytest.mark.parametrize("words", ["隣田 見太さんから聞いた", "隣田さん", "09011112222に電話を"])
def test_i_11_a_reason_that_names_a_hidden_complainant_is_not_sent(
    bench: Workbench, words: str
) -> None:
    consultation_id, (mother, _) = taken(bench, contact=NEIGHBOUR)

    answer = sent(bench, consultation_id, [mother], reason=words)

    assert answer.status_code == 422
    assert "（情報の提供者）" in answer.text
    assert "隣田 見太" not in answer.text
    assert bench.said(ReferralSheetSent) == []


def test_a_hidden_relative_of_the_same_family_name_does_not_stand_in_the_way(
    bench: Workbench,
) -> None:
    relative = {"name": "山川 恵子", "phone": "090-1111-2222", "hidden": True}
    consultation_id, (mother, _) = taken(bench, contact=relative)

    answer = sent(bench, consultation_id, [mother], reason="山川 花子さん、山川さんの生活費")

    assert answer.status_code == 201


def test_i_07_a_refusal_tells_no_name_of_whom_the_sender_is_not_told(bench: Workbench) -> None:
    consultation_id, (mother, _) = taken(bench)
    sent(bench, consultation_id, [mother])

    guessed = sent(
        bench,
        consultation_id,
        [mother],
        office="livelihood_support",
        to="health",
        reason="一郎太に会った",
    )

    assert guessed.status_code == 422
    assert SON not in guessed.text
    assert "（同意のない方）" in guessed.text


def test_i_11_how_a_hidden_complainant_is_reached_stays_at_the_desk(bench: Workbench) -> None:
    reception = {
        "contact_by": "隣田の携帯 090-1111-2222 夜",
        "heard_by": "隣田 見太",
        "agency": "隣田商店",
        "do_not_contact": "見太の家の電話",
    }
    consultation_id, (mother, _) = taken(bench, contact=NEIGHBOUR, reception=reception)
    sent(bench, consultation_id, [mother])

    for visitor in (at(bench, "livelihood_support"), at(bench, "", "coordinator")):
        found = visitor.get(f"/api/v1/consultations/{consultation_id}").json["reception"]
        page = visitor.get(f"/consultations/{consultation_id}").text
        assert (found["contact_by"], found["heard_by"], found["agency"]) == ("", "", "")
        assert found["do_not_contact"] == "（情報の提供者）の家の電話"
        assert "隣田" not in page
        assert "見太" not in page
    desk = at(bench, "tax_window").get(f"/api/v1/consultations/{consultation_id}").json
    assert {name: desk["reception"][name] for name in reception} == reception


def test_who_is_not_hidden_is_reached_by_every_office(bench: Workbench) -> None:
    contact = {**NEIGHBOUR, "hidden": False}
    consultation_id, (mother, _) = taken(
        bench, contact=contact, reception={"contact_by": "夜の携帯、一郎太には内緒"}
    )
    sent(bench, consultation_id, [mother])

    receiver = at(bench, "livelihood_support")
    found = receiver.get(f"/api/v1/consultations/{consultation_id}").json
    assert found["reception"]["contact_by"] == "夜の携帯、（同意のない方）には内緒"


def test_i_11_the_paper_of_a_sheet_has_no_hidden_complainant_even_at_the_desk(
    bench: Workbench,
) -> None:
    story = "隣の隣田 見太（090-1111-2222）から。泣き声がする。"
    consultation_id, (mother, _) = taken(bench, contact=NEIGHBOUR, story=story)
    sheet_id = sent(bench, consultation_id, [mother]).json["id"]

    for office in ("tax_window", "livelihood_support"):
        paper = PdfReader(io.BytesIO(at(bench, office).get(f"/sheets/{sheet_id}/paper.pdf").data))
        said = re.sub(r"\s", "", "".join(page.extract_text() for page in paper.pages))
        assert "泣き声がする" in said
        assert "見太" not in said
        assert "090" not in said
