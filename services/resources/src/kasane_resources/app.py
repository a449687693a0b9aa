"""The index of resources: what exists in this service, on one screen."""

from pathlib import Path

from kasane_contracts import resources as says
from kasane_contracts.cases import ReferralRequested, SupportNeedIdentified
from kasane_kit.auth import Permission
from kasane_kit.service import Service
from kasane_resources.api.v1 import blueprint as api
from kasane_resources.domain.errors import ResourcesRefusal
from kasane_resources.pages.directory import blueprint as directory
from kasane_resources.pages.gaps import blueprint as gaps
from kasane_resources.pages.imports import blueprint as imports
from kasane_resources.pages.referrals import blueprint as referrals
from kasane_resources.pages.rights import may
from kasane_resources.subscribers import on_referral_requested, on_support_need_identified

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
    pages=(directory, imports, referrals, gaps),
    api=(api,),
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
        Permission("resources.gap.list", "resources.gap.listed", PLANNERS, "gap", False),
    ),
    says=(
        says.HumanServicePublished,
        says.HumanServicesSuggested,
        says.ReferralAccepted,
        says.ReferralDeclined,
    ),
    hears={
        SupportNeedIdentified: on_support_need_identified,
        ReferralRequested: on_referral_requested,
    },
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
    ),
    refusal=ResourcesRefusal,
    template_globals={"may": may},
)
