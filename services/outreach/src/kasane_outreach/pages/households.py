"""Households that somebody should visit: the list, one household, its place, and a visit by
hand.
"""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    Refusal,
    actor,
    create_once,
    hooks,
    read_cursor,
    reading,
    this_town,
    typed_version,
    unit_of_work,
    write_cursor,
)
from kasane_outreach import queries
from kasane_outreach.commands import NoteContactDetails, PlaceHousehold, ScheduleVisit
from kasane_outreach.domain.errors import OutreachRefusal, SameDayVisit
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.handlers import note_contact_details, place_household, schedule_visit
from kasane_outreach.pages import forms
from kasane_plugin_api import NeedView

blueprint = Blueprint("households", __name__)

PER_PAGE = 30
Shown = tuple[str, int]


@blueprint.get("/households")
@require("outreach.household.list")
def list_households() -> str:
    """The households that I may see, the nearest date first."""
    status = request.args.get("status", "")
    status = status if status in {one.value for one in ReachStatus} else ""
    place = _after()
    with reading() as connection:
        found = queries.households(
            connection,
            actor(),
            status=status,
            after=place,
            most=PER_PAGE + 1,
        )
        counts = queries.count_households(connection, actor())
    shown, last = found[:PER_PAGE], found[PER_PAGE - 1] if len(found) > PER_PAGE else None
    cursor = (last.by_when.isoformat() if last.by_when else "", last.id) if last else None
    return render_template(
        "outreach/households.html",
        households=shown,
        status=status,
        statuses=tuple(ReachStatus),
        counts=counts,
        today=clock.today(),
        agencies=agency_labels(),
        next_cursor=write_cursor(cursor) if cursor else "",
    )


@blueprint.get("/households/<request_id>")
@require("outreach.household.read", object_argument="request_id")
def one_household(request_id: str) -> str:
    """One household with its visits and what came of them."""
    return show(request_id)[0]


@blueprint.post("/households/<request_id>/place")
@require("outreach.visit.schedule", object_argument="request_id")
def place(request_id: str) -> Response | Shown:
    """Puts the household on the map."""
    blocks = queries.town_blocks(this_town().name)
    form = Form(forms.place_fields(blocks))
    form.check(request.form, forms.say)
    found = forms.read_place(form, blocks) if not form.errors else None
    if found is None:
        return show(request_id, place_form=form, status=422)
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    command = PlaceHousehold(request_id, found[0], found[1], typed_version())
    try:
        with unit_of_work() as uow:
            place_household(command, uow)
    except OutreachRefusal as refusal:
        return show(request_id, place_form=form, refusal=refusal, status=refusal.status)
    return redirect(url_for("households.one_household", request_id=request_id), 303)


@blueprint.post("/households/<request_id>/contact-details")
@require("outreach.visit.schedule", object_argument="request_id")
def contact_details(request_id: str) -> Response | Shown:
    """Writes down the reading of the name and the telephone number."""
    form = Form(forms.contact_fields())
    form.check(request.form, forms.say)
    phone = forms.read_phone(form)
    if form.errors:
        return show(request_id, contact_form=form, status=422)
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    command = NoteContactDetails(request_id, form.values["kana"], phone, typed_version())
    try:
        with unit_of_work() as uow:
            note_contact_details(command, uow)
    except OutreachRefusal as refusal:
        return show(request_id, contact_form=form, refusal=refusal, status=refusal.status)
    return redirect(url_for("households.one_household", request_id=request_id), 303)


@blueprint.get("/households/<request_id>/visits/new")
@require("outreach.visit.schedule", object_argument="request_id")
def new_visit(request_id: str) -> str:
    """The form for a visit by hand."""
    return _show_schedule(request_id)[0]


