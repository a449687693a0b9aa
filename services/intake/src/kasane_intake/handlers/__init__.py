"""What a person can do in intake; each handler is one transaction."""

from kasane_intake.handlers.consultations import (
    OBJECT,
    close_consultation,
    link_to_case,
    receive_consultation,
    screen_consultation,
    take_consultation,
)
from kasane_intake.handlers.escalation import consultation_view
from kasane_intake.handlers.merges import MERGE, decide_merge, request_merge
from kasane_intake.handlers.sheets import SHEET, answer_referral_sheet, send_referral_sheet
from kasane_intake.handlers.working_days import working_days_after

__all__ = [
    "MERGE",
    "OBJECT",
    "SHEET",
    "answer_referral_sheet",
    "close_consultation",
    "consultation_view",
    "decide_merge",
    "link_to_case",
    "receive_consultation",
    "request_merge",
    "screen_consultation",
    "send_referral_sheet",
    "take_consultation",
    "working_days_after",
]
