"""The JSON shapes of visit plans, working hours and wishes; unknown keys are refused."""

from marshmallow import fields, validate

from kasane_outreach.api.schemas import InputSchema
from kasane_outreach.domain.plan_run import (
    MOST_DAYS,
    MOST_SECONDS,
    USUAL_SECONDS,
    VisitPlanStatus,
)
from kasane_outreach.domain.planning import LeftOutReason
from kasane_outreach.domain.position import TravelMode
from kasane_outreach.domain.visit_wish import HIGHEST, LOWEST, USUAL
from kasane_outreach.domain.worker_profile import MOST_A_DAY

_WORD = fields.String(validate=validate.Length(min=1, max=100))
_WEEKDAY = validate.Range(0, 6)
_ACCOUNT = fields.String(validate=validate.Length(min=1, max=64))


class AskForPlanSchema(InputSchema):
    """The days and workers to be planned; ``seconds`` is how long the search goes on at most."""

    starts_on = fields.Date(required=True)
    days = fields.Integer(load_default=5, validate=validate.Range(1, MOST_DAYS))
    workers = fields.List(_ACCOUNT, required=True, validate=validate.Length(min=1, max=200))
    seconds = fields.Integer(load_default=USUAL_SECONDS, validate=validate.Range(1, MOST_SECONDS))


class PlannedVisitSchema(InputSchema):
    """One worker at one visit; ``request_id`` is empty where the household is not the reader's to see."""

    request_id = fields.String()
    worker_id = fields.String()
    on = fields.Date()
    starts_at = fields.Time(format="%H:%M")
    minutes = fields.Integer()
    because = fields.List(fields.String())


class LeftOutSchema(InputSchema):
    """A visit without a place."""

    request_id = fields.String()
    reason = fields.Enum(LeftOutReason, by_value=True)


class PlanSchema(InputSchema):
    """The best plan so far; every one of them passed the checker."""

    id = fields.String()
    status = fields.Enum(VisitPlanStatus, by_value=True)
    starts_on = fields.Date()
    progress = fields.Integer()
    cost = fields.Float()
    visits = fields.List(fields.Nested(PlannedVisitSchema))
    left_out = fields.List(fields.Nested(LeftOutSchema))
    notes = fields.Dict(keys=fields.String(), values=fields.String())
    version = fields.Integer()


class HoursSchema(InputSchema):
    """The hours of one weekday, Monday 0."""

    weekday = fields.Integer(required=True, validate=_WEEKDAY)
    starts = fields.Time(format="%H:%M", required=True)
    ends = fields.Time(format="%H:%M", required=True)


class PauseSchema(InputSchema):
    """A break that lies wholly between two times."""

    earliest = fields.Time(format="%H:%M", required=True)
    latest = fields.Time(format="%H:%M", required=True)
    minutes = fields.Integer(required=True, validate=validate.Range(1, 480))


class WorkerProfileSchema(InputSchema):
    """When and how a worker goes round; places are town blocks."""

    agency = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))
    skills = fields.List(_WORD, load_default=list)
    sex = fields.String(load_default="", validate=validate.OneOf(("", "female", "male")))
    languages = fields.List(_WORD, load_default=list)
    mode = fields.Enum(TravelMode, by_value=True, load_default=TravelMode.CAR)
    hours = fields.List(fields.Nested(HoursSchema), required=True)
    pauses = fields.List(fields.Nested(PauseSchema), load_default=list)
    days_off = fields.List(fields.Date(), load_default=list)
    works_on_holidays = fields.Boolean(load_default=False)
    on_call = fields.Boolean(load_default=False)
    most_visits = fields.Integer(load_default=0, validate=validate.Range(0, MOST_A_DAY))
    start_block = fields.String(required=True)
    end_block = fields.String(load_default="")


class WishedTimeSchema(InputSchema):
    """A time that suits; without a weekday it suits every day."""

    weekday = fields.Integer(load_default=None, allow_none=True, validate=_WEEKDAY)
    earliest = fields.Time(format="%H:%M", required=True)
    latest = fields.Time(format="%H:%M", required=True)


class VisitWishSchema(InputSchema):
    """What a household needs and wishes; ``repeat`` is an RRULE that begins on ``repeat_from``.

    ``second_skills`` is what one of two workers needs while the other needs ``skills``; null when both need the same.
    """

    times = fields.List(fields.Nested(WishedTimeSchema), load_default=list)
    priority = fields.Integer(load_default=USUAL, validate=validate.Range(LOWEST, HIGHEST))
    repeat = fields.String(load_default="", validate=validate.Length(max=200))
    repeat_from = fields.Date(load_default=None, allow_none=True)
    skills = fields.List(_WORD, load_default=list)
    second_skills = fields.List(_WORD, load_default=None, allow_none=True)
    sex = fields.String(load_default="", validate=validate.OneOf(("", "female", "male")))
    language = fields.String(load_default="", validate=validate.Length(max=60))
    preferred = fields.List(_ACCOUNT, load_default=list)
    refused = fields.List(_ACCOUNT, load_default=list)
    same_worker = fields.Boolean(load_default=True)
    accompany_block = fields.String(load_default="")


class KeptSchema(InputSchema):
    """That something was written down, and its version."""

    id = fields.String()
    version = fields.Integer()
