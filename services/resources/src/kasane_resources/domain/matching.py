"""Compares a need with the human services of the directory; every point has a part saying why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.need import Need
from kasane_resources.domain.scoring import (
    DEFAULT_WEIGHTS,
    PartKind,
    ScorePart,
    Scorer,
    Weights,
    best_term,
    outweighed,
    similarities,
)
from kasane_resources.domain.suitability import (
    REACHABLE_KM,
    ExclusionReason,
    distance_to,
    reasons_against,
    serves_words,
)
from kasane_resources.domain.taxonomy import TaxonomyTerm

__all__ = [
    "MOST_SUGGESTIONS",
    "REACHABLE_KM",
    "Exclusion",
    "ExclusionReason",
    "Match",
    "Matching",
    "Need",
    "PartKind",
    "ScorePart",
    "match",
    "serves_words",
]

MOST_SUGGESTIONS = 10


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
            and best_term(need, exclusion.human_service, terms) is not None
        )


def match(
    need: Need,
    human_services: Sequence[HumanService],
    terms: Mapping[str, TaxonomyTerm],
    today: date,
    visible: frozenset[Visibility] = frozenset(Visibility),
    weights: Weights = DEFAULT_WEIGHTS,
) -> Matching:
    """Leaves out what cannot serve the person, scores the rest, always in the same order."""
    reasons = reasons_against(need, human_services, visible)
    exclusions: list[Exclusion] = []
    possible: list[HumanService] = []
    for human_service in human_services:
        reason = reasons[human_service.id]
        if reason is None:
            possible.append(human_service)
        else:
            exclusions.append(Exclusion(human_service, reason, distance_to(need, human_service)))
    scorer = Scorer(need, terms, today, weights)
    similarity = similarities(need, possible)
    matches: list[Match] = []
    for human_service in possible:
        parts = scorer.parts(human_service, similarity[human_service.id])
        if outweighed(parts):
            exclusions.append(Exclusion(human_service, ExclusionReason.OUTWEIGHED))
        elif parts:
            matches.append(Match(human_service, parts))
        else:
            exclusions.append(Exclusion(human_service, ExclusionReason.NOT_RELATED))
    matches.sort(key=lambda found: (-found.points, found.human_service.id))
    exclusions.sort(key=lambda left_out: left_out.human_service.id)
    return Matching(tuple(matches[:MOST_SUGGESTIONS]), tuple(exclusions))
