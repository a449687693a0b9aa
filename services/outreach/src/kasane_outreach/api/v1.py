"""Outreach's JSON API, version 1."""

from kasane_outreach.api.campaigns import blueprint as campaigns
from kasane_outreach.api.door import blueprint as door
from kasane_outreach.api.households import blueprint as households
from kasane_outreach.api.mending import blueprint as mending
from kasane_outreach.api.plans import blueprint as plans
from kasane_outreach.api.rounds import blueprint as rounds
from kasane_outreach.api.visits import blueprint as visits
from kasane_outreach.api.watches import blueprint as watches

BLUEPRINTS = (
    households,
    visits,
    rounds,
    door,
    plans,
    mending,
    campaigns,
    watches,
)
