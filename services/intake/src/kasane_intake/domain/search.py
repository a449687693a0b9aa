"""What a consultation is found by, and what somebody who searches may mean by a word."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_intake.domain.consultation import Consultation, ContactPerson, PersonConcerned
from kasane_intake.domain.folding import fold
from kasane_intake.domain.same_person.names import fold_sound, fold_written, is_kana

WORDS_AT_MOST = 8
QUERY_AT_MOST = 200
LONGEST_TERM = 200
GRAM = 2
PART = "\n"
_TELEPHONE = re.compile(r"[0-9+()（）－ー‐-]{4,}")
_NOT_DIGITS = re.compile(r"[^0-9]")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class FoundBy(StrEnum):
    """Why a consultation is in the answer, most telling first."""

    NUMBER = "number"
    NAME = "name"
    READING = "reading"
    TELEPHONE = "telephone"
    BIRTH_DATE = "birth_date"
    PART_OF_NAME = "part_of_name"
    TEXT = "text"


@dataclass(frozen=True)
class Findable:
    """What of a consultation may be searched: no address, and nothing of a hidden complainant (I-11)."""

    number: str
    persons: tuple[PersonConcerned, ...]
    contact: ContactPerson
    story: str


def findable(consultation: Consultation) -> Findable:
    """What of a consultation may be searched."""
    return Findable(
        consultation.number,
        consultation.persons,
        consultation.contact.outside_the_desk,
        consultation.shared_story,
    )


@dataclass(frozen=True)
class SearchWord:
    """One word that was typed, with every form in which it may stand in the records."""

    typed: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class SearchQuery:
    """What was typed, read: the whole as a name or number, and its words, all of which have to be found."""

    whole: tuple[str, ...]
    words: tuple[SearchWord, ...]

    @property
    def asks(self) -> bool:
        """Whether anything is searched for."""
        return bool(self.words)


def read_query(typed: str, dates: Mapping[str, date]) -> SearchQuery:
    """The query of a search box; ``dates`` names which of its words are dates. Never fails."""
    plain = _UNSTORABLE.sub("", typed)[:QUERY_AT_MOST]
    words = []
    for word in plain.split()[:WORDS_AT_MOST]:
        forms = _forms(word, dates)
        if forms:
            words.append(SearchWord(word, forms))
    together = "".join(plain.split())
    whole = dict.fromkeys((fold_sound(together), *_forms(together, dates)))
    return SearchQuery(tuple(form for form in whole if form), tuple(words))


def terms_of(one: Findable) -> tuple[tuple[FoundBy, str], ...]:
    """The whole names, readings, numbers and dates under which a consultation is found at once."""
    found = [(FoundBy.NUMBER, fold(one.number))]
    people = [(p.name, p.kana, p.phone) for p in one.persons]
    for name, kana, phone in (*people, (one.contact.name, one.contact.kana, one.contact.phone)):
        parts = fold_written(name).split()
        reading = fold_sound(kana or (name if is_kana(fold(name)) else ""))
        found += [(FoundBy.NAME, "".join(parts))]
        found += [(FoundBy.PART_OF_NAME, part) for part in parts[1:]]
        found += [(FoundBy.READING, reading), (FoundBy.TELEPHONE, _digits(phone))]
    found += [(FoundBy.BIRTH_DATE, p.birth_date.isoformat()) for p in one.persons if p.birth_date]
    return tuple(dict.fromkeys((kind, term[:LONGEST_TERM]) for kind, term in found if term))


def text_of(one: Findable) -> str:
    """Everything a word is looked for in."""
    parts = [term for _, term in terms_of(one)]
    for name, kana in (
        *((p.name, p.kana) for p in one.persons),
        (one.contact.name, one.contact.kana),
    ):
        parts += [fold(name), fold(kana)]
    parts += [fold(p.description) for p in one.persons]
    parts += [fold(one.story)]
    return PART.join(dict.fromkeys(part for part in parts if part))


def answers(query: SearchQuery, one: Findable) -> bool:
    """Whether what may be searched answers a query: the whole is the beginning of a term, or every word is there."""
    return any(
        term.startswith(form) for form in query.whole for _, term in terms_of(one)
    ) or has_every_word(text_of(one), query)


def has_every_word(text: str, query: SearchQuery) -> bool:
    """Whether every word of a query stands in a text in one of its forms."""
    return all(any(form in text for form in word.forms) for word in query.words)


def grams_of(text: str) -> tuple[str, ...]:
    """Every character and every two neighbouring characters of a text, each once."""
    pairs = (text[i : i + GRAM] for i in range(len(text) - 1))
    return tuple(dict.fromkeys(g for g in (*text, *pairs) if PART not in g))


def grams_to_find(form: str) -> tuple[str, ...]:
    """What any text that contains the form has among its grams."""
    if len(form) < GRAM:
        return (form,)
    return tuple(dict.fromkeys(form[i : i + GRAM] for i in range(len(form) - 1)))


def found_by(query: SearchQuery, terms: Iterable[tuple[str, str]]) -> tuple[FoundBy, ...]:
    """Why a consultation with these terms (kind, term) answers the query; *text* when no term says it."""
    terms, reasons = tuple(terms), set()
    for kind, term in terms:
        if term in query.whole:
            reasons.add(FoundBy(kind))
    if not reasons:
        for word in query.words:
            hits = {
                FoundBy.PART_OF_NAME if kind == FoundBy.NAME else FoundBy(kind)
                for kind, term in terms
                if any(form in term for form in word.forms)
            }
            reasons |= hits or {FoundBy.TEXT}
    return tuple(reason for reason in FoundBy if reason in reasons)


def _forms(word: str, dates: Mapping[str, date]) -> tuple[str, ...]:
    folded = fold(word)
    forms = [folded, fold_written(word).replace(" ", "")]
    if is_kana(folded):
        forms.append(fold_sound(folded))
    if _TELEPHONE.fullmatch(unicodedata.normalize("NFKC", word)) and len(_digits(word)) >= 4:
        forms.append(_digits(word))
    if word in dates:
        forms.append(dates[word].isoformat())
    return tuple(dict.fromkeys(form for form in forms if form))


def _digits(phone: str) -> str:
    normal = unicodedata.normalize("NFKC", phone).strip()
    digits = _NOT_DIGITS.sub("", normal)
    return "0" + digits[2:].removeprefix("0") if normal.startswith("+81") else digits
