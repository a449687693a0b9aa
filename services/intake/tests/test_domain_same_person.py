"""Folding, comparing and weighing in exact values, and what must hold for any input."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kasane_intake.domain.same_person.addresses import fold_address, fold_phone, kanji_number
from kasane_intake.domain.same_person.birth_dates import compare_birth_dates
from kasane_intake.domain.same_person.names import (
    VARIANTS,
    fold_sound,
    fold_written,
)
from kasane_intake.domain.same_person.scoring import SamePersonLevel, compare
from kasane_intake.domain.same_person.traits import PersonTraits, fold_person, keys_of, stored_keys
from kasane_intake.domain.same_person.weights import START, WEIGHTS

HANAKO = PersonTraits(
    "髙橋 惠美", "たかはし えみ", date(1985, 4, 2), "奈良県生駒市東生駒三丁目5番地2", "0743-12-3456"
)

words = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("髙﨑邊邉斎齋ｶﾞ ・　ー0123456789-丁目番地号ヶケが"),
        st.characters(),
    ),
    max_size=30,
)
traits = st.builds(PersonTraits, words, words, st.none() | st.dates(date(1868, 1, 1)), words, words)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("髙﨑　惠美", "高崎 恵美"),
        ("渡邉・眞一", "渡辺 真一"),
        ("𠮷田 齋", "吉田 斉"),
        ("ﾜﾀﾅﾍﾞ ﾊﾅｺ", "ワタナベ ハナコ"),
        ("わたなべ  はなこ", "ワタナベ ハナコ"),
        ("葛\U000e0100城 一", "葛城 一"),
        ("緑が丘", "緑ケ丘"),
        ("緑ヶ丘", "緑ケ丘"),
        ("  ", ""),
    ],
)
def test_a_name_as_written_is_folded(typed: str, folded: str) -> None:
    assert fold_written(typed) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サトウ", "サトー"),
        ("おおた", "オータ"),
        ("ﾅｶｼﾞﾏ", "ナカシマ"),
        ("リョウ", "リヨウ"),
        ("ショウ", "ショ"),
        ("シヅコ", "シズコ"),
    ],
)
def test_readings_that_are_often_written_differently_sound_the_same(one: str, other: str) -> None:
    assert fold_sound(one) == fold_sound(other)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("奈良県生駒市東生駒三丁目5番地2", ("生駒市東生駒", "3-5-2", "")),
        ("生駒市東生駒３ー５ー２", ("生駒市東生駒", "3-5-2", "")),
        ("生駒市東生駒3丁目5番2号 コーポ緑101号室", ("生駒市東生駒", "3-5-2", "101")),
        ("愛知県春日井市大字上条1-80-38 県営団地201", ("春日井市上条", "1-80-38", "201")),
        ("鳥取県東伯郡北栄町田井二十三番地", ("北栄町田井", "23", "")),
        ("", ("", "", "")),
    ],
)
def test_an_address_is_folded(typed: str, folded: tuple[str, str, str]) -> None:
    assert fold_address(typed) == folded


def test_numbers_in_kanji_are_read() -> None:
    assert [kanji_number(n) for n in ("三", "十", "二十三", "百五", "一二")] == [3, 10, 23, 105, 12]


def test_telephone_numbers_are_folded() -> None:
    assert fold_phone("０７４３－１２－３４５６") == "0743123456"
    assert fold_phone("(0743)12-3456") == "0743123456"
    assert fold_phone("+81 90 1234 5678") == "09012345678"
    assert fold_phone("内線 12") == ""


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [
        (date(1985, 4, 2), date(1985, 4, 2), "same"),
        (date(1985, 4, 2), date(1985, 2, 4), "swapped"),
        (date(1985, 4, 2), date(1985, 4, 3), "one_digit"),
        (date(1985, 4, 2), date(1984, 4, 2), "year_slip"),
        (date(1975, 12, 29), date(1974, 12, 28), "year_and_day"),
        (date(1985, 4, 2), date(1985, 1, 1), "placeholder"),
        (date(1985, 4, 2), date(1949, 11, 30), "different"),
        (date(1985, 4, 2), None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_birth_dates_are_compared_with_slips_in_mind(
    a: date | None, b: date | None, how: str
) -> None:
    assert compare_birth_dates(a, b) == how
    assert compare_birth_dates(b, a) == how


@pytest.mark.parametrize(
    "other",
    [
        PersonTraits("高橋 恵美", "タカハシ エミ", date(1985, 4, 2)),
        PersonTraits("高橋恵美", "", date(1985, 4, 2), "生駒市東生駒3-5-2"),
        PersonTraits("恵美 高橋", "", date(1985, 4, 2)),
        PersonTraits("タカハシ エミ", "", date(1985, 4, 2)),
        PersonTraits("高橋 恵美", "", date(1984, 4, 2), "生駒市東生駒3-5-2"),
        PersonTraits("佐藤 恵美", "さとう えみ", date(1985, 4, 2), "生駒市東生駒3-5-2"),
        PersonTraits("恵美 佐藤", "", date(1985, 4, 2), "生駒市東生駒3-5-2"),
        PersonTraits("高橋 絵美", "たかはし えみ", date(1985, 4, 2), "生駒市東生駒3-5-2"),
    ],
    ids=[
        "variants",
        "one field",
        "swapped",
        "kana",
        "wrong era year",
        "married",
        "married and swapped",
        "other characters",
    ],
)
def test_the_damage_of_a_desk_leaves_one_person(other: PersonTraits) -> None:
    resemblance = compare(fold_person(HANAKO), fold_person(other))

    assert resemblance.level is SamePersonLevel.SAME
    assert set(stored_keys(HANAKO)) & set(stored_keys(other))


@pytest.mark.parametrize(
    "other",
    [
        PersonTraits("高橋 由美", "たかはし ゆみ", date(1985, 4, 2), HANAKO.address, HANAKO.phone),
        PersonTraits("高橋由美", "", date(1985, 4, 2), HANAKO.address, HANAKO.phone),
        PersonTraits("由美 高橋", "", date(1985, 4, 2), HANAKO.address, HANAKO.phone),
        PersonTraits(
            "高橋 節子", "たかはし せつこ", date(1955, 7, 9), HANAKO.address, HANAKO.phone
        ),
        PersonTraits("高橋 恵美", "たかはし えみ", date(1949, 11, 30), "恵庭市緑町1-2"),
    ],
    ids=["twin", "twin in one field", "twin swapped", "mother", "same name"],
)
def test_a_twin_a_parent_and_a_namesake_stay_apart(other: PersonTraits) -> None:
    assert compare(fold_person(HANAKO), fold_person(other)).level is SamePersonLevel.UNLIKELY


def test_a_name_alone_is_never_more_than_likely() -> None:
    rare = fold_person(PersonTraits("勅使河原 綾"))

    assert compare(rare, rare).level is SamePersonLevel.LIKELY


def test_nothing_known_resembles_nobody_and_has_no_keys() -> None:
    nothing = fold_person(PersonTraits())

    assert keys_of(nothing) == ()
    assert compare(nothing, nothing).level is SamePersonLevel.UNLIKELY


def test_ten_thousand_characters_are_folded_to_short_keys() -> None:
    keys = stored_keys(
        PersonTraits("山" * 10_000, "や" * 10_000, None, "町" * 10_000, "1" * 10_000)
    )

    assert 0 < len(keys) < 10
    assert {len(key) for key in keys} == {24}


def test_the_points_add_up_to_the_score_and_every_reason_has_points() -> None:
    resemblance = compare(fold_person(HANAKO), fold_person(HANAKO))

    assert round(resemblance.score - sum(points for _, points in resemblance.reasons), 6) == START
    assert all(reason in WEIGHTS for reason, _ in resemblance.reasons)


def test_no_variant_folds_to_another_variant() -> None:
    assert {new for new in VARIANTS.values() if new in VARIANTS} == set()


@given(words)
@example("A´")
@example("オーウ")
@example("ᄀ ᅡ")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_written(fold_written(text)) == fold_written(text)
    assert fold_sound(fold_sound(text)) == fold_sound(text)
    assert fold_phone(fold_phone(text)) == fold_phone(text)


@settings(max_examples=300)
@given(traits, traits)
def test_the_order_of_two_records_does_not_matter(a: PersonTraits, b: PersonTraits) -> None:
    one, other = fold_person(a), fold_person(b)

    assert compare(one, other) == compare(other, one)


@given(traits)
def test_a_record_shares_its_keys_with_itself(a: PersonTraits) -> None:
    assert stored_keys(a) == stored_keys(a)
    assert len(set(stored_keys(a))) == len(stored_keys(a))
