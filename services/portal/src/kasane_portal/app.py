"""The index of the portal: what exists in this service, on one screen."""

from pathlib import Path

from kasane_contracts.portal import (
    MunicipalityConfigured,
    StaffAccountChanged,
)
from kasane_kit.auth import DataGrade, Permission
from kasane_kit.service import Job, Service
from kasane_kit.shredding import sweep_service
from kasane_kit.web import forget_drafts
from kasane_portal import tables
from kasane_portal.api.v1 import blueprint as api
from kasane_portal.domain.errors import PortalRefusal
from kasane_portal.handlers import operator
from kasane_portal.handlers.telling import tell_counts
from kasane_portal.pages.accounts import blueprint as accounts
from kasane_portal.pages.audit import blueprint as audit
from kasane_portal.pages.dashboard import blueprint as dashboard
from kasane_portal.pages.dead_letters import blueprint as dead_letters
from kasane_portal.pages.figures import blueprint as figures
from kasane_portal.pages.front import blueprint as front
from kasane_portal.pages.governance import blueprint as governance
from kasane_portal.pages.home import blueprint as home
from kasane_portal.pages.opened_figures import blueprint as opened_figures
from kasane_portal.pages.overview import blueprint as overview
from kasane_portal.pages.plugin_sets import blueprint as plugin_sets
from kasane_portal.pages.prefectures import blueprint as prefectures
from kasane_portal.pages.providers import blueprint as providers
from kasane_portal.pages.reports import blueprint as reports
from kasane_portal.pages.sessions import blueprint as sessions
from kasane_portal.pages.town import blueprint as town
from kasane_portal.queries.acts import acts_behind
from kasane_portal.subscribers import ENDING, HEARD

ADMINISTRATOR = frozenset({"town_administrator"})
OPERATOR = frozenset({"prefecture_operator"})
STAFF = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})
EVERYBODY = STAFF | ADMINISTRATOR | OPERATOR

service = Service(
    name="portal",
    package="kasane_portal",
    root=Path(__file__).parent,
    pages=(
        sessions,
        providers,
        home,
        dashboard,
        overview,
        prefectures,
        figures,
        opened_figures,
        reports,
        governance,
        plugin_sets,
        accounts,
        town,
        audit,
        dead_letters,
    ),
    front=(front,),
    api=(api,),
    permissions=(
        Permission("portal.home.read", "portal.home.read", EVERYBODY, "home", False),
        Permission(
            "portal.password.change", "portal.password.changed", EVERYBODY, "account", False
        ),
        Permission(
            "portal.session.end", "portal.session.others_ended", EVERYBODY, "session", False
        ),
        Permission("portal.overview.read", "portal.overview.read", OPERATOR, "overview", False),
        Permission("portal.prefecture.read", "portal.prefecture.read", OPERATOR, "prefecture_view"),
        Permission(
            "portal.support_visit.record",
            "portal.support_visit.recorded",
            OPERATOR,
            "support_visit",
            False,
        ),
        Permission(
            "portal.support_visit.void",
            "portal.support_visit.voided",
            OPERATOR,
            "support_visit",
        ),
        Permission(
            "portal.account.manage",
            "portal.account.managed",
            ADMINISTRATOR,
            "account",
            False,
            step_up=True,
        ),
        Permission(
            "portal.town.read",
            "portal.town.read",
            STAFF | ADMINISTRATOR,
            "municipality",
            False,
        ),
        Permission(
            "portal.dashboard.read",
            "portal.dashboard.read",
            STAFF | ADMINISTRATOR,
            "figure",
            False,
        ),
        Permission(
            "portal.figure.read", "portal.figure.read", STAFF | ADMINISTRATOR, "figure", False
        ),
        Permission(
            "portal.figure.state",
            "portal.figure.stated",
            frozenset({"coordinator", "responsible"}) | ADMINISTRATOR,
            "figure",
            False,
        ),
        Permission(
            "portal.figure_rows.read",
            "portal.figure_rows.read",
            frozenset({"coordinator", "responsible"}),
            "figure",
        ),
        Permission(
            "portal.report.read", "portal.report.read", STAFF | ADMINISTRATOR, "report", False
        ),
        Permission(
            "portal.report.freeze",
            "portal.report.frozen",
            frozenset({"coordinator", "responsible"}) | ADMINISTRATOR,
            "report",
            False,
        ),
        Permission(
            "portal.governance.read",
            "portal.governance.read",
            STAFF | ADMINISTRATOR,
            "evaluation",
            False,
        ),
        Permission(
            "portal.governance.write",
            "portal.governance.written",
            frozenset({"coordinator", "responsible"}) | ADMINISTRATOR,
            "evaluation",
        ),
        Permission(
            "portal.plugin_set.rehearse",
            "portal.plugin_set.rehearsed",
            ADMINISTRATOR,
            "plugin_set",
            False,
        ),
        Permission(
            "portal.plugin_set.choose",
            "portal.plugin_set.chosen",
            ADMINISTRATOR,
            "plugin_set",
            False,
            step_up=True,
        ),
        Permission("portal.audit.read", "portal.audit.read", ADMINISTRATOR, "audit_entry"),
        Permission(
            "portal.dead_letter.list",
            "portal.dead_letter.listed",
            ADMINISTRATOR,
            "dead_letter",
            False,
        ),
    ),
    says=(StaffAccountChanged, MunicipalityConfigured),
    hears=HEARD,
    data={
        "shredding": DataGrade.SENSITIVE,
        "home": DataGrade.STAFF,
        "account": DataGrade.STAFF,
        "session": DataGrade.STAFF,
        "overview": DataGrade.COUNT,
        "prefecture_view": DataGrade.COUNT,
        "support_visit": DataGrade.STAFF,
        "municipality": DataGrade.SETTING,
        "figure": DataGrade.COUNT,
        "report": DataGrade.COUNT,
        "evaluation": DataGrade.PERSONAL,
        "plugin_set": DataGrade.SETTING,
        "audit_entry": DataGrade.SENSITIVE,
        "dead_letter": DataGrade.SENSITIVE,
    },
    tables=(
        "portal_account",
        "portal_spent_answer",
        "portal_sign_in_failure",
        "portal_task_copy",
        "portal_task_target",
        "portal_number_copy",
        "portal_counted_fact",
        "portal_told_count",
        "portal_gap_count",
        "portal_support_visit",
        "portal_audit_copy",
        "portal_measured_fact",
        "portal_measured_mark",
        "portal_same_person",
        "portal_stated_figure",
        "portal_seat",
        "portal_evaluation_entry",
        "portal_reported_step",
        "portal_plugin_trial",
        "portal_plugin_set",
        "portal_report_version",
        "portal_late_fact",
        "portal_agency_remark",
        "portal_action_entry",
    ),
    read_models=(
        tables.task,
        tables.task_target,
        tables.number,
        tables.counted_fact,
        tables.gap_count,
        tables.audit_copy,
        tables.measured_fact,
        tables.measured_mark,
        tables.same_person,
    ),
    refusal=PortalRefusal,
    jobs=(
        Job("tell-counts", 3600.0, tell_counts),
        Job("sweep", 600.0, sweep_service("portal")),
        Job("forget-drafts", 3600.0, forget_drafts("portal")),
    ),
    shreds=ENDING,
    commands={
        "create_account": operator.create_account,
        "set_password": operator.set_password,
        "acts_behind": acts_behind,
    },
)
