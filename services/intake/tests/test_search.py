"""One search box over everything a consultation is known by."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from kasane_intake import queries, tables
from kasane_intake.app import service
from kasane_intake.commands import ReceiveConsultation
from kasane_intake.domain.consultation import Channel, ContactPerson, PersonConcerned
from kasane_intake.domain.folding import fold
from kasane_intake.domain.search import FoundBy, grams_of, grams_to_find
from kasane_intake.handlers import receive_consultation
from kasane_intake.queries import searching
from kasane_kit.auth import Actor
from kasane_kit.db.resealing import tag_anew, take_into_use
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyMissing, KeyRing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Workbench

EMI = PersonConcerned(
    "",
    "髙橋 惠美",
    "たかはし えみ",
    date(1985, 4, 2),
    address="生駒市東生駒3-5-2",
    phone="0743-12-3456",
)


def received(bench: Workbench, *persons: PersonConcerned, **facts: Any) -> str:
    consultation_id, desk = new_id(), facts.pop("desk", "zei")
    with bench.unit(bench.staff("receiver", office=desk)) as uow:
        receive_consultation(
            ReceiveConsultation(
                consultation_id,
                desk,
                Channel.WINDOW,
                facts.pop("story", "税が払えない。"),
                (),
                "",
                facts.pop("contact", ContactPerson()),
                tuple(PersonConcerned(**{**vars(p), "person_id": new_id()}) for p in persons),
            ),
            uow,
            bench.hooks,
        )
    return consultation_id


def answer(
    bench: Workbench, typed: str, viewer: Actor | None = None, **options: Any
) -> queries.SearchAnswer:
    with bench.reading() as connection:
        return queries.search(connection, viewer or bench.staff("coordinator"), typed, **options)


def found(bench: Workbench, typed: str, viewer: Actor | None = None) -> list[str]:
    return [one.line.id for one in answer(bench, typed, viewer).found]


def why(bench: Workbench, typed: str) -> list[tuple[FoundBy, ...]]:
    return [one.why for one in answer(bench, typed).found]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("髙橋 惠美", FoundBy.NAME),
        ("高橋　恵美", FoundBy.NAME),
        ("高橋恵美", FoundBy.NAME),
        ("高橋", FoundBy.PART_OF_NAME),
        ("恵美", FoundBy.PART_OF_NAME),
        ("橋", FoundBy.PART_OF_NAME),
        ("美 高", FoundBy.PART_OF_NAME),
        ("たかはしえみ", FoundBy.READING),
        ("ﾀｶﾊｼ ｴﾐ", FoundBy.READING),
        ("タカハシ", FoundBy.READING),
        ("かは", FoundBy.READING),
        ("0743-12-3456", FoundBy.TELEPHONE),
        ("０７４３（１２）３４５６", FoundBy.TELEPHONE),
        ("+81 743 12 3456", FoundBy.TELEPHONE),
        ("3456", FoundBy.TELEPHONE),
        ("1985-04-02", FoundBy.BIRTH_DATE),
        ("1985/4/2", FoundBy.BIRTH_DATE),
        ("S60.4.2", FoundBy.BIRTH_DATE),
        ("昭和６０年４月２日", FoundBy.BIRTH_DATE),
        ("昭和60年 4月 2日", FoundBy.BIRTH_DATE),
        ("税が", FoundBy.TEXT),
        ("税", FoundBy.TEXT),
        ("払えない。", FoundBy.TEXT),
    ],
)
def test_a_consultation_is_found_by_what_is_known_and_says_why(
    workbench: Workbench, typed: str, reason: FoundBy
) -> None:
    consultation_id = received(workbench, EMI)
    received(workbench, PersonConcerned("", "佐藤 一郎"), story="別の話")

    assert found(workbench, typed) == [consultation_id]
    assert why(workbench, typed) == [(reason,)]


def test_the_receipt_number_finds_its_consultation_first(workbench: Workbench) -> None:
    first = received(workbench, EMI)
    with workbench.reading() as connection:
        number = connection.scalar(select(tables.consultation.c.number))
    received(workbench, story=f"{number} の続き")

    assert found(workbench, str(number))[0] == first
    assert why(workbench, str(number)) == [(FoundBy.NUMBER,), (FoundBy.TEXT,)]
    assert found(
        workbench, str(number).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    )[0] == (first)


def test_the_exact_name_comes_before_who_only_has_part_of_it_and_the_newest_first(
    workbench: Workbench,
) -> None:
    exact = received(workbench, PersonConcerned("", "森 葵"))
    older = received(workbench, PersonConcerned("", "森 葵子"))
    newer = received(workbench, PersonConcerned("", "大森 葵"))
    told = received(workbench, story="森 葵さんの隣の人の話")

    assert found(workbench, "森 葵") == [exact, newer, older, told]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("葛\U000e0100城 一", "葛城"),
        ("葛城 一", "葛\U000e0100城"),
        ("辻\ue000 花", "\ue000"),
        ("辻\ue000 花", "辻\ue000"),
        ("ガギグ 太郎", "ｶﾞｷﾞｸﾞ"),
        ("𠮷田 花", "吉田"),
    ],
)
def test_variation_selectors_and_own_characters_stay_and_are_found(
    workbench: Workbench, name: str, typed: str
) -> None:
    consultation_id = received(workbench, PersonConcerned("", name))

    (one,) = answer(workbench, typed).found

    assert one.line.id == consultation_id
    assert one.line.persons == ((name, ""),)


def test_text_pasted_from_an_old_windows_program_is_found_as_typed(workbench: Workbench) -> None:
    pasted = "①家賃㈱山田へ～滞納".encode("cp932").decode("cp932")
    consultation_id = received(workbench, story=pasted)

    assert found(workbench, "1家賃") == [consultation_id]
    assert found(workbench, "(株)山田") == [consultation_id]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "_0", "' OR 1=1 --", "a_b"])
def test_signs_of_the_database_are_only_signs(workbench: Workbench, typed: str) -> None:
    received(workbench, EMI)

    assert found(workbench, typed) == []

    sign = received(workbench, story=f"割引は {typed} です")
    assert found(workbench, typed) == [sign]


@pytest.mark.parametrize("typed", ["", "   ", "あ" * 10_000, "語 " * 5000, "・、"])
def test_nothing_and_too_much_are_answered_with_nothing(workbench: Workbench, typed: str) -> None:
    received(workbench, EMI)
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    assert found(workbench, typed) == []
    assert desk.get("/consultations", query_string={"q": typed}).status_code == 200


@pytest.mark.parametrize("typed", ["1月32日", "R1.4.30", "明治45年7月31日", "2026-02-30"])
def test_a_day_that_never_was_is_only_a_word(workbench: Workbench, typed: str) -> None:
    received(workbench, EMI)

    assert found(workbench, typed) == []


@pytest.mark.parametrize(
    ("born", "typed"),
    [
        (date(1900, 5, 6), "明治33年5月6日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 30), "明治45年7月30日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 5, 1), "R1.5.1"),
    ],
)
def test_a_birth_date_of_every_era_is_found(workbench: Workbench, born: date, typed: str) -> None:
    consultation_id = received(workbench, PersonConcerned("", "甲", birth_date=born))

    assert found(workbench, typed) == [consultation_id]


def test_i_11_a_hidden_complainant_is_never_found_and_an_open_one_is(workbench: Workbench) -> None:
    hidden = ContactPerson("内緒 花子", "ないしょ はなこ", "近所", "090-1111-2222", hidden=True)
    told = "内緒花子さん（090-1111-2222）から。子の泣き声が続く。"
    consultation_id = received(workbench, story=told, contact=hidden)
    known = received(workbench, contact=ContactPerson("表 太郎", phone="090-3333-4444"))
    own_desk = workbench.staff("receiver", office="zei")

    for typed in ("内緒", "花子", "ないしょ", "09011112222", "1111"):
        assert found(workbench, typed, own_desk) == []
    assert found(workbench, "泣き声") == [consultation_id]
    assert found(workbench, "表太郎") == found(workbench, "4444") == [known]


def test_an_address_is_neither_searched_nor_shown(workbench: Workbench) -> None:
    received(workbench, EMI)
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    assert found(workbench, "東生駒") == []
    page = desk.get("/consultations?q=高橋").text
    assert "髙橋" in page
    assert "東生駒" not in page
    assert "0743" not in page


def test_another_office_finds_nothing_that_it_may_not_see(workbench: Workbench) -> None:
    received(workbench, EMI)
    other = workbench.staff("receiver", office="kaigo")

    assert [found(workbench, typed, other) for typed in ("高橋恵美", "税", "3456")] == [[], [], []]


def test_every_word_has_to_be_found(workbench: Workbench) -> None:
    both = received(workbench, EMI, story="税と家賃")
    received(workbench, EMI, story="家賃")

    assert found(workbench, "高橋 税") == [both]
    assert found(workbench, "高橋 税 水道") == []


def test_what_is_older_than_the_newest_read_is_found_as_well(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "NEWEST_READ", 1)
    old = received(workbench, story="珍しい言葉")
    received(workbench, story="ふつうの話")

    assert found(workbench, "珍しい") == [old]


def test_the_answer_is_short_and_says_that_there_is_more(workbench: Workbench) -> None:
    for _ in range(3):
        received(workbench, EMI)

    short = answer(workbench, "高橋", most=2)

    assert (len(short.found), short.more) == (2, True)
    assert answer(workbench, "高橋", most=3).more is False


def test_only_the_asked_state_is_searched(workbench: Workbench) -> None:
    received(workbench, EMI)

    assert answer(workbench, "高橋", status="answered").found == ()
    assert len(answer(workbench, "高橋", status="open").found) == 1


def test_a_text_has_the_grams_of_every_part_of_it() -> None:
    text = fold("生活に困っている。ｶﾞｽ代も。")

    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            assert set(grams_to_find(text[start:end])) <= set(grams_of(text))


def test_a_program_searches_with_the_same_answer(workbench: Workbench) -> None:
    consultation_id = received(workbench, EMI)
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    body = desk.get("/api/v1/search", query_string={"q": "たかはしえみ"}).json

    assert [(one["id"], one["why"]) for one in body["items"]] == [(consultation_id, ["reading"])]
    assert "address" not in body["items"][0]
    assert desk.get("/api/v1/search").status_code == 422
    assert desk.get("/api/v1/search", query_string={"q": "あ" * 10_000}).status_code == 422


def tagged_under(bench: Workbench) -> dict[str, int]:
    text = tables.search_text.c
    with bench.reading() as connection:
        statement = select(text.consultation_id, text.tag_version)
        return {row[0]: row[1] for row in connection.execute(statement)}


def in_use(bench: Workbench, version: int) -> None:
    with municipality_scope(bench.municipality):
        take_into_use(bench.house.databases, "intake", version)


def tag_all_anew(bench: Workbench) -> int:
    with municipality_scope(bench.municipality):
        return tag_anew(bench.house.databases, "intake", service.tagged)


def test_tags_follow_the_version_in_use_and_every_consultation_is_found(
    workbench: Workbench,
) -> None:
    keys = workbench.house.keys
    first = received(workbench, story="税が払えない。")
    keys.make_version(workbench.municipality)
    second = received(workbench, story="税の督促が来た。")
    in_use(workbench, 2)
    third = received(workbench, story="税を分けて払う。")

    assert tagged_under(workbench) == {first: 1, second: 1, third: 2}
    assert set(found(workbench, "税")) == {first, second, third}
    assert tag_all_anew(workbench) == 2
    assert tagged_under(workbench) == dict.fromkeys((first, second, third), 2)
    assert tag_all_anew(workbench) == 0


def test_a_version_that_was_thrown_away_between_two_others_is_not_asked_for(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, town = workbench.house.keys, workbench.municipality
    first = received(workbench, story="税が払えない。")
    for _ in range(2):
        keys.make_version(town)
    in_use(workbench, 3)
    third = received(workbench, story="税を分けて払う。")
    real = KeyRing.version

    def without_the_second(self: KeyRing, name: str, version: int, purpose: str) -> bytes:
        if version == 2:
            raise KeyMissing("it was thrown away")
        return real(self, name, version, purpose)

    monkeypatch.setattr(KeyRing, "version", without_the_second)

    assert tagged_under(workbench) == {first: 1, third: 3}
    assert set(found(workbench, "税")) == {first, third}
