"""What a person can do in intake; each handler is one transaction."""

from kasane_intake.handlers.attachments import (
    ATTACHMENT,
    attach_files,
    open_attachment,
    void_attachment,
)
from kasane_intake.handlers.candidates import note_shown
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
from kasane_intake.handlers.overdue import alert_overdue_sheets
from kasane_intake.handlers.protected import change_protection
from kasane_intake.handlers.sheets import (
    SHEET,
    accompany_person,
    answer_referral_sheet,
    draft_referral_sheet,
    redirect_referral_sheet,
    remind_of_sheet,
    send_referral_sheet,
    settle_referral_sheet,
)
from kasane_intake.handlers.states import (
    continue_contact,
    declare_emergency,
    reopen_consultation,
    settle_emergency,
)
from kasane_intake.handlers.urgency import emergency_contacts
from kasane_intake.handlers.working_days import working_days_after

__all__ = [
    "ATTACHMENT",
    "MERGE",
    "OBJECT",
    "SHEET",
    "accompany_person",
    "alert_overdue_sheets",
    "answer_referral_sheet",
    "attach_files",
    "change_protection",
    "close_consultation",
    "consultation_view",
    "continue_contact",
    "decide_merge",
    "declare_emergency",
    "draft_referral_sheet",
    "emergency_contacts",
    "link_to_case",
    "note_shown",
    "open_attachment",
    "receive_consultation",
    "redirect_referral_sheet",
    "remind_of_sheet",
    "reopen_consultation",
    "request_merge",
    "screen_consultation",
    "send_referral_sheet",
    "settle_emergency",
    "settle_referral_sheet",
    "take_consultation",
    "void_attachment",
    "working_days_after",
]
