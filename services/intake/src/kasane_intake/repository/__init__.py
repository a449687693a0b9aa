"""Loads and saves whole consultations and sheets."""

from kasane_intake.repository.consultations import Consultations, fiscal_year
from kasane_intake.repository.sheets import ReferralSheets

__all__ = [
    "Consultations",
    "ReferralSheets",
    "fiscal_year",
]
