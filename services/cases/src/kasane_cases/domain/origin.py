"""Finds passages that carry a fact known only from a closed session (I-04); says nothing of it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

THRESHOLD = 0.4
LEAST_SHARED = 2.0

_SENTENCE_END = re.compile(r"[。．!！?？\n]+")
_CLAUSE_END = re.compile(r"[、,，;；：:（）()「」『』]+")
_NOISE = re.compile(r"[\W_]+")
_GAP = "\x00"


@dataclass(frozen=True)
class ClosedPassage:
    """What was said at, or written into the minutes of, a closed session."""

    text: str
    session_id: str


@dataclass(frozen=True)
class OriginFinding:
    """A passage of a text that overlaps with closed material: the passage, and which session.

    It quotes the text that was to be saved, never what was said in the session.
    """

    passage: str
    session_id: str


@dataclass(frozen=True)
class FactOrigin:
    """That somebody told a fact outside every closed session: what, who, when; who wrote it."""

    id: str
    case_id: str
    text: str
    told_by: str
    told_on: date
    recorded_at: datetime
    recorded_by: str
    recorder_name: str = ""


def closed_origins(
    texts: Iterable[str],
    closed: Sequence[ClosedPassage],
    open_texts: Iterable[str],
    vocabulary: Iterable[str] = (),
) -> tuple[OriginFinding, ...]:
    """The passages of ``texts`` that carry a fact which only ``closed`` knows.

    A fact that also stands in ``open_texts`` is not only known from there. Words of the
    ``vocabulary``, such as names of agencies, are nobody's fact and count for nothing.
    """
    words = _folded_words(vocabulary)
    known = [grams for text in open_texts for grams in _clauses(text, words).values()]
    facts = [
        (passage, grams)
        for passage in closed
        for grams in _clauses(passage.text, words).values()
        if not any(_overlaps(grams, other) for other in known)
    ]
    found: dict[str, OriginFinding] = {}
    for text in texts:
        for clause, grams in _clauses(text, words).items():
            if any(_overlaps(grams, other) for other in known):
                continue
            for passage, fact in facts:
                if clause not in found and _overlaps(grams, fact):
                    found[clause] = OriginFinding(clause, passage.session_id)
    return tuple(found.values())


def _overlaps(one: dict[str, float], other: dict[str, float]) -> bool:
    shared = sum(weight for gram, weight in one.items() if gram in other)
    smaller = min(sum(one.values()), sum(other.values()))
    return shared >= LEAST_SHARED and shared >= THRESHOLD * smaller


def _clauses(text: str, words: Sequence[str]) -> dict[str, dict[str, float]]:
    """Each clause as it was written, with its grams; a clause of a few signs joins its sentence."""
    found: dict[str, dict[str, float]] = {}
    for sentence in _SENTENCE_END.split(text):
        pending = ""
        for clause in _CLAUSE_END.split(sentence):
            pending += clause
            if sum((grams := _grams(pending, words)).values()) >= LEAST_SHARED:
                found[pending.strip()] = grams
                pending = ""
    return found


def _grams(text: str, words: Sequence[str]) -> dict[str, float]:
    folded = fold(text)
    for word in words:
        folded = folded.replace(word, _GAP)
    pairs = (folded[n : n + 2] for n in range(len(folded) - 1))
    return {pair: _weight(pair) for pair in pairs if _GAP not in pair}


def fold(text: str) -> str:
    """The text without width, case, spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _folded_words(vocabulary: Iterable[str]) -> tuple[str, ...]:
    folded = {fold(word) for word in vocabulary}
    return tuple(sorted((word for word in folded if len(word) > 1), key=len, reverse=True))


def _weight(pair: str) -> float:
    """Kanji, katakana and digits say what is meant; hiragana mostly hold the sentence together."""
    telling = sum(not "\u3041" <= sign <= "\u309f" for sign in pair)
    return (0.1, 0.5, 1.0)[telling]
