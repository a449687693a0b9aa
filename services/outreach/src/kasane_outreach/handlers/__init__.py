"""What a person can do in outreach; each handler is one transaction."""

from kasane_outreach.handlers.households import (
    ask_for_visits,
    change_protection,
    close_case,
    close_request,
    end_request,
    note_contact_details,
    place_household,
    put_on_list,
)
from kasane_outreach.handlers.planning import (
    accept_plan,
    ask_for_plan,
    set_plan_weights,
    set_visit_wish,
    set_worker_profile,
    stop_plan,
)
from kasane_outreach.handlers.rounds import accept_round, plan_round, solve_round
from kasane_outreach.handlers.visits import (
    cancel_visit,
    hand_over_visit,
    record_visit,
    schedule_visit,
)

__all__ = [
    "accept_plan",
    "accept_round",
    "ask_for_plan",
    "ask_for_visits",
    "cancel_visit",
    "change_protection",
    "close_case",
    "close_request",
    "end_request",
    "hand_over_visit",
    "note_contact_details",
    "place_household",
    "plan_round",
    "put_on_list",
    "record_visit",
    "schedule_visit",
    "set_plan_weights",
    "set_visit_wish",
    "set_worker_profile",
    "solve_round",
    "stop_plan",
]
