"""Gives a human service its points for a need: one function for each facet, each part with a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kasane_resources.domain.columns import fetches, text_of
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.folding import fold
from kasane_resources.domain.freshness import PLATFORM_DAYS, ConfirmationDays
from kasane_resources.domain.human_service import ContactMode, HumanService
from kasane_resources.domain.location import Location
from kasane_resources.domain.need import Need
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.profile import Accessibility, Vacancy
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.suitability import (
    REACHABLE_KM,
    distance_to,
    nearest_of,
    town_of,
)
from kasane_resources.domain.taxonomy import TaxonomyTerm
from kasane_resources.domain.thesaurus import thesaurus
from kasane_resources.domain.travel import WALKED_KM, Means, minutes_for

SIMILAR_ENOUGH = 0.1
FAR_WITHOUT_CAR_KM = 5.0
_GROUPS: Mapping[str, tuple[int, int]] = {
    "乳幼児": (0, 6),
    "乳児": (0, 2),
    "子ども": (0, 18),
    "若者": (15, 39),
    "高齢者": (60, 130),
}


class PartKind(StrEnum):
    """Which field of the entry a part of the score comes from."""

    CATEGORY = "category"
    VOCABULARY = "vocabulary"
    OFFER = "offer"
    AGE = "age"
    AUDIENCE = "audience"
    AREA = "area"
    DISTANCE = "distance"
    SCHEDULE = "schedule"
    CONTACT = "contact"
    ACCESS = "access"
    REFERRAL = "referral"
    CAPACITY = "capacity"
    ACCESSIBILITY = "accessibility"
    FRESHNESS = "freshness"
    DESCRIPTION = "description"
    TOWN = "town"


@dataclass(frozen=True)
class Weights:
    """How many points each facet can give; a set of weights is one policy, the same for all.

    ``least_share`` is a share of what relates the best to the need, below which nothing is suggested.
    """

    main_category: float = 40.0
    other_category: float = 25.0
    strength: float = 16.0
    further: float = 4.0
    offer: float = 7.0
    age_stated: float = 3.0
    not_usually_for: float = -20.0
    audience: float = 6.0
    other_audience: float = -8.0
    area_stated: float = 12.0
    same_town: float = 8.0
    online: float = 6.0
    nearest: float = 20.0
    open_often: float = 6.0
    open_sometimes: float = 3.0
    times: float = 3.0
    contact: float = 4.0
    access: float = 5.0
    certificate: float = -60.0
    full: float = -40.0
    room: float = 5.0
    fits: float = 5.0
    confirmed: float = 8.0
    confirmed_earlier: float = 5.0
    confirmed_long_ago: float = 2.0
    stale: float = -6.0
    similarity: float = 150.0
    most_similar: float = 20.0
    least_share: float = 0.2


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True)
class ScorePart:
    """Some points, and the code and facts of the sentence that says which field gave them."""

    kind: PartKind
    code: str
    points: float
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Scorer:
    """One need against one entry after another, with the taxonomy and weights of the day."""

    need: Need
    terms: Mapping[str, TaxonomyTerm]
    today: date
    weights: Weights = DEFAULT_WEIGHTS
    days: ConfirmationDays = PLATFORM_DAYS

    @property
    def fresh_points(self) -> tuple[tuple[int, float], ...]:
        """Up to how many days after the confirmation how many points are given."""
        days, weights = self.days, self.weights
        return (
            (days.ask_after.days, weights.confirmed),
            (days.stale_after.days, weights.confirmed_earlier),
            (days.too_old.days, weights.confirmed_long_ago),
        )

    def parts(self, one: HumanService, similar: float) -> tuple[ScorePart, ...]:
        """Every part of the score; empty when nothing relates the entry to the need."""
        text = fold(text_of(one))
        category = tuple(self.category(one.entry.categories))
        vocabulary = tuple(self.vocabulary(one.entry.categories))
        if not category and not vocabulary and similar < SIMILAR_ENOUGH:
            return ()
        return (
            *category,
            *vocabulary,
            *(self._offer(text) if vocabulary else ()),
            *self._age(one),
            *self.audience(one.entry.eligibility.audience),
            *self.area(one.entry.eligibility.area, town_of(self.need, one.entry.openings)),
            *self._distance(one),
            *self.schedule(one.entry.openings),
            *self._contact(one),
            *self._access(one, text),
            *self._referral(one, text),
            *self._capacity(one.entry.vacancy, text),
            *self._accessibility(one.entry.accessibility),
            self._freshness(one.entry.last_confirmed_on),
            *self._description(similar),
        )

    def category(self, kinds: Sequence[str]) -> Iterator[ScorePart]:
        """Whether one of the kinds meets the category of the need."""
        best = best_term(self.need, kinds, self.terms)
        if best is not None:
            term, mainly = best
            points = self.weights.main_category if mainly else self.weights.other_category
            code = "main" if mainly else "other"
            yield ScorePart(PartKind.CATEGORY, code, points, {"kind": term.code})

    def vocabulary(self, kinds: Sequence[str]) -> Iterator[ScorePart]:
        """Whether one of the kinds answers the words of the need."""
        kind = self._best_answer(kinds)
        if kind is not None:
            strength, count, _ = self.answering(kind)
            further = self.weights.further * min(2, max(0, count - 1))
            points = round(self.weights.strength * strength + further, 1)
            code = "first" if strength >= 2.5 else "useful" if strength >= 1.5 else "supporting"
            facts = {"kind": kind, "version": thesaurus().version}
            yield ScorePart(PartKind.VOCABULARY, code, points, facts)

    def answering(self, kind: str) -> tuple[float, int, bool]:
        """How well a kind answers the words: what it is worth, in how many situations, for every theme."""
        strength, count = self.need.strengths.get(kind, (0.0, 0))
        return strength, count, not (kind in self.terms and self.terms[kind].by_theme)

    def _best_answer(self, kinds: Sequence[str]) -> str | None:
        known = [kind for kind in kinds if kind in self.terms and kind in self.need.strengths]
        return max(known, key=self.answering, default=None)

    def _offer(self, text: str) -> Iterator[ScorePart]:
        count = sum(
            any(word in text for word in situation.offered) for situation in self.need.situations
        )
        if count:
            points = round(self.weights.offer * min(3, count), 1)
            yield ScorePart(PartKind.OFFER, "named", points, {"count": count})

    def _age(self, one: HumanService) -> Iterator[ScorePart]:
        ages, entry = self.need.known_ages, one.entry
        if not ages:
            return
        low, high = entry.eligibility.minimum_age, entry.eligibility.maximum_age
        unusual = tuple(self._usual_age(entry.categories, entry.eligibility))
        if unusual:
            yield from unusual
        elif entry.eligibility.states_age:
            code = "from" if high is None else "to" if low is None else "inside"
            facts = {"low": low, "high": high}
            yield ScorePart(PartKind.AGE, code, self.weights.age_stated, facts)

    def _usual_age(self, kinds: Sequence[str], stated: Eligibility) -> Iterator[ScorePart]:
        """Whether the kinds are usually for other ages, as far as the entry states none."""
        known = [self.terms[code] for code in kinds if code in self.terms]
        low, high = stated.minimum_age is not None, stated.maximum_age is not None
        ages = [age for age in self.need.known_ages if stated.admits_age(age)]
        if known and not any(term.usually_admits(age, low, high) for term in known for age in ages):
            points = self.weights.not_usually_for
            yield ScorePart(PartKind.AGE, "not_usual", points, {"kind": known[0].code})

    def audience(self, audience: str) -> Iterator[ScorePart]:
        """Groups that an age or the words of the need can prove are weighed; others are left to the text."""
        words = [one.strip() for one in audience.replace(",", "、").split("、") if one.strip()]
        proven = [self._belongs(word) for word in words]
        inside = tuple(word for word, holds in zip(words, proven, strict=True) if holds)
        if inside:
            yield ScorePart(PartKind.AUDIENCE, "inside", self.weights.audience, {"words": inside})
        elif words and None not in proven:
            facts = {"words": tuple(words)}
            yield ScorePart(PartKind.AUDIENCE, "other", self.weights.other_audience, facts)

    def _belongs(self, word: str) -> bool | None:
        """Whether the household holds somebody of a group; None when neither age nor words can say so."""
        ages = self.need.known_ages
        if word in _GROUPS:
            low, high = _GROUPS[word]
            return any(low <= age <= high for age in ages) if ages else None
        situations = thesaurus().audiences.get(word)
        return None if situations is None else not situations.isdisjoint(self.need.told)

    def area(self, area: ServiceArea, municipality: str) -> Iterator[ScorePart]:
        """What the area served is worth; ``municipality`` is the town of the place."""
        weights = self.weights
        if area.kind is AreaKind.TOWNS:
            yield ScorePart(PartKind.AREA, "towns", weights.area_stated, {"words": area.words})
        elif area.kind is AreaKind.RADIUS:
            known = self.need.position is not None
            code = "radius" if known else "radius_unchecked"
            points = weights.area_stated if known else 0.0
            yield ScorePart(PartKind.AREA, code, points, {"km": area.radius_km})
        elif area.kind is AreaKind.ONLINE:
            yield ScorePart(PartKind.AREA, "online", weights.online, {})
        elif municipality == self.need.municipality:
            yield ScorePart(PartKind.AREA, "same_town", weights.same_town, {})
        else:
            yield ScorePart(PartKind.AREA, "not_stated", 0.0, {})

    def _distance(self, one: HumanService) -> Iterator[ScorePart]:
        openings = one.entry.openings
        nearest = nearest_of(self.need, openings)
        if nearest is not None:
            distance, place = nearest
            points = round(self.weights.nearest * max(0.0, 1 - distance / REACHABLE_KM), 1)
            there = _where(openings, place)
            facts = {"km": f"{distance:.1f}", "car": minutes_for(distance, Means.CAR), **there}
            if distance <= WALKED_KM or self.need.without_car:
                facts["foot"] = minutes_for(distance, Means.FOOT)
            code = ("on_foot" if "foot" in facts else "by_car") + ("_at" if there else "")
            yield ScorePart(PartKind.DISTANCE, code, points, facts)

    def schedule(self, openings: Sequence[FurtherOpening]) -> Iterator[ScorePart]:
        """The best of the times; equally good ones in their order. Names the place where it is not the first."""
        told = [(one, part) for one in openings for part in self._schedule(one.schedule)]
        if told:
            one, part = max(told, key=lambda found: found[1].points)
            there = _where(openings, one.location)
            code = f"{part.code}_at" if there else part.code
            yield replace(part, code=code, facts={**part.facts, **there})

    def _schedule(self, schedule: Schedule) -> Iterator[ScorePart]:
        wanted = self.need.availability
        if schedule.byday:
            facts = {"days": schedule.byday}
            points = self.weights.open_often
            if wanted is None:
                yield ScorePart(PartKind.SCHEDULE, "days", points, facts)
            elif set(wanted.days) & set(schedule.byday) and (
                not (schedule.opens_at and schedule.closes_at)
                or (schedule.opens_at < wanted.until and wanted.since < schedule.closes_at)
            ):
                points += self.weights.times
                yield ScorePart(PartKind.SCHEDULE, "suits", points, facts)
            else:
                points -= self.weights.times
                yield ScorePart(PartKind.SCHEDULE, "not_then", points, facts)
        elif schedule.known:
            yield ScorePart(PartKind.SCHEDULE, "text", self.weights.open_sometimes, {})

    def _contact(self, one: HumanService) -> Iterator[ScorePart]:
        wanted = self.need.contact
        if wanted is not None and wanted in one.entry.contact_modes:
            facts = {"mode": wanted}
            yield ScorePart(PartKind.CONTACT, "wanted", self.weights.contact, facts)

    def _access(self, one: HumanService, text: str) -> Iterator[ScorePart]:
        if not self.need.without_car:
            return
        comes = bool({ContactMode.HOME_VISIT, ContactMode.ONLINE} & set(one.entry.contact_modes))
        distance = distance_to(self.need, one)
        if comes or fetches(text):
            yield ScorePart(PartKind.ACCESS, "comes", self.weights.access, {})
        elif distance is not None and distance > FAR_WITHOUT_CAR_KM:
            facts = {"km": f"{distance:.1f}"}
            yield ScorePart(PartKind.ACCESS, "far", -self.weights.access, facts)

    def _referral(self, one: HumanService, text: str) -> Iterator[ScorePart]:
        """Asked for in several words, one of the certificates is enough (AまたはB)."""
        asked = fold(one.entry.application_process) + text
        conditions = [found for found in thesaurus().conditions if found.asked_in(asked)]
        if conditions and not any(self.need.has(found) for found in conditions):
            code = conditions[0].code
            yield ScorePart(PartKind.REFERRAL, code, self.weights.certificate, {})

    def _capacity(self, vacancy: Vacancy, text: str) -> Iterator[ScorePart]:
        """What somebody asked lately counts before what the texts say; after that nobody knows any more."""
        asked_on = vacancy.asked_on
        if vacancy.available is not None and asked_on is not None:
            if self.today - asked_on > self.days.vacancy:
                yield ScorePart(PartKind.CAPACITY, "asked_long_ago", 0.0, {"on": asked_on})
            elif vacancy.full:
                yield ScorePart(PartKind.CAPACITY, "no_place", self.weights.full, {"on": asked_on})
            else:
                facts = {"count": vacancy.available, "on": asked_on}
                yield ScorePart(PartKind.CAPACITY, "room", self.weights.room, facts)
        elif any(word in text for word in thesaurus().full):
            yield ScorePart(PartKind.CAPACITY, "full", self.weights.full, {})

    def _accessibility(self, offered: Sequence[Accessibility]) -> Iterator[ScorePart]:
        """What the place offers for the circumstances; where it says nothing, nothing is known."""
        if not self.need.fits or not offered:
            return
        fitting = [one for one in offered if any(one in wanted for wanted in self.need.fits)]
        if fitting:
            facts = {"offered": tuple(fitting)}
            yield ScorePart(PartKind.ACCESSIBILITY, "fits", self.weights.fits, facts)

    def _freshness(self, confirmed: date | None) -> ScorePart:
        if confirmed is None:
            return ScorePart(PartKind.FRESHNESS, "never", 0.0, {})
        age = (self.today - confirmed).days
        steps = self.fresh_points
        points = next((points for days, points in steps if age <= days), self.weights.stale)
        code = "fresh" if points > 0 else "stale"
        facts = {"on": confirmed, "age": self.days.too_old.days}
        return ScorePart(PartKind.FRESHNESS, code, points, facts)

    def _description(self, similar: float) -> Iterator[ScorePart]:
        if similar > 0:
            points = round(min(self.weights.most_similar, self.weights.similarity * similar), 1)
            facts = {"percent": round(similar * 100)}
            yield ScorePart(PartKind.DESCRIPTION, "similar", points, facts)


def _where(openings: Sequence[FurtherOpening], place: Location) -> dict[str, object]:
    """The name of a place, where the entry has several and it is not the first."""
    if place == openings[0].location:
        return {}
    return {"place": place.name or place.address}


SPEAKING_FOR = frozenset(
    {PartKind.CATEGORY, PartKind.VOCABULARY, PartKind.OFFER, PartKind.DESCRIPTION}
)
SPEAKING_AGAINST = frozenset({PartKind.REFERRAL, PartKind.CAPACITY})


def outweighed(parts: Sequence[ScorePart]) -> bool:
    """Whether a missing condition or no room weighs more than what relates it to the need."""
    weighed = SPEAKING_FOR | SPEAKING_AGAINST
    weighing = [part for part in parts if part.kind not in SPEAKING_AGAINST or part.points < 0]
    against = any(part.kind in SPEAKING_AGAINST for part in weighing)
    return against and sum(part.points for part in weighing if part.kind in weighed) <= 0


def best_term(
    need: Need, kinds: Sequence[str], terms: Mapping[str, TaxonomyTerm]
) -> tuple[TaxonomyTerm, bool] | None:
    """The kind that meets the need best, and whether it is what that kind is mainly for."""
    known = [terms[code] for code in kinds if code in terms]
    for term in known:
        if term.meets[0] in need.categories:
            return term, True
    for term in known:
        if set(term.meets) & set(need.categories):
            return term, False
    return None
