"""The index of resources: what exists in this service, on one screen."""

from pathlib import Path

from kasane_contracts import resources as says
from kasane_contracts.cases import (
    AddressProtectionChanged,
    CaseClosed,
    CaseStatusChanged,
    CommunityIssueRaised,
    ConsentRecorded,
    ParticipationHostTold,
    ParticipationJudged,
    ParticipationProposed,
    PersonsMovedCase,
    RecordsEnded,
    ReferralRequested,
    SupportNeedIdentified,
    SupportPlanAgreed,
)
from kasane_contracts.outreach import ContactNotMade, VisitCompleted
from kasane_kit.auth import DataGrade, Permission
from kasane_kit.db import UnderTownKey
from kasane_kit.service import Job, Service
from kasane_kit.shredding import sweep_service
from kasane_kit.web import forget_drafts
from kasane_resources.api.community import blueprint as community_api
from kasane_resources.api.gaps import blueprint as gaps_api
from kasane_resources.api.hsds import blueprint as hsds_api
from kasane_resources.api.networks import blueprint as networks_api
from kasane_resources.api.participations import blueprint as participations_api
from kasane_resources.api.v1 import blueprint as api
from kasane_resources.domain.errors import ResourcesRefusal
from kasane_resources.handlers import forget_imports, run_imports
from kasane_resources.handlers.freshness import remind_of_confirmations
from kasane_resources.handlers.taking_in import QUARANTINE, cell_place
from kasane_resources.pages.community import blueprint as community
from kasane_resources.pages.directory import blueprint as directory
from kasane_resources.pages.freshness import blueprint as freshness_pages
from kasane_resources.pages.freshness import freshness_of
from kasane_resources.pages.gaps import blueprint as gaps
from kasane_resources.pages.host_contacts import blueprint as host_contacts
from kasane_resources.pages.imports import blueprint as imports
from kasane_resources.pages.mappings import blueprint as mappings
from kasane_resources.pages.participations import blueprint as participations
from kasane_resources.pages.places import blueprint as places
from kasane_resources.pages.profile import cost_lines, task_line
from kasane_resources.pages.public_confirmation import blueprint as public_confirmation
from kasane_resources.pages.quarantine import blueprint as quarantine
from kasane_resources.pages.referrals import blueprint as referrals
from kasane_resources.pages.rights import may
from kasane_resources.subscribers import (
    on_address_protection_changed,
    on_case_closed,
    on_case_status_changed,
    on_community_issue_raised,
    on_consent_recorded,
    on_participation_host_told,
    on_participation_judged,
    on_participation_proposed,
    on_persons_moved_case,
    on_records_ended,
    on_referral_requested,
    on_settling_visit,
    on_support_need_identified,
    on_support_plan_agreed,
)
from kasane_resources.tables.imports import quarantined_cell
from kasane_resources.tables.schema import metadata

SUPPORTERS = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})
STAFF = SUPPORTERS | {"town_administrator"}
WRITERS = frozenset(
    {"contact", "responsible", "coordinator", "outreach_worker", "town_administrator"}
)
IMPORTERS = frozenset({"responsible", "coordinator", "town_administrator"})
CASE_WORKERS = frozenset({"contact", "responsible", "coordinator", "outreach_worker"})
PLANNERS = frozenset({"contact", "responsible", "coordinator", "town_administrator"})

