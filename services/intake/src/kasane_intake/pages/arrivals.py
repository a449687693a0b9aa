"""相談にならなかった届きもの: how long the town keeps it, what waits over that, what ends when, and what is kept on."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands.arrivals import HoldArrival, SetArrivalTerm
from kasane_intake.domain.arrival import BEGINS_AFTER_DAYS, BOUNDS, ArrivalKind, TermUnit
from kasane_intake.domain.arrival_errors import (
    ArrivalHoldNeedsAReason,
    ArrivalNotFound,
    ArrivalSourceMissing,
    ArrivalTermNotPossible,
)
from kasane_intake.handlers.arrivals import hold_arrival, lift_arrival_hold, set_arrival_term
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, create_once, reading, term, text, unit_of_work
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("arrivals", __name__)


@blueprint.get("/arrivals")
@require("intake.arrival.list")
def show() -> str:
    """What waits over the term, what ends when and what is kept on; no name."""
    return _page()


@blueprint.post("/arrivals/holds")
@require("intake.arrival.hold")
def hold() -> Response | tuple[str, int]:
    """Keeps a message or a booking on, with a reason."""
    asked = request.form
    if asked.get("kind") not in {one.value for one in ArrivalKind}:
        raise ArrivalNotFound
    command = (ArrivalKind(asked["kind"]), asked.get("arrival_id", "")[:36])
    reason = asked.get("hold_reason", "")[:4000]
    try:
        create_once(lambda uow, new: hold_arrival(HoldArrival(new, *command, reason), uow))
    except ArrivalHoldNeedsAReason as refusal:
        return _page(text(f"refusal.{refusal.code}.why")), refusal.status
    return redirect(url_for(".show"), 303)


@blueprint.post("/arrivals/holds/<hold_id>/end")
@require("intake.arrival.hold", object_argument="hold_id")
def lift(hold_id: str) -> Response:
    """Lets the time of something count again."""
    with unit_of_work() as uow:
        lift_arrival_hold(hold_id, uow)
    return redirect(url_for(".show"), 303)


@blueprint.get("/arrivals/term")
@require("intake.arrival_term.set")
def term_form() -> str:
    """The town's term, and the form for another one."""
    return _term_page(Form(_term_fields()))


@blueprint.post("/arrivals/term")
@require("intake.arrival_term.set")
def set_term() -> Response | tuple[str, int]:
    """Enters a term with the document that says so."""
    form = Form(_term_fields())
    if not form.check(request.form, forms.say):
        return _term_page(form), 422
    values = form.values
    command = SetArrivalTerm(
        new_id(),
        int(values["term_length"]),
        TermUnit(values["term_unit"]),
        values["document_title"],
        values["document_article"],
        values["document_date"],
    )
    try:
        with unit_of_work() as uow:
            set_arrival_term(command, uow)
    except (ArrivalTermNotPossible, ArrivalSourceMissing) as refusal:
        form.add_error(
            "term_length" if isinstance(refusal, ArrivalTermNotPossible) else "document_date",
            text(f"refusal.{refusal.code}.why", **refusal.facts),
        )
        return _term_page(form), refusal.status
    return redirect(url_for(".term_form", saved=1), 303)


def _page(refused: str = "") -> str:
    with reading() as connection:
        file = queries.arrival_file(connection, clock.today())
    return render_template("intake/arrivals.html", file=file, refused=refused)


def _term_page(form: Form) -> str:
    with reading() as connection:
        file = queries.arrival_file(connection, clock.today())
    return render_template(
        "intake/arrival_term.html",
        file=file,
        form=form,
        saved="saved" in request.args,
        begins_after=BEGINS_AFTER_DAYS,
    )


def _term_fields() -> tuple[FieldSpec, ...]:
    (least_days, most_days), (least_months, most_months) = BOUNDS.values()
    units = tuple(Choice(one.value, term(f"term_unit.{one.value}")) for one in TermUnit)
    return (
        FieldSpec(
            "term_length",
            text("arrival.field.term_length"),
            FieldKind.INTEGER,
            True,
            hint=text(
                "arrival.hint.term_length",
                least_days=least_days,
                most_days=most_days,
                least_months=least_months,
                most_months=most_months,
            ),
        ),
        FieldSpec(
            "term_unit", text("arrival.field.term_unit"), FieldKind.CHOICE, True, choices=units
        ),
        FieldSpec(
            "document_title",
            text("arrival.field.document_title"),
            required=True,
            hint=text("arrival.hint.document_title"),
            max_length=200,
        ),
        FieldSpec(
            "document_article",
            text("arrival.field.document_article"),
            required=True,
            max_length=200,
        ),
        FieldSpec("document_date", text("arrival.field.document_date"), FieldKind.DATE, True),
    )
