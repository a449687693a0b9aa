"""Loads and saves whole consultations and sheets."""

from kasane_intake.repository.consultations import Consultations, fiscal_year
from kasane_intake.repository.merges import PersonMerges, merge_from
from kasane_intake.repository.sheets import ReferralSheets

__all__ = [
    "Consultations",
    "PersonMerges",
    "ReferralSheets",
    "fiscal_year",
    "merge_from",
]
