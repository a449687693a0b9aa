"""The index of outreach: what exists in this service, on one screen."""

from pathlib import Path

from kasane_contracts import outreach as says
from kasane_contracts.cases import AddressProtectionChanged, CaseClosed, OutreachRequested
from kasane_kit.auth import Permission
from kasane_kit.service import Service
from kasane_outreach.api.v1 import blueprint as api
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.visit import VISITING_FUNCTIONS as VISITORS
from kasane_outreach.pages.campaigns import blueprint as campaigns
from kasane_outreach.pages.households import blueprint as households
from kasane_outreach.pages.rounds import blueprint as rounds
from kasane_outreach.pages.visits import blueprint as visits
from kasane_outreach.subscribers import (
    on_address_protection_changed,
    on_case_closed,
    on_outreach_requested,
)

LOOKERS = VISITORS | {"contact"}
PLANNERS = LOOKERS | {"responsible", "town_administrator"}
HOUSEHOLD, VISIT, ROUND = "household_to_reach", "visit", "visit_round"

service = Service(
    name="outreach",
    package="kasane_outreach",
    root=Path(__file__).parent,
    pages=(households, visits, rounds, campaigns),
    api=(api,),
    permissions=(
        Permission("outreach.household.list", "outreach.household.listed", LOOKERS, HOUSEHOLD),
        Permission("outreach.household.read", "outreach.household.read", LOOKERS, HOUSEHOLD),
        Permission("outreach.visit.list", "outreach.visit.listed", LOOKERS, VISIT),
        Permission("outreach.visit.read", "outreach.visit.read", LOOKERS, VISIT),
        Permission("outreach.visit.record", "outreach.visit.recorded", VISITORS, VISIT),
        Permission("outreach.visit.schedule", "outreach.visit.scheduled", VISITORS, VISIT),
        Permission("outreach.round.plan", "outreach.round.planned", VISITORS, ROUND),
        Permission(
            "outreach.campaign.list", "outreach.campaign.listed", PLANNERS, "campaign", False
        ),
    ),
    says=(says.VisitScheduled, says.VisitCompleted, says.ContactNotMade),
    hears={
        OutreachRequested: on_outreach_requested,
        CaseClosed: on_case_closed,
        AddressProtectionChanged: on_address_protection_changed,
    },
    tables=(
        "outreach_household_to_reach",
        "outreach_visit",
        "outreach_visit_worker",
        "outreach_contact_attempt",
        "outreach_visit_round",
    ),
    refusal=OutreachRefusal,
)
