"""My tasks: what waits for my role, my office and me, the most pressing first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kasane_contracts import links
from kasane_contracts.glossary import glossary
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.tenancy import current_municipality
from kasane_kit.web import actor, reading, term, text
from kasane_portal.domain.task import Standing, Task, TaskKind, by_standing, targets_of
from kasane_portal.pages.local import Posts, in_host, posts
from kasane_portal.queries import gap_numbers, my_tasks

blueprint = Blueprint("home", __name__)

STAFF = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})
COORDINATING = frozenset({"contact", "responsible", "coordinator"})
VISITING = frozenset({"contact", "coordinator", "outreach_worker"})
ADMINISTRATOR = frozenset({"town_administrator"})


@dataclass(frozen=True)
class Action:
    """Something a person can begin: the key of its words, its address, and who may."""

    key: str
    link: Callable[[str], str]
    functions: frozenset[str]
    primary: bool = False


ACTIONS = (
    Action("receive", links.new_consultation, STAFF, primary=True),
    Action("consultations", links.consultations, STAFF),
    Action("coordinator_list", links.coordinator_list, COORDINATING),
    Action("visits", links.todays_visits, VISITING),
    Action("households", links.households_to_reach, VISITING),
    Action("directory", links.directory, STAFF),
    Action("referrals", links.referrals, frozenset({"coordinator", "contact"})),
)
HANDING_OVER = frozenset({"coordinator", "responsible"})
FURTHER = (
    Action("retention", links.retention, HANDING_OVER),
    Action("arrivals", links.arrivals, HANDING_OVER),
)
ADMINISTRATION_ELSEWHERE = (
    Action("retention", links.retention_term, ADMINISTRATOR),
    Action("arrivals", links.arrival_term, ADMINISTRATOR),
)
ADMINISTRATION = (
    "accounts.list_page",
    "town.town_page",
    "figures.show",
    "governance.show",
    "plugin_sets.show",
    "audit.list_page",
    "dead_letters.list_page",
)

LINKS: dict[TaskKind, Callable[[str, Task], str]] = {
    TaskKind.CONSULTATION: lambda m, t: links.consultation(m, t.consultation_id),
    TaskKind.SHEET_ACKNOWLEDGEMENT: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.SHEET_ANSWER: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.SHEET_RETURNED: lambda m, t: links.consultation(m, t.consultation_id),
    TaskKind.SHEET_OVERDUE: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.SHEET_UNDECIDED: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.SHEET_OUTCOME: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.SHEET_REOPENED: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.SHEET_COPY: lambda m, t: links.referral_sheet(m, t.subject_id),
    TaskKind.EMERGENCY: lambda m, t: links.consultation(m, t.consultation_id),
    TaskKind.EMERGENCY_LOOK: lambda m, t: links.trail_of(m, t.case_id),
    TaskKind.NEXT_CONTACT: lambda m, t: links.consultation(m, t.consultation_id),
    TaskKind.OUTREACH: lambda m, _t: links.households_to_reach(m),
    TaskKind.VISIT: lambda m, t: links.visit(m, t.subject_id),
    TaskKind.CHECK_IN: lambda m, t: links.check_in(m, t.subject_id),
    TaskKind.WATCH: lambda m, t: links.watch(m, t.subject_id),
    TaskKind.CONFERENCE: lambda m, t: links.conference(m, t.subject_id),
    TaskKind.DECISION: lambda m, t: links.decision(m, t.subject_id),
    TaskKind.PLAN_REVIEW: lambda m, t: links.case(m, t.case_id),
    TaskKind.CASE_REVIEW: lambda m, t: links.case(m, t.case_id),
    TaskKind.REFERRAL: lambda m, _t: links.referrals(m),
    TaskKind.WEB_MESSAGE: lambda m, t: links.web_message(m, t.subject_id),
    TaskKind.BOOKING: lambda m, t: links.consultation_day(m, t.subject_id),
    TaskKind.DAY_CALLED_OFF: lambda m, t: links.consultation_day(m, t.subject_id),
    TaskKind.PERSON_MERGE: lambda m, t: links.person_merge(m, t.subject_id),
    TaskKind.RESOURCE_CONFIRMATION: lambda m, t: links.human_service(m, t.subject_id),
    TaskKind.PARTICIPATION: lambda m, t: links.participation(m, t.subject_id),
}


@dataclass(frozen=True)
class Line:
    """A task as it is shown."""

    task: Task
    title: str
    href: str
    next_href: str
    for_whom: str


@blueprint.get("/")
@require("portal.home.read")
def home() -> str | Response:
    """The tasks of whoever is signed in; an operator of the host goes on to the overview."""
    if in_host():
        return redirect(url_for("overview.overview_page"))
    here, today, me = posts(), clock.today(), actor()
    targets = targets_of(
        me.account_id, me.office, me.roles, me.functions, [role.code for role in here.roles]
    )
    with reading() as connection:
        groups = by_standing(my_tasks(connection, targets, today), today)
        gaps, gaps_on = gap_numbers(connection) if me.has("coordinator") else ({}, None)
    municipality = current_municipality()
    return render_template(
        "portal/home.html",
        today=today,
        weekday=text(f"weekday.{today.isoweekday()}"),
        groups=[
            (standing, [_line(municipality, task, here) for task in groups[standing]])
            for standing in Standing
            if standing in groups
        ],
        counts={standing.value: len(groups.get(standing, ())) for standing in Standing},
        actions=_offered(ACTIONS, municipality, me.functions),
        further=_offered(FURTHER, municipality, me.functions),
        administration=_administration(municipality, me.functions),
        gaps=[
            (_reason(kind), number, links.gaps(municipality, kind)) for kind, number in gaps.items()
        ],
        gaps_on=gaps_on,
        posts=here,
        offices=here.office_label(me.office) if me.office else "",
    )


def _offered(
    actions: Sequence[Action], municipality: str, functions: frozenset[str]
) -> list[tuple[Action, str]]:
    return [
        (action, action.link(municipality)) for action in actions if functions & action.functions
    ]


def _administration(municipality: str, functions: frozenset[str]) -> list[tuple[str, str]]:
    """What an administrator does here and in another service: the key of its words and its address."""
    here = ADMINISTRATION if functions & ADMINISTRATOR else ()
    elsewhere = _offered(ADMINISTRATION_ELSEWHERE, municipality, functions)
    return [
        *((endpoint.partition(".")[0], url_for(endpoint)) for endpoint in here),
        *((action.key, href) for action, href in elsewhere),
    ]


def _reason(kind: str) -> str:
    """The words for a reason; the code of one that this release does not know."""
    known = glossary().get(f"gap_kind.{kind}")
    return term(known.id) if known else kind


def _line(municipality: str, task: Task, here: Posts) -> Line:
    to_open_a_case = task.kind is TaskKind.CONSULTATION and actor().has("coordinator")
    return Line(
        task=task,
        title=text(f"task_kind.{task.kind}"),
        href=LINKS[task.kind](municipality, task),
        next_href=links.coordinator_list(municipality) if to_open_a_case else "",
        for_whom=_names(task.targets, here),
    )


def _names(targets: Sequence[str], here: Posts) -> str:
    names = []
    for target in targets:
        kind, _, name = target.partition(":")
        if kind == "role":
            names.append(here.role_label(name))
        elif kind == "office":
            names.append(here.office_label(name))
        else:
            names.append(text("home.myself" if name == actor().account_id else "home.left"))
    return text("kit.list_separator").join(dict.fromkeys(names))
