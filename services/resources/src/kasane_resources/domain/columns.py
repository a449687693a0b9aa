"""The facts of directory entries that a need is compared with, one array for each, filled once an entry."""

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from threading import RLock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kasane_resources.domain.eligibility import AreaKind, ServiceArea
from kasane_resources.domain.folding import bigrams, fold
from kasane_resources.domain.human_service import ContactMode, HumanService, Visibility
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.profile import Accessibility
from kasane_resources.domain.schedule import DAYS
from kasane_resources.domain.thesaurus import thesaurus

Rows = NDArray[np.intp]
_Fact = TypeVar("_Fact")
_FETCHES = ("送迎", "迎エ", "届ケ", "配達", "出向", "訪問", "玄関先")
_PRICE = re.compile(r"[1-9][0-9,]*円")
_VISIBILITIES = list(Visibility)
_MODES = list(ContactMode)
_AREA_KINDS = list(AreaKind)
_ACCESSIBILITY = list(Accessibility)
NO_AGE = -1
ANY_AGE = 999
NO_PLACES = -1
NO_DAY = 0


def text_of(human_service: HumanService) -> str:
    """What a human service says of itself."""
    entry = human_service.entry
    return " ".join((entry.name, entry.description, entry.eligibility.audience))


def fetches(text: str) -> bool:
    """Whether a folded text says that it comes to the home or brings there."""
    return any(word in text for word in _FETCHES)


def costs_nothing(fees: str) -> bool:
    """Whether the words about fees say that it is free for everybody."""
    text = fold(fees)
    return ("無料" in text or "0円" in text) and not _PRICE.search(text)


def day_bits(days: Sequence[str]) -> int:
    """Days of the week as one number, Monday the lowest bit."""
    return sum(1 << DAYS.index(day) for day in set(days))


def mode_bits(modes: Sequence[ContactMode]) -> int:
    """Contact modes as one number."""
    return sum(1 << _MODES.index(mode) for mode in set(modes))


def accessibility_bits(offered: Iterable[Accessibility]) -> int:
    """What makes a place usable, as one number."""
    return sum(1 << _ACCESSIBILITY.index(one) for one in set(offered))


def minutes(clock_time: str) -> int:
    """The minutes since midnight of ``HH:MM``; -1 when there is none."""
    hour, _, minute = clock_time.partition(":")
    return int(hour) * 60 + int(minute) if hour.isdigit() and minute.isdigit() else -1


