"""Names the columns of outreach's tables; never leaves repository and queries."""

from kasane_outreach.tables.booking import booking_day
from kasane_outreach.tables.calendar import calendar_feed
from kasane_outreach.tables.campaigns import (
    campaign_run,
    leader_hearing,
    letter_refusal,
    reply_count,
    survey_household,
    survey_target,
    survey_visit,
    survey_walk,
    watch_assignment,
    watch_report,
)
from kasane_outreach.tables.door import (
    check_in,
    door_device,
    door_handout,
    door_item,
    visit_addendum,
    visit_photo,
)
from kasane_outreach.tables.households import household_to_reach, protected_person
from kasane_outreach.tables.planning import plan_run, plan_setting, visit_wish, worker_profile
from kasane_outreach.tables.rounds import visit_round
from kasane_outreach.tables.schema import metadata
from kasane_outreach.tables.visits import contact_attempt, former_worker, visit, visit_worker

__all__ = [
    "booking_day",
    "calendar_feed",
    "campaign_run",
    "check_in",
    "contact_attempt",
    "door_device",
    "door_handout",
    "door_item",
    "former_worker",
    "household_to_reach",
    "leader_hearing",
    "letter_refusal",
    "metadata",
    "plan_run",
    "plan_setting",
    "protected_person",
    "reply_count",
    "survey_household",
    "survey_target",
    "survey_visit",
    "survey_walk",
    "visit",
    "visit_addendum",
    "visit_photo",
    "visit_round",
    "visit_wish",
    "visit_worker",
    "watch_assignment",
    "watch_report",
    "worker_profile",
]
