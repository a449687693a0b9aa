"""Names the columns of cases' tables; never leaves repository and queries."""

from kasane_cases.tables.assessments import assessment, assessment_form
from kasane_cases.tables.attachments import attachment
from kasane_cases.tables.cases import (
    access_grant,
    case,
    consultation_summary,
    counter,
    household,
    membership,
    person,
)
from kasane_cases.tables.conferences import (
    agenda_item,
    attendee,
    ended_attendance,
    item_decision,
    item_fact,
    minutes_addendum,
    session,
)
from kasane_cases.tables.consents import consent
from kasane_cases.tables.disclosures import disclosure, legal_ground
from kasane_cases.tables.households import (
    address_protection,
    care_tie,
    episode,
    gap_count,
    handoff,
    household_step,
    protected_reader,
    watch_rule,
)
from kasane_cases.tables.needs import (
    need_option,
    outreach_request,
    referral,
    suggestion,
    support_need,
)
from kasane_cases.tables.packs import pack_copy, pack_part
from kasane_cases.tables.participation import community_issue, participation
from kasane_cases.tables.person_links import person_link
from kasane_cases.tables.plans import (
    fact_origin,
    monitoring,
    plan_agreement,
    plan_edition,
    plan_evaluation,
    support_plan,
)
from kasane_cases.tables.retention import (
    retention_hold,
    retention_rule,
    shredding,
    shredding_part,
)
from kasane_cases.tables.schema import metadata
from kasane_cases.tables.timeline import task, timeline
from kasane_cases.tables.transfers import transfer, transfer_document, transfer_offer

__all__ = [
    "access_grant",
    "address_protection",
    "agenda_item",
    "assessment",
    "assessment_form",
    "attachment",
    "attendee",
    "care_tie",
    "case",
    "community_issue",
    "consent",
    "consultation_summary",
    "counter",
    "disclosure",
    "ended_attendance",
    "episode",
    "fact_origin",
    "gap_count",
    "handoff",
    "household",
    "household_step",
    "item_decision",
    "item_fact",
    "legal_ground",
    "membership",
    "metadata",
    "minutes_addendum",
    "monitoring",
    "need_option",
    "outreach_request",
    "pack_copy",
    "pack_part",
    "participation",
    "person",
    "person_link",
    "plan_agreement",
    "plan_edition",
    "plan_evaluation",
    "protected_reader",
    "referral",
    "retention_hold",
    "retention_rule",
    "session",
    "shredding",
    "shredding_part",
    "suggestion",
    "support_need",
    "support_plan",
    "task",
    "timeline",
    "transfer",
    "transfer_document",
    "transfer_offer",
    "watch_rule",
]
