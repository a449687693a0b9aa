"""Lets a town add points and a sentence to what could meet a need, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kasane_resources.domain.matching import Match
from kasane_resources.domain.scoring import PartKind, ScorePart

FIRST = 30
MOST_POINTS = 10.0
LONGEST_SENTENCE = 200


@dataclass(frozen=True)
class TownAddition:
    """What the town's plugin adds to one human service."""

    human_service_id: str
    points: float
    sentence: str


def ranked_by_town(
    matches: Sequence[Match], additions: Sequence[TownAddition], most: int
) -> tuple[Match, ...]:
    """The matches with what the town adds, best first: points are cut to ten either way.

    An addition for what is not among the matches, or without a sentence, changes nothing: a town
    brings in nothing that was left out, and gives no points without saying why.
    """
    found = {one.human_service.id: one for one in matches}
    for addition in additions:
        match, sentence = found.get(addition.human_service_id), addition.sentence.strip()
        if match is None or not sentence or addition.points != addition.points:
            continue
        points = round(max(-MOST_POINTS, min(MOST_POINTS, addition.points)), 1)
        facts = {"sentence": sentence[:LONGEST_SENTENCE]}
        part = ScorePart(PartKind.TOWN, "rule", points, facts)
        kept = tuple(one for one in match.parts if one.kind is not PartKind.TOWN)
        found[addition.human_service_id] = replace(match, parts=(*kept, part))
    order = sorted(found.values(), key=lambda one: (-one.points, one.human_service.id))
    return tuple(order[:most])
