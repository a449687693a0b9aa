"""Connecting a person to another office with a つなぐシート, and answering one."""

from typing import cast

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands import AnswerReferralSheet, SendReferralSheet
from kasane_intake.domain.errors import IntakeRefusal
from kasane_intake.handlers import answer_referral_sheet, send_referral_sheet
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, hooks, reading, text, unit_of_work
from kasane_plugin_api import FieldKind, FieldSpec, HandoffPolicy, SheetView

blueprint = Blueprint("referral_sheets", __name__)


@blueprint.get("/consultations/<consultation_id>/sheets/new")
@require("intake.referral_sheet.send", object_argument="consultation_id")
def new_sheet(consultation_id: str) -> str:
    """The empty sheet of a consultation."""
    return _show_form(consultation_id, Form(_fields()))


@blueprint.post("/consultations/<consultation_id>/sheets/new")
@require("intake.referral_sheet.send", object_argument="consultation_id")
def create_sheet(consultation_id: str) -> Response | tuple[str, int]:
    """Sends the sheet; without consent the form comes back with the reason and what was typed."""
    with reading() as connection:
        queries.consultation(connection, actor(), consultation_id)
    form = Form(_fields())
    if not form.check(request.form, forms.say):
        return _show_form(consultation_id, form), 422
    values = form.values

    def send(uow: UnitOfWork, sheet_id: str) -> None:
        send_referral_sheet(
            SendReferralSheet(
                sheet_id=sheet_id,
                consultation_id=consultation_id,
                to_office=values["to_office"],
                reason=values["reason"],
                consent=values["consent"],
                companionship=values["companionship"],
                includes_arrears=values["includes_arrears"],
                arrears_consent=values["arrears_consent"],
                extensions=forms.extensions_of(values, forms.sheet_town_fields()),
            ),
            uow,
            hooks(),
        )

    try:
        create_once(send)
    except IntakeRefusal as refusal:
        at = {"sheet_needs_consent": "consent", "arrears_need_consent": "arrears_consent"}.get(
            refusal.code
        )
        if at is None:
            raise
        form.add_error(at, text(f"refusal.{refusal.code}.why"))
        return _show_form(consultation_id, form), 422
    return redirect(
        url_for("consultations.show_consultation", consultation_id=consultation_id, sent=1), 303
    )


@blueprint.get("/sheets/<sheet_id>")
@require("intake.referral_sheet.read", object_argument="sheet_id")
def show_sheet(sheet_id: str) -> str:
    """One sheet as the receiver reads it."""
    return _show(sheet_id, Form(_answer_fields()))


@blueprint.post("/sheets/<sheet_id>")
@require("intake.referral_sheet.answer", object_argument="sheet_id")
def answer_sheet(sheet_id: str) -> Response | tuple[str, int]:
    """Acknowledges, accepts, returns or reports the outcome."""
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
    step = request.form.get("step", "")
    form = Form(_answer_fields())
    right = form.check(request.form, forms.say)
    if right and step in ("return", "outcome") and not form.values["text"]:
        form.add_error("text", text("form.required", label=form.label("text")))
        right = False
    if not right:
        return _show(sheet_id, form), 422
    with unit_of_work() as uow:
        answer_referral_sheet(AnswerReferralSheet(sheet.id, step, form.values["text"]), uow)
    return redirect(url_for(".show_sheet", sheet_id=sheet_id), 303)


def _show(sheet_id: str, form: Form) -> str:
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
        consultation = queries.consultation(connection, actor(), sheet.consultation_id)
    return render_template(
        "intake/sheet.html",
        sheet=sheet,
        consultation=consultation,
        form=form,
        mine=sheet.to_office == actor().office or actor().has("coordinator"),
        today=clock.today(),
        policy=(policy := _policy(sheet.to_office)),
        companionship={choice.value: choice.label for choice in forms.companionship(policy)},
        offices=forms.office_labels(),
        roles=forms.role_labels(),
        categories=forms.category_labels(),
    )


def _show_form(consultation_id: str, form: Form) -> str:
    with reading() as connection:
        consultation = queries.consultation(connection, actor(), consultation_id)
    return render_template(
        "intake/sheet_form.html",
        form=form,
        fields=_fields(),
        consultation=consultation,
        policy=_policy(""),
    )


def _policy(to_office: str) -> HandoffPolicy:
    sheet = SheetView(actor().office, to_office, clock.today(), True)
    return cast(HandoffPolicy, hooks().handoff_policy(sheet=sheet))


def _fields() -> tuple[FieldSpec, ...]:
    return (
        *forms.sheet_fields(_policy("")),
        *(forms.named(*pair) for pair in forms.sheet_town_fields()),
    )


def _answer_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "text", text("field.answer_text"), FieldKind.TEXTAREA, hint=text("hint.answer_text")
        ),
    )
