"""Compares one need with many rows of the directory at once: who is left out and why, who has most points.

The numbers are those of ``scoring.Scorer``, reckoned for whole columns; a test holds the two together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kasane_resources.domain.columns import (
    ANY_AGE,
    NO_AGE,
    NO_DAY,
    NO_PLACES,
    DirectoryColumns,
    Rows,
    accessibility_bits,
    area_number,
    day_bits,
    minutes,
    mode_bits,
    seen,
)
from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.folding import bigrams
from kasane_resources.domain.human_service import ContactMode, HumanService, Visibility
from kasane_resources.domain.location import EARTH_RADIUS_KM
from kasane_resources.domain.need import Need
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.scoring import (
    FAR_WITHOUT_CAR_KM,
    SIMILAR_ENOUGH,
    ScorePart,
    Scorer,
)
from kasane_resources.domain.suitability import (
    REACHABLE_KM,
    AreaCoverage,
    ExclusionReason,
    another_is_responsible,
    coverage,
    direction,
    district_open,
    nearest_of,
    town_of,
)
from kasane_resources.domain.thesaurus import thesaurus

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
REASONS = tuple(ExclusionReason)
GOES = -1
_COMES = mode_bits((ContactMode.HOME_VISIT, ContactMode.ONLINE))
_TIE = 0.06


@dataclass(frozen=True)
class ComparedRows:
    """What came of it, row by row: ``reason`` is the place in ``REASONS``, or -1 for who is not left out."""

    rows: Rows
    reason: NDArray[np.int8]
    points: Floats
    similar: Floats
    distance: Floats
    of_kind: Bools

    def first(self, most: int, ids: Sequence[str]) -> list[tuple[int, float]]:
        """The rows with the most points and how similar they are; equal points by id."""
        places = np.flatnonzero(self.reason == GOES)
        if len(places) > most:
            points = self.points[places]
            least = np.partition(points, len(points) - most)[len(points) - most]
            places = places[points > least - _TIE]
        chosen = sorted(
            places.tolist(),
            key=lambda place: (-round(float(self.points[place]), 1), ids[int(self.rows[place])]),
        )
        return [(int(self.rows[place]), float(self.similar[place])) for place in chosen[:most]]

    def left_out(self, reason: ExclusionReason) -> NDArray[np.intp]:
        """The places of the rows left out for a reason."""
        return np.flatnonzero(self.reason == REASONS.index(reason))


@dataclass(frozen=True)
class NeedComparison:
    """One need against these rows. ``fetch`` gives the entries of rows, for what columns cannot say."""

    columns: DirectoryColumns
    rows: Rows
    scorer: Scorer
    visible: frozenset[Visibility]
    fetch: Callable[[Sequence[int]], Sequence[HumanService]]

    @property
    def need(self) -> Need:
        """The need."""
        return self.scorer.need

    @property
    def today(self) -> date:
        """The day of the comparison."""
        return self.scorer.today

    def compared(self) -> ComparedRows:
        """Leaves out what cannot serve, reckons the points of the rest."""
        reason = self.reasons()
        possible = reason == GOES
        similar = self._similar(possible)
        kinds = self._column("kind")
        category = self._of_best_kind(lambda kind: self.scorer.category((kind,)))[kinds]
        answering = self.scorer.answering
        words = self._of_best_kind(lambda kind: self.scorer.vocabulary((kind,)), answering)[kinds]
        offered = self._offered()
        other_theme = (offered == 0) & self._of_one_theme()[kinds] & (self._column("themes") == 1)
        related = (category != 0) | (words != 0) | (similar >= SIMILAR_ENOUGH)
        weights = self.scorer.weights
        offer = np.where(
            words != 0,
            np.round(weights.offer * np.minimum(3, offered), 1),
            0.0,
        )
        described = np.round(np.minimum(weights.most_similar, weights.similarity * similar), 1)
        capacity = self._capacity()
        against = self._referral() + np.minimum(0.0, capacity)
        outweighed = (against != 0) & (category + words + offer + described + against <= 0)
        points = (
            category + words + offer + described + against + self._age(kinds) + self._audience()
        )
        points += self._area() + self._near() + self._schedule() + self._contact()
        points += self._access() + self._freshness()
        points += np.maximum(0.0, capacity) + self._accessibility()
        reason[possible & related & other_theme] = REASONS.index(ExclusionReason.OTHER_THEME)
        reason[possible & related & outweighed] = REASONS.index(ExclusionReason.OUTWEIGHED)
        reason[possible & ~related] = REASONS.index(ExclusionReason.NOT_RELATED)
        relation = category + words + offer + described + against
        least = weights.least_share * relation[reason == GOES].max(initial=0.0)
        reason[(reason == GOES) & (relation < least)] = REASONS.index(ExclusionReason.MUCH_WEAKER)
        return ComparedRows(self.rows, reason, points, similar, self.distance, category != 0)

    def reasons(self) -> NDArray[np.int8]:
        """For each row the first reason against it, or -1."""
        found = np.full(len(self.rows), GOES, np.int8)
        for reason, holds in self._against():
            found[(found == GOES) & holds] = REASONS.index(reason)
        for place in self._districts_of_others(found):
            found[place] = REASONS.index(ExclusionReason.AREA_OUTSIDE)
        return found

    @cached_property
    def distance(self) -> Floats:
        """The kilometres from the home to each row; not a number where one of them is unknown."""
        home = self.need.position
        if home is None:
            return np.full(len(self.rows), np.nan)
        places = np.radians(self.columns.places(self.rows))
        latitude, longitude = np.radians(home.latitude), np.radians(home.longitude)
        half = (
            np.sin((places[:, 0] - latitude) / 2) ** 2
            + np.cos(latitude) * np.cos(places[:, 0]) * np.sin((places[:, 1] - longitude) / 2) ** 2
        )
        found: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
        for place, openings in self._several:
            nearest = nearest_of(self.need, openings)
            found[place] = nearest[0] if nearest else np.nan
        return found

    @cached_property
    def _several(self) -> list[tuple[int, tuple[FurtherOpening, ...]]]:
        """The few entries with several times or places."""
        rows = np.flatnonzero(self._column("several"))
        return [(int(at), self.columns.openings[int(self.rows[at])]) for at in rows]

    def _of_several(self, found: Floats, parts: Callable[..., Iterator[ScorePart]]) -> Floats:
        for place, openings in self._several:
            found[place] = sum(part.points for part in parts(openings))
        return found

    def _against(self) -> Iterator[tuple[ExclusionReason, Bools]]:
        yield (
            ExclusionReason.NOT_VISIBLE,
            ~seen(self.visible)[self._column("visibility")],
        )
        yield ExclusionReason.NOT_ACTIVE, self._column("active") == 0
        if self.need.known_ages:
            low, high = self._column("lowest"), self._column("highest")
            admits = [(low <= age) & (age <= high) for age in self.need.known_ages]
            yield ExclusionReason.AGE_OUTSIDE, ~np.logical_or.reduce(admits)
        areas = self._column("area")
        kinds, radii, towns = self.columns.area_facts()
        covered = self._covered(areas, kinds, towns)[areas]
        far = self.distance > REACHABLE_KM
        near = self.distance <= REACHABLE_KM
        yield (
            ExclusionReason.AREA_OUTSIDE,
            (covered == _OUTSIDE)
            | ((covered == _IF_NEAR) & ~near)
            | ((covered == _ELSEWHERE) & np.isnan(self.distance)),
        )
        stated = (covered == _ELSEWHERE) | (covered == _REACH)
        yield (
            ExclusionReason.TOO_FAR,
            (stated & far) | ((covered == _RADIUS) & (self.distance > radii[areas])),
        )
        asked = self._column("asked_to_apply")
        lacking = sum(
            self.columns.condition_bit(one.code)
            for one in thesaurus().conditions
            if self.need.has(one) is False
        )
        yield ExclusionReason.CONDITION_MISSING, (asked != 0) & ((asked & ~lacking) == 0)

    def _covered(
        self, areas: NDArray[np.int32], kinds: NDArray[np.int32], towns: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """For each area whether it holds the home, as far as kind and words say."""
        home = self.need.municipality[:2]
        elsewhere = np.array([bool(one) and one[:2] != home for one in self.columns.towns], bool)
        found = np.where(elsewhere[towns], _ELSEWHERE, _REACH) if len(towns) else np.zeros(0, int)
        found[kinds == area_number(AreaKind.RADIUS)] = _RADIUS
        found[kinds == area_number(AreaKind.ONLINE)] = _COVERED
        for code in self._worded(areas, kinds):
            area, there = self.columns.areas[code]
            found[code] = _OF_TOWNS[coverage(self.need, area.words, there)]
        return found.astype(np.int32)

    def _worded(self, areas: NDArray[np.int32], kinds: NDArray[np.int32]) -> list[int]:
        """The areas of these rows that are said in words."""
        present = np.bincount(areas, minlength=len(kinds)) > 0
        return np.flatnonzero(present & (kinds == area_number(AreaKind.TOWNS))).tolist()

    def _districts_of_others(self, found: NDArray[np.int8]) -> Iterator[int]:
        """Districts are weighed together: which of them holds the home depends on the others."""
        areas = self._column("area")
        kinds = self.columns.area_facts()[0]
        named = np.zeros(len(kinds), bool)
        for code in self._worded(areas, kinds):
            named[code] = direction(self.need, self.columns.areas[code][0].words)
        places = np.flatnonzero(named[areas])
        if not len(places):
            return
        entries = self.fetch(self.rows[places].tolist())
        reasons = {
            one.id: None if found[place] == GOES else REASONS[found[place]]
            for place, one in zip(places, entries, strict=True)
        }
        still_open = [
            (int(place), one)
            for place, one in zip(places, entries, strict=True)
            if reasons[one.id] is None
            and district_open(self.need, one.entry.eligibility.area.words)
        ]
        for place, one in still_open:
            if another_is_responsible(self.need, one, entries, reasons):
                reasons[one.id] = ExclusionReason.AREA_OUTSIDE
                yield place

    def _similar(self, possible: Bools) -> Floats:
        """How much of the need's words each text covers; rare pairs of characters count more."""
        wanted = sorted(set(bigrams(" ".join((self.need.description, *self.need.issues)))))
        if not wanted:
            return np.zeros(len(self.rows))
        asked = np.zeros(len(self.columns), bool)
        asked[self.rows[possible]] = True
        # Each list of rows is cut down first: most of what is remembered is not asked about.
        postings = [rows[asked[rows]] for rows in map(self.columns.posting, wanted)]
        with_pair = np.array([len(rows) for rows in postings])
        weights = np.log(1 + (int(possible.sum()) + 1) / (1 + with_pair))
        covered = np.bincount(
            np.concatenate(postings), np.repeat(weights, with_pair), len(self.columns)
        )
        found: Floats = covered[self.rows] / weights.sum()
        found[~possible] = 0.0
        return found

    def _of_one_theme(self) -> Bools:
        """Which combinations of kinds are there for one theme each."""
        known, has = self.columns.combinations()
        terms = self.scorer.terms
        by_theme = [kind in terms and terms[kind].by_theme for kind in known]
        found: Bools = np.array([*by_theme, True])[has].all(axis=1) & (has[:, 0] < len(known))
        return found

    def _offered(self) -> NDArray[np.int64]:
        return self.columns.offered(self.rows, [one.code for one in self.need.situations])

    def _age(self, kinds: NDArray[np.int32]) -> Floats:
        if not self.need.known_ages:
            return np.zeros(len(self.rows))
        weights, states = self.scorer.weights, self._column("states_age")
        low, high = self._column("lowest"), self._column("highest")
        stated = 2 * (low != NO_AGE) + (high != ANY_AGE)
        usual = np.zeros(len(self.rows), bool)
        for age in self.need.known_ages:
            usual |= self._usual(age)[stated, kinds] & (low <= age) & (age <= high)
        return np.where(
            usual, np.where(states == 1, weights.age_stated, 0.0), weights.not_usually_for
        )

    def _usual(self, age: int) -> Bools:
        """Whether an age is usual, by what is stated (2 the lowest, 1 the highest) and combination of kinds."""
        known, has = self.columns.combinations()
        terms = [*map(self.scorer.terms.get, known), None]
        open_to_all = ~np.array([term is not None for term in terms])[has].any(axis=1)
        admits = np.array(
            [
                [term is not None and term.usually_admits(age, low, high) for term in terms]
                for low in (False, True)
                for high in (False, True)
            ]
        )
        usual: Bools = np.any(admits[:, has], axis=2)
        return usual | open_to_all

    def _audience(self) -> Floats:
        return self._by_value(
            self._column("audience"),
            lambda code: self.scorer.audience(self.columns.audiences[code]),
        )

    def _area(self) -> Floats:
        weights, (kinds, _, towns) = self.scorer.weights, self.columns.area_facts()
        same = np.array([one == self.need.municipality for one in self.columns.towns], bool)
        worth = np.zeros(len(AreaKind))
        worth[area_number(AreaKind.TOWNS)] = weights.area_stated
        worth[area_number(AreaKind.RADIUS)] = weights.area_stated if self.need.position else 0.0
        worth[area_number(AreaKind.ONLINE)] = weights.online
        of_area = worth[kinds]
        unsaid = kinds == area_number(AreaKind.NOT_STATED)
        of_area[unsaid] = np.where(same[towns[unsaid]], weights.same_town, 0.0)
        found: Floats = of_area[self._column("area")]
        for place, openings in self._several:
            area, _ = self.columns.areas[self._column("area")[place]]
            there = town_of(self.need, openings)
            found[place] = sum(part.points for part in self.scorer.area(area, there))
        return found

    def _near(self) -> Floats:
        share = np.maximum(0.0, 1 - np.nan_to_num(self.distance, nan=1e9) / REACHABLE_KM)
        return np.round(self.scorer.weights.nearest * share, 1)

    def _schedule(self) -> Floats:
        days, weights, wanted = self._column("days"), self.scorer.weights, self.need.availability
        told = np.full(len(self.rows), weights.open_often)
        if wanted is not None:
            opens, closes = self._column("opens"), self._column("closes")
            in_time = (opens < minutes(wanted.until)) & (minutes(wanted.since) < closes)
            suits = (days & day_bits(wanted.days)) != 0
            suits &= (opens < 0) | (closes < 0) | in_time
            told += np.where(suits, weights.times, -weights.times)
        in_words = np.where(self._column("says_when") == 1, weights.open_sometimes, 0.0)
        return self._of_several(np.where(days != 0, told, in_words), self.scorer.schedule)

    def _contact(self) -> Floats:
        if self.need.contact is None:
            return np.zeros(len(self.rows))
        reached = (self._column("modes") & mode_bits((self.need.contact,))) != 0
        return np.where(reached, self.scorer.weights.contact, 0.0)

    def _access(self) -> Floats:
        if not self.need.without_car:
            return np.zeros(len(self.rows))
        access = self.scorer.weights.access
        comes = ((self._column("modes") & _COMES) != 0) | (self._column("fetches") == 1)
        far = self.distance > FAR_WITHOUT_CAR_KM
        return np.where(comes, access, np.where(far, -access, 0.0))

    def _referral(self) -> Floats:
        asked = self._column("asked")
        held = sum(
            self.columns.condition_bit(one.code)
            for one in thesaurus().conditions
            if self.need.has(one)
        )
        unproven = (asked != 0) & ((asked & held) == 0)
        return np.where(unproven, self.scorer.weights.certificate, 0.0)

    def _capacity(self) -> Floats:
        weights, places = self.scorer.weights, self._column("free_places")
        asked = self._column("places_asked")
        told = (places != NO_PLACES) & (asked != NO_DAY)
        lately = self.today.toordinal() - asked <= self.scorer.days.vacancy.days
        by_asking = np.where(places == 0, weights.full, weights.room)
        by_text = np.where(self._column("full") == 1, weights.full, 0.0)
        return np.where(told, np.where(lately, by_asking, 0.0), by_text)

    def _accessibility(self) -> Floats:
        if not self.need.fits:
            return np.zeros(len(self.rows))
        wanted = accessibility_bits(one for offers in self.need.fits for one in offers)
        fits = (self._column("accessibility") & wanted) != 0
        return np.where(fits, self.scorer.weights.fits, 0.0)

    def _freshness(self) -> Floats:
        confirmed = self._column("confirmed")
        age = self.today.toordinal() - confirmed
        points = np.where(confirmed == NO_DAY, 0.0, self.scorer.weights.stale)
        for days, worth in reversed(self.scorer.fresh_points):
            points[(confirmed != NO_DAY) & (age <= days)] = worth
        return points

    def _column(self, name: str) -> NDArray[np.int32]:
        return self.columns.column(name, self.rows)

    def _of_best_kind(
        self,
        parts: Callable[[str], Iterator[ScorePart]],
        worth: Callable[[str], tuple[float, int, bool]] | None = None,
    ) -> Floats:
        """For each combination of kinds the points of its best kind: the most points, or the most ``worth``."""
        known, has = self.columns.combinations()
        points = [sum(part.points for part in parts(kind)) for kind in known]
        order = sorted(
            range(len(known)), key=lambda at: worth(known[at]) if worth else (points[at], 0, True)
        )
        place = np.zeros(len(known) + 1, np.intp)
        place[order] = np.arange(1, len(known) + 1)
        best = place[has].max(axis=1)
        found: Floats = np.array([0.0, *(points[at] for at in order)])[best]
        return found

    def _by_value(
        self, codes: NDArray[np.int32], parts: Callable[[int], Iterator[ScorePart]]
    ) -> Floats:
        """The points of a facet that depends on one value, reckoned once for each value."""
        return self._table(codes, lambda code: sum(part.points for part in parts(code)))[codes]

    def _table(self, codes: NDArray[np.int32], answer: Callable[[int], float]) -> Floats:
        if not len(codes):
            return np.zeros(1)
        table = np.zeros(int(codes.max()) + 1)
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            table[code] = answer(code)
        return table


_COVERED, _OUTSIDE, _IF_NEAR, _ELSEWHERE, _REACH, _RADIUS = range(6)
_OF_TOWNS = {AreaCoverage.YES: _COVERED, AreaCoverage.NO: _OUTSIDE, AreaCoverage.IF_NEAR: _IF_NEAR}
