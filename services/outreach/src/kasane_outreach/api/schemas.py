"""The JSON shapes of outreach's API; unknown keys are refused, so that a mistyped one is not
lost.
"""

from marshmallow import RAISE, Schema, fields, validate

from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.household_to_reach import ReachStatus
from kasane_outreach.domain.position import TravelMode
from kasane_outreach.domain.routing import (
    LONGEST_MINUTES,
    MOST_VISITS,
    MOST_WORKERS,
    SHORTEST_MINUTES,
)

_MINUTES = validate.Range(SHORTEST_MINUTES, LONGEST_MINUTES)
_LONG = validate.Length(max=4000)


class InputSchema(Schema):
    """A body that a caller sends."""

    class Meta:
        unknown = RAISE


class PositionSchema(Schema):
    """A point in WGS84 degrees."""

    latitude = fields.Float()
    longitude = fields.Float()


class HouseholdSchema(Schema):
    """A household to reach; a protected address is never in it."""

    id = fields.String()
    case_id = fields.String()
    person_id = fields.String()
    name = fields.String()
    kana = fields.String()
    phone = fields.String()
    address = fields.String()
    address_protected = fields.Boolean()
    position = fields.Nested(PositionSchema, allow_none=True)
    town_block = fields.String()
    reason = fields.String()
    purpose = fields.String()
    by_when = fields.Date(allow_none=True)
    minutes = fields.Integer()
    two_person = fields.Boolean()
    agency = fields.String()
    area = fields.String()
    category = fields.String()
    status = fields.Enum(ReachStatus, by_value=True)
    attempts = fields.Integer()
    last_result = fields.Enum(VisitResult, by_value=True, allow_none=True)
    version = fields.Integer()


class HouseholdPageSchema(Schema):
    """One page of households."""

    items = fields.List(fields.Nested(HouseholdSchema))
    next_cursor = fields.String()


class HouseholdQuerySchema(Schema):
    """How to list households."""

    status = fields.String(validate=validate.OneOf([one.value for one in ReachStatus]))
    cursor = fields.String()
    limit = fields.String()


class PlaceSchema(InputSchema):
    """A place: the name of a town block, or a latitude and a longitude."""

    town_block = fields.String(validate=validate.Length(1, 200))
    latitude = fields.Float()
    longitude = fields.Float()


class RecordSchema(Schema):
    """What came of a visit."""

    result = fields.String()
    made_on = fields.Date()
    recorded_by = fields.String()
    recorded_at = fields.DateTime()
    note = fields.String()
    consent_heard = fields.Boolean()
    accompanied_to = fields.String()
    next_wish = fields.String()


class VisitSchema(Schema):
    """A visit; the address is filled only as far as the caller may see it."""

    id = fields.String()
    request_id = fields.String()
    case_id = fields.String()
    person_id = fields.String()
    on = fields.Date()
    starts_at = fields.Time("%H:%M")
    minutes = fields.Integer()
    workers = fields.List(fields.String())
    two_person = fields.Boolean()
    round_id = fields.String()
    status = fields.String()
    cancel_reason = fields.String()
    record = fields.Nested(RecordSchema, allow_none=True)
    name = fields.String()
    kana = fields.String()
    phone = fields.String()
    address = fields.String()
    address_protected = fields.Boolean()
    reason = fields.String()
    attempts = fields.Integer()
    version = fields.Integer()


class VisitPageSchema(Schema):
    """One page of visits."""

    items = fields.List(fields.Nested(VisitSchema))
    next_cursor = fields.String()


class VisitQuerySchema(Schema):
    """How to list visits: the day, today unless told."""

    on = fields.Date()
    worker = fields.String()
    cursor = fields.String()
    limit = fields.String()


