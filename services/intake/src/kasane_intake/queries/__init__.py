"""What intake's screens read."""

from kasane_intake.queries.consultations import (
    CLOSED,
    ConsultationLine,
    consultation,
    consultations,
)
from kasane_intake.queries.same_person import (
    COMPARED_AT_MOST,
    SHOWN_AT_MOST,
    Candidate,
    same_person_candidates,
)
from kasane_intake.queries.sheets import SheetLine, sheet, sheets_for_office, sheets_of

__all__ = [
    "CLOSED",
    "COMPARED_AT_MOST",
    "SHOWN_AT_MOST",
    "Candidate",
    "ConsultationLine",
    "SheetLine",
    "consultation",
    "consultations",
    "same_person_candidates",
    "sheet",
    "sheets_for_office",
    "sheets_of",
]
