"""Reads a worker's words: which situations a text tells of, and which kinds of service answer them."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from kasane_resources.domain.folding import fold

FILE = Path(__file__).parent.parent / "data" / "thesaurus.toml"
_SENTENCE_END = re.compile(r"[。．！？!?\n]")


@dataclass(frozen=True)
class Phrase:
    """A word of the thesaurus in folded form; ``together`` have to stand in the same sentence."""

    together: tuple[str, ...]

    def stands_in(self, sentence: str) -> bool:
        """Whether every part stands in a folded sentence."""
        return all(_contains(sentence, part) for part in self.together)


@dataclass(frozen=True)
class Situation:
    """One kind of trouble: how workers write it, and which kinds of service answer it."""

    code: str
    life_field: str
    said: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    answered: Mapping[str, float]
    offered: tuple[str, ...]
    later: tuple[str, ...] = ()
    age: int | None = None

    def told_in(self, sentences: Iterable[str], said: Sequence[Phrase] | None = None) -> bool:
        """Whether a folded sentence tells of it and does not take it back; only by these words, if given."""
        said = self.said if said is None else said
        return any(
            any(phrase.stands_in(sentence) for phrase in said)
            and not any(phrase.stands_in(sentence) for phrase in self.unless)
            for sentence in sentences
        )


@dataclass(frozen=True)
class Condition:
    """What some services ask for, by the words of the service and of who has it or lacks it."""

    code: str
    asked: tuple[str, ...]
    has: tuple[str, ...]
    lacks: tuple[str, ...]

    def asked_in(self, text: str) -> bool:
        """Whether a folded text of a service asks for it."""
        return any(word in text for word in self.asked)


@dataclass(frozen=True)
class Thesaurus:
    """The whole list of one version."""

    version: int
    situations: tuple[Situation, ...]
    conditions: tuple[Condition, ...]
    gateway: Mapping[str, tuple[float, float]]
    gateway_by_age: Mapping[str, tuple[int, int, float]]
    full: tuple[str, ...]
    audiences: Mapping[str, frozenset[str]]

    def told_by(self, texts: Iterable[str]) -> tuple[Situation, ...]:
        """The situations of which the texts tell, in the order of the file."""
        sentences = [fold(part) for text in texts for part in _SENTENCE_END.split(text) if part]
        whole = "\n".join(sentences)
        told: dict[int, list[Phrase]] = {}
        beginnings = {whole[at : at + 2] for at in range(len(whole))} | set(whole)
        for beginning in beginnings & self._phrases_of.keys():
            for part, phrases in self._phrases_of[beginning].items():
                if part in whole:
                    for number, phrase in phrases:
                        told.setdefault(number, []).append(phrase)
        return tuple(
            self.situations[number]
            for number in sorted(told)
            if self.situations[number].told_in(sentences, told[number])
        )

    @cached_property
    def _phrases_of(self) -> Mapping[str, Mapping[str, list[tuple[int, Phrase]]]]:
        """By their first two characters the parts that begin phrases, each with the places of their situations."""
        found: dict[str, dict[str, list[tuple[int, Phrase]]]] = {}
        for number, one in enumerate(self.situations):
            for phrase in one.said:
                part = phrase.together[0]
                found.setdefault(part[:2], {}).setdefault(part, []).append((number, phrase))
        return found


@cache
def thesaurus() -> Thesaurus:
    """The thesaurus that the service brings along."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    return Thesaurus(
        version=table.pop("version"),
        gateway={code: (one, many) for code, (one, many) in table.pop("gateway").items()},
        gateway_by_age={
            code: (low, high, worth)
            for code, (low, high, worth) in table.pop("gateway_by_age").items()
        },
        conditions=tuple(
            Condition(code, *(_folded(entry[name]) for name in ("asked", "has", "lacks")))
            for code, entry in table.pop("condition").items()
        ),
        full=_folded(table.pop("full")["words"]),
        audiences={word: frozenset(codes) for word, codes in table.pop("audience").items()},
        situations=tuple(
            Situation(
                code=code,
                life_field=entry["field"],
                said=_phrases(entry["said"]),
                unless=_phrases(entry.get("unless", ())),
                answered=entry["answered"],
                offered=_folded(entry["offered"]),
                later=tuple(entry.get("later", ())),
                age=entry.get("age"),
            )
            for code, entry in table.items()
        ),
    )


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold, words)))


def _phrases(words: Iterable[str]) -> tuple[Phrase, ...]:
    """Spellings that fold to the same phrase are one phrase."""
    found = (Phrase(tuple(fold(part) for part in word.split("+"))) for word in words)
    return tuple(dict.fromkeys(found))


def _contains(sentence: str, part: str) -> bool:
    """A part that begins with a figure does not stand inside a longer number."""
    start = sentence.find(part)
    while start >= 0:
        if not (part[0].isdigit() and start and sentence[start - 1].isdigit()):
            return True
        start = sentence.find(part, start + 1)
    return False
