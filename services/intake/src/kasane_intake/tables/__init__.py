"""Names the columns of intake's tables; never leaves repository and queries."""

from kasane_intake.tables.arrivals import arrival_hold, arrival_term
from kasane_intake.tables.attachments import attachment, attachment_look
from kasane_intake.tables.candidates import shown_candidate
from kasane_intake.tables.consultation_days import booking, consultation_day, day_slot
from kasane_intake.tables.consultations import consultation, counter, person_concerned, person_key
from kasane_intake.tables.merges import merge_turn, person_merge
from kasane_intake.tables.protected import protected_person
from kasane_intake.tables.public_form import (
    public_form,
    web_addition,
    web_count,
    web_message,
)
from kasane_intake.tables.receptions import national_category, reception
from kasane_intake.tables.schema import metadata
from kasane_intake.tables.search import search_term, search_text
from kasane_intake.tables.sheets import referral_sheet, step

__all__ = [
    "arrival_hold",
    "arrival_term",
    "attachment",
    "attachment_look",
    "booking",
    "consultation",
    "consultation_day",
    "counter",
    "day_slot",
    "merge_turn",
    "metadata",
    "national_category",
    "person_concerned",
    "person_key",
    "person_merge",
    "protected_person",
    "public_form",
    "reception",
    "referral_sheet",
    "search_term",
    "search_text",
    "shown_candidate",
    "step",
    "web_addition",
    "web_count",
    "web_message",
]
