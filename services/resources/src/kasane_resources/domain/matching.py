"""Compares a need with the human services of the directory; every point has a part saying why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kasane_resources.domain.columns import DirectoryColumns, Rows
from kasane_resources.domain.comparing import GOES, REASONS, ComparedRows, NeedComparison
from kasane_resources.domain.freshness import PLATFORM_DAYS, ConfirmationDays
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.need import Need
from kasane_resources.domain.scoring import DEFAULT_WEIGHTS, PartKind, ScorePart, Scorer, Weights
from kasane_resources.domain.suitability import REACHABLE_KM, ExclusionReason, serves_words
from kasane_resources.domain.taxonomy import TaxonomyTerm

__all__ = [
    "MOST_SUGGESTIONS",
    "REACHABLE_KM",
    "CandidateShelf",
    "Exclusion",
    "ExclusionReason",
    "Match",
    "Matching",
    "MatchingPolicy",
    "Need",
    "PartKind",
    "ScorePart",
    "match",
    "match_rows",
    "reasons_against",
    "serves_words",
]

MOST_SUGGESTIONS = 10
MOST_LEFT_OUT = 10


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
    of_kind: bool = False


@dataclass(frozen=True)
class Matching:
    """The answer for one need: the best matches first, and what was left out.

    ``related`` counts by reason what would meet the need by its kind but is left out; ``exclusions``
    are the first of all that is left out, those of such a kind before others.
    """

    matches: tuple[Match, ...]
    exclusions: tuple[Exclusion, ...]
    related: Mapping[ExclusionReason, int]
    nearest_km: float | None = None


@dataclass(frozen=True)
class MatchingPolicy:
    """By what a need is judged on a day: the kinds, the weights, the town's days, and who looks."""

    terms: Mapping[str, TaxonomyTerm]
    today: date
    visible: frozenset[Visibility] = frozenset(Visibility)
    weights: Weights = DEFAULT_WEIGHTS
    days: ConfirmationDays = PLATFORM_DAYS
    most: int = MOST_SUGGESTIONS
    most_left_out: int = MOST_LEFT_OUT


@dataclass(frozen=True)
class CandidateShelf:
    """Rows of the directory, and how the entries of single rows are had."""

    columns: DirectoryColumns
    rows: Rows
    fetch: Callable[[Sequence[int]], Sequence[HumanService]]

    @classmethod
    def of(cls, human_services: Sequence[HumanService]) -> "CandidateShelf":
        """These entries, all at hand."""
        columns = DirectoryColumns()
        for one in human_services:
            columns.add(one)

        def fetch(rows: Sequence[int]) -> Sequence[HumanService]:
            return [human_services[row] for row in rows]

        return cls(columns, np.arange(len(human_services)), fetch)


def match(
    need: Need,
    human_services: Sequence[HumanService],
    terms: Mapping[str, TaxonomyTerm],
    today: date,
    visible: frozenset[Visibility] = frozenset(Visibility),
    weights: Weights = DEFAULT_WEIGHTS,
) -> Matching:
    """The answer of ``match_rows`` for entries at hand, with everything that is left out."""
    policy = MatchingPolicy(terms, today, visible, weights, most_left_out=len(human_services))
    return match_rows(need, CandidateShelf.of(human_services), policy)


def match_rows(need: Need, shelf: CandidateShelf, policy: MatchingPolicy) -> Matching:
    """Leaves out what cannot serve the person, scores the rest, always in the same order."""
    scorer = Scorer(need, policy.terms, policy.today, policy.weights, policy.days)
    with shelf.columns.lock:
        comparison = NeedComparison(shelf.columns, shelf.rows, scorer, policy.visible, shelf.fetch)
        found = comparison.compared()
        first = found.first(policy.most, shelf.columns.ids)
        entries = shelf.fetch([row for row, _ in first])
        matches = sorted(
            (
                Match(one, scorer.parts(one, similar))
                for one, (_, similar) in zip(entries, first, strict=True)
            ),
            key=lambda match: (-match.points, match.human_service.id),
        )
        left_out = (found.reason != GOES) & found.of_kind
        left_out &= found.reason != REASONS.index(ExclusionReason.NOT_RELATED)
        reasons, counts = np.unique(found.reason[left_out], return_counts=True)
        distances = found.distance[left_out & ~np.isnan(found.distance)]
        return Matching(
            tuple(matches[: policy.most]),
            tuple(_exclusions(found, shelf, policy.most_left_out)),
            {REASONS[one]: int(many) for one, many in zip(reasons, counts, strict=True)},
            float(distances.min()) if len(distances) else None,
        )


def reasons_against(
    need: Need, shelf: CandidateShelf, policy: MatchingPolicy
) -> Sequence[tuple[str, ExclusionReason | None]]:
    """The id of each entry with why it cannot serve, or None; districts are weighed together."""
    scorer = Scorer(need, policy.terms, policy.today, policy.weights, policy.days)
    found = NeedComparison(shelf.columns, shelf.rows, scorer, policy.visible, shelf.fetch).reasons()
    return [
        (shelf.columns.ids[row], None if reason == GOES else REASONS[reason])
        for row, reason in zip(shelf.rows.tolist(), found.tolist(), strict=True)
    ]


def _exclusions(found: ComparedRows, shelf: CandidateShelf, most: int) -> list[Exclusion]:
    """Those of a kind that meets the need first, the nearer before the farther, then by id."""
    places = np.flatnonzero(found.reason != GOES)
    if len(places) > most:
        places = places[found.of_kind[places]]
    ids = shelf.columns.ids
    far = np.round(np.where(np.isnan(found.distance), 1e6, found.distance), 1)
    if len(places) > most:
        last = np.partition(far[places], most - 1)[most - 1]
        places = places[far[places] <= last]
    chosen = sorted(
        places.tolist(),
        key=lambda place: (not found.of_kind[place], far[place], ids[found.rows[place]]),
    )[:most]
    entries = shelf.fetch([int(found.rows[place]) for place in chosen])
    return [
        Exclusion(
            one,
            REASONS[found.reason[place]],
            None if np.isnan(found.distance[place]) else float(found.distance[place]),
            bool(found.of_kind[place]),
        )
        for place, one in zip(chosen, entries, strict=True)
    ]
