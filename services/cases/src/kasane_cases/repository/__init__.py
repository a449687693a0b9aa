"""Loads and saves the aggregates of cases; a case is read together with the right to it."""

from kasane_cases.repository.access import (
    COORDINATOR,
    EMERGENCIES,
    LOOKS,
    PERMISSIONS,
    READERS,
    Admission,
    Grants,
    attends,
    enter,
    granted_cases,
    shown_persons_only,
)
from kasane_cases.repository.addenda import Addenda
from kasane_cases.repository.assessments import Assessments, platform_forms
from kasane_cases.repository.attachments import Attachments
from kasane_cases.repository.cases import Cases, fiscal_year
from kasane_cases.repository.consents import Consents
from kasane_cases.repository.disclosures import Ledger, LegalGrounds, best_ground
from kasane_cases.repository.due import days_to_come
from kasane_cases.repository.ending_rules import RULES as ENDING_RULES
from kasane_cases.repository.gap_lines import count_gaps, gaps_of
from kasane_cases.repository.holds import Holds, is_recorded, knows_any, number_to_id
from kasane_cases.repository.households import CareTies, HouseholdSteps, Protections
from kasane_cases.repository.moving import move_open_records
from kasane_cases.repository.origins import Origins
from kasane_cases.repository.packs import Packs
from kasane_cases.repository.person_links import PersonLinks
from kasane_cases.repository.plan_records import PlanRecords
from kasane_cases.repository.plans import Plans, plan_from
from kasane_cases.repository.records import NeedOptions, Needs, OutreachRequests, Referrals
from kasane_cases.repository.restricted import restricted_items
from kasane_cases.repository.retention import (
    EndedRecord,
    RetentionRules,
    Shreddings,
    ended_record,
    ended_records,
    ids_of,
    is_gone,
    obstacles,
    retention_rules,
    standing_against,
    without_a_day,
)
from kasane_cases.repository.sessions import Sessions
from kasane_cases.repository.standings import standings
from kasane_cases.repository.summaries import Summaries, summary_from
from kasane_cases.repository.timeline import Tasks, Timeline
from kasane_cases.repository.transfers import TransferOffers, Transfers
from kasane_cases.repository.watch import GapCounts, Handoffs, WatchRules

__all__ = [
    "COORDINATOR",
    "EMERGENCIES",
    "ENDING_RULES",
    "LOOKS",
    "PERMISSIONS",
    "READERS",
    "Addenda",
    "Admission",
    "Assessments",
    "Attachments",
    "CareTies",
    "Cases",
    "Consents",
    "EndedRecord",
    "GapCounts",
    "Grants",
    "Handoffs",
    "Holds",
    "HouseholdSteps",
    "Ledger",
    "LegalGrounds",
    "NeedOptions",
    "Needs",
    "Origins",
    "OutreachRequests",
    "Packs",
    "PersonLinks",
    "PlanRecords",
    "Plans",
    "Protections",
    "Referrals",
    "RetentionRules",
    "Sessions",
    "Shreddings",
    "Summaries",
    "Tasks",
    "Timeline",
    "TransferOffers",
    "Transfers",
    "WatchRules",
    "attends",
    "best_ground",
    "count_gaps",
    "days_to_come",
    "ended_record",
    "ended_records",
    "enter",
    "fiscal_year",
    "gaps_of",
    "granted_cases",
    "ids_of",
    "is_gone",
    "is_recorded",
    "knows_any",
    "move_open_records",
    "number_to_id",
    "obstacles",
    "plan_from",
    "platform_forms",
    "restricted_items",
    "retention_rules",
    "shown_persons_only",
    "standing_against",
    "standings",
    "summary_from",
    "without_a_day",
]
