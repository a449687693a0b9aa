"""What the screens of cases read; every read carries the right of who looks."""

from kasane_cases.queries.assessments import (
    AssessmentFile,
    AssessmentRead,
    assessment_file,
    assessment_read,
)
from kasane_cases.queries.attachments import attachments, sealed_file
from kasane_cases.queries.case_list import (
    CaseFilter,
    CaseLine,
    case_lines,
    consultation_summary,
    waiting,
)
from kasane_cases.queries.cases import CaseFile, SessionOfCase, case_file, looks_end, open_cases
from kasane_cases.queries.conferences import (
    SessionFile,
    SessionLine,
    session_file,
    session_lines,
    sessions_to_come,
)
from kasane_cases.queries.decisions import DecisionOfSession, carried_over, one_decision
from kasane_cases.queries.gaps import days_set_here, gap_counts, gaps, watch_days
from kasane_cases.queries.households import (
    HouseholdFile,
    OtherCase,
    PersonOnFile,
    StepLine,
    on_file,
)
from kasane_cases.queries.ledger import LedgerFile, ledger_file
from kasane_cases.queries.packs import (
    Dossier,
    Pack,
    PackDesk,
    own_pack,
    pack_desk,
    pack_for_copy,
)
from kasane_cases.queries.person_links import AlsoElsewhere, also_elsewhere
from kasane_cases.queries.plans import PlanDue, PlanFile, origins_of, plan_file, plans_due
from kasane_cases.queries.proposals import (
    Proposal,
    ProposalKind,
    WaitingConsultation,
    agenda_proposals,
    waiting_consultations,
)
from kasane_cases.queries.retention import (
    RetentionFile,
    RetentionLine,
    retention_file,
    retention_lines,
)
from kasane_cases.queries.staff import colleagues
from kasane_cases.queries.steps import case_steps
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
    "DecisionOfSession",
    "Dossier",
    "HouseholdFile",
    "LedgerFile",
    "OtherCase",
    "Pack",
    "PackDesk",
    "PersonOnFile",
    "PlanDue",
    "PlanFile",
    "Proposal",
    "ProposalKind",
    "RetentionFile",
    "RetentionLine",
    "SessionFile",
    "SessionLine",
    "SessionOfCase",
    "StepLine",
    "TrailFile",
    "TransferFile",
    "WaitingConsultation",
    "agenda_proposals",
    "also_elsewhere",
    "approvers",
    "assessment_file",
    "assessment_read",
    "attachments",
    "carried_over",
    "case_file",
    "case_lines",
    "case_steps",
    "colleagues",
    "consultation_summary",
    "days_set_here",
    "documents_from_another_town",
    "gap_counts",
    "gaps",
    "ledger_file",
    "looks_end",
    "offer",
    "offers",
    "on_file",
    "one_decision",
    "open_cases",
    "origins_of",
    "own_pack",
    "pack_desk",
    "pack_for_copy",
    "plan_file",
    "plans_due",
    "retention_file",
    "retention_lines",
    "sealed_file",
    "session_file",
    "session_lines",
    "sessions_to_come",
    "trail_file",
    "transfer_file",
    "transfers",
    "transfers_of_case",
    "waiting",
    "waiting_consultations",
    "watch_days",
]
