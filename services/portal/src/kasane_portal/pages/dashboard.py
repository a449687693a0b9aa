"""A town's month at a glance: numbers, each a link to its list where the viewer may go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import NotFound

from kasane_contracts import links
from kasane_contracts.glossary import glossary
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.tenancy import current_municipality
from kasane_kit.web import actor, reading, term, text
from kasane_portal.domain.effort import AnswerTime
from kasane_portal.domain.overview import CountKind
from kasane_portal.domain.task import TaskKind
from kasane_portal.pages.home import COORDINATING, STAFF, VISITING
from kasane_portal.pages.local import in_host
from kasane_portal.queries.dashboard import Dashboard, Waiting, dashboard

blueprint = Blueprint("dashboard", __name__)

MONTHS_SHOWN = 6
COORDINATOR = frozenset({"coordinator"})
# The coordinator and the head answer for the load; nobody is compared with anybody.
LOAD_READERS = frozenset({"coordinator", "responsible"})
COORDINATED = (
    TaskKind.CONSULTATION,
    TaskKind.CONFERENCE,
    TaskKind.DECISION,
    TaskKind.PLAN_REVIEW,
    TaskKind.CASE_REVIEW,
    TaskKind.REFERRAL,
    TaskKind.OUTREACH,
    TaskKind.PARTICIPATION,
)


@dataclass(frozen=True)
class Tile:
    """A number with its words, and the list it leads to when the viewer may open it."""

    number: int
    label: str
    href: str = ""
    tone: str = "neutral"
    note: str = ""
    unit: str | None = None


@blueprint.get("/dashboard")
@require("portal.dashboard.read")
def show() -> str:
    """One of the last six months; without one, or with one that is not offered, the present."""
    if in_host():
        raise NotFound
    today = clock.today()
    months = _last_months(today.replace(day=1))
    asked = request.args.get("month", "")
    month = next((one for one in months if f"{one:%Y-%m}" == asked), months[0])
    with reading() as connection:
        found = dashboard(connection, month, today)
    load = bool(actor().functions & LOAD_READERS)
    return render_template(
        "portal/dashboard.html",
        today=today,
        month=month,
        month_name=_name(month),
        months=[
            {
                "label": _name(one),
                "href": url_for(".show", month=f"{one:%Y-%m}"),
                "current": one == month,
            }
            for one in months
        ],
        flow=_flow(found),
        nothing=not any(found.counts.values()),
        now=_now(found),
        states=[(_state_name(state), number) for state, number in _in_order(found)],
        open_cases=found.open_cases,
        cases_href=_if(COORDINATING, links.coordinator_list),
        load=[
            (text(f"task_kind.{kind}"), found.waiting[kind])
            for kind in COORDINATED
            if kind in found.waiting
        ]
        if load
        else None,
        load_tiles=_load_tiles(found) if load else (),
        answers=[
            (text(f"dashboard.answer_{kind}"), _how_long(time), time.answers)
            for kind, time in found.answers.items()
        ],
    )


def _flow(found: Dashboard) -> list[Tile]:
    count, times = found.counts.get, text("dashboard.unit_time")
    consultations = _if(STAFF, links.consultations)
    cases, visits = _if(COORDINATING, links.coordinator_list), _if(VISITING, links.todays_visits)
    return [
        Tile(count(CountKind.CONSULTATION_RECEIVED, 0), text("dashboard.received"), consultations),
        Tile(count(CountKind.CASE_OPENED, 0), text("dashboard.opened"), cases),
        Tile(count(CountKind.CASE_CLOSED, 0), text("dashboard.closed"), cases),
        Tile(
            found.meetings_held,
            text("dashboard.held"),
            _if(COORDINATING, links.conferences),
            unit=times,
        ),
        Tile(count(CountKind.VISIT_COMPLETED, 0), text("dashboard.met"), visits, unit=times),
        Tile(count(CountKind.CONTACT_NOT_MADE, 0), text("dashboard.attempted"), visits, unit=times),
    ]


def _now(found: Dashboard) -> list[Tile]:
    sheets = found.waiting.get(TaskKind.SHEET_ACKNOWLEDGEMENT, Waiting())
    gaps_on = found.gaps_on
    return [
        Tile(
            sheets.open,
            text("dashboard.acknowledge"),
            _if(STAFF, links.referral_sheets),
            "warning" if sheets.overdue else "neutral",
            text("dashboard.overdue", count=sheets.overdue)
            if sheets.overdue
            else text("dashboard.none_overdue"),
        ),
        Tile(
            found.meetings_ahead,
            text("dashboard.meetings"),
            _if(COORDINATING, links.conferences),
            unit=text("dashboard.unit_time"),
        ),
        Tile(
            found.gaps,
            text("dashboard.gaps"),
            _if(COORDINATOR, links.gaps),
            "warning" if found.gaps else "neutral",
            text("dashboard.gaps_on", month=gaps_on.month, day=gaps_on.day) if gaps_on else "",
        ),
    ]


def _load_tiles(found: Dashboard) -> tuple[Tile, ...]:
    waiting = [found.waiting[kind] for kind in COORDINATED if kind in found.waiting]
    overdue = sum(one.overdue for one in waiting)
    return (
        Tile(
            found.open_cases,
            text("dashboard.open_cases"),
            _if(COORDINATING, links.coordinator_list),
        ),
        Tile(
            sum(one.open for one in waiting),
            text("dashboard.tasks"),
            _if(STAFF, links.home),
            "warning" if overdue else "neutral",
            text("dashboard.overdue", count=overdue) if overdue else text("dashboard.none_overdue"),
        ),
        Tile(
            found.meetings_ahead,
            text("dashboard.meetings"),
            _if(COORDINATING, links.conferences),
            unit=text("dashboard.unit_time"),
        ),
    )


def _if(functions: frozenset[str], link: Callable[[str], str]) -> str:
    return link(current_municipality()) if actor().functions & functions else ""


def _in_order(found: Dashboard) -> list[tuple[str, int]]:
    order = [name for name in glossary() if name.startswith("case_status.")]
    return sorted(
        found.states.items(),
        key=lambda one: (
            order.index(f"case_status.{one[0]}") if f"case_status.{one[0]}" in order else len(order)
        ),
    )


def _state_name(state: str) -> str:
    known = glossary().get(f"case_status.{state}")
    return term(known.id) if known else state


def _how_long(time: AnswerTime) -> str:
    if time.minutes is None:
        return ""
    hours, minutes = divmod(time.minutes, 60)
    if hours >= 48:
        return text("dashboard.days", days=hours // 24, hours=hours % 24)
    if hours:
        return text("dashboard.hours", hours=hours, minutes=minutes)
    return text("dashboard.minutes", count=minutes)


def _name(month: date) -> str:
    return text("dashboard.month", year=month.year, month=month.month)


def _last_months(first: date) -> list[date]:
    found = [first]
    while len(found) < MONTHS_SHOWN:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
