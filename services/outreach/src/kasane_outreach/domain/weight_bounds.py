"""The weights of the soft goals that a town may choose, within bounds in which plans stay sensible."""

from dataclasses import fields

from kasane_outreach.domain.planning import PlanWeights
from kasane_outreach.domain.planning_errors import WeightOutOfBounds

WEIGHT_BOUNDS = {
    "travel": (1, 10),
    "lateness": (0, 600),
    "continuity": (0, 300),
    "fairness": (0, 10),
    "preference": (0, 300),
    "priority": (1, 10),
    "on_call": (0, 300),
}
"""The least and the most of each weight. Travel and priority always count: ways and visits are never free."""


def bounded(weights: PlanWeights) -> PlanWeights:
    """The weights; raises WeightOutOfBounds naming the first that is outside its bounds."""
    for one in fields(weights):
        least, most = WEIGHT_BOUNDS[one.name]
        if not least <= getattr(weights, one.name) <= most:
            raise WeightOutOfBounds(goal=one.name, least=least, most=most)
    return weights
