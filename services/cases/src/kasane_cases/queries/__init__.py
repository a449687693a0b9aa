"""What the screens of cases read; every read carries the right of who looks."""

from kasane_cases.queries.assessments import (
    AssessmentFile,
    AssessmentRead,
    assessment_file,
    assessment_read,
)
from kasane_cases.queries.attachments import attachments, sealed_file
from kasane_cases.queries.cases import (
    CaseFile,
    CaseFilter,
    CaseLine,
    SessionOfCase,
    case_file,
    case_lines,
    consultation_summary,
    open_cases,
    waiting,
)
from kasane_cases.queries.conferences import SessionFile, SessionLine, session_file, session_lines
from kasane_cases.queries.gaps import gap_counts, gaps, watch_days
from kasane_cases.queries.households import (
    HouseholdFile,
    OtherCase,
    PersonOnFile,
    StepLine,
    on_file,
)
from kasane_cases.queries.ledger import LedgerFile, ledger_file
from kasane_cases.queries.person_links import AlsoElsewhere, also_elsewhere
from kasane_cases.queries.plans import PlanDue, PlanFile, origins_of, plan_file, plans_due
from kasane_cases.queries.staff import colleagues
from kasane_cases.queries.trail import TrailFile, trail_file
from kasane_cases.queries.transfers import (
    TransferFile,
    approvers,
    documents_from_another_town,
    offer,
    offers,
    transfer_file,
    transfers,
    transfers_of_case,
)

__all__ = [
    "AlsoElsewhere",
    "AssessmentFile",
    "AssessmentRead",
    "CaseFile",
    "CaseFilter",
    "CaseLine",
    "HouseholdFile",
    "LedgerFile",
    "OtherCase",
    "PersonOnFile",
    "PlanDue",
    "PlanFile",
    "SessionFile",
    "SessionLine",
    "SessionOfCase",
    "StepLine",
    "TrailFile",
    "TransferFile",
    "also_elsewhere",
    "approvers",
    "assessment_file",
    "assessment_read",
    "attachments",
    "case_file",
    "case_lines",
    "colleagues",
    "consultation_summary",
    "documents_from_another_town",
    "gap_counts",
    "gaps",
    "ledger_file",
    "offer",
    "offers",
    "on_file",
    "open_cases",
    "origins_of",
    "plan_file",
    "plans_due",
    "sealed_file",
    "session_file",
    "session_lines",
    "trail_file",
    "transfer_file",
    "transfers",
    "transfers_of_case",
    "waiting",
    "watch_days",
]
