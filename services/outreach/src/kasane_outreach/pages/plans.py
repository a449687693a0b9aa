"""Visit plans: ask for one, watch it grow, stop it, accept it; and free times for one household."""

import os

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, reading, text, typed_version, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands import AcceptPlan, AskForPlan, StopPlan
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.plan_run import VisitPlanStatus
from kasane_outreach.domain.planning_errors import PlanPartlyHidden
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.handlers import accept_plan, ask_for_plan, stop_plan
from kasane_outreach.handlers.planning import TRAVEL_SETTING
from kasane_outreach.pages import forms
from kasane_outreach.repository.travel import travel_times
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("plans", __name__)

DAYS, SECONDS = (1, 5, 7, 14), (10, 20, 60, 180)
USUAL_DAYS, USUAL_SECONDS = 5, 20
Shown = tuple[str, int]


@blueprint.get("/plans")
@require("outreach.plan.make")
def list_plans() -> str:
    """The plans of these weeks, and the form for another."""
    mine = [one.value for one in _fields()[2].choices]
    typed = {
        "starts_on": clock.today().isoformat(),
        "days": str(USUAL_DAYS),
        "seconds": str(USUAL_SECONDS),
        "workers": mine,
    }
    return _show_list(Form(_fields(), typed))[0]


@blueprint.post("/plans")
@require("outreach.plan.make")
def create_plan() -> Response | Shown:
    """Asks for a plan; the search begins by itself."""
    form = Form(_fields())
    if not form.check(request.form, forms.say):
        return _show_list(form, status=422)
    values = form.values
    with reading() as connection:
        requests = queries.requests_open_to(connection, actor())

    def ask(uow: UnitOfWork, run_id: str) -> None:
        ask_for_plan(
            AskForPlan(
                run_id,
                values["starts_on"],
                int(values["days"]),
                tuple(values["workers"]),
                int(values["seconds"]),
                requests,
            ),
            uow,
        )

    try:
        run_id = create_once(ask)
    except OutreachRefusal as refusal:
        return _show_list(form, refusal=refusal, status=refusal.status)
    return redirect(url_for("plans.one_plan", run_id=run_id), 303)


@blueprint.get("/plans/<run_id>")
@require("outreach.plan.make", object_argument="run_id")
def one_plan(run_id: str) -> str:
    """The best plan so far, with its reasons and what found no place."""
    return _show("outreach/plan.html", run_id)[0]


@blueprint.get("/plans/<run_id>/progress")
@require("outreach.plan.make", object_argument="run_id")
def progress(run_id: str) -> str:
    """The part of the page that changes while the search goes on."""
    return _show("outreach/plan_body.html", run_id)[0]


@blueprint.post("/plans/<run_id>/stop")
@require("outreach.plan.make", object_argument="run_id")
def stop(run_id: str) -> Response:
    """Ends the search with what it has."""
    with reading() as connection:
        queries.plan_file(connection, actor(), run_id)
    with unit_of_work() as uow:
        stop_plan(StopPlan(run_id), uow)
    return redirect(url_for("plans.one_plan", run_id=run_id), 303)


@blueprint.post("/plans/<run_id>/accept")
@require("outreach.plan.make", object_argument="run_id")
def accept(run_id: str) -> Response | Shown:
    """Turns the plan into visits."""
    version = typed_version()
    with reading() as connection:
        whole = queries.plan_file(connection, actor(), run_id).whole
    try:
        if not whole:
            raise PlanPartlyHidden
        with unit_of_work() as uow:
            accept_plan(AcceptPlan(run_id, version), uow)
    except OutreachRefusal as refusal:
        return _show("outreach/plan.html", run_id, refusal)
    return redirect(url_for("plans.one_plan", run_id=run_id), 303)


@blueprint.get("/households/<request_id>/times")
@require("outreach.household.read", object_argument="request_id")
def free_times(request_id: str) -> str:
    """When could you come? Three free times, each leading to the form that schedules it."""
    with reading() as connection:
        household = queries.household(connection, actor(), request_id)
        travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
        times = queries.free_times(connection, actor(), request_id, travel)
        names = queries.names_of_workers(connection)
    return render_template(
        "outreach/times.html", household=household, times=times, names=names, clock_of=clock_of
    )


def clock_of(minute: int) -> str:
    """A minute of the day as a time of day."""
    return f"{time_at(minute):%H:%M}"


def _fields() -> tuple[FieldSpec, ...]:
    with reading() as connection:
        workers = queries.workers(connection)
        known = queries.worker_profiles(connection, [one.account_id for one in workers])
    choices = tuple(
        Choice(one.account_id, one.display_name) for one in workers if one.account_id in known
    )
    days = tuple(Choice(str(one), text("plan.days_value", count=one)) for one in DAYS)
    seconds = tuple(Choice(str(one), text("plan.seconds_value", count=one)) for one in SECONDS)
    return (
        FieldSpec(
            "starts_on", text("plan.starts_on"), FieldKind.DATE, True, hint=text("round.day_hint")
        ),
        FieldSpec("days", text("plan.days"), FieldKind.CHOICE, True, choices=days),
        FieldSpec("workers", text("plan.workers"), FieldKind.CHOICES, True, choices=choices),
        FieldSpec("seconds", text("plan.seconds"), FieldKind.CHOICE, True, choices=seconds),
    )


def _show_list(form: Form, *, refusal: OutreachRefusal | None = None, status: int = 200) -> Shown:
    with reading() as connection:
        plans = queries.recent_plans(connection, actor())
        names = queries.names_of_workers(connection)
    page = render_template(
        "outreach/plans.html",
        form=form,
        plans=plans,
        names=names,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status


def _show(template: str, run_id: str, refusal: OutreachRefusal | None = None) -> Shown:
    with reading() as connection:
        found = queries.plan_file(connection, actor(), run_id)
        names = queries.names_of_workers(connection)
    page = render_template(
        template,
        file=found,
        run=found.run,
        names=names,
        searching=found.run.status in (VisitPlanStatus.WAITING, VisitPlanStatus.SEARCHING),
        clock_of=clock_of,
        request_of=lambda visit: visit.partition("@")[0],
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, refusal.status if refusal else 200
