"""Visits that a worker asks for: to somebody new, or again to somebody known; and their end."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    hooks,
    reading,
    text,
    typed_version,
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands import AskForVisits, EndRequest
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.routing import LONGEST_MINUTES, SHORTEST_MINUTES
from kasane_outreach.handlers import ask_for_visits, end_request
from kasane_outreach.pages import forms, households
from kasane_plugin_api import Choice, FieldKind, FieldSpec, NeedView

blueprint = Blueprint("requests", __name__)

USUAL_MINUTES = 45
Shown = tuple[str, int]


@blueprint.get("/households/new")
@require("outreach.household.ask")
def new_request() -> str:
    """The form; with ``like`` it is about somebody on the list already."""
    like = request.args.get("like", "")[:36]
    return _show(Form(_fields(bool(like)), {"minutes": str(USUAL_MINUTES)}), like)[0]


@blueprint.post("/households/new")
@require("outreach.household.ask")
def create() -> Response | Shown:
    """Puts somebody on the list of those to reach."""
    like = request.form.get("like", "")[:36]
    form = Form(_fields(bool(like)))
    form.check(request.form, forms.say)
    phone = forms.read_phone(form) if not like else ""
    minutes = form.values.get("minutes")
    if minutes is not None and not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        form.add_error("minutes", text("round.minutes_wrong"))
    if form.errors:
        return _show(form, like, 422)
    values: dict[str, Any] = {**form.values, "phone": phone}
    if like:
        with reading() as connection:
            queries.household(connection, actor(), like)

    def make(uow: UnitOfWork, request_id: str) -> None:
        ask_for_visits(AskForVisits(request_id=request_id, like=like, **values), uow, hooks())

    try:
        request_id = create_once(make)
    except OutreachRefusal as refusal:
        return _show(form, like, refusal.status, refusal)
    return redirect(url_for("households.one_household", request_id=request_id), 303)


@blueprint.post("/households/<request_id>/end")
@require("outreach.household.ask", object_argument="request_id")
def end(request_id: str) -> Response | Shown:
    """Nobody has to go there any more."""
    form = Form(forms.end_fields())
    if not form.check(request.form, forms.say):
        return households.show(request_id, end_form=form, status=422)
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    command = EndRequest(request_id, form.values["end_reason"], typed_version())
    try:
        with unit_of_work() as uow:
            end_request(command, uow)
    except OutreachRefusal as refusal:
        return households.show(request_id, end_form=form, refusal=refusal, status=refusal.status)
    return redirect(url_for("households.one_household", request_id=request_id), 303)


def _show(
    form: Form, like: str, status: int = 200, refusal: OutreachRefusal | None = None
) -> Shown:
    known = None
    if like:
        with reading() as connection:
            known = queries.household(connection, actor(), like)
    page = render_template(
        "outreach/request_form.html",
        form=form,
        like=known,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status


def _fields(known: bool) -> tuple[FieldSpec, ...]:
    agencies = {
        one.code: one.label
        for one in hooks().outreach_agencies(area="", need=NeedView("", ""))
        if one.code
    }
    labels = households.agency_labels()
    own = actor().office
    agencies = {own: labels.get(own, own), **agencies} if own else agencies
    who = (
        FieldSpec("name", text("household.name"), required=True, max_length=200),
        FieldSpec("kana", text("household.kana"), max_length=200),
        FieldSpec("address", text("household.address"), required=True, max_length=300),
        FieldSpec(
            "address_protected",
            text("ask.protected"),
            FieldKind.BOOLEAN,
            hint=text("ask.protected_hint"),
        ),
        FieldSpec("phone", text("household.phone"), FieldKind.TEL, max_length=40),
        FieldSpec("area", text("ask.area"), max_length=60),
    )
    return (
        *(() if known else who),
        FieldSpec("purpose", text("ask.purpose"), required=True, max_length=200),
        FieldSpec("reason", text("household.reason"), FieldKind.TEXTAREA, max_length=2000),
        FieldSpec(
            "by_when", text("household.by_when"), FieldKind.DATE, hint=text("round.day_hint")
        ),
        FieldSpec("minutes", text("ask.minutes"), FieldKind.INTEGER, True),
        FieldSpec("two_person", text("household.two_person"), FieldKind.BOOLEAN),
        FieldSpec(
            "agency",
            text("household.agency"),
            FieldKind.CHOICE,
            choices=tuple(Choice(code, label) for code, label in agencies.items()),
            hint=text("ask.agency_hint"),
        ),
    )
