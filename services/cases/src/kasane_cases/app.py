"""The index of cases: what exists in this service, on one screen."""

from pathlib import Path

from kasane_cases import handlers, subscribers
from kasane_cases.api.assessments import blueprint as assessments_api
from kasane_cases.api.participations import blueprint as participations_api
from kasane_cases.api.v1 import BLUEPRINTS as API
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.handlers import (
    bury,
    carry_out_shreddings,
    remind_of_days,
    remind_of_expiring,
    remind_of_protections,
    tell_gap_counts,
)
from kasane_cases.handlers.attachments import SEALED_FOR, open_every_file, place_of
from kasane_cases.handlers.restored import last_numbers, leave_numbers_out
from kasane_cases.handlers.shredding import PART
from kasane_cases.handlers.transfers import TRANSFER, place_of_key
from kasane_cases.pages import PAGES
from kasane_cases.queries import retention_lines
from kasane_cases.repository import PERMISSIONS
from kasane_cases.tables import attachment, transfer
from kasane_cases.tables.schema import metadata
from kasane_contracts import cases as says
from kasane_contracts import intake, outreach, portal, resources
from kasane_kit.auth import DataGrade
from kasane_kit.db import UnderTownKey
from kasane_kit.service import Job, Service
from kasane_kit.shredding import sweep_service
from kasane_kit.web import forget_drafts

service = Service(
    name="cases",
    package="kasane_cases",
    root=Path(__file__).parent,
    pages=PAGES,
    api=(*API, assessments_api, participations_api),
    permissions=PERMISSIONS,
    says=(
        says.CaseOpened,
        says.ConsentRecorded,
        says.SupportNeedIdentified,
        says.OutreachRequested,
        says.ConferencePlanned,
        says.ConferenceHeld,
        says.DecisionMade,
        says.DecisionDone,
        says.SupportPlanAgreed,
        says.SupportPlanMonitored,
        says.SupportPlanEnded,
        says.ReferralRequested,
        says.CaseStatusChanged,
        says.CaseClosed,
        says.AddressProtectionChanged,
        says.EmergencyLookTaken,
        says.EmergencyLookReviewed,
        says.GapsCounted,
        says.ParticipationProposed,
        says.ParticipationJudged,
        says.ParticipationHostTold,
        says.CommunityIssueRaised,
        says.PersonsMovedCase,
        says.RecordsEnded,
    ),
    hears={
        intake.ConsultationReceived: subscribers.on_consultation_received,
        intake.ConsultationEscalated: subscribers.on_consultation_escalated,
        intake.ConsultationClosed: subscribers.on_consultation_closed,
        intake.ConsultationReopened: subscribers.on_consultation_reopened,
        intake.PersonsMerged: subscribers.on_persons_merged,
        intake.PersonsMergeUndone: subscribers.on_persons_merge_undone,
        intake.ReferralSheetSent: subscribers.on_referral_sheet_sent,
        intake.ReferralSheetAcknowledged: subscribers.on_referral_sheet_acknowledged,
        intake.ReferralSheetAccepted: subscribers.on_referral_sheet_accepted,
        intake.ReferralSheetReturned: subscribers.on_referral_sheet_returned,
        resources.HumanServicesSuggested: subscribers.on_human_services_suggested,
        resources.GapClosed: subscribers.on_gap_closed,
        resources.ReferralAccepted: subscribers.on_referral_accepted,
        resources.ReferralDeclined: subscribers.on_referral_declined,
        resources.ParticipationMoved: subscribers.on_participation_moved,
        resources.CommunityIssueAnswered: subscribers.on_community_issue_answered,
        outreach.VisitScheduled: subscribers.on_visit_scheduled,
        outreach.VisitCompleted: subscribers.on_visit_completed,
        outreach.ContactNotMade: subscribers.on_contact_not_made,
        outreach.ConsentHeard: subscribers.on_consent_heard,
        portal.StaffAccountChanged: subscribers.on_staff_account_changed,
        intake.ArrivalsEnded: subscribers.on_arrivals_ended,
        intake.IntakeRecordsShredded: subscribers.on_records_shredded,
        outreach.OutreachRecordsShredded: subscribers.on_records_shredded,
        resources.ResourcesRecordsShredded: subscribers.on_records_shredded,
    },
    data={
        "case": DataGrade.SENSITIVE,
        "person": DataGrade.SENSITIVE,
        "municipality": DataGrade.SETTING,
        "attachment": DataGrade.SENSITIVE,
        "legal_ground": DataGrade.SENSITIVE,
        "conference": DataGrade.SENSITIVE,
        "support_plan": DataGrade.SENSITIVE,
        "transfer": DataGrade.SENSITIVE,
        "transfer_offer": DataGrade.SENSITIVE,
        "community_issue": DataGrade.COUNT,
        "shredding": DataGrade.SENSITIVE,
    },
    columns=metadata,
    under_town_key=(
        UnderTownKey(attachment.c.sealed, SEALED_FOR, ("case_id", "id"), place_of),
        UnderTownKey(transfer.c.sealed_key, TRANSFER, ("id",), place_of_key),
    ),
    tables=(
        "cases_consultation_summary",
        "cases_attachment",
        "cases_case",
        "cases_person",
        "cases_person_link",
        "cases_household",
        "cases_membership",
        "cases_access_grant",
        "cases_consent",
        "cases_disclosure",
        "cases_legal_ground",
        "cases_assessment_form",
        "cases_assessment",
        "cases_support_need",
        "cases_suggestion",
        "cases_need_option",
        "cases_referral",
        "cases_outreach_request",
        "cases_session",
        "cases_attendee",
        "cases_ended_attendance",
        "cases_agenda_item",
        "cases_item_fact",
        "cases_item_decision",
        "cases_minutes_addendum",
        "cases_pack_part",
        "cases_pack_copy",
        "cases_support_plan",
        "cases_plan_edition",
        "cases_plan_agreement",
        "cases_monitoring",
        "cases_plan_evaluation",
        "cases_fact_origin",
        "cases_timeline",
        "cases_task",
        "cases_counter",
        "cases_transfer",
        "cases_transfer_offer",
        "cases_transfer_document",
        "cases_household_step",
        "cases_care_tie",
        "cases_address_protection",
        "cases_protected_reader",
        "cases_episode",
        "cases_handoff",
        "cases_watch_rule",
        "cases_gap_count",
        "cases_participation",
        "cases_community_issue",
        "cases_retention_rule",
        "cases_retention_hold",
        "cases_shredding",
        "cases_shredding_part",
    ),
    parcels={
        handlers.OFFER: handlers.hear_offer,
        handlers.ANSWER: handlers.hear_answer,
        handlers.WITHDRAWAL: handlers.hear_withdrawal,
    },
    refusal=CasesRefusal,
    jobs=(
        Job("remind-of-protections", 3600.0, remind_of_protections),
        Job("remind-of-consents", 3600.0, remind_of_expiring),
        Job("remind-of-days", 3600.0, remind_of_days),
        Job("tell-gap-counts", 600.0, tell_gap_counts),
        Job("carry-out-shreddings", 600.0, carry_out_shreddings),
        Job("sweep", 600.0, sweep_service("cases")),
        Job("forget-drafts", 3600.0, forget_drafts("cases")),
    ),
    commands={
        "numbers_given": last_numbers,
        "after_restore": leave_numbers_out,
        "open_files": open_every_file,
        "bury": bury,
        "retention": retention_lines,
    },
    shreds=PART,
)
