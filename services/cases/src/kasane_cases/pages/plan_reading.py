"""Support plans while they run: reading them, agreements, looks, evaluation, their end."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import EvaluatePlan, FinishPlan, RecordAgreement, RecordMonitoring
from kasane_cases.domain.consent import GivenBy
from kasane_cases.domain.errors import CasesRefusal, RecordNotFound
from kasane_cases.domain.household import Person
from kasane_cases.domain.plan_records import AgreementWay
from kasane_cases.domain.support_plan import PlanGoal, PlanOutcome, PlanTrack
from kasane_cases.handlers.plans import may_sign_off
from kasane_cases.pages import plan_fields as fields
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.forms import spec
from kasane_cases.pages.plans import over_sessions, persons_of, to_plan
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("plan_reading", __name__)


@blueprint.get("/plans/due")
@require("cases.case.list")
def list_due() -> str:
    """Running plans at which somebody has to look soon."""
    with reading() as connection:
        due = queries.plans_due(connection, actor(), clock.today())
    return page("plans_due.html", due=due)


@blueprint.get("/cases/<case_id>/plans/<plan_id>")
@require("cases.support_plan.read", object_argument="plan_id")
def show_plan(case_id: str, plan_id: str) -> str:
    """One plan with its tracks, agreements, looks and editions."""
    return _plan_page(_file(case_id, plan_id))


@blueprint.get("/cases/<case_id>/plans/<plan_id>/editions/<int:number>")
@require("cases.support_plan.read", object_argument="plan_id")
def show_edition(case_id: str, plan_id: str, number: int) -> str:
    """An earlier edition, as it was written."""
    found = _file(case_id, plan_id)
    return page(
        "plan_edition.html",
        file=found.case,
        plan=found.plan,
        edition=found.edition(number),
        names=persons_of(found.case),
    )


@blueprint.get("/cases/<case_id>/plans/<plan_id>/persons/<person_id>")
@require("cases.support_plan.read", object_argument="plan_id")
def show_to_person(case_id: str, plan_id: str, person_id: str) -> str:
    """A member's own part in large plain words, to be read together or printed."""
    found = _file(case_id, plan_id)
    person = _person(found, person_id)
    own = found.plan.content.seen_by(lambda one: one == person_id)
    household = [goal for goal in found.plan.goals if not goal.person_id]
    return page(
        "plan_for_person.html",
        file=found.case,
        plan=found.plan,
        person=person,
        goals=[*household, *(goal for goal in own.goals if goal.person_id)],
        tracks=own.tracks,
        next_look=found.next_look(person_id),
    )


@blueprint.get("/cases/<case_id>/plans/<plan_id>/persons/<person_id>/agreement")
@require("cases.support_plan.write", object_argument="plan_id")
def agreement_form(case_id: str, plan_id: str, person_id: str) -> str:
    """The form for what a person said to the plan."""
    found = _file(case_id, plan_id)
    return _agreement_page(found, person_id, Form(fields.agreement_fields()))


