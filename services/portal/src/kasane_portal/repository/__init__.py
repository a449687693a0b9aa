"""Loads and saves what the portal keeps: accounts, copies of what was heard, visits of a prefecture's team."""

from kasane_portal.repository.accounts import (
    Accounts,
    Credentials,
    SignInFailures,
    account_of,
    digest,
)
from kasane_portal.repository.copies import (
    AuditCopies,
    CountedFacts,
    GapNumbers,
    TaskCopies,
    ToldCounts,
)
from kasane_portal.repository.evaluations import ActionEntries, AgencyRemarks
from kasane_portal.repository.figures import MeasuredFacts, StatedFigures
from kasane_portal.repository.governance import Evaluations, ReportedSteps, Seats
from kasane_portal.repository.moments import aware
from kasane_portal.repository.plugin_sets import PluginSets
from kasane_portal.repository.provider_answers import SpentAnswers
from kasane_portal.repository.reports import LateFacts, ReportVersions
from kasane_portal.repository.support_visits import SupportVisits

__all__ = [
    "Accounts",
    "ActionEntries",
    "AgencyRemarks",
    "AuditCopies",
    "CountedFacts",
    "Credentials",
    "Evaluations",
    "GapNumbers",
    "LateFacts",
    "MeasuredFacts",
    "PluginSets",
    "ReportVersions",
    "ReportedSteps",
    "Seats",
    "SignInFailures",
    "SpentAnswers",
    "StatedFigures",
    "SupportVisits",
    "TaskCopies",
    "ToldCounts",
    "account_of",
    "aware",
    "digest",
]
