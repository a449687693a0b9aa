"""The index of intake: what exists in this service, on one screen."""

from pathlib import Path

from kasane_contracts import intake as says
from kasane_contracts.cases import AddressProtectionChanged, CaseOpened, RecordsEnded
from kasane_contracts.outreach import HelpAskedFor
from kasane_intake.api.attachments import blueprint as attachments_api
from kasane_intake.api.consultation_days import blueprint as consultation_days_api
from kasane_intake.api.merges import blueprint as merges_api
from kasane_intake.api.search import blueprint as search_api
from kasane_intake.api.sheets import blueprint as sheets_api
from kasane_intake.api.statistics import blueprint as statistics_api
from kasane_intake.api.v1 import blueprint as api
from kasane_intake.api.web_messages import blueprint as web_messages_api
from kasane_intake.domain.errors import IntakeRefusal
from kasane_intake.handlers import alert_overdue_sheets
from kasane_intake.handlers.arrivals import end_arrivals
from kasane_intake.handlers.attachments import SEALED_FOR, open_every_file, place_of
from kasane_intake.handlers.restored import last_numbers, leave_numbers_out
from kasane_intake.pages.arrivals import blueprint as arrivals
from kasane_intake.pages.attachments import blueprint as attachments
from kasane_intake.pages.consultation_days import blueprint as consultation_days
from kasane_intake.pages.consultation_states import blueprint as states
from kasane_intake.pages.consultations import blueprint as consultations
from kasane_intake.pages.merges import blueprint as merges
from kasane_intake.pages.papers import blueprint as papers
from kasane_intake.pages.public_booking import blueprint as public_booking
from kasane_intake.pages.public_form import blueprint as public_form
from kasane_intake.pages.referral_sheets import blueprint as referral_sheets
from kasane_intake.pages.sheet_papers import blueprint as sheet_papers
from kasane_intake.pages.web_messages import blueprint as web_messages
from kasane_intake.queries import arrival_lines
from kasane_intake.repository import tag_consultation_anew
from kasane_intake.subscribers import (
    on_address_protection_changed,
    on_case_opened,
    on_help_asked_for,
    on_records_ended,
)
from kasane_intake.tables import attachment, search_text
from kasane_intake.tables.schema import metadata
from kasane_kit.auth import DataGrade, Permission
from kasane_kit.db import Tagged, UnderTownKey
from kasane_kit.service import Job, Service
from kasane_kit.shredding import sweep_service
from kasane_kit.web import forget_drafts

STAFF = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})

HANDS_OVER = frozenset({"responsible", "coordinator"})

