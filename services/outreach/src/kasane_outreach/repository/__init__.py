"""Loads and saves whole aggregates; holds the adapters of the round planner and of the town
blocks.
"""

from kasane_outreach.repository.booking import hold_days
from kasane_outreach.repository.households import (
    PROTECTED_ADDRESS,
    HouseholdsToReach,
    opened,
    place_of_address,
    same_house_on,
)
from kasane_outreach.repository.planning_records import (
    PlanRuns,
    PlanSettings,
    VisitWishes,
    WorkerProfiles,
)
from kasane_outreach.repository.protected import ProtectedPersons
from kasane_outreach.repository.round_solver import round_solver
from kasane_outreach.repository.rounds import VisitRounds, fixed_visits
from kasane_outreach.repository.town_blocks import blocks_of
from kasane_outreach.repository.visits import ContactAttempts, Visits

__all__ = [
    "PROTECTED_ADDRESS",
    "ContactAttempts",
    "HouseholdsToReach",
    "PlanRuns",
    "PlanSettings",
    "ProtectedPersons",
    "VisitRounds",
    "VisitWishes",
    "Visits",
    "WorkerProfiles",
    "blocks_of",
    "fixed_visits",
    "hold_days",
    "opened",
    "place_of_address",
    "round_solver",
    "same_house_on",
]