service = Service(
    name="resources",
    package="kasane_resources",
    root=Path(__file__).parent,
    pages=(
        directory,
        host_contacts,
        imports,
        freshness_pages,
        mappings,
        places,
        public_confirmation,
        quarantine,
        referrals,
        gaps,
        participations,
        community,
    ),
    api=(
        api,
        hsds_api,
        participations_api,
        community_api,
        gaps_api,
        networks_api,
    ),
    permissions=(
        Permission(
            "resources.human_service.list",
            "resources.human_service.listed",
            STAFF,
            "human_service",
            False,
        ),
        Permission(
            "resources.human_service.read",
            "resources.human_service.read",
            STAFF,
            "human_service",
            False,
        ),
        Permission(
            "resources.human_service.write",
            "resources.human_service.written",
            WRITERS,
            "human_service",
            False,
        ),
        Permission(
            "resources.import.apply",
            "resources.import.applied",
            IMPORTERS,
            "directory_import",
            False,
        ),
        Permission(
            "resources.referral.list", "resources.referral.listed", CASE_WORKERS, "referral"
        ),
        Permission(
            "resources.referral.answer", "resources.referral.answered", CASE_WORKERS, "referral"
        ),
        Permission(
            "resources.human_service.confirm",
            "resources.human_service.confirmed",
            WRITERS,
            "human_service",
            False,
        ),
        Permission(
            "resources.confirm_link.write",
            "resources.confirm_link.written",
            WRITERS,
            "human_service",
            False,
        ),
        Permission(
            "resources.answer.list",
            "resources.answer.listed",
            WRITERS,
            "organization_answer",
            False,
        ),
        Permission(
            "resources.answer.decide",
            "resources.answer.decided",
            WRITERS,
            "organization_answer",
            False,
        ),
        Permission(
            "resources.quarantine.read",
            "resources.quarantine.read",
            IMPORTERS - {"town_administrator"},
            "quarantined_cell",
        ),
        Permission(
            "resources.quarantine.decide",
            "resources.quarantine.decided",
            IMPORTERS - {"town_administrator"},
            "quarantined_cell",
        ),
        Permission(
            "resources.map.change",
            "resources.map.changed",
            frozenset({"town_administrator"}),
            "map_setting",
            False,
        ),
        Permission(
            "resources.public_page.change",
            "resources.public_page.changed",
            frozenset({"town_administrator"}),
            "public_page",
            False,
            step_up=True,
        ),
        Permission("resources.export.read", "resources.export.read", STAFF, "directory_export"),
        Permission(
            "resources.host_contact.read",
            "resources.host_contact.read",
            SUPPORTERS,
            "human_service",
        ),
        Permission(
            "resources.host_contact.write",
            "resources.host_contact.written",
            CASE_WORKERS,
            "human_service",
        ),
        Permission("resources.gap.list", "resources.gap.listed", PLANNERS, "gap", False),
        Permission("resources.gap.close", "resources.gap.closed", PLANNERS, "gap", False),
        Permission(
            "resources.community.list", "resources.community.listed", STAFF, "community", False
        ),
        Permission(
            "resources.community.write", "resources.community.written", WRITERS, "community", False
        ),
        Permission(
            "resources.participation.list",
            "resources.participation.listed",
            CASE_WORKERS,
            "participation",
        ),
        Permission(
            "resources.participation.read",
            "resources.participation.read",
            CASE_WORKERS,
            "participation",
        ),
        Permission(
            "resources.participation.carry",
            "resources.participation.carried",
            CASE_WORKERS,
            "participation",
        ),
        Permission(
            "resources.host_support.list",
            "resources.host_support.listed",
            CASE_WORKERS,
            "host_support",
            False,
        ),
        Permission(
            "resources.host_support.record",
            "resources.host_support.recorded",
            CASE_WORKERS,
            "host_support",
            False,
        ),
    ),
    says=(
        says.HumanServicePublished,
        says.HumanServiceConfirmationDue,
        says.HumanServiceConfirmed,
        says.OrganizationAnswered,
        says.HumanServicesSuggested,
        says.GapClosed,
        says.ReferralAccepted,
        says.ReferralDeclined,
        says.ParticipationMoved,
        says.SettlingVisitRequested,
        says.SettlingVisitCalledOff,
        says.CommunityIssueAnswered,
        says.GatheringCounted,
        says.NetworkMemberChanged,
        says.DonationReceived,
        says.ResourcesRecordsShredded,
    ),
    hears={
        RecordsEnded: on_records_ended,
        SupportNeedIdentified: on_support_need_identified,
        ReferralRequested: on_referral_requested,
        ParticipationProposed: on_participation_proposed,
        ParticipationJudged: on_participation_judged,
        ParticipationHostTold: on_participation_host_told,
        SupportPlanAgreed: on_support_plan_agreed,
        PersonsMovedCase: on_persons_moved_case,
        ConsentRecorded: on_consent_recorded,
        AddressProtectionChanged: on_address_protection_changed,
        CaseClosed: on_case_closed,
        CaseStatusChanged: on_case_status_changed,
        CommunityIssueRaised: on_community_issue_raised,
        VisitCompleted: on_settling_visit,
        ContactNotMade: on_settling_visit,
    },
    data={
        "shredding": DataGrade.SENSITIVE,
        "human_service": DataGrade.DIRECTORY,
        "directory_import": DataGrade.DIRECTORY,
        "referral": DataGrade.SENSITIVE,
        "organization_answer": DataGrade.DIRECTORY,
        "quarantined_cell": DataGrade.PERSONAL,
        "map_setting": DataGrade.SETTING,
        "public_page": DataGrade.SETTING,
        "directory_export": DataGrade.DIRECTORY,
        "gap": DataGrade.COUNT,
        "community": DataGrade.PERSONAL,
        "participation": DataGrade.SENSITIVE,
        "host_support": DataGrade.PERSONAL,
    },
    columns=metadata,
    under_town_key=(UnderTownKey(quarantined_cell.c.sealed, QUARANTINE, ("id",), cell_place),),
    tables=(
        "resources_organization",
        "resources_human_service",
        "resources_service_category",
        "resources_eligibility",
        "resources_schedule",
        "resources_location",
        "resources_service_at_location",
        "resources_source_row",
        "resources_import",
        "resources_referral",
        "resources_gap",
        "resources_finding",
        "resources_area_word",
        "resources_finding_area",
        "resources_finding_opening",
        "resources_micro_task",
        "resources_host_contact",
        "resources_import_piece",
        "resources_import_row",
        "resources_refused_row",
        "resources_quarantined_cell",
        "resources_column_mapping",
        "resources_confirm_link",
        "resources_organization_answer",
        "resources_confirmation_reminder",
        "resources_map_setting",
        "resources_public_page",
        "resources_participation",
        "resources_participation_step",
        "resources_settling_visit",
        "resources_host_support",
        "resources_community_issue",
        "resources_gathering",
        "resources_network_member",
        "resources_partner_company",
        "resources_donation",
    ),
    jobs=(
        Job("run-imports", 5.0, run_imports),
        Job("forget-imports", 3600.0, forget_imports),
        Job("remind-of-confirmations", 3600.0, remind_of_confirmations),
        Job("sweep", 600.0, sweep_service("resources")),
        Job("forget-drafts", 3600.0, forget_drafts("resources")),
    ),
    shreds=on_records_ended,
    refusal=ResourcesRefusal,
    template_globals={
        "may": may,
        "cost_lines": cost_lines,
        "task_line": task_line,
        "freshness_of": freshness_of,
    },
)
