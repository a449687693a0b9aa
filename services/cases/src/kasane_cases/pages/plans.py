"""Support plans: writing them, two people writing at once, signing off, a session's decision."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import DecidePlan, DraftPlan, RevisePlan, SubmitPlan
from kasane_cases.domain.errors import CasesRefusal, ChangedMeanwhile
from kasane_cases.domain.support_plan import PlanKind, SupportPlan
from kasane_cases.handlers.views import may_decide_plans
from kasane_cases.pages import plan_fields as fields
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, repeated, term, text, typed_version

blueprint = Blueprint("plans", __name__)

Rows = tuple[list[Form], list[Form]]


@blueprint.get("/cases/<case_id>/plans/new")
@require("cases.support_plan.write", object_argument="case_id")
def plan_form(case_id: str) -> str:
    """An empty plan sheet in the town's form."""
    file = _file(case_id)
    typed = {"kind": request.args.get("kind", PlanKind.MULTI_AGENCY.value)}
    specs = fields.plan_fields(persons_of(file), typed["kind"], first=True, revising=False)
    return _plan_page(file, None, Form(specs, typed=typed), ([], []))


@blueprint.post("/cases/<case_id>/plans")
@require("cases.support_plan.write", object_argument="case_id")
def draft_plan(case_id: str) -> Response | tuple[str, int]:
    """Saves the draft."""
    file = _file(case_id)
    form, rows, right = _checked(file, request.form.get("kind", ""), first=True)
    if not right:
        return _plan_page(file, None, form, rows), 422
    try:
        plan_id = create(
            handlers.draft_plan,
            lambda object_id: DraftPlan(
                plan_id=object_id,
                case_id=case_id,
                kind=PlanKind(form.values["kind"]),
                **fields.content_from(form, *rows),
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _plan_page(file, None, form, rows), refusal.status
    return to_plan(case_id, plan_id)


@blueprint.get("/cases/<case_id>/plans/<plan_id>/edit")
@require("cases.support_plan.write", object_argument="plan_id")
def edit_form(case_id: str, plan_id: str) -> str:
    """A plan that is not decided, to write a new edition of."""
    file = _file(case_id)
    plan = file.plan(plan_id)
    specs = fields.plan_fields(persons_of(file), plan.kind.value, first=False, revising=True)
    form = Form(specs, typed=fields.typed_from(plan.content))
    return _plan_page(file, plan, form, _rows_of(file, plan))


@blueprint.post("/cases/<case_id>/plans/<plan_id>/edit")
@require("cases.support_plan.write", object_argument="plan_id")
def revise_plan(case_id: str, plan_id: str) -> Response | tuple[str, int]:
    """Saves a new edition; where somebody else was faster, both stand side by side."""
    file = _file(case_id)
    plan = file.plan(plan_id)
    form, rows, right = _checked(file, plan.kind.value, first=False)
    version = typed_version()
    if not right:
        return _plan_page(file, plan, form, rows, version=version), 422
    content = fields.content_from(form, *rows)
    command = RevisePlan(
        case_id=case_id,
        plan_id=plan_id,
        version=version,
        reason=form.values["reason"],
        **content,
    )
    try:
        change(handlers.revise_plan, command, hooks())
    except ChangedMeanwhile as refusal:
        return _conflict_page(case_id, plan_id, form, rows), refusal.status
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _plan_page(file, plan, form, rows, version=version), refusal.status
    return to_plan(case_id, plan_id)


@blueprint.post("/cases/<case_id>/plans/<plan_id>/submission")
@require("cases.support_plan.write", object_argument="plan_id")
def submit_plan(case_id: str, plan_id: str) -> Response:
    """The author signs the draft off for a session."""
    change(handlers.submit_plan, SubmitPlan(case_id, plan_id, typed_version()), hooks())
    return to_plan(case_id, plan_id)


@blueprint.get("/cases/<case_id>/plans/<plan_id>/decision")
@require("cases.support_plan.decide", object_argument="plan_id")
def decision_form(case_id: str, plan_id: str) -> str:
    """The form that takes a session's decision."""
    file = _file(case_id)
    return _decision_page(file, file.plan(plan_id), _decision_form(file, file.plan(plan_id)))


@blueprint.post("/cases/<case_id>/plans/<plan_id>/decision")
@require("cases.support_plan.decide", object_argument="plan_id")
def decide_plan(case_id: str, plan_id: str) -> Response | tuple[str, int]:
    """Takes the decision; refused unless the session deliberated on everybody."""
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
    return to_plan(case_id, plan_id)


def persons_of(file: queries.CaseFile) -> dict[str, str]:
    """The names of the persons whose record is open."""
    return {person.id: person.name or text("case.no_name") for person in file.persons}


def to_plan(case_id: str, plan_id: str) -> Response:
    """Back to the plan."""
    return redirect(url_for("plan_reading.show_plan", case_id=case_id, plan_id=plan_id), 303)


def over_sessions(file: queries.CaseFile) -> dict[str, str]:
    """The sessions that are over and spoke of the case."""
    return {
        one.session.id: f"{one.session.held_on} {one.session.body_label}"
        for one in file.sessions
        if one.session.over
    }


def _checked(file: queries.CaseFile, kind: str, *, first: bool) -> tuple[Form, Rows, bool]:
    persons = persons_of(file)
    form = Form(fields.plan_fields(persons, kind, first=first, revising=not first))
    right = form.check(request.form, text)
    goals = repeated(fields.goal_fields(persons), request.form, "goals", text)
    tracks = repeated(fields.track_fields(persons), request.form, "tracks", text)
    if not goals:
        form.add_error("goals", text("plan.goal_needed"))
    return form, (goals, tracks), right and not any(r.errors for r in (form, *goals, *tracks))


def _rows_of(file: queries.CaseFile, plan: SupportPlan) -> Rows:
    persons = persons_of(file)
    goals = [
        Form(fields.goal_fields(persons), typed=one) for one in fields.typed_goals(plan.content)
    ]
    tracks = [
        Form(fields.track_fields(persons), typed=one) for one in fields.typed_tracks(plan.content)
    ]
    return goals, tracks


def _decision_form(file: queries.CaseFile, plan: SupportPlan) -> Form:
    persons = {key: name for key, name in persons_of(file).items() if key in plan.persons}
    return Form(fields.decision_fields(_sessions(file, plan), persons))


def _sessions(file: queries.CaseFile, plan: SupportPlan) -> dict[str, str]:
    """The sessions that are over and may decide the plan (I-14)."""
    today = clock.today()
    over = over_sessions(file)
    return {
        one.session.id: over[one.session.id]
        for one in file.sessions
        if one.session.id in over
        and may_decide_plans(one.session, file.case, plan.persons, file.consents, today, hooks())
    }


def _plan_page(
    file: queries.CaseFile,
    plan: SupportPlan | None,
    form: Form,
    rows: Rows,
    *,
    version: int | None = None,
    template: str = "plan.html",
    **more: Any,
) -> str:
    kind = plan.kind.value if plan is not None else str(form.typed.get("kind", ""))
    persons = persons_of(file)
    goals, tracks = rows
    return page(
        template,
        file=file,
        plan=plan,
        form=form,
        goal_rows=goals or [Form(fields.goal_fields(persons))],
        track_rows=tracks or [Form(fields.track_fields(persons))],
        goal_specs=fields.goal_fields(persons),
        track_specs=fields.track_fields(persons),
        sheet=hooks().plan_form(kind=kind),
        author=term("coordinator"),
        version=version if version is not None else (plan.version if plan is not None else 0),
        **more,
    )


def _conflict_page(case_id: str, plan_id: str, form: Form, rows: Rows) -> str:
    """Who changed the plan meanwhile and what, beside what was typed; nothing of it is lost."""
    with reading() as connection:
        found = queries.plan_file(connection, actor(), case_id, plan_id, clock.today())
    names = persons_of(found.case)
    mine = fields.content_from(form, *rows)
    return _plan_page(
        found.case,
        found.plan,
        form,
        rows,
        template="plan_conflict.html",
        edition=found.editions[0],
        names=names,
        mine=mine,
    )


def _decision_page(file: queries.CaseFile, plan: SupportPlan, form: Form) -> str:
    today = clock.today()
    return page(
        "decision.html",
        file=file,
        plan=plan,
        form=form,
        names=persons_of(file),
        sessions=_sessions(file, plan),
        states={person: file.consent_state(person, today) for person in plan.persons},
    )


def _file(case_id: str) -> queries.CaseFile:
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())