class DirectoryColumns:
    """Entries as rows of arrays. A row is never changed: an entry that changed gets a new one.

    ``openings`` has every time and place of the few entries with several; the arrays have the first.
    ``lock`` is held while rows are added or read, so that a thread never sees half a row.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self.ids: list[str] = []
        self.kinds: list[tuple[str, ...]] = []
        self.audiences: list[str] = []
        self.areas: list[tuple[ServiceArea, str]] = []
        self.openings: dict[int, tuple[FurtherOpening, ...]] = {}
        self._codes: dict[object, int] = {}
        self._combinations: tuple[list[str], NDArray[np.intp], int] = ([], _NO_COMBINATION, 0)
        self.towns: list[str] = []
        self._area_facts = np.zeros((3, 64), np.int32)
        self._postings: dict[str, array[int]] = {}
        situations, conditions = thesaurus().situations, thesaurus().conditions
        self._numbers: dict[str, NDArray[np.int32]] = {
            name: np.zeros(64, np.int32)
            for name in (
                "kind",
                "audience",
                "area",
                "lowest",
                "highest",
                "states_age",
                "visibility",
                "active",
                "days",
                "opens",
                "closes",
                "says_when",
                "modes",
                "asked",
                "asked_to_apply",
                "fetches",
                "themes",
                "full",
                "free_places",
                "places_asked",
                "accessibility",
                "confirmed",
                "several",
            )
        }
        self._places = np.full((64, 2), np.nan)
        self._offers = np.zeros((64, len(situations)), np.int8)
        self._situations = {one.code: number for number, one in enumerate(situations)}
        self._conditions = {one.code: number for number, one in enumerate(conditions)}

    def combinations(self) -> tuple[list[str], NDArray[np.intp]]:
        """Every kind there is, and for each combination of kinds (``kind``) the places of its kinds.

        Combinations of fewer kinds than the longest are filled up with the place after the last kind.
        """
        if self._combinations[2] != len(self.kinds):
            known = sorted({kind for kinds in self.kinds for kind in kinds})
            place = {kind: at for at, kind in enumerate(known)}
            most = max((len(kinds) for kinds in self.kinds), default=0) or 1
            has = np.full((len(self.kinds), most), len(known), np.intp)
            for row, kinds in enumerate(self.kinds):
                has[row, : len(kinds)] = [place[kind] for kind in kinds]
            self._combinations = known, has, len(self.kinds)
        return self._combinations[:2]

    def area_facts(self) -> NDArray[np.int32]:
        """For each area (``area``): its kind, its radius in km (0 without one), its town's place in ``towns``."""
        return self._area_facts[:, : len(self.areas)]

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str, rows: Rows) -> NDArray[np.int32]:
        """One fact of these rows."""
        return self._numbers[name][rows]

    def places(self, rows: Rows) -> NDArray[np.float64]:
        """Latitude and longitude of these rows; not a number where they are not known."""
        return self._places[rows]

    def offered(self, rows: Rows, situations: Sequence[str]) -> NDArray[np.int64]:
        """How many of these situations the text of each row speaks of."""
        wanted = [self._situations[code] for code in situations]
        counts: NDArray[np.int64] = self._offers[rows][:, wanted].sum(axis=1, dtype=np.int64)
        return counts

    def condition_bit(self, code: str) -> int:
        """The bit of a condition in the columns ``asked`` and ``asked_to_apply``."""
        return 1 << self._conditions[code]

    def posting(self, pair: str) -> NDArray[np.int32]:
        """The rows whose text has a pair of characters."""
        found = self._postings.get(pair)
        return _NONE if found is None else np.frombuffer(found, np.int32)

    def add(self, one: HumanService) -> int:
        """Adds an entry and returns its row."""
        row, entry = len(self.ids), one.entry
        if row == len(self._places):
            self._grow()
        text = fold(text_of(one))
        process = fold(entry.application_process)
        eligibility, schedule, place = entry.eligibility, entry.schedule, entry.location.position
        vacancy = entry.vacancy
        asked = sum(
            1 << number
            for number, condition in enumerate(thesaurus().conditions)
            if condition.asked_in(process + text)
        )
        to_apply = sum(
            1 << number
            for number, condition in enumerate(thesaurus().conditions)
            if condition.asked_in(process)
        )
        offers = [
            any(word in text for word in situation.offered) for situation in thesaurus().situations
        ]
        facts = {
            "kind": self._code("kind", entry.categories, self.kinds),
            "audience": self._code("audience", eligibility.audience, self.audiences),
            "area": self._area(eligibility.area, entry.location.municipality),
            "lowest": NO_AGE if eligibility.minimum_age is None else eligibility.minimum_age,
            "highest": ANY_AGE if eligibility.maximum_age is None else eligibility.maximum_age,
            "states_age": eligibility.states_age,
            "visibility": _VISIBILITIES.index(entry.visibility),
            "active": one.active,
            "days": day_bits(schedule.byday),
            "opens": minutes(schedule.opens_at),
            "closes": minutes(schedule.closes_at),
            "says_when": schedule.known,
            "modes": mode_bits(entry.contact_modes),
            "asked": asked,
            "asked_to_apply": to_apply,
            "fetches": fetches(text),
            "themes": any(offers),
            "free_places": NO_PLACES if vacancy.available is None else vacancy.available,
            "places_asked": vacancy.asked_on.toordinal() if vacancy.asked_on else NO_DAY,
            "accessibility": accessibility_bits(entry.accessibility),
            "full": any(word in text for word in thesaurus().full),
            "several": bool(entry.further),
            "confirmed": entry.last_confirmed_on.toordinal() if entry.last_confirmed_on else NO_DAY,
        }
        for name, fact in facts.items():
            self._numbers[name][row] = fact
        if entry.further:
            self.openings[row] = entry.openings
        self._places[row] = (place.latitude, place.longitude) if place else (np.nan, np.nan)
        self._offers[row] = offers
        for pair in set(bigrams(text_of(one))):
            self._postings.setdefault(pair, array("i")).append(row)
        self.ids.append(one.id)
        return row

    def _code(self, column: str, fact: _Fact, known: list[_Fact]) -> int:
        key = (column, fact)
        if key not in self._codes:
            self._codes[key] = len(known)
            known.append(fact)
        return self._codes[key]

    def _area(self, area: ServiceArea, municipality: str) -> int:
        code = self._code("area", (area, municipality), self.areas)
        if code == self._area_facts.shape[1]:
            self._area_facts = np.concatenate(
                [self._area_facts, np.zeros_like(self._area_facts)], axis=1
            )
        town = self._code("town", municipality, self.towns)
        self._area_facts[:, code] = _AREA_KINDS.index(area.kind), area.radius_km or 0, town
        return code

    def _grow(self) -> None:
        more = len(self._places)
        for name, numbers in self._numbers.items():
            self._numbers[name] = np.concatenate([numbers, np.zeros(more, np.int32)])
        self._places = np.concatenate([self._places, np.full((more, 2), np.nan)])
        self._offers = np.concatenate([self._offers, np.zeros_like(self._offers)])


@cache
def seen(visible: frozenset[Visibility]) -> NDArray[np.bool_]:
    """For each number in the column ``visibility`` whether it is one of these."""
    return np.array([one in visible for one in _VISIBILITIES], bool)


def area_number(kind: AreaKind) -> int:
    """The number of a kind of area in ``area_facts``."""
    return _AREA_KINDS.index(kind)


_NONE: NDArray[np.int32] = np.zeros(0, np.int32)
_NO_COMBINATION: NDArray[np.intp] = np.zeros((0, 1), np.intp)
