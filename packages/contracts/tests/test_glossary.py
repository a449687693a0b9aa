"""Checks that every entry of the glossary is complete, in both languages."""

import re
import tomllib
from collections import Counter
from importlib import resources

import pytest

from kasane_contracts.glossary import glossary, term

TEXT = resources.files("kasane_contracts").joinpath("glossary.toml").read_text("utf-8")
KNOWN_KEYS = {"en", "ja", "reading", "meaning", "source", "not"}


def test_every_id_is_given_once() -> None:
    ids = Counter(re.findall(r"^\[(.+)\]$", TEXT, re.MULTILINE))

    assert [name for name, count in ids.items() if count > 1] == []
    assert list(glossary()) == list(tomllib.loads(TEXT))


def test_every_entry_has_only_known_keys() -> None:
    odd = {key: sorted(set(entry) - KNOWN_KEYS) for key, entry in tomllib.loads(TEXT).items()}

    assert {key: extra for key, extra in odd.items() if extra} == {}


def test_every_entry_is_complete() -> None:
    incomplete = [
        entry.id
        for entry in glossary().values()
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", entry.id)
        or not entry.en.strip()
        or entry.ja.strip() in ("", entry.en)
        or not re.fullmatch(r"[A-Z].*\.", entry.meaning)
    ]

    assert incomplete == []


def test_every_reading_is_written_in_kana() -> None:
    wrong = {
        entry.id: entry.reading
        for entry in glossary().values()
        if not re.fullmatch(r"[ぁ-ゖァ-ヺー・、（）]+", entry.reading)
    }

    assert wrong == {}


def test_no_entry_has_a_word_that_it_says_we_do_not_use() -> None:
    used = [
        entry.id
        for entry in glossary().values()
        if {word.casefold() for word in entry.not_words} & {entry.en.casefold(), entry.ja}
    ]

    assert used == []


def test_a_term_is_found_by_its_id_and_an_unknown_one_is_named() -> None:
    assert term("consultation").ja == "相談"
    with pytest.raises(KeyError, match="inquiry"):
        term("inquiry")