class ScheduleVisitSchema(InputSchema):
    """A visit scheduled by hand."""

    request_id = fields.String(required=True, validate=validate.Length(1, 36))
    on = fields.Date(required=True)
    starts_at = fields.Time("%H:%M", required=True)
    minutes = fields.Integer(required=True, strict=True, validate=_MINUTES)
    workers = fields.List(
        fields.String(validate=validate.Length(1, 64)),
        required=True,
        validate=validate.Length(1, 2),
    )
    despite_same_day = fields.Boolean(load_default=False)


class HandOverVisitSchema(InputSchema):
    """Who makes the visit from now on."""

    workers = fields.List(
        fields.String(validate=validate.Length(1, 64)),
        required=True,
        validate=validate.Length(1, 2),
    )


class AskForVisitsSchema(InputSchema):
    """Visits that a worker asks for: to somebody new, or with ``like`` to somebody on the list already."""

    purpose = fields.String(required=True, validate=validate.Length(1, 200))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    name = fields.String(load_default="", validate=validate.Length(max=200))
    kana = fields.String(load_default="", validate=validate.Length(max=200))
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    address = fields.String(load_default="", validate=validate.Length(max=300))
    address_protected = fields.Boolean(load_default=False)
    area = fields.String(load_default="", validate=validate.Length(max=60))
    by_when = fields.Date(load_default=None, allow_none=True)
    minutes = fields.Integer(load_default=45, strict=True, validate=_MINUTES)
    two_person = fields.Boolean(load_default=False)
    agency = fields.String(load_default="", validate=validate.Length(max=60))
    like = fields.String(load_default="", validate=validate.Length(max=36))


class EndRequestSchema(InputSchema):
    """Why nobody has to go there any more."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class CancelVisitSchema(InputSchema):
    """Why a visit is cancelled."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class RecordVisitSchema(InputSchema):
    """The record of a visit."""

    result = fields.Enum(VisitResult, by_value=True, required=True)
    note = fields.String(load_default="", validate=_LONG)
    consent_heard = fields.Boolean(load_default=False)
    accompanied_to = fields.String(load_default="", validate=validate.Length(max=200))
    next_wish = fields.String(load_default="", validate=validate.Length(max=500))


class RoundWorkerSchema(InputSchema):
    """A worker of a round with the hours of that day."""

    account_id = fields.String(required=True, validate=validate.Length(1, 64))
    starts = fields.Time("%H:%M", required=True)
    ends = fields.Time("%H:%M", required=True)
    mode = fields.Enum(TravelMode, by_value=True, load_default=TravelMode.CAR)


class RoundVisitSchema(InputSchema):
    """A household of a round; without a window any time of the workers' hours will do."""

    request_id = fields.String(required=True, validate=validate.Length(1, 36))
    minutes = fields.Integer(required=True, strict=True, validate=_MINUTES)
    earliest = fields.Time("%H:%M", allow_none=True, load_default=None)
    latest = fields.Time("%H:%M", allow_none=True, load_default=None)


class PlanRoundSchema(InputSchema):
    """What a round is to be planned from."""

    on = fields.Date(required=True)
    start = fields.Nested(PlaceSchema, required=True)
    workers = fields.List(
        fields.Nested(RoundWorkerSchema), required=True, validate=validate.Length(1, MOST_WORKERS)
    )
    visits = fields.List(
        fields.Nested(RoundVisitSchema), required=True, validate=validate.Length(1, MOST_VISITS)
    )


class StopSchema(Schema):
    """A household at its time with one of its workers."""

    request_id = fields.String()
    worker_id = fields.String()
    starts_at = fields.Time("%H:%M")
    minutes = fields.Integer()


class UnplacedSchema(Schema):
    """A household that found no place, and why."""

    request_id = fields.String()
    reason = fields.String()


class RoundSchema(Schema):
    """A round with its plan."""

    id = fields.String()
    on = fields.Date()
    status = fields.String()
    planner = fields.String()
    stops = fields.List(fields.Nested(StopSchema))
    unplaced = fields.List(fields.Nested(UnplacedSchema))
    version = fields.Integer()
