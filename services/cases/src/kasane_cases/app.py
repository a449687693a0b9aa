"""The index of cases: what exists in this service, on one screen."""

from pathlib import Path

from kasane_cases import handlers, subscribers
from kasane_cases.api.assessments import blueprint as assessments_api
from kasane_cases.api.v1 import BLUEPRINTS as API
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.handlers import remind_of_expiring, remind_of_protections
from kasane_cases.pages import PAGES
from kasane_cases.repository import PERMISSIONS
from kasane_contracts import cases as says
from kasane_contracts import intake, outreach, resources
from kasane_kit.service import Job, Service

service = Service(
    name="cases",
    package="kasane_cases",
    root=Path(__file__).parent,
    pages=PAGES,
    api=(*API, assessments_api),
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
        resources.ReferralAccepted: subscribers.on_referral_accepted,
        resources.ReferralDeclined: subscribers.on_referral_declined,
        outreach.VisitScheduled: subscribers.on_visit_scheduled,
        outreach.VisitCompleted: subscribers.on_visit_completed,
        outreach.ContactNotMade: subscribers.on_contact_not_made,
    },
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
        "cases_referral",
        "cases_outreach_request",
        "cases_session",
        "cases_attendee",
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
    ),
)
