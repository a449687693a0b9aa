"""The thesaurus: its file is well formed, and a worker's words are read as the field means them."""

from dataclasses import replace

import pytest

from kasane_resources.domain.folding import bigrams
from kasane_resources.domain.human_service import ContactMode
from kasane_resources.domain.need import Availability, Need
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.domain.thesaurus import Phrase, thesaurus

NEED = Need(category="", categories=(), municipality="292095", town_name="生駒市")


def told(text: str) -> set[str]:
    return {one.code for one in thesaurus().told_by([text])}


def test_every_situation_names_known_kinds_and_strengths_between_one_half_and_three_and_a_half() -> (
    None
):
    for situation in thesaurus().situations:
        assert set(situation.answered) <= set(taxonomy()), situation.code
        assert set(situation.later) <= set(taxonomy()), situation.code
        assert all(0.5 <= strength <= 3.5 for strength in situation.answered.values())
        assert situation.said
        assert situation.life_field


def test_no_word_is_empty_repeated_or_a_single_common_sign() -> None:
    for situation in thesaurus().situations:
        parts = [part for phrase in situation.said for part in phrase.together]
        assert all(parts), situation.code
        assert len(set(situation.said)) == len(situation.said), situation.code
        assert all(
            len(part) >= 2
            for part in situation.offered
            if part not in {"畑", "雪", "夜", "酒", "冬"}
        )


def test_the_version_is_a_number_that_the_sentence_can_show() -> None:
    assert thesaurus().version >= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市役所から税金の督促状が届いている。", "debt_and_arrears"),
        ("三年前からひきこもりである。", "withdrawal"),
        ("引き籠もって話さない。", "withdrawal"),
        ("夫の暴力から逃げたい。", "violence_at_home"),
        ("毎朝から酒を飲んでいる。", "alcohol"),
        ("ペットの犬を世話できない。", "too_many_animals"),
        ("ＤＶで避難している。", "violence_at_home"),
    ],
)
def test_a_workers_words_tell_of_a_situation_in_any_spelling(text: str, expected: str) -> None:
    assert expected in told(text)


def test_words_that_belong_together_have_to_stand_in_one_sentence() -> None:
    phrase = Phrase(("家賃", "払エ"))

    assert phrase.stands_in("家賃ガ払エナイ")
    assert not phrase.stands_in("家賃ガ高イ")
    assert "debt_and_arrears" not in told("家賃が高い。入学金は払えた。")


def test_an_age_is_not_found_inside_a_longer_number() -> None:
    assert "young_children" in told("2歳の子がいる。")
    assert "young_children" not in told("52歳の男性。")


def test_a_sentence_can_take_a_situation_back() -> None:
    assert "withdrawal" in told("家から出られない。")
    assert "withdrawal" not in told("雪で家から出られない。")


def test_terms_of_two_characters_are_read_and_compared() -> None:
    assert "dementia" not in told("介護")
    assert "care_of_older" in told("介護")
    assert bigrams("就労") == ("就労",)


def test_what_comes_later_counts_one_less() -> None:
    working = replace(NEED, description="十年ほど無職。")
    hidden = replace(NEED, description="十年ほど無職。ひきこもり。")

    assert working.strengths["job_preparation"][0] == 3
    assert hidden.strengths["job_preparation"][0] == 2


def test_several_fields_of_life_speak_for_the_general_gateway() -> None:
    one = replace(NEED, description="借金がある。")
    several = replace(NEED, description="借金がある。母が認知症。")

    assert one.strengths["general_advice"] == (1.4, 0)
    assert several.strengths["general_advice"] == (2.0, 0)


def test_a_child_to_be_born_belongs_to_the_household_when_its_ages_are_known() -> None:
    assert replace(NEED, ages=(27,), description="妊娠6か月。").known_ages == (27, 0)
    assert replace(NEED, description="妊娠6か月。").known_ages == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("平日夕方以降", Availability(("MO", "TU", "WE", "TH", "FR"), "17:00", "22:00")),
        ("土日", Availability(("SA", "SU"), "09:00", "17:00")),
        ("いつでも", None),
        ("", None),
        ("?", None),
    ],
)
def test_the_times_that_suit_are_read_from_words(words: str, expected: Availability | None) -> None:
    assert Availability.read(words) == expected


def test_online_is_a_way_to_get_in_touch() -> None:
    assert ContactMode("online") is ContactMode.ONLINE
