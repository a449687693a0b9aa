"""The bodies of the town with their sessions, and the form that plans one."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import AttendeeAsked, PlanSession
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages import forms, session_forms
from kasane_cases.pages.doing import create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, repeated, term, text
from kasane_plugin_api import FieldSpec

blueprint = Blueprint("conferences", __name__)


@blueprint.get("/conferences")
@require("cases.conference.read")
def list_conferences() -> str:
    """Every body with its legal kind, cadence and sessions."""
    today = clock.today()
    year = today.year if today.month >= 4 else today.year - 1
    with reading() as connection:
        lines = queries.session_lines(connection, actor(), limit=100)
    bodies = [
        (
            body,
            hooks().cadence(body=body.code, year=year),
            [x for x in lines if x.body == body.code],
        )
        for body in hooks().meeting_bodies(on=today)
    ]
    known = {body.code for body, _, _ in bodies}
    return page(
        "conferences.html",
        bodies=bodies,
        former=[line for line in lines if line.body not in known],
        may_plan=actor().has("coordinator"),
    )


@blueprint.get("/conferences/new")
@require("cases.conference.plan")
def session_form() -> str:
    """The form for a session."""
    typed = {"body": request.args.get("body", "")}
    return page("session_new.html", form=Form(_fields(), typed=typed), rows=[], **_guests())


@blueprint.post("/conferences")
@require("cases.conference.plan")
def plan_session() -> Response | tuple[str, int]:
    """Plans the session."""
    form = Form(_fields())
    right = form.check(request.form, text)
    rows = repeated(session_forms.guest_fields(), request.form, "guests", text)
    appointed = form.values.get("appointed")
    if appointed is not None and appointed < 1:
        form.add_error("appointed", text("conference.appointed_range"))
    if not right or form.errors or any(row.errors for row in rows):
        return page("session_new.html", form=form, rows=rows, **_guests()), 422
    values = form.values
    body, _, legal_kind = values["body"].partition(":")
    attendees = [AttendeeAsked(account_id=one) for one in values.get("attendees", ())]
    attendees.extend(
        AttendeeAsked(
            AttendeeKind(row.values["attendee_kind"]),
            name=row.values["name"],
            affiliation=row.values["affiliation"],
        )
        for row in rows
    )
    try:
        session_id = create(
            handlers.plan_session,
            lambda object_id: PlanSession(
                session_id=object_id,
                body=body,
                legal_kind=LegalKind(legal_kind),
                planned_for=values["planned_for"],
                place=values["place"],
                appointed=appointed,
                attendees=tuple(attendees),
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return page("session_new.html", form=form, rows=rows, **_guests()), refusal.status
    return redirect(url_for("sessions.show", session_id=session_id), 303)


def _fields() -> list[FieldSpec]:
    bodies = {}
    for body in hooks().meeting_bodies(on=clock.today()):
        for kind in body.legal_kinds:
            words = term(f"legal_kind.{kind.value}")
            label = body.label if words == body.label else f"{body.label}（{words}）"
            bodies[f"{body.code}:{kind.value}"] = label
    with reading() as connection:
        others = [
            one for one in queries.colleagues(connection) if one.account_id != actor().account_id
        ]
    staff = forms.people(others)
    return session_forms.session_fields(bodies, staff)


def _guests() -> dict[str, list[FieldSpec]]:
    return {"guest_specs": session_forms.guest_fields()}
