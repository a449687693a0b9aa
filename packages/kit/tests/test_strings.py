"""Checks the sentences of the kit, and how a service's own come before them."""

import string

import pytest

from kasane_kit.strings import KIT_PACKAGE, Strings, flatten, sentences

JA, EN = sentences(KIT_PACKAGE, "ja"), sentences(KIT_PACKAGE, "en")


def test_the_kit_says_everything_in_both_languages() -> None:
    assert sorted(JA) == sorted(EN)


def test_both_languages_name_the_same_facts() -> None:
    different = [key for key in JA if _facts(JA[key]) != _facts(EN[key])]

    assert different == []


def test_no_sentence_is_empty() -> None:
    empty = {key for table in (JA, EN) for key, sentence in table.items() if not sentence.strip()}

    assert empty <= {"kit.unit"}


def test_every_refusal_says_why_what_was_not_done_and_what_next() -> None:
    codes = {key.split(".")[1] for key in JA if key.startswith("refusal.")}

    incomplete = {
        code
        for code in codes
        if {f"refusal.{code}.{part}" for part in ("why", "not_done", "next")} - set(JA)
    }

    assert incomplete == set()


def test_facts_are_filled_in_and_braces_stay_without_facts() -> None:
    strings = Strings(KIT_PACKAGE)

    assert strings.text("kit.count", count=3) == "3件"
    assert strings.text("kit.count") == "{count}件"
    assert strings.text("kit.lang", "en") == "en"


def test_an_unknown_key_is_named() -> None:
    strings = Strings(KIT_PACKAGE)

    assert not strings.has("kit.nothing")
    with pytest.raises(KeyError, match=r"kit\.nothing"):
        strings.text("kit.nothing")


def test_a_service_speaks_first_and_the_kit_behind_it() -> None:
    strings = Strings("kasane_intake")

    assert strings.text("refusal.sign_in_needed.why") == JA["refusal.sign_in_needed.why"]
    assert strings.has("refusal.outcome_missing.why")
    assert not Strings(KIT_PACKAGE).has("refusal.outcome_missing.why")


def test_tables_become_dotted_keys() -> None:
    assert flatten({"a": {"b": {"c": "x"}, "d": 1}, "e": "y"}) == {
        "a.b.c": "x",
        "a.d": "1",
        "e": "y",
    }


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
