"""Loads and saves whole aggregates; holds the adapters of the round planner and of the town
blocks.
"""

from kasane_outreach.repository.households import HouseholdsToReach
from kasane_outreach.repository.round_solver import round_solver
from kasane_outreach.repository.rounds import VisitRounds, fixed_visits
from kasane_outreach.repository.town_blocks import blocks_of
from kasane_outreach.repository.visits import ContactAttempts, Visits

__all__ = [
    "ContactAttempts",
    "HouseholdsToReach",
    "VisitRounds",
    "Visits",
    "blocks_of",
    "fixed_visits",
    "round_solver",
]
