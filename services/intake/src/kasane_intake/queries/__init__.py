"""What intake's screens read."""

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
from kasane_intake.queries.sheets import SheetLine, sheet, sheets_for_office, sheets_of

__all__ = [
    "CLOSED",
    "COMPARED_AT_MOST",
    "SHOWN_AT_MOST",
    "Candidate",
    "ComparedPair",
    "ConsultationLine",
    "MergeLine",
    "PersonRecord",
    "SamePerson",
    "SheetLine",
    "compared_pair",
    "consultation",
    "consultations",
    "person_merge",
    "person_merges",
    "person_records",
    "same_person_candidates",
    "same_persons",
    "sheet",
    "sheets_for_office",
    "sheets_of",
]
