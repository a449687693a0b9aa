"""Whom workers at a door can call at once: the town's coordinator types it, everybody who visits sees it."""

import unicodedata

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands.door import SetEmergencyCalls
from kasane_outreach.domain.emergency_call import EmergencyCall
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.handlers.door_days import set_emergency_calls
from kasane_outreach.pages import forms
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("emergency_calls", __name__)

SEPARATORS = str.maketrans({"、": ",", "，": ",", "\t": ","})
Shown = tuple[str, int]


@blueprint.get("/telephones/calls")
@require("outreach.door.use")
def show() -> str:
    """What stands on the emergency page and where it comes from; a form for the coordinator."""
    return _show()[0]


@blueprint.post("/telephones/calls")
@require("outreach.emergency_calls.set")
def save() -> Response | Shown:
    """Keeps other calls; none at all leaves what the town's document states."""
    form = Form(_fields())
    if not form.check(request.form, forms.say):
        return _show(form, status=422)
    try:
        calls = tuple(_read(line) for line in form.values["calls"].splitlines() if line.strip())
        with unit_of_work() as uow:
            set_emergency_calls(SetEmergencyCalls(calls, typed_version()), uow)
    except OutreachRefusal as refusal:
        form.add_error("calls", forms.refusal_words(refusal)["why"])
        return _show(form, refusal.status)
    return redirect(url_for("emergency_calls.show", saved=1), 303)


def _read(line: str) -> EmergencyCall:
    label, _comma, phone = line.translate(SEPARATORS).rpartition(",")
    digits = unicodedata.normalize("NFKC", phone).strip().replace(" ", "")
    return EmergencyCall(label.strip(), digits)


def _fields() -> tuple[FieldSpec, ...]:
    hint = text("calls.hint")
    return (FieldSpec("calls", text("calls.field"), FieldKind.TEXTAREA, hint=hint, max_length=800),)


def _show(form: Form | None = None, status: int = 200) -> Shown:
    safety = hooks().visit_safety(on=clock.today())
    with reading() as connection:
        typed, version = queries.emergency_calls(connection)
        calls = queries.emergency_page(
            connection, [(one.label, one.phone) for one in safety.contacts]
        )
    lines = "\n".join(f"{one.label}、{one.phone}" for one in typed)
    page = render_template(
        "outreach/emergency_calls.html",
        form=form or Form(_fields(), {"calls": lines}),
        calls=calls,
        typed=bool(typed),
        source=safety.source if safety.contacts else "",
        stated=bool(safety.contacts),
        version=version,
        may_change=actor().has("coordinator"),
        saved=request.args.get("saved") == "1",
    )
    return page, status