@blueprint.post("/households/<request_id>/visits/new")
@require("outreach.visit.schedule", object_argument="request_id")
def create_visit(request_id: str) -> Response | Shown:
    """Schedules a visit; a second one on the same day needs a word that it is meant."""
    with reading() as connection:
        household = queries.household(connection, actor(), request_id)
        workers = queries.workers(connection)
    specs = (*forms.schedule_fields(workers, household.two_person), *forms.same_day_fields())
    form = Form(specs)
    form.check(request.form, forms.say)
    starts_at = forms.read_time(form, "starts_at")
    if form.errors or starts_at is None:
        return _show_schedule(request_id, form, 422)
    values = form.values
    chosen = tuple(one for one in (values["worker"], values["second_worker"]) if one)

    def schedule(uow: UnitOfWork, visit_id: str) -> None:
        schedule_visit(
            ScheduleVisit(
                visit_id=visit_id,
                request_id=request_id,
                on=values["on"],
                starts_at=starts_at,
                minutes=values["minutes"],
                workers=tuple(dict.fromkeys(chosen)),
                despite_same_day=values["despite_same_day"],
            ),
            uow,
        )

    try:
        create_once(schedule)
    except OutreachRefusal as refusal:
        return _show_schedule(request_id, form, refusal.status, refusal)
    return redirect(url_for("households.one_household", request_id=request_id, scheduled=1), 303)


def agency_labels() -> dict[str, str]:
    """The names of agencies and offices by their code."""
    labels = {office.code: office.label for office in hooks().organization(on=clock.today())}
    labels |= {role.code: role.label for role in hooks().roles(on=clock.today())}
    return labels


def _after() -> tuple[date | None, str] | None:
    values = read_cursor(2)
    if values is None:
        return None
    try:
        return date.fromisoformat(values[0]) if values[0] else None, values[1]
    except ValueError:
        raise Refusal("bad_cursor", 400) from None


def _agencies(household: HouseholdToReach) -> Any:
    need = NeedView(household.category, household.area)
    return hooks().outreach_agencies(area=household.area, need=need)


def show(
    request_id: str,
    *,
    place_form: Form | None = None,
    contact_form: Form | None = None,
    end_form: Form | None = None,
    refusal: OutreachRefusal | None = None,
    status: int = 200,
) -> Shown:
    """The page of a household, maybe with a form that could not be taken."""
    with reading() as connection:
        household = queries.household(connection, actor(), request_id)
        visits = queries.visits_of_household(connection, request_id)
        attempts = {one.visit_id: one for one in queries.attempts_of(connection, request_id)}
        names = queries.names_of_workers(connection)
    sees_all = actor().has("coordinator")
    mine = {one.id for one in visits if sees_all or actor().account_id in one.workers}
    blocks = queries.town_blocks(this_town().name)
    details = {"kana": household.kana, "phone": household.phone}
    page = render_template(
        "outreach/household.html",
        household=household,
        visits=visits,
        own_visits=mine,
        attempts=attempts,
        names=names,
        today=clock.today(),
        agencies=_agencies(household),
        agency_labels=agency_labels(),
        place_form=place_form or Form(forms.place_fields(blocks)),
        contact_form=contact_form or Form(forms.contact_fields(), details),
        end_form=end_form or Form(forms.end_fields()),
        form=place_form or contact_form or end_form,
        refusal=forms.refusal_words(refusal) if refusal else None,
        scheduled=request.args.get("scheduled") == "1",
    )
    return page, status


def _show_schedule(
    request_id: str,
    form: Form | None = None,
    status: int = 200,
    refusal: OutreachRefusal | None = None,
) -> Shown:
    with reading() as connection:
        household = queries.household(connection, actor(), request_id)
        workers = queries.workers(connection)
        on = form.values.get("on") if form is not None else None
        same_day = queries.other_visits(connection, actor(), household, on) if on else ()
        names = queries.names_of_workers(connection)
    if form is None:
        mine = actor().account_id if actor().has("outreach_worker") else ""
        form = Form(
            forms.schedule_fields(workers, household.two_person),
            {
                "on": request.args.get("on", clock.today().isoformat())[:10],
                "starts_at": request.args.get("at", "")[:5],
                "minutes": str(household.minutes),
                "worker": request.args.get("worker", mine)[:64],
                "second_worker": request.args.get("second", "")[:64],
            },
        )
    page = render_template(
        "outreach/schedule.html",
        household=household,
        form=form,
        fields=forms.schedule_fields(workers, household.two_person),
        confirm=forms.same_day_fields() if isinstance(refusal, SameDayVisit) else (),
        same_day=same_day,
        names=names,
        agencies=_agencies(household),
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status