service = Service(
    name="intake",
    package="kasane_intake",
    root=Path(__file__).parent,
    pages=(
        consultations,
        states,
        papers,
        attachments,
        public_form,
        public_booking,
        referral_sheets,
        sheet_papers,
        web_messages,
        consultation_days,
        merges,
        arrivals,
    ),
    api=(
        api,
        attachments_api,
        statistics_api,
        web_messages_api,
        consultation_days_api,
        merges_api,
        search_api,
        sheets_api,
    ),
    permissions=(
        Permission(
            "intake.consultation.receive",
            "intake.consultation.received",
            STAFF,
            "consultation",
            False,
        ),
        Permission("intake.consultation.list", "intake.consultation.listed", STAFF, "consultation"),
        Permission("intake.consultation.read", "intake.consultation.read", STAFF, "consultation"),
        Permission("intake.paper.read", "intake.paper.read", STAFF, "consultation"),
        Permission("intake.attachment.list", "intake.attachment.listed", STAFF, "consultation"),
        Permission("intake.attachment.read", "intake.attachment.read", STAFF, "attachment"),
        Permission("intake.attachment.add", "intake.attachment.added", STAFF, "consultation"),
        Permission("intake.attachment.void", "intake.attachment.voided", STAFF, "attachment"),
        Permission(
            "intake.attachment.open", "intake.attachment.opened_with_reason", STAFF, "attachment"
        ),
        Permission(
            "intake.export.list", "intake.export.listed", STAFF, "consultation", step_up=True
        ),
        Permission(
            "intake.consultation.screen", "intake.consultation.screened", STAFF, "consultation"
        ),
        Permission(
            "intake.consultation.close", "intake.consultation.closed", STAFF, "consultation"
        ),
        Permission(
            "intake.referral_sheet.send", "intake.referral_sheet.sent", STAFF, "referral_sheet"
        ),
        Permission(
            "intake.referral_sheet.read", "intake.referral_sheet.read", STAFF, "referral_sheet"
        ),
        Permission(
            "intake.referral_sheet.answer",
            "intake.referral_sheet.answered",
            STAFF,
            "referral_sheet",
        ),
        Permission(
            "intake.person_merge.request",
            "intake.person_merge.requested",
            STAFF,
            "person_merge",
        ),
        Permission("intake.person_merge.list", "intake.person_merge.listed", STAFF, "person_merge"),
        Permission("intake.person_merge.read", "intake.person_merge.read", STAFF, "person_merge"),
        Permission(
            "intake.person_merge.decide",
            "intake.person_merge.decided",
            frozenset({"responsible", "coordinator"}),
            "person_merge",
        ),
        Permission(
            "intake.consultation_day.list",
            "intake.consultation_day.listed",
            STAFF,
            "consultation_day",
            False,
        ),
        Permission(
            "intake.consultation_day.read",
            "intake.consultation_day.read",
            STAFF,
            "consultation_day",
        ),
        Permission(
            "intake.consultation_day.plan",
            "intake.consultation_day.planned",
            STAFF,
            "consultation_day",
            False,
        ),
        Permission("intake.booking.make", "intake.booking.made", STAFF, "booking", False),
        Permission("intake.booking.settle", "intake.booking.settled", STAFF, "booking"),
        Permission(
            "intake.statistics.read",
            "intake.statistics.read",
            frozenset({"responsible", "coordinator", "town_administrator"}),
            "statistics",
            False,
        ),
        Permission("intake.web_message.list", "intake.web_message.listed", STAFF, "web_message"),
        Permission("intake.web_message.read", "intake.web_message.read", STAFF, "web_message"),
        Permission(
            "intake.web_message.confirm", "intake.web_message.confirmed", STAFF, "web_message"
        ),
        Permission(
            "intake.web_message.set_aside", "intake.web_message.set_aside", STAFF, "web_message"
        ),
        Permission(
            "intake.public_form.set",
            "intake.public_form.set",
            frozenset({"coordinator", "town_administrator"}),
            "public_form",
            False,
            step_up=True,
        ),
        Permission("intake.arrival.list", "intake.arrival.listed", HANDS_OVER, "arrival"),
        Permission("intake.arrival.hold", "intake.arrival.held", HANDS_OVER, "arrival"),
        Permission(
            "intake.arrival_term.set",
            "intake.arrival_term.set",
            frozenset({"town_administrator"}),
            "arrival_term",
            False,
            step_up=True,
        ),
    ),
    says=(
        says.ConsultationReceived,
        says.ConsultationEscalated,
        says.ConsultationScreened,
        says.ConsultationClosed,
        says.ReferralSheetSent,
        says.ReferralSheetAcknowledged,
        says.ReferralSheetAccepted,
        says.ReferralSheetReturned,
        says.PersonsMerged,
        says.PersonsMergeUndone,
        says.ReferralSheetRedirected,
        says.ReferralSheetOutcomeReturned,
        says.ReferralSheetClosed,
        says.ReferralSheetVoided,
        says.ReferralSheetReopened,
        says.ReferralSheetOverdue,
        says.ReferralSheetUndecided,
        says.EmergencyDeclared,
        says.EmergencySettled,
        says.ContactContinued,
        says.ConsultationReopened,
        says.WebMessageWaiting,
        says.WebMessageSettled,
        says.BookingsWaiting,
        says.PersonsMergeRequested,
        says.PersonsMergeDeclined,
        says.IntakeRecordsShredded,
        says.ArrivalsEnded,
    ),
    hears={
        RecordsEnded: on_records_ended,
        CaseOpened: on_case_opened,
        AddressProtectionChanged: on_address_protection_changed,
        HelpAskedFor: on_help_asked_for,
    },
    data={
        "shredding": DataGrade.SENSITIVE,
        "consultation": DataGrade.SENSITIVE,
        "attachment": DataGrade.SENSITIVE,
        "referral_sheet": DataGrade.SENSITIVE,
        "person_merge": DataGrade.SENSITIVE,
        "consultation_day": DataGrade.PERSONAL,
        "booking": DataGrade.PERSONAL,
        "statistics": DataGrade.COUNT,
        "web_message": DataGrade.SENSITIVE,
        "public_form": DataGrade.SETTING,
        "arrival": DataGrade.PERSONAL,
        "arrival_ending": DataGrade.COUNT,
        "arrival_term": DataGrade.SETTING,
    },
    columns=metadata,
    under_town_key=(
        UnderTownKey(attachment.c.sealed, SEALED_FOR, ("consultation_id", "id"), place_of),
    ),
    tables=(
        "intake_attachment",
        "intake_attachment_look",
        "intake_consultation",
        "intake_person_concerned",
        "intake_person_key",
        "intake_person_merge",
        "intake_merge_turn",
        "intake_referral_sheet",
        "intake_search_term",
        "intake_search_text",
        "intake_shown_candidate",
        "intake_step",
        "intake_counter",
        "intake_protected_person",
        "intake_reception",
        "intake_national_category",
        "intake_consultation_day",
        "intake_day_slot",
        "intake_booking",
        "intake_public_form",
        "intake_web_message",
        "intake_web_addition",
        "intake_web_count",
        "intake_arrival_term",
        "intake_arrival_hold",
    ),
    tagged=(Tagged(search_text, tag_consultation_anew),),
    refusal=IntakeRefusal,
    jobs=(
        Job("overdue_sheets", 300, alert_overdue_sheets),
        Job("end-arrivals", 3600.0, end_arrivals),
        Job("sweep", 600.0, sweep_service("intake")),
        Job("forget-drafts", 3600.0, forget_drafts("intake")),
    ),
    commands={
        "numbers_given": last_numbers,
        "after_restore": leave_numbers_out,
        "open_files": open_every_file,
        "retention": arrival_lines,
    },
    shreds=on_records_ended,
)
