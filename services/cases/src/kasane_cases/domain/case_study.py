"""A case told without saying whose it is: coded facts in broad bands, and words that are checked."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.case import Case
from kasane_cases.domain.errors import CaseStudyIdentifies

_SPACES = re.compile(r"[\s\u3000]+")
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class CaseStudy:
    """What may be told of a case in a meeting that learns nobody's name (I-20)."""

    ages: tuple[str, ...]
    relations: tuple[str, ...]
    categories: tuple[str, ...]
    needs: tuple[str, ...]
    sessions: int
    told: tuple[tuple[str, str], ...]


def age_band(age: int | None) -> str:
    """The decade of an age; empty when it is not known."""
    return "" if age is None else str(min(age // 10 * 10, 90))


def case_study(
    case: Case,
    needs: Iterable[str],
    sessions: int,
    told: tuple[tuple[str, str], ...],
    day: date,
) -> CaseStudy:
    """The study of a case; raises CaseStudyIdentifies when what was written says whose it is."""
    for _, words in told:
        check_words(case, words)
    return CaseStudy(
        ages=tuple(sorted(filter(None, (age_band(one.age_on(day)) for one in case.persons)))),
        relations=tuple(sorted(filter(None, (case.relation(one.id) for one in case.persons)))),
        categories=tuple(case.categories),
        needs=tuple(dict.fromkeys(needs)),
        sessions=sessions,
        told=told,
    )


def check_words(case: Case, words: str) -> None:
    """Raises CaseStudyIdentifies when words name a person, an address, a telephone or the case."""
    folded = _folded(words)
    digits = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", words))
    for person in case.persons:
        for name in (person.name, person.kana):
            parts = [part for part in _SPACES.split(name) if len(part) > 1]
            if any(_folded(part) in folded for part in (*parts, name) if part):
                raise CaseStudyIdentifies(what="name")
        if person.address and _folded(person.address) in folded:
            raise CaseStudyIdentifies(what="address")
        phone = _NOT_DIGITS.sub("", person.phone)
        if len(phone) > 5 and phone in digits:
            raise CaseStudyIdentifies(what="phone")
        if person.birth_date and _says_day(person.birth_date, words):
            raise CaseStudyIdentifies(what="birth_date")
    if _folded(case.number) in folded:
        raise CaseStudyIdentifies(what="number")


def _folded(words: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", words)).casefold()


def _says_day(day: date, words: str) -> bool:
    plain = unicodedata.normalize("NFKC", words)
    written = (day.isoformat(), f"{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}")
    return any(one in plain for one in written)
