"""What was typed names people too: who did not consent is taken out of what a receiver reads (I-07)."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from kasane_contracts.intake import ReferralSheetSent
from kasane_intake.domain.consultation import PersonConcerned
from kasane_intake.domain.names_in_text import named_in, without_names
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

HANAKO = PersonConcerned("1", "山川 花子", "やまかわ はなこ")
TARO = PersonConcerned("2", "髙橋 太郎丸", "たかはし はじめ")
STORY = "花子さんの家に高橋　太郎丸が来る。たかはしさんは親切。はじめての相談。"
SHEET: dict[str, Any] = {
    "to_office": "kodomo",
    "reason": "食べるものがない",
    "consent": True,
    "companionship": "accompanied",
}


@pytest.mark.parametrize(
    "typed",
    [
        "髙橋太郎丸",
        "高橋 太郎丸",
        "高橋・太郎丸",
        "太郎丸が",
        "高橋さん",
        "ﾀｶﾊｼ ﾊｼﾞﾒ",
        "はじめくん",
        "たかはし様",
    ],
)
def test_a_person_is_found_in_any_spelling(typed: str) -> None:
    assert named_in(f"今朝{typed}来た。", [HANAKO], [TARO]) == ("髙橋 太郎丸",)


@pytest.mark.parametrize("typed", ["はじめて来た", "高橋町の店", "山川さんと花子さん", "", "。、"])
def test_common_words_and_those_who_consented_are_nobody_else(typed: str) -> None:
    assert named_in(typed, [HANAKO], [TARO, PersonConcerned("3", "山川 子")]) == ()


def test_a_name_within_the_name_of_who_consented_is_theirs_and_not_the_other_way_round() -> None:
    short, long = PersonConcerned("4", "山川 美恵"), PersonConcerned("5", "山川 美恵子")

    assert named_in("美恵子が来た", [long], [short]) == ()
    assert named_in("美恵子が来た", [short], [long]) == ("山川 美恵子",)


def test_only_the_names_are_taken_out_of_a_text() -> None:
    assert without_names(STORY, [HANAKO], [TARO]) == (
        "花子さんの家に（同意のない方）が来る。（同意のない方）さんは親切。はじめての相談。"
    )
    assert without_names(STORY, [HANAKO, TARO], []) == STORY


def at(bench: Workbench, office: str) -> Visitor:
    return bench.visit_as(bench.staff("receiver", office=office))


def taken(bench: Workbench, desk: str = "zei") -> tuple[str, list[str]]:
    made = at(bench, desk).send_json(
        "POST",
        "/api/v1/consultations",
        {
            "desk": desk,
            "channel": "telephone",
            "story": STORY,
            "persons": [{"name": HANAKO.name}, {"name": TARO.name, "kana": TARO.kana}],
        },
    )
    return made.json["id"], [person["person_id"] for person in made.json["persons"]]


def test_i_07_a_reason_that_names_who_did_not_consent_is_not_sent(workbench: Workbench) -> None:
    consultation_id, (told, untold) = taken(workbench)
    path = f"/api/v1/consultations/{consultation_id}/sheets"
    reason = {"reason": "高橋太郎丸さんに食べるものがない"}

    refused = at(workbench, "zei").send_json("POST", path, {**SHEET, **reason, "persons": [told]})

    assert refused.status_code == 422
    assert TARO.name in refused.text
    assert workbench.said(ReferralSheetSent) == []
    consented = {**SHEET, **reason, "persons": [told, untold]}
    assert at(workbench, "zei").send_json("POST", path, consented).status_code == 201


def test_the_form_says_whom_the_story_names_and_keeps_what_was_typed(make_workbench: Any) -> None:
    bench: Workbench = make_workbench("intake", {TOWN: ("ikoma",)})
    consultation_id, (told, _) = taken(bench, "tax_window")
    path = f"/consultations/{consultation_id}/sheets/new"
    typed = {
        **SHEET,
        "to_office": "livelihood_support",
        "consent": "1",
        "persons": [told],
        "reason": "太郎丸に食べるものがない",
    }

    assert "（同意のない方）" in at(bench, "tax_window").get(path).text
    answer = at(bench, "tax_window").post(path, typed)

    assert answer.status_code == 422
    assert "同意していない方のお名前が書かれています：髙橋 太郎丸" in answer.text
    assert "太郎丸に食べるものがない" in answer.text
    assert bench.said(ReferralSheetSent) == []


def test_i_07_the_receiver_reads_the_story_without_who_did_not_consent(
    workbench: Workbench,
) -> None:
    consultation_id, (told, _) = taken(workbench)
    sheet_id = (
        at(workbench, "zei")
        .send_json(
            "POST",
            f"/api/v1/consultations/{consultation_id}/sheets",
            {**SHEET, "persons": [told]},
        )
        .json["id"]
    )
    receiver, page = at(workbench, "kodomo"), f"/consultations/{consultation_id}"

    for address in (page, f"/sheets/{sheet_id}", f"/api/v1{page}"):
        said = receiver.get(address).text
        assert "太郎丸" not in said
        assert "（同意のない方）さんは親切" in said
    for visitor in (receiver, at(workbench, "zei")):
        paper = PdfReader(io.BytesIO(visitor.get(f"/sheets/{sheet_id}/paper.pdf").data)).pages
        said = re.sub(r"\s", "", "".join(one.extract_text() for one in paper))
        assert "太郎丸" not in said
        assert "親切" in said
    assert receiver.get("/api/v1/search?q=太郎丸").json["items"] == []
    assert "太郎丸が来る" in at(workbench, "zei").get(page).text
