"""Emergency, its end, staying in touch, opening again; and the history of states on the page."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands import (
    ContinueContact,
    DeclareEmergency,
    ReopenConsultation,
    SettleEmergency,
)
from kasane_intake.domain.consultation import Consultation, ConsultationStatus
from kasane_intake.domain.errors import IntakeRefusal
from kasane_intake.domain.referral_sheet import ReferralSheet
from kasane_intake.handlers import (
    continue_contact,
    declare_emergency,
    emergency_contacts,
    reopen_consultation,
    settle_emergency,
)
from kasane_intake.pages import forms
from kasane_intake.pages.after_hours import closed_offices, emergency_line
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, hooks, reading, text, unit_of_work
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("states", __name__)


def panel(file: queries.ConsultationFile, sheets: Sequence[ReferralSheet]) -> dict[str, Any]:
    """What the page of a consultation shows of its states: what can be done, and what was."""
    with reading() as connection:
        steps = queries.steps(connection, file, sheets)
    return {
        "steps": steps,
        "state_forms": {name: Form(_fields(name)) for name in _possible(file.consultation)},
        "closed_offices": closed_offices(),
        "emergency_line": emergency_line,
    }


@blueprint.get("/consultations/<consultation_id>/emergency")
@require("intake.consultation.screen", object_argument="consultation_id")
def ask_emergency(consultation_id: str) -> str:
    """The form alone, one press away from the top of the page."""
    with reading() as connection:
        consultation = queries.consultation(connection, actor(), consultation_id)
    return _again("emergency", consultation, Form(_fields("emergency")))


@blueprint.post("/consultations/<consultation_id>/emergency")
@require("intake.consultation.screen", object_argument="consultation_id")
def emergency(consultation_id: str) -> Response | tuple[str, int]:
    """Declares an emergency."""
    return _do(
        "emergency",
        consultation_id,
        lambda form, uow: declare_emergency(
            DeclareEmergency(consultation_id, form["words"], form["version"]), uow, hooks()
        ),
    )


@blueprint.post("/consultations/<consultation_id>/emergency/settle")
@require("intake.consultation.screen", object_argument="consultation_id")
def settle(consultation_id: str) -> Response | tuple[str, int]:
    """Ends the emergency."""
    return _do(
        "settle",
        consultation_id,
        lambda form, uow: settle_emergency(
            SettleEmergency(consultation_id, form["words"], form["version"]), uow
        ),
    )


@blueprint.post("/consultations/<consultation_id>/contact")
@require("intake.consultation.screen", object_argument="consultation_id")
def contact(consultation_id: str) -> Response | tuple[str, int]:
    """Stays in touch until a day."""
    return _do(
        "contact",
        consultation_id,
        lambda form, uow: continue_contact(
            ContinueContact(
                consultation_id, form["next_contact_on"], form["words"], form["version"]
            ),
            uow,
        ),
    )


@blueprint.post("/consultations/<consultation_id>/reopen")
@require("intake.consultation.close", object_argument="consultation_id")
def reopen(consultation_id: str) -> Response | tuple[str, int]:
    """Opens an ended consultation again."""
    return _do(
        "reopen",
        consultation_id,
        lambda form, uow: reopen_consultation(
            ReopenConsultation(consultation_id, form["words"], form["version"]), uow
        ),
    )


def _do(
    name: str, consultation_id: str, act: Callable[[dict[str, Any], UnitOfWork], None]
) -> Response | tuple[str, int]:
    with reading() as connection:
        consultation = queries.consultation(connection, actor(), consultation_id)
    form = Form(_fields(name))
    if form.check(request.form, forms.say):
        try:
            with unit_of_work() as uow:
                act(form.values, uow)
        except IntakeRefusal as refusal:
            at = "next_contact_on" if refusal.code == "day_passed" else "words"
            form.add_error(at, text(f"refusal.{refusal.code}.why"))
            return _again(name, consultation, form), refusal.status
        return redirect(
            url_for("consultations.show_consultation", consultation_id=consultation_id), 303
        )
    return _again(name, consultation, form), 422


def _again(name: str, consultation: Consultation, form: Form) -> str:
    return render_template(
        "intake/state_form.html",
        name=name,
        consultation=consultation,
        form=form,
        closed_offices=closed_offices() if name == "emergency" else (),
        told=emergency_contacts(consultation, hooks()) if name == "emergency" else (),
        emergency_line=emergency_line,
    )


def _possible(consultation: Consultation) -> tuple[str, ...]:
    if consultation.status is ConsultationStatus.ANSWERED:
        return ("reopen",)
    if consultation.status is ConsultationStatus.EMERGENCY:
        return ("settle",)
    return ("contact", "emergency") if consultation.open else ()


def _fields(name: str) -> tuple[FieldSpec, ...]:
    day = FieldSpec(
        "next_contact_on", text("sheets.state.next_contact_on"), FieldKind.DATE, required=True
    )
    words = FieldSpec(
        "words",
        text(f"sheets.state.{name}_words"),
        FieldKind.TEXTAREA,
        required=True,
        max_length=2000,
    )
    version = FieldSpec("version", "", FieldKind.INTEGER, required=True)
    return (day, words, version) if name == "contact" else (words, version)
