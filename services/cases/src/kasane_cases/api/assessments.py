"""Assessments in the JSON API: the forms that hold, what was written, writing."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_cases import handlers, queries
from kasane_cases.api.schemas import Strict
from kasane_cases.commands import RecordAssessment
from kasane_cases.domain.assessment_form import AssessmentScope
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    with_version,
)

blueprint = ApiBlueprint("assessments_api", __name__, description="アセスメント / assessments")


class AssessmentFormSchema(Strict):
    """A form as data: sections with fields, each with its kind and whether it is reported."""

    form_id = fields.String()
    version = fields.Integer()
    label = fields.String()
    scope = fields.String()
    valid_from = fields.Date()
    source = fields.String()
    sections = fields.List(fields.Dict())


class AssessmentFormsSchema(Strict):
    """The forms that are filled in today."""

    items = fields.List(fields.Nested(AssessmentFormSchema))


class NewAssessmentSchema(Strict):
    """An assessment; ``person_id`` is empty for the household."""

    person_id = fields.String(load_default="", validate=validate.Length(max=64))
    form_id = fields.String(required=True, validate=validate.Length(min=1, max=80))
    form_version = fields.Integer(required=True, strict=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=400))


class AssessmentSchema(Strict):
    """One assessment as it was given; it is never changed."""

    id = fields.String()
    person_id = fields.String()
    number = fields.Integer()
    form_id = fields.String()
    form_version = fields.Integer()
    answers = fields.Dict()
    recorded_at = fields.AwareDateTime(format="iso")
    recorded_by_name = fields.String()
    reason = fields.String()


class AssessmentsSchema(Strict):
    """The assessments of a case that I may see, newest first."""

    items = fields.List(fields.Nested(AssessmentSchema))


class AssessmentWithFormSchema(AssessmentSchema):
    """One assessment with the form it was given in."""

    form = fields.Nested(AssessmentFormSchema)


@blueprint.route("/assessment-forms", methods=["GET"])
@require("cases.case.list")
@blueprint.response(200, AssessmentFormsSchema)
def list_forms() -> dict[str, Any]:
    """The form for a household and the form for a member that hold today."""
    today = clock.today()
    return {
        "items": [
            {**form.as_data(), "valid_from": form.valid_from}
            for form in (handlers.current_form(scope, today, hooks()) for scope in AssessmentScope)
        ]
    }


@blueprint.route("/cases/<case_id>/assessments", methods=["GET"])
@require("cases.assessment.read", object_argument="case_id")
@blueprint.response(200, AssessmentsSchema)
def list_assessments(case_id: str) -> dict[str, Any]:
    """Every assessment of a case that I may see, newest first."""
    with reading() as connection:
        file = queries.assessment_file(connection, actor(), case_id, clock.today())
    return {"items": file.assessments}


@blueprint.route("/cases/<case_id>/assessments", methods=["POST"])
@require("cases.assessment.write", object_argument="case_id")
@blueprint.arguments(NewAssessmentSchema)
@blueprint.response(201, AssessmentWithFormSchema)
def record_assessment(payload: dict[str, Any], case_id: str) -> Response:
    """Write an assessment down. Needs If-Match: the number of the one before, 0 when there is none."""
    after = asked_version()
    made = create_once(
        lambda uow, new: handlers.record_assessment(
            RecordAssessment(assessment_id=new, case_id=case_id, after=after, **payload),
            uow,
            hooks(),
        )
    )
    return _assessment(case_id, made, 201)


@blueprint.route("/cases/<case_id>/assessments/<assessment_id>", methods=["GET"])
@require("cases.assessment.read", object_argument="case_id")
@blueprint.response(200, AssessmentWithFormSchema)
def get_assessment(case_id: str, assessment_id: str) -> Response:
    """One assessment with the form it was given in."""
    return _assessment(case_id, assessment_id)


def _assessment(case_id: str, assessment_id: str, status: int = 200) -> Response:
    with reading() as connection:
        read = queries.assessment_read(connection, actor(), case_id, assessment_id, clock.today())
    form = {**read.form.as_data(), "valid_from": read.form.valid_from}
    body = shown_by(AssessmentWithFormSchema, {**vars(read.assessment), "form": form})
    return with_version(body, read.assessment.number, status)
