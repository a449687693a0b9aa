"""Loads and saves whole consultations and sheets."""

from kasane_intake.repository.attachments import Attachments
from kasane_intake.repository.candidates import ShownCandidates
from kasane_intake.repository.consultations import Consultations, fiscal_year
from kasane_intake.repository.merges import PersonMerges, merge_from
from kasane_intake.repository.moments import moment, moment_or_none
from kasane_intake.repository.protected import ProtectedPersons, withheld
from kasane_intake.repository.sheets import ReferralSheets, copied, read_sheet
from kasane_intake.repository.steps import steps_of
from kasane_intake.repository.tagging import tag_consultation_anew

__all__ = [
    "Attachments",
    "Consultations",
    "PersonMerges",
    "ProtectedPersons",
    "ReferralSheets",
    "ShownCandidates",
    "copied",
    "fiscal_year",
    "merge_from",
    "moment",
    "moment_or_none",
    "read_sheet",
    "steps_of",
    "tag_consultation_anew",
    "withheld",
]
