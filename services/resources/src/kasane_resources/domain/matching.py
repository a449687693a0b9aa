"""Compares a need with the human services of the directory; every point has a part saying why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.folding import bigrams, fold
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.location import Position, distance_km
from kasane_resources.domain.taxonomy import TaxonomyTerm

MOST_SUGGESTIONS = 10
REACHABLE_KM = 30.0
SIMILAR_ENOUGH = 0.2
MAIN_CATEGORY, OTHER_CATEGORY = 40.0, 25.0
AGE_STATED, NOT_USUALLY_FOR = 15.0, -10.0
AREA_STATED, SAME_TOWN, ONLINE = 12.0, 8.0, 6.0
NEAREST = 20.0
OPEN_OFTEN, OPEN_SOMETIMES = 6.0, 3.0
FRESHNESS = ((180, 8.0), (365, 5.0), (730, 2.0))
SIMILARITY = 25.0


class PartKind(StrEnum):
    """Which field of the entry a part of the score comes from."""

    CATEGORY = "category"
    AGE = "age"
    AREA = "area"
    DISTANCE = "distance"
    SCHEDULE = "schedule"
    FRESHNESS = "freshness"
    DESCRIPTION = "description"


class ExclusionReason(StrEnum):
    """Why a human service is not suggested, in the order of asking."""

    NOT_VISIBLE = "not_visible"
    NOT_ACTIVE = "not_active"
    AGE_OUTSIDE = "age_outside"
    AREA_OUTSIDE = "area_outside"
    TOO_FAR = "too_far"
    NOT_RELATED = "not_related"


@dataclass(frozen=True)
class Need:
    """What somebody needs, without the person; ``categories`` are its code and the national one."""

    category: str
    categories: tuple[str, ...]
    municipality: str
    age: int | None = None
    area: str = ""
    town_name: str = ""
    position: Position | None = None
    description: str = ""


@dataclass(frozen=True)
class ScorePart:
    """Some points, and the code and facts of the sentence that says which field gave them."""

    kind: PartKind
    code: str
    points: float
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Match:
    """One human service that could meet the need; its points are the sum of its parts."""

    human_service: HumanService
    parts: tuple[ScorePart, ...]

    @property
    def points(self) -> float:
        """The sum of the parts."""
        return round(sum(part.points for part in self.parts), 1)


@dataclass(frozen=True)
class Exclusion:
    """One human service that is left out, and why."""

    human_service: HumanService
    reason: ExclusionReason
    distance_km: float | None = None


@dataclass(frozen=True)
class Matching:
    """The answer for one need: at most ten matches, best first, and what was left out."""

    matches: tuple[Match, ...]
    exclusions: tuple[Exclusion, ...]

    def related_exclusions(
        self, need: Need, terms: Mapping[str, TaxonomyTerm]
    ) -> tuple[Exclusion, ...]:
        """What would meet the need by its kind, but is left out for another reason."""
        return tuple(
            exclusion
            for exclusion in self.exclusions
            if exclusion.reason is not ExclusionReason.NOT_RELATED
            and _best_term(need, exclusion.human_service, terms) is not None
        )


def match(
    need: Need,
    human_services: Sequence[HumanService],
    terms: Mapping[str, TaxonomyTerm],
    today: date,
    visible: frozenset[Visibility] = frozenset(Visibility),
) -> Matching:
    """Leaves out what cannot serve the person, scores the rest, always in the same order."""
    exclusions: list[Exclusion] = []
    possible: list[HumanService] = []
    for human_service in human_services:
        reason = _reason_against(need, human_service, visible)
        if reason is None:
            possible.append(human_service)
        else:
            exclusions.append(Exclusion(human_service, reason, _distance(need, human_service)))
    similarity = _similarities(need, possible)
    matches: list[Match] = []
    for human_service in possible:
        term = _best_term(need, human_service, terms)
        similar = similarity[human_service.id]
        if term is None and similar < SIMILAR_ENOUGH:
            exclusions.append(Exclusion(human_service, ExclusionReason.NOT_RELATED))
            continue
        matches.append(
            Match(human_service, tuple(_parts(need, human_service, term, terms, similar, today)))
        )
    matches.sort(key=lambda found: (-found.points, found.human_service.id))
    exclusions.sort(key=lambda left_out: left_out.human_service.id)
    return Matching(tuple(matches[:MOST_SUGGESTIONS]), tuple(exclusions))


def _reason_against(
    need: Need, human_service: HumanService, visible: frozenset[Visibility]
) -> ExclusionReason | None:
    entry = human_service.entry
    if entry.visibility not in visible:
        return ExclusionReason.NOT_VISIBLE
    if not human_service.active:
        return ExclusionReason.NOT_ACTIVE
    if need.age is not None and not entry.eligibility.admits_age(need.age):
        return ExclusionReason.AGE_OUTSIDE
    area, distance = entry.eligibility.area, _distance(need, human_service)
    if area.kind is AreaKind.TOWNS and not serves_words(need, area.words):
        return ExclusionReason.AREA_OUTSIDE
    if area.kind is AreaKind.RADIUS and distance is not None and distance > (area.radius_km or 0):
        return ExclusionReason.TOO_FAR
    if area.kind is AreaKind.NOT_STATED:
        if distance is not None and distance > REACHABLE_KM:
            return ExclusionReason.TOO_FAR
        there = entry.location.municipality
        if distance is None and there and there[:2] != need.municipality[:2]:
            return ExclusionReason.AREA_OUTSIDE
    return None


def serves_words(need: Need, words: Sequence[str]) -> bool:
    """Whether a word names the person's town or district; with no district, any of the town's."""
    area, town = fold(need.area), fold(need.town_name)
    for word in filter(None, map(fold, words)):
        if word in town or word in area or (area and area in word):
            return True
        if not area and town and town in word:
            return True
    return False


def _distance(need: Need, human_service: HumanService) -> float | None:
    there = human_service.entry.location.position
    if need.position is None or there is None:
        return None
    return distance_km(need.position, there)


def _best_term(
    need: Need, human_service: HumanService, terms: Mapping[str, TaxonomyTerm]
) -> tuple[TaxonomyTerm, bool] | None:
    """The kind that meets the need best, and whether it is what that kind is mainly for."""
    known = [terms[code] for code in human_service.entry.categories if code in terms]
    for term in known:
        if term.meets[0] in need.categories:
            return term, True
    for term in known:
        if set(term.meets) & set(need.categories):
            return term, False
    return None


def _parts(
    need: Need,
    human_service: HumanService,
    best: tuple[TaxonomyTerm, bool] | None,
    terms: Mapping[str, TaxonomyTerm],
    similar: float,
    today: date,
) -> Iterator[ScorePart]:
    if best is not None:
        term, mainly = best
        yield ScorePart(
            PartKind.CATEGORY,
            "main" if mainly else "other",
            MAIN_CATEGORY if mainly else OTHER_CATEGORY,
            {"kind": term.code},
        )
    yield from _age_part(need, human_service, terms)
    yield from _area_part(need, human_service)
    distance = _distance(need, human_service)
    if distance is not None:
        points = round(NEAREST * max(0.0, 1 - distance / REACHABLE_KM), 1)
        yield ScorePart(PartKind.DISTANCE, "known", points, {"km": f"{distance:.1f}"})
    schedule = human_service.entry.schedule
    if schedule.byday:
        yield ScorePart(PartKind.SCHEDULE, "days", OPEN_OFTEN, {"days": schedule.byday})
    elif schedule.known:
        yield ScorePart(PartKind.SCHEDULE, "text", OPEN_SOMETIMES, {})
    yield _freshness_part(human_service.entry.last_confirmed_on, today)
    if similar > 0:
        points = round(SIMILARITY * min(1.0, similar), 1)
        yield ScorePart(PartKind.DESCRIPTION, "similar", points, {"percent": round(similar * 100)})


def _age_part(
    need: Need, human_service: HumanService, terms: Mapping[str, TaxonomyTerm]
) -> Iterator[ScorePart]:
    if need.age is None:
        return
    entry = human_service.entry
    if entry.eligibility.states_age:
        low, high = entry.eligibility.minimum_age, entry.eligibility.maximum_age
        code = "from" if high is None else "to" if low is None else "inside"
        yield ScorePart(PartKind.AGE, code, AGE_STATED, {"low": low, "high": high})
        return
    known = [terms[code] for code in entry.categories if code in terms]
    if known and not any(term.usually_admits(need.age) for term in known):
        yield ScorePart(PartKind.AGE, "not_usual", NOT_USUALLY_FOR, {"kind": known[0].code})


def _area_part(need: Need, human_service: HumanService) -> Iterator[ScorePart]:
    area, location = human_service.entry.eligibility.area, human_service.entry.location
    if area.kind is AreaKind.TOWNS:
        yield ScorePart(PartKind.AREA, "towns", AREA_STATED, {"words": area.words})
    elif area.kind is AreaKind.RADIUS:
        code = "radius" if need.position is not None else "radius_unchecked"
        points = AREA_STATED if need.position is not None else 0.0
        yield ScorePart(PartKind.AREA, code, points, {"km": area.radius_km})
    elif area.kind is AreaKind.ONLINE:
        yield ScorePart(PartKind.AREA, "online", ONLINE, {})
    elif location.municipality == need.municipality:
        yield ScorePart(PartKind.AREA, "same_town", SAME_TOWN, {})
    else:
        yield ScorePart(PartKind.AREA, "not_stated", 0.0, {})


def _freshness_part(confirmed: date | None, today: date) -> ScorePart:
    if confirmed is None:
        return ScorePart(PartKind.FRESHNESS, "never", 0.0, {})
    age = (today - confirmed).days
    points = next((points for days, points in FRESHNESS if age <= days), 0.0)
    return ScorePart(PartKind.FRESHNESS, "fresh" if points else "old", points, {"on": confirmed})


def _similarities(need: Need, human_services: Sequence[HumanService]) -> Mapping[str, float]:
    """How much of the need's words each text covers; rare pairs of characters count more."""
    wanted = set(bigrams(need.description))
    texts = {found.id: set(bigrams(_text_of(found))) for found in human_services}
    frequency = Counter(pair for pairs in texts.values() for pair in pairs & wanted)
    weights = {pair: log(1 + (len(texts) + 1) / (1 + frequency[pair])) for pair in wanted}
    total = sum(weights[pair] for pair in sorted(wanted))
    return {
        service_id: sum(weights[pair] for pair in sorted(wanted & pairs)) / total if total else 0.0
        for service_id, pairs in texts.items()
    }


def _text_of(human_service: HumanService) -> str:
    entry = human_service.entry
    return " ".join((entry.name, entry.description, entry.eligibility.audience))
