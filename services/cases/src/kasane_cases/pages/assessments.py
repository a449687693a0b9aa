"""Assessments of a household and its members: fill in, read, history."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import RecordAssessment
from kasane_cases.domain.assessment_form import AssessmentForm, AssessmentScope
from kasane_cases.domain.errors import AnswerRefused, CasesRefusal, RecordNotFound
from kasane_cases.pages.assessment_fields import answers_of, specs_of, typed_of
from kasane_cases.pages.doing import create
from kasane_cases.pages.words import page, refusal_words, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("assessments", __name__)


@blueprint.get("/cases/<case_id>/assessments")
@require("cases.assessment.read", object_argument="case_id")
def list_assessments(case_id: str) -> str:
    """Whose assessment there is, which one stands, and the ones before."""
    file = _file(case_id)
    return page("assessments.html", file=file, may_write=_may_write(file))


@blueprint.get("/cases/<case_id>/assessments/new")
@require("cases.assessment.write", object_argument="case_id")
def assessment_form(case_id: str) -> str:
    """The form that holds today, filled with what stands when it is the same version."""
    file = _file(case_id)
    person_id = request.args.get("person", "")
    form = _form_for(person_id)
    standing = file.standing(person_id)
    same = standing is not None and (standing.form_id, standing.form_version) == (
        form.form_id,
        form.version,
    )
    typed = typed_of(form, standing.answers if standing and same else {})
    return _form_page(file, person_id, form, Form(_specs(form, correcting=bool(standing)), typed))


@blueprint.post("/cases/<case_id>/assessments")
@require("cases.assessment.write", object_argument="case_id")
def record_assessment(case_id: str) -> Response | tuple[str, int]:
    """Writes it down; a correction is another version with its reason."""
    file = _file(case_id)
    person_id = request.form.get("person", "")
    form = _form_for(person_id)
    after = _number("after")
    page_form = Form(_specs(form, correcting=after > 0))
    if not page_form.check(request.form, text):
        return _form_page(file, person_id, form, page_form), 422

    def command(object_id: str) -> RecordAssessment:
        return RecordAssessment(
            assessment_id=object_id,
            case_id=case_id,
            person_id=person_id,
            form_id=request.form.get("form_id", ""),
            form_version=_number("form_version"),
            answers=answers_of(form, page_form),
            after=after,
            reason=page_form.values.get("correction_reason", ""),
        )

    try:
        made = create(handlers.record_assessment, command, hooks())
    except AnswerRefused as refusal:
        page_form.add_error(refusal.field, refusal_words(refusal))
        return _form_page(file, person_id, form, page_form), refusal.status
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _form_page(file, person_id, form, page_form), refusal.status
    return redirect(
        url_for("assessments.show_assessment", case_id=case_id, assessment_id=made), 303
    )


@blueprint.get("/cases/<case_id>/assessments/<assessment_id>")
@require("cases.assessment.read", object_argument="case_id")
def show_assessment(case_id: str, assessment_id: str) -> str:
    """One assessment, read in the form it was given in."""
    file = _file(case_id)
    with reading() as connection:
        read = queries.assessment_read(connection, actor(), case_id, assessment_id, clock.today())
    history = file.history(read.assessment.person_id)
    return page(
        "assessment.html",
        file=file,
        read=read,
        newest=history[0],
        may_write=_may_write(file),
    )


def _file(case_id: str) -> queries.AssessmentFile:
    with reading() as connection:
        return queries.assessment_file(connection, actor(), case_id, clock.today())


def _form_for(person_id: str) -> AssessmentForm:
    scope = AssessmentScope.MEMBER if person_id else AssessmentScope.HOUSEHOLD
    return handlers.current_form(scope, clock.today(), hooks())


def _specs(form: AssessmentForm, *, correcting: bool) -> list[FieldSpec]:
    reason = FieldSpec(
        "correction_reason",
        text("assessment.reason"),
        FieldKind.TEXT,
        True,
        text("assessment.reason_hint"),
        max_length=400,
    )
    return [*([reason] if correcting else []), *(s for one in form.fields for s in specs_of(one))]


def _form_page(
    file: queries.AssessmentFile, person_id: str, form: AssessmentForm, page_form: Form
) -> str:
    person = next((one for one in file.persons if one.id == person_id), None)
    if (person_id and person is None) or not file.admission.whole:
        raise RecordNotFound
    standing = file.standing(person_id)
    specs = {spec.name: spec for spec in page_form.specs}
    return page(
        "assessment_form.html",
        file=file,
        person=person,
        person_id=person_id,
        form=form,
        page_form=page_form,
        specs=specs,
        specs_of=specs_of,
        after=request.form.get("after") or (standing.number if standing else 0),
        standing=standing,
    )


def _may_write(file: queries.AssessmentFile) -> bool:
    who = actor()
    team = any(who.has(function) for function in ("coordinator", "contact", "responsible"))
    return team and file.admission.whole


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
