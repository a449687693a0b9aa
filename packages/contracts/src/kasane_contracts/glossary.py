"""Answers what a term is called in Japanese and English; glossary.toml is the single source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Term:
    """One entry of the glossary. ``not_words`` are words that we do not use for it."""

    id: str
    en: str
    ja: str
    reading: str
    meaning: str
    source: str
    not_words: tuple[str, ...] = ()


@cache
def glossary() -> Mapping[str, Term]:
    """Every term by id, in the order of the file."""
    text = resources.files("kasane_contracts").joinpath("glossary.toml").read_text("utf-8")
    return {
        key: Term(
            id=key,
            en=entry["en"],
            ja=entry["ja"],
            reading=entry.get("reading", ""),
            meaning=entry["meaning"],
            source=entry.get("source", ""),
            not_words=tuple(entry.get("not", ())),
        )
        for key, entry in tomllib.loads(text).items()
    }


def term(term_id: str) -> Term:
    """One term; raises KeyError naming an id that the glossary does not have."""
    return glossary()[term_id]
