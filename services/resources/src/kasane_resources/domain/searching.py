"""What somebody who searches the directory asks for, and why an entry answers it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from kasane_resources.domain.folding import fold, spellings
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.location import Position, distance_km
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.schedule import DAYS
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.domain.thesaurus import thesaurus
from kasane_resources.domain.travel import REACHES, Reach

MOST_WORDS = 8
SHORTEST_SAID = 2
USUAL_REACH = "10"
FIRST_CHOICE = 2.5


class FoundIn(StrEnum):
    """Which field of an entry answers a word."""

    NAME = "name"
    KANA = "kana"
    ORGANIZATION = "organization"
    DESCRIPTION = "description"
    AUDIENCE = "audience"
    PLACE = "place"
    MICRO_TASK = "micro_task"
    KIND = "kind"
    MEANING = "meaning"


@dataclass(frozen=True)
class SearchWord:
    """One word as it was typed, its folded spellings, and the kinds that answer it by meaning."""

    typed: str
    spellings: tuple[str, ...]
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> "SearchWord":
        """The word with what the thesaurus knows of it."""
        return cls(typed, spellings(typed), _kinds_meant(typed))


@dataclass(frozen=True)
class DirectorySearch:
    """What is asked for. Everything may be empty; ``near`` with ``within`` orders by distance."""

    words: str = ""
    category: str = ""
    usable_in: str = ""
    town_name: str = ""
    near: Position | None = None
    within: Reach = REACHES[USUAL_REACH]
    day: str = ""
    open_at: datetime | None = None
    without_referral: bool = False
    by_line: bool = False
    visits: bool = False
    free: bool = False
    in_use: bool = False

    @classmethod
    def read(
        cls,
        given: Mapping[str, str],
        municipality: str,
        town_name: str,
        now: datetime,
        near: Position | None = None,
    ) -> "DirectorySearch":
        """What an address asks for, in the town and at the moment; what it does not know is left out."""
        category, day = given.get("category", ""), given.get("day", "")
        within = given.get("within", "")
        return cls(
            words=given.get("q", "").strip()[:200],
            category=category if category in taxonomy() else "",
            usable_in=municipality if given.get("area") == "town" else "",
            town_name=town_name,
            near=near,
            within=REACHES.get(within, REACHES[USUAL_REACH]),
            day=day if day in DAYS else "",
            open_at=now if given.get("open_now") else None,
            without_referral=bool(given.get("without_referral")),
            by_line=bool(given.get("by_line")),
            visits=bool(given.get("visits")),
            free=bool(given.get("free")),
        )

    @cached_property
    def each_word(self) -> tuple[SearchWord, ...]:
        """The words, without repetition, at most eight."""
        return tuple(map(SearchWord.of, dict.fromkeys(self.words.split())))[:MOST_WORDS]


@dataclass(frozen=True)
class FoundReason:
    """Why an entry is found: the field, the word as it was typed, and the word or kind that stands there."""

    field: FoundIn
    typed: str
    there: str


def answers(search: DirectorySearch, one: HumanService) -> Iterator[FoundReason]:
    """One reason for each word: the first field that has it."""
    for word in search.each_word:
        found = next(_answers(word, one), None)
        if found is not None:
            yield found


@dataclass(frozen=True)
class OpeningFound:
    """The time and place by which an entry answers a search, and the kilometres of the straight line to it."""

    opening: FurtherOpening
    km: float | None = None


def opening_found(search: DirectorySearch, one: HumanService) -> OpeningFound:
    """The nearest of the times and places that answer the search, or the first; the first where none is asked for."""
    openings = one.entry.openings
    answering = [found for found in openings if _answers_at(search, found)] or openings[:1]
    if search.near is None:
        return OpeningFound(answering[0])
    home = search.near
    known = [
        (distance_km(home, found.location.position), found)
        for found in answering
        if found.location.position
    ]
    if not known:
        return OpeningFound(answering[0])
    km, nearest = min(known, key=lambda found: found[0])
    return OpeningFound(nearest, km)


def _answers_at(search: DirectorySearch, opening: FurtherOpening) -> bool:
    if search.day and search.day not in opening.schedule.byday:
        return False
    return search.open_at is None or opening.schedule.open_at(search.open_at)


def _answers(word: SearchWord, one: HumanService) -> Iterator[FoundReason]:
    entry = one.entry
    kinds = [taxonomy()[code] for code in entry.categories if code in taxonomy()]
    texts: Sequence[tuple[FoundIn, str]] = (
        (FoundIn.NAME, entry.name),
        (FoundIn.NAME, entry.alternate_name),
        (FoundIn.KANA, entry.kana),
        *((FoundIn.KIND, kind.ja) for kind in kinds),
        *((FoundIn.MICRO_TASK, task.name) for task in entry.micro_tasks),
        (FoundIn.DESCRIPTION, entry.description),
        (FoundIn.AUDIENCE, entry.eligibility.audience),
        (FoundIn.ORGANIZATION, entry.organization_name),
        (FoundIn.PLACE, entry.location.name),
        (FoundIn.PLACE, entry.location.address),
    )
    for field, text in texts:
        folded = fold(text)
        for spelling in word.spellings:
            if spelling in folded:
                yield FoundReason(field, word.typed, _as_written(text, spelling))
    for kind in kinds:
        if kind.code in word.kinds:
            yield FoundReason(FoundIn.MEANING, word.typed, kind.ja)


def _as_written(text: str, folded: str) -> str:
    """The part of a text that a folded word stands for; the folded word when the lengths differ."""
    plain = "".join(text.split())
    at = fold(plain).find(folded)
    if at >= 0 and len(fold(plain)) == len(plain):
        return plain[at : at + len(folded)]
    return folded


def _kinds_meant(typed: str) -> tuple[str, ...]:
    """The kinds that are a first choice for a situation which this word tells of, or which it names."""
    folded = fold(typed)
    if len(folded) < SHORTEST_SAID:
        return ()
    meant = {
        kind: None
        for situation in thesaurus().told_by((typed,))
        for kind, strength in situation.answered.items()
        if strength >= FIRST_CHOICE
    }
    named = {
        code: None
        for code, term in taxonomy().items()
        if any(fold(word) in spellings(typed) for word in (*term.words, term.ja))
    }
    return tuple(meant | named)
