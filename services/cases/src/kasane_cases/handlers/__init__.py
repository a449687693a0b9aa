"""What a person can do in cases; each handler is one transaction."""

from kasane_cases.handlers.closing import change_status, close_case
from kasane_cases.handlers.conferences import (
    add_agenda_item,
    add_attendee,
    mark_presence,
    plan_session,
    record_secrecy,
)
from kasane_cases.handlers.consents import record_consent
from kasane_cases.handlers.needs import identify_need, request_referral
from kasane_cases.handlers.opening import assign_team, decide_support, end_team, open_case
from kasane_cases.handlers.outreach import request_outreach
from kasane_cases.handlers.plans import decide_plan, draft_plan, revise_plan
from kasane_cases.handlers.sessions import (
    fix_minutes,
    hold_session,
    open_session,
    record_decision,
    record_fact,
)
from kasane_cases.handlers.transfer_offers import (
    accept_offer,
    hear_offer,
    hear_withdrawal,
    return_offer,
)
from kasane_cases.handlers.transfers import (
    ANSWER,
    OFFER,
    WITHDRAWAL,
    approve_transfer,
    hear_answer,
    prepare_transfer,
    show_accept_key,
    withdraw_transfer,
)

__all__ = [
    "ANSWER",
    "OFFER",
    "WITHDRAWAL",
    "accept_offer",
    "add_agenda_item",
    "add_attendee",
    "approve_transfer",
    "assign_team",
    "change_status",
    "close_case",
    "decide_plan",
    "decide_support",
    "draft_plan",
    "end_team",
    "fix_minutes",
    "hear_answer",
    "hear_offer",
    "hear_withdrawal",
    "hold_session",
    "identify_need",
    "mark_presence",
    "open_case",
    "open_session",
    "plan_session",
    "prepare_transfer",
    "record_consent",
    "record_decision",
    "record_fact",
    "record_secrecy",
    "request_outreach",
    "request_referral",
    "return_offer",
    "revise_plan",
    "show_accept_key",
    "withdraw_transfer",
]
