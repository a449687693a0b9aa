"""The shapes of plans that the API of cases takes and gives."""

from enum import StrEnum
from typing import Any

from marshmallow import fields, validate

from kasane_cases.api.schemas import Strict
from kasane_cases.domain.consent import GivenBy
from kasane_cases.domain.plan_records import AgreementWay, GoalResult
from kasane_cases.domain.support_plan import GoalTerm, PlanKind, PlanOutcome, PlanStatus

_SHORT = validate.Length(max=200)
_LINE = validate.Length(min=1, max=400)
_LONG = validate.Length(min=1, max=4000)


def _enum(kind: type[StrEnum], **options: Any) -> "fields.Enum[StrEnum]":
    return fields.Enum(kind, by_value=True, **options)


class GoalSchema(Strict):
    """What is to be different; without a person it is a goal of the household."""

    text = fields.String(required=True, validate=_LONG)
    term = _enum(GoalTerm, load_default=GoalTerm.SHORT)
    person_id = fields.String(load_default="", validate=validate.Length(max=64))
    number = fields.Integer(dump_only=True)


class TrackSchema(Strict):
    """Who does what for whom by when."""

    person_id = fields.String(load_default="", validate=validate.Length(max=64))
    what = fields.String(required=True, validate=_LONG)
    agency = fields.String(required=True, validate=_SHORT)
    in_charge = fields.String(load_default="", validate=_SHORT)
    due_on = fields.Date(load_default=None, allow_none=True)


class PlanContentSchema(Strict):
    """What a plan says."""

    persons = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    goals = fields.List(
        fields.Nested(GoalSchema), required=True, validate=validate.Length(min=1, max=50)
    )
    tracks = fields.List(
        fields.Nested(TrackSchema), load_default=list, validate=validate.Length(max=100)
    )
    starts_on = fields.Date(load_default=None, allow_none=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    extensions = fields.Dict(
        keys=fields.String(validate=_SHORT),
        values=fields.String(validate=validate.Length(max=4000)),
        load_default=dict,
        metadata={"description": "the fields of the town's own sheet"},
    )


class DraftPlanSchema(PlanContentSchema):
    """A plan for some persons of the case."""

    kind = _enum(PlanKind, load_default=PlanKind.MULTI_AGENCY)


class RevisePlanSchema(PlanContentSchema):
    """A new edition of a plan that is not decided, with the reason."""

    reason = fields.String(required=True, validate=_LINE)


class DecidePlanSchema(Strict):
    """A held session's decision about a plan, and who agreed there."""

    session_id = fields.String(required=True)
    agreed_by = fields.List(fields.String(), load_default=list)
    review_on = fields.Date(load_default=None, allow_none=True)


class AgreementSchema(Strict):
    """What a person said to an edition of the plan: how, when, by whom."""

    person_id = fields.String(required=True)
    agreed = fields.Boolean(required=True)
    way = _enum(AgreementWay, required=True)
    on = fields.Date(required=True)
    given_by = _enum(GivenBy, load_default=GivenBy.SELF)
    giver_name = fields.String(load_default="", validate=_SHORT)
    note = fields.String(load_default="", validate=validate.Length(max=1000))
    edition = fields.Integer(required=True)


class CheckSchema(Strict):
    """How one goal, by its number, stands."""

    goal = fields.Integer(required=True)
    result = _enum(GoalResult, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=1000))


class MonitoringSchema(Strict):
    """A look at a member's part of a plan."""

    person_id = fields.String(required=True)
    on = fields.Date(required=True)
    condition = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    checks = fields.List(fields.Nested(CheckSchema), load_default=list)
    next_on = fields.Date(load_default=None, allow_none=True)


class EvaluationSchema(Strict):
    """What came of a plan, and what follows."""

    on = fields.Date(required=True)
    outcome = _enum(PlanOutcome, required=True)
    summary = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    checks = fields.List(fields.Nested(CheckSchema), required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=400))
    session_id = fields.String(load_default="", validate=validate.Length(max=64))


class FinishPlanSchema(Strict):
    """The end of an evaluated plan; observation names the day to look again."""

    review_on = fields.Date(load_default=None, allow_none=True)


class EvaluationDoneSchema(Strict):
    """The evaluation of a plan, as far as the caller may see it."""

    on = fields.Date()
    outcome = fields.String()
    summary = fields.String()
    checks = fields.List(fields.Nested(CheckSchema))
    session_id = fields.String()


class EditionSchema(Strict):
    """One edition of a plan: its text, who wrote it, when and why."""

    number = fields.Integer()
    written_on = fields.Date()
    writer_name = fields.String()
    reason = fields.String()
    content = fields.Nested(PlanContentSchema)


class PlanSchema(Strict):
    """One plan as far as the caller may see it; ``whole`` says whether nothing was left out."""

    id = fields.String()
    case_id = fields.String()
    kind = _enum(PlanKind)
    status = _enum(PlanStatus)
    edition = fields.Integer()
    content = fields.Nested(PlanContentSchema)
    agreed_by = fields.List(fields.String())
    not_agreed = fields.List(fields.String())
    session_id = fields.String()
    decided_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True)
    follows = fields.String()
    whole = fields.Boolean()
    agreements = fields.List(fields.Nested(AgreementSchema))
    monitorings = fields.List(fields.Nested(MonitoringSchema))
    evaluation = fields.Nested(EvaluationDoneSchema, allow_none=True)
    editions = fields.List(fields.Nested(EditionSchema))
    version = fields.Integer()


class OriginSchema(Strict):
    """A fact in the words of the plan, who told it outside every closed session, and when."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=1000))
    told_by = fields.String(required=True, validate=validate.Length(min=1, max=100))
    told_on = fields.Date(required=True)
    recorder_name = fields.String(dump_only=True)


class OriginsSchema(Strict):
    """The origins recorded for a case, newest first."""

    items = fields.List(fields.Nested(OriginSchema))


class PlanDueSchema(Strict):
    """A running plan at which somebody has to look soon."""

    plan_id = fields.String(attribute="plan.id")
    case_id = fields.String(attribute="plan.case_id")
    case_number = fields.String()
    review_on = fields.Date(attribute="plan.review_on")
    late = fields.Boolean()


class PlansDueSchema(Strict):
    """The running plans to look at, the most urgent first."""

    items = fields.List(fields.Nested(PlanDueSchema))
