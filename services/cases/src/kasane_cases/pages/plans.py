"""Support plans: writing, revising, and taking the decision of a session."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import DecidePlan, DraftPlan, RevisePlan
from kasane_cases.domain.conference import SessionStatus
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.support_plan import PlanKind, PlanStatus, PlanTrack, SupportPlan
from kasane_cases.handlers.views import may_decide_plans
from kasane_cases.pages import forms
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, repeated, term, text
from kasane_plugin_api import FieldSpec

blueprint = Blueprint("plans", __name__)


@blueprint.get("/cases/<case_id>/plans/new")
@require("cases.support_plan.write", object_argument="case_id")
def plan_form(case_id: str) -> str:
    """An empty plan sheet in the town's form."""
    file = _file(case_id)
    typed = {"kind": request.args.get("kind", PlanKind.MULTI_AGENCY.value)}
    return _plan_page(file, None, Form(_fields(file, typed["kind"]), typed=typed), [])


@blueprint.post("/cases/<case_id>/plans")
@require("cases.support_plan.write", object_argument="case_id")
def draft_plan(case_id: str) -> Response | tuple[str, int]:
    """Saves the draft."""
    file = _file(case_id)
    form, rows, right = _checked(file)
    if not right:
        return _plan_page(file, None, form, rows), 422
    try:
        create(
            handlers.draft_plan,
            lambda object_id: DraftPlan(
                plan_id=object_id,
                case_id=case_id,
                kind=PlanKind(form.values["kind"]),
                **_content(form, rows),
            ),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _plan_page(file, None, form, rows), refusal.status
    return _back(case_id)


@blueprint.get("/cases/<case_id>/plans/<plan_id>")
@require("cases.support_plan.write", object_argument="plan_id")
def show_plan(case_id: str, plan_id: str) -> str:
    """One plan: a draft as a form, a decided plan to read."""
    file = _file(case_id)
    plan = file.plan(plan_id)
    if plan.status is PlanStatus.DECIDED:
        return page("plan_decided.html", file=file, plan=plan, names=_persons(file))
    typed = {
        "kind": plan.kind.value,
        "persons": list(plan.persons),
        "goals": "\n".join(plan.goals),
        **plan.extensions,
    }
    specs = forms.track_fields(_persons(file))
    rows = [
        Form(
            specs,
            typed={
                "person_id": track.person_id,
                "what": track.what,
                "who": track.agency,
                "due_on": track.due_on or "",
            },
        )
        for track in plan.tracks
    ]
    return _plan_page(file, plan, Form(_fields(file, plan.kind.value), typed=typed), rows)


@blueprint.post("/cases/<case_id>/plans/<plan_id>")
@require("cases.support_plan.write", object_argument="plan_id")
def revise_plan(case_id: str, plan_id: str) -> Response | tuple[str, int]:
    """Saves the draft anew."""
    file = _file(case_id)
    plan = file.plan(plan_id)
    form, rows, right = _checked(file)
    if not right:
        return _plan_page(file, plan, form, rows), 422
    version = request.form.get("version", "")
    command = RevisePlan(
        case_id=case_id,
        plan_id=plan_id,
        version=int(version) if version.isdigit() else 0,
        **_content(form, rows),
    )
    try:
        change(handlers.revise_plan, command)
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _plan_page(file, plan, form, rows), refusal.status
    return _back(case_id)


@blueprint.get("/cases/<case_id>/plans/<plan_id>/decision")
@require("cases.support_plan.decide", object_argument="plan_id")
def decision_form(case_id: str, plan_id: str) -> str:
    """The form that takes a session's decision."""
    file = _file(case_id)
    return _decision_page(file, file.plan(plan_id), _decision_form(file, file.plan(plan_id)))


@blueprint.post("/cases/<case_id>/plans/<plan_id>/decision")
@require("cases.support_plan.decide", object_argument="plan_id")
def decide_plan(case_id: str, plan_id: str) -> Response | tuple[str, int]:
    """Takes the decision; refused unless the session deliberated and everybody agrees."""
    file = _file(case_id)
    plan = file.plan(plan_id)
    form = _decision_form(file, plan)
    if not form.check(request.form, text):
        return _decision_page(file, plan, form), 422
    values = form.values
    command = DecidePlan(
        case_id, plan_id, values["session_id"], tuple(values["agreed_by"]), values["review_on"]
    )
    try:
        change(handlers.decide_plan, command, hooks())
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _decision_page(file, plan, form), refusal.status
    return _back(case_id)


def _checked(file: queries.CaseFile) -> tuple[Form, list[Form], bool]:
    form = Form(_fields(file, request.form.get("kind", "")))
    right = form.check(request.form, text)
    rows = repeated(forms.track_fields(_persons(file)), request.form, "tracks", text)
    return form, rows, right and not any(row.errors for row in rows)


def _content(form: Form, rows: list[Form]) -> dict[str, Any]:
    common = {"kind", "persons", "goals"}
    goals = [line.strip() for line in form.values["goals"].splitlines()]
    return {
        "persons": tuple(form.values["persons"]),
        "goals": tuple(goal for goal in goals if goal),
        "tracks": tuple(
            PlanTrack(
                row.values["person_id"],
                row.values["what"],
                row.values["who"],
                row.values["due_on"],
            )
            for row in rows
        ),
        "extensions": {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in form.values.items()
            if name not in common
        },
    }


def _fields(file: queries.CaseFile, kind: str) -> list[FieldSpec]:
    return [*forms.plan_fields(_persons(file)), *forms.plan_extras(kind)]


def _decision_form(file: queries.CaseFile, plan: SupportPlan) -> Form:
    persons = {key: name for key, name in _persons(file).items() if key in plan.persons}
    return Form(forms.decision_fields(_sessions(file, plan), persons))


def _sessions(file: queries.CaseFile, plan: SupportPlan) -> dict[str, str]:
    today = clock.today()
    over = (SessionStatus.HELD, SessionStatus.MINUTES_FIXED)
    return {
        one.session.id: f"{one.session.held_on} {one.session.body_label}"
        for one in file.sessions
        if one.session.status in over
        and may_decide_plans(one.session, file.case, plan.persons, file.consents, today, hooks())
    }


def _plan_page(
    file: queries.CaseFile, plan: SupportPlan | None, form: Form, rows: list[Form]
) -> str:
    kind = str(form.typed.get("kind", ""))
    sheet = hooks().plan_form(kind=kind)
    return page(
        "plan.html",
        file=file,
        plan=plan,
        form=form,
        rows=rows or [Form(forms.track_fields(_persons(file)))],
        sheet=sheet,
        author=term("coordinator"),
        track_specs=forms.track_fields(_persons(file)),
    )


def _decision_page(file: queries.CaseFile, plan: SupportPlan, form: Form) -> str:
    today = clock.today()
    return page(
        "decision.html",
        file=file,
        plan=plan,
        form=form,
        names=_persons(file),
        sessions=_sessions(file, plan),
        states={person: file.consent_state(person, today) for person in plan.persons},
    )


def _file(case_id: str) -> queries.CaseFile:
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())


def _persons(file: queries.CaseFile) -> dict[str, str]:
    return {person.id: person.name or text("case.no_name") for person in file.persons}


def _back(case_id: str) -> Response:
    return redirect(url_for("case.show", case_id=case_id), 303)
