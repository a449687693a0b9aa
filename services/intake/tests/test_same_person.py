"""Looks for records of the same person through the pages and the query, on a real database."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text as sql

from kasane_contracts.intake import ConsultationReceived
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_intake.domain.same_person.weights import WEIGHTS
from kasane_intake.queries import Candidate, same_person_candidates
from kasane_kit.strings import Strings
from kasane_kit.testing.workbench import Visitor, Workbench

WALK_IN: dict[str, Any] = {
    "channel": "window",
    "desk": "zei",
    "story": "税が払えない。",
    "persons-0-name": "髙橋 惠美",
    "persons-0-kana": "たかはし えみ",
    "persons-0-birth_date": "S60.4.2",
    "persons-0-address": "奈良県生駒市東生駒三丁目5番地2",
    "persons-0-phone": "0743-12-3456",
    "persons-1-name": "髙橋 由美",
    "persons-1-kana": "たかはし ゆみ",
    "persons-1-birth_date": "S60.4.2",
    "persons-1-address": "奈良県生駒市東生駒三丁目5番地2",
    "persons-1-phone": "0743-12-3456",
}


def received(visitor: Visitor, form: dict[str, Any] = WALK_IN) -> str:
    return visitor.post("/consultations/new", form).headers["Location"].split("/292095", 1)[1]


def found(workbench: Workbench, typed: PersonTraits, office: str = "zei") -> list[Candidate]:
    viewer = workbench.staff("receiver", office=office)
    with workbench.reading() as connection:
        (candidates,) = same_person_candidates(connection, viewer, [(typed, ())])
    return [one for one in candidates if one.level != "same_household"]


@pytest.mark.parametrize(
    "typed",
    [
        PersonTraits("高橋 恵美", "ﾀｶﾊｼ ｴﾐ", date(1985, 4, 2)),
        PersonTraits("高橋恵美", "", date(1985, 4, 2), "生駒市東生駒３－５－２"),
        PersonTraits("恵美 高橋", "", date(1985, 4, 2)),
        PersonTraits("タカハシ エミ", "", date(1985, 4, 2)),
        PersonTraits("高橋 恵美", "", date(1984, 4, 2), "生駒市東生駒3-5-2"),
        PersonTraits("高橋 恵美", "", date(1985, 2, 4), "", "０７４３１２３４５６"),
        PersonTraits("高橋 恵美", "", date(1985, 1, 1), "生駒市東生駒3丁目5番2号"),
        PersonTraits("高橋 恵美", "たかはし えみ", None, "", "0743-12-3456"),
        PersonTraits("佐藤 恵美", "さとう えみ", date(1985, 4, 2), "生駒市東生駒3-5-2"),
    ],
    ids=[
        "kanji variant",
        "name in one field",
        "name swapped",
        "kanji to kana",
        "era off by one",
        "month and day swapped",
        "placeholder",
        "birth date missing",
        "surname changed",
    ],
)
def test_the_person_is_found_in_spite_of_damage_and_her_twin_is_not(
    workbench: Workbench, typed: PersonTraits
) -> None:
    received(workbench.visit_as(workbench.staff("receiver", office="zei")))

    candidates = found(workbench, typed)

    assert [(one.name, one.level) for one in candidates] == [("髙橋 惠美", "same")]


def test_reasons_say_what_agrees(workbench: Workbench) -> None:
    received(workbench.visit_as(workbench.staff("receiver", office="zei")))

    (one,) = found(workbench, PersonTraits("高橋 恵美", "", date(1984, 4, 2), "", "0743-99-9999"))

    assert one.reasons == ("family.same", "given.same", "birth.year_slip", "phone.different")


@pytest.mark.parametrize(
    "typed",
    [
        PersonTraits(),
        PersonTraits("\x00", "\x00"),
        PersonTraits("あ" * 10_000, "い" * 10_000, None, "う" * 10_000, "え" * 10_000),
        PersonTraits("' OR 1=1 --", "%", date(1, 1, 1), "_", "+"),
    ],
    ids=["empty", "NUL", "10,000 characters", "quotes"],
)
def test_bad_input_finds_nobody(workbench: Workbench, typed: PersonTraits) -> None:
    received(workbench.visit_as(workbench.staff("receiver", office="zei")))

    assert found(workbench, typed) == []


def test_only_a_name_finds_who_may_be_meant(workbench: Workbench) -> None:
    received(
        workbench.visit_as(workbench.staff("receiver", office="zei")),
        {**WALK_IN, "persons-0-name": "勅使河原 綾"},
    )

    assert [(c.name, c.level) for c in found(workbench, PersonTraits("勅使河原 綾"))] == [
        ("勅使河原 綾", "likely")
    ]


def test_another_office_learns_only_where_to_ask(workbench: Workbench) -> None:
    received(workbench.visit_as(workbench.staff("receiver", office="zei")))
    typed = PersonTraits("高橋 恵美", "", date(1985, 4, 2))

    (one,) = found(workbench, typed, office="kaigo")

    (number,) = [candidate.number for candidate in found(workbench, typed)]
    assert one == Candidate(number=number, desk="zei")


def test_the_form_shows_candidates_keeps_what_was_typed_and_saves_nothing(
    workbench: Workbench,
) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    path = received(desk).split("?")[0]
    before = workbench.said(ConsultationReceived)

    answer = desk.post(
        "/consultations/new",
        {
            "story": "書きかけ",
            "persons-0-name": "高橋　恵美",
            "persons-0-birth_date": "S60.4.2",
            "_check": "1",
        },
    )

    assert answer.status_code == 200
    assert path in answer.text
    assert "同じ方と思われます" in answer.text
    assert "生年月日が同じ" in answer.text
    assert "書きかけ" in answer.text
    assert 'value="高橋　恵美"' in answer.text
    assert workbench.said(ConsultationReceived) == before


def test_the_form_of_another_office_shows_no_content(workbench: Workbench) -> None:
    path = received(workbench.visit_as(workbench.staff("receiver", office="zei"))).split("?")[0]
    other = workbench.visit_as(workbench.staff("receiver", office="kaigo"))

    answer = other.post(
        "/consultations/new",
        {"persons-0-name": "高橋恵美", "persons-0-birth_date": "1985-04-02", "_check": "1"},
    )

    assert "ほかの課に同じ方かもしれない記録があります" in answer.text
    assert "髙橋" not in answer.text
    assert path not in answer.text


@pytest.mark.parametrize(
    "typed",
    [{}, {"persons-0-birth_date": "S60.13.40"}, {"persons-0-name": "山" * 10_000}],
    ids=["nothing", "no date", "10,000 characters"],
)
def test_a_form_that_cannot_be_read_yet_is_shown_again(
    workbench: Workbench, typed: dict[str, str]
) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    answer = desk.post("/consultations/new", {**typed, "_check": "1"})

    assert answer.status_code == 200
    assert "同じ方かもしれない記録" in answer.text
    assert workbench.said() == []


def test_the_candidates_follow_the_typing_and_save_nothing(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    path = received(desk).split("?")[0]
    before = workbench.said(ConsultationReceived)
    asked = "/consultations/candidates"

    answer = desk.post(asked, {"persons-0-name": "高橋　恵美", "persons-0-birth_date": "S60.4.2"})

    assert answer.status_code == 200
    assert path in answer.text
    assert "<html" not in answer.text
    assert workbench.said(ConsultationReceived) == before
    for typed in ({}, {"persons-0-name": "高"}, {"persons-0-birth_date": "1月32日"}):
        assert path not in desk.post(asked, typed).text
    long = {"persons-0-name": "山" * 10_000, "persons-0-kana": "\x00"}
    assert desk.post(asked, long).status_code == 200


def test_the_form_names_where_its_candidates_come_from(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    page = desk.get("/consultations/new").text

    assert 'data-candidates="/292095/consultations/candidates"' in page
    assert "/candidates.js" in page


def test_the_consultation_shows_the_earlier_record_and_not_itself(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    first = received(desk).split("?")[0]
    assert "同じ方かもしれない記録" not in desk.get(first).text

    second = received(desk, {**WALK_IN, "persons-1-name": "", "persons-1-kana": ""}).split("?")[0]

    page = desk.get(second).text
    assert "同じ方かもしれない記録" in page
    assert f'href="/292095{first}"' in page
    assert f'href="/292095{second}">受付番号' not in page


def test_keys_are_kept_hashed_and_renewed_when_a_consultation_is_saved(
    workbench: Workbench,
) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    path = received(desk).split("?")[0]
    with workbench.reading() as connection:
        before = connection.execute(sql("SELECT person_id, key FROM intake_person_key")).all()

    desk.post(f"{path}/close", {"outcome": "窓口で案内した", "version": "1"})

    with workbench.reading() as connection:
        after = connection.execute(sql("SELECT person_id, key FROM intake_person_key")).all()
    assert before
    assert sorted(before) == sorted(after)
    assert {len(key) for _, key in after} == {24}


def test_every_reason_has_its_sentence() -> None:
    strings = Strings("kasane_intake")
    fields = ("family", "given", "birth", "address", "phone", "order")

    missing = [
        reason
        for reason in WEIGHTS
        if reason.split(".")[0] in fields
        and not reason.endswith((".unknown", ".common", "_birth"))
        and not strings.has(f"same_person.{reason}")
    ]

    assert missing == []