@blueprint.post("/cases/<case_id>/plans/<plan_id>/persons/<person_id>/agreement")
@require("cases.support_plan.write", object_argument="plan_id")
def record_agreement(case_id: str, plan_id: str, person_id: str) -> Response | tuple[str, int]:
    """Keeps what the person said."""
    found = _file(case_id, plan_id)
    form = Form(fields.agreement_fields())
    if not form.check(request.form, text):
        return _agreement_page(found, person_id, form), 422
    values = form.values
    try:
        create(
            handlers.record_agreement,
            lambda object_id: RecordAgreement(
                object_id,
                case_id,
                plan_id,
                person_id,
                agreed=values["agreed"] == "1",
                way=AgreementWay(values["way"]),
                on=values["on"],
                given_by=GivenBy(values["given_by"]),
                giver_name=values["giver_name"],
                note=values["note"],
                expected=typed_version("edition"),
            ),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _agreement_page(found, person_id, form), refusal.status
    return to_plan(case_id, plan_id)


@blueprint.get("/cases/<case_id>/plans/<plan_id>/persons/<person_id>/monitoring")
@require("cases.support_plan.monitor", object_argument="plan_id")
def monitoring_form(case_id: str, plan_id: str, person_id: str) -> str:
    """The form for a look at a member's part."""
    found = _file(case_id, plan_id)
    form = Form(_monitoring_specs(found, person_id), typed={"on": clock.today()})
    return _monitoring_page(found, person_id, form)


@blueprint.post("/cases/<case_id>/plans/<plan_id>/persons/<person_id>/monitoring")
@require("cases.support_plan.monitor", object_argument="plan_id")
def record_monitoring(case_id: str, plan_id: str, person_id: str) -> Response | tuple[str, int]:
    """Keeps the look."""
    found = _file(case_id, plan_id)
    form = Form(_monitoring_specs(found, person_id))
    if not form.check(request.form, text):
        return _monitoring_page(found, person_id, form), 422
    try:
        create(
            handlers.record_monitoring,
            lambda object_id: RecordMonitoring(
                object_id,
                case_id,
                plan_id,
                person_id,
                on=form.values["on"],
                condition=form.values["condition"],
                checks=fields.checks_from(form, _goals_of(found, person_id)),
                next_on=form.values["next_on"],
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _monitoring_page(found, person_id, form), refusal.status
    return to_plan(case_id, plan_id)


@blueprint.get("/cases/<case_id>/plans/<plan_id>/evaluation")
@require("cases.support_plan.decide", object_argument="plan_id")
def evaluation_form(case_id: str, plan_id: str) -> str:
    """The form for the evaluation."""
    found = _file(case_id, plan_id)
    form = Form(_evaluation_specs(found), typed={"on": clock.today()})
    return _evaluation_page(found, form)


@blueprint.post("/cases/<case_id>/plans/<plan_id>/evaluation")
@require("cases.support_plan.decide", object_argument="plan_id")
def evaluate_plan(case_id: str, plan_id: str) -> Response | tuple[str, int]:
    """Keeps the evaluation."""
    found = _file(case_id, plan_id)
    form = Form(_evaluation_specs(found))
    if not form.check(request.form, text):
        return _evaluation_page(found, form), 422
    values = form.values
    try:
        create(
            handlers.evaluate_plan,
            lambda object_id: EvaluatePlan(
                object_id,
                case_id,
                plan_id,
                on=values["on"],
                outcome=PlanOutcome(values["plan_outcome"]),
                summary=values["summary"],
                checks=fields.checks_from(form, found.plan.goals),
                version=typed_version(),
                reason=values["outcome_reason"],
                session_id=values["heard_at"],
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _evaluation_page(found, form), refusal.status
    return to_plan(case_id, plan_id)


@blueprint.post("/cases/<case_id>/plans/<plan_id>/finishing")
@require("cases.support_plan.decide", object_argument="plan_id")
def finish_plan(case_id: str, plan_id: str) -> Response | tuple[str, int]:
    """Ends the plan as the evaluation said."""
    found = _file(case_id, plan_id)
    form = Form(_finishing_specs(found))
    if not form.check(request.form, text):
        return _plan_page(found, form), 422
    new_plan = new_id()
    command = FinishPlan(case_id, plan_id, typed_version(), new_plan, form.values.get("review_on"))
    try:
        change(handlers.finish_plan, command)
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _plan_page(found, form), refusal.status
    if found.plan.outcome == PlanOutcome.CONTINUE.value:
        return redirect(url_for("plans.edit_form", case_id=case_id, plan_id=new_plan), 303)
    return to_plan(case_id, plan_id)


def _plan_page(found: queries.PlanFile, finishing: Form | None = None) -> str:
    who = actor()
    lead = who.has("coordinator")
    write = found.case.admission.whole and (lead or who.has("contact") or who.has("responsible"))
    tracks: dict[str, dict[str, list[PlanTrack]]] = {}
    for track in found.plan.tracks:
        tracks.setdefault(track.person_id, {}).setdefault(track.agency, []).append(track)
    sheet = hooks().plan_form(kind=found.plan.kind.value)
    return page(
        "plan_show.html",
        file=found.case,
        found=found,
        plan=found.plan,
        names=persons_of(found.case),
        tracks=tracks,
        sheet=sheet,
        extras={one.name: one.label for one in sheet.fields} if sheet is not None else {},
        may={
            "write": write,
            "lead": lead,
            "sign": write and may_sign_off(who, found.plan.kind, hooks()),
        },
        finishing=finishing or Form(_finishing_specs(found)),
    )


def _agreement_page(found: queries.PlanFile, person_id: str, form: Form) -> str:
    return page(
        "plan_agreement.html",
        file=found.case,
        plan=found.plan,
        person=_person(found, person_id),
        names=persons_of(found.case),
        form=form,
    )


def _monitoring_page(found: queries.PlanFile, person_id: str, form: Form) -> str:
    return page(
        "plan_monitoring.html",
        file=found.case,
        plan=found.plan,
        person=_person(found, person_id),
        tracks=[one for one in found.plan.tracks if one.person_id == person_id],
        form=form,
    )


def _evaluation_page(found: queries.PlanFile, form: Form) -> str:
    return page("plan_evaluation.html", file=found.case, plan=found.plan, form=form)


def _monitoring_specs(found: queries.PlanFile, person_id: str) -> list[FieldSpec]:
    goals = _goals_of(found, person_id)
    return [*fields.check_fields(goals, required=False), *fields.monitoring_fields()]


def _evaluation_specs(found: queries.PlanFile) -> list[FieldSpec]:
    checks = fields.check_fields(found.plan.goals, required=True)
    return [*checks, *fields.evaluation_fields(over_sessions(found.case))]


def _finishing_specs(found: queries.PlanFile) -> list[FieldSpec]:
    if found.plan.outcome != PlanOutcome.OBSERVE.value:
        return []
    return [spec("review_on", FieldKind.DATE, required=True)]


def _goals_of(found: queries.PlanFile, person_id: str) -> list[PlanGoal]:
    return [goal for goal in found.plan.goals if goal.person_id in ("", person_id)]


def _person(found: queries.PlanFile, person_id: str) -> Person:
    if person_id not in found.plan.persons:
        raise RecordNotFound
    return found.case.person(person_id)


def _file(case_id: str, plan_id: str) -> queries.PlanFile:
    with reading() as connection:
        return queries.plan_file(connection, actor(), case_id, plan_id, clock.today())
