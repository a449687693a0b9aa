"""What intake's screens read."""

from kasane_intake.queries.consultation_days import (
    DayLine,
    SlotLine,
    booking,
    consultation_day,
    consultation_days,
    past_consultation_days,
    slot_times,
)
from kasane_intake.queries.consultations import (
    CLOSED,
    ConsultationLine,
    consultation,
    consultations,
)
from kasane_intake.queries.merges import (
    ComparedPair,
    MergeLine,
    PersonRecord,
    SamePerson,
    compared_pair,
    person_merge,
    person_merges,
    person_records,
    same_persons,
)
from kasane_intake.queries.same_person import (
    COMPARED_AT_MOST,
    SHOWN_AT_MOST,
    Candidate,
    same_person_candidates,
)
from kasane_intake.queries.searching import FoundConsultation, SearchAnswer, search
from kasane_intake.queries.sheets import SheetLine, sheet, sheets_for_office, sheets_of
from kasane_intake.queries.statistics import ReceptionCounts, reception_counts
from kasane_intake.queries.web_messages import (
    WebMessageLine,
    may_read_queue,
    public_form,
    waiting_web_messages,
    web_message,
    web_message_of,
    web_messages,
)

__all__ = [
    "CLOSED",
    "COMPARED_AT_MOST",
    "SHOWN_AT_MOST",
    "Candidate",
    "ComparedPair",
    "ConsultationLine",
    "DayLine",
    "FoundConsultation",
    "MergeLine",
    "PersonRecord",
    "ReceptionCounts",
    "SamePerson",
    "SearchAnswer",
    "SheetLine",
    "SlotLine",
    "WebMessageLine",
    "booking",
    "compared_pair",
    "consultation",
    "consultation_day",
    "consultation_days",
    "consultations",
    "may_read_queue",
    "past_consultation_days",
    "person_merge",
    "person_merges",
    "person_records",
    "public_form",
    "reception_counts",
    "same_person_candidates",
    "same_persons",
    "search",
    "sheet",
    "sheets_for_office",
    "sheets_of",
    "slot_times",
    "waiting_web_messages",
    "web_message",
    "web_message_of",
    "web_messages",
]
