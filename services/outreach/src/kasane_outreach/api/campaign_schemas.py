"""The JSON shapes of campaigns and of watching; lists and replies are in them only where the caller may read them."""

from marshmallow import Schema, fields, validate

from kasane_outreach.api.schemas import InputSchema
from kasane_outreach.domain.campaign_run import CampaignStage
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.survey import NeedLevel

MOST_LINES = 5000
_ID = validate.Length(1, 36)
_LONG = validate.Length(1, 10_000)


class RunSchema(Schema):
    """A run of a campaign: how far it is, on which ground, until when its list is kept."""

    id = fields.String()
    campaign = fields.String()
    kind = fields.String()
    label = fields.String()
    year = fields.Integer()
    stage = fields.Enum(CampaignStage, by_value=True)
    preconditions = fields.List(fields.String())
    receivers = fields.Dict(keys=fields.String(), values=fields.String())
    source = fields.String()
    legal_ground = fields.String()
    approved_by = fields.String()
    keep_until = fields.Date(allow_none=True)
    waves = fields.Integer()
    closed_on = fields.Date(allow_none=True)
    close_reason = fields.String()
    deleted_on = fields.Date(allow_none=True)
    version = fields.Integer()


class RunListSchema(Schema):
    """The runs of the town, the newest first."""

    items = fields.List(fields.Nested(RunSchema))


class PostalCountsSchema(Schema):
    """A postal survey in numbers; who did not reply is neither a refusal nor a consent."""

    listed = fields.Integer()
    written = fields.Integer()
    replied = fields.Integer()
    high = fields.Integer()
    some = fields.Integer()
    none = fields.Integer()
    unread = fields.Integer()
    no_letters = fields.Integer()
    to_visit = fields.Integer()
    consultations = fields.Integer()


class AreaProgressSchema(Schema):
    """How far an area is: households once, visits every time."""

    area = fields.String()
    agency = fields.String()
    households = fields.Integer()
    met = fields.Integer()
    absent = fields.Integer()
    refused = fields.Integer()
    moved = fields.Integer()
    worrying = fields.Integer()
    visits = fields.Integer()
    left = fields.Integer()
    heard = fields.Boolean()


class RunFileSchema(Schema):
    """A run with its numbers."""

    run = fields.Nested(RunSchema)
    counts = fields.Nested(PostalCountsSchema)
    areas = fields.List(fields.Nested(AreaProgressSchema))


class AgencyMonthSchema(Schema):
    """What one agency did in a month."""

    agency = fields.String()
    households = fields.Integer()
    visits = fields.Integer()
    by_result = fields.Dict(keys=fields.String(), values=fields.Integer())


class MonthSchema(Schema):
    """A month of a run, by agency."""

    month = fields.Date()
    items = fields.List(fields.Nested(AgencyMonthSchema))


class MonthQuerySchema(InputSchema):
    """Which month: any day in it; the present month without one."""

    month = fields.Date()


class BeginRunSchema(InputSchema):
    """A campaign that the town names for a year."""

    campaign = fields.String(required=True, validate=validate.Length(1, 60))
    year = fields.Integer(required=True, strict=True, validate=validate.Range(2000, 2999))


class ReceiverSchema(InputSchema):
    """A precondition of the town that is met."""

    precondition = fields.String(required=True, validate=validate.Length(1, 300))


class PersonLineSchema(InputSchema):
    """A person on the list of a postal survey."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    kana = fields.String(load_default="", validate=validate.Length(max=200))
    address = fields.String(required=True, validate=validate.Length(1, 300))


class PersonListSchema(InputSchema):
    """People for the list of a postal survey."""

    people = fields.List(
        fields.Nested(PersonLineSchema), required=True, validate=validate.Length(1, MOST_LINES)
    )


class HouseholdLineSchema(InputSchema):
    """A household on the list of an area."""

    area = fields.String(required=True, validate=validate.Length(1, 80))
    agency = fields.String(load_default="", validate=validate.Length(max=80))
    label = fields.String(required=True, validate=validate.Length(1, 200))


class HouseholdListSchema(InputSchema):
    """Households for the list of a survey that goes from house to house."""

    households = fields.List(
        fields.Nested(HouseholdLineSchema), required=True, validate=validate.Length(1, MOST_LINES)
    )


class GroundSchema(InputSchema):
    """Where the list is from, on which ground, and until when it is kept."""

    source = fields.String(required=True, validate=validate.Length(1, 300))
    legal_ground = fields.String(required=True, validate=validate.Length(1, 500))
    keep_until = fields.Date(required=True)


class ReasonSchema(InputSchema):
    """Why something ends."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class TargetSchema(Schema):
    """A person on the list of a postal survey; ``need`` is null while nobody has read a reply."""

    id = fields.String()
    number = fields.Integer()
    name = fields.String()
    kana = fields.String()
    address = fields.String()
    wave = fields.Integer()
    sent_on = fields.Date(allow_none=True)
    replied_at = fields.AwareDateTime(allow_none=True)
    no_letters = fields.Boolean()
    need = fields.Enum(NeedLevel, by_value=True, allow_none=True)
    request_id = fields.String()
    consultation_id = fields.String()
    version = fields.Integer()


class TargetListSchema(Schema):
    """The list of a postal survey, by number."""

    items = fields.List(fields.Nested(TargetSchema))


class ReplySchema(Schema):
    """A person of the list with what was answered."""

    target = fields.Nested(TargetSchema)
    answers = fields.Dict(keys=fields.String(), values=fields.String())


class TriageSchema(InputSchema):
    """What a reply needs; ``to_intake`` makes it a consultation."""

    need = fields.Enum(NeedLevel, by_value=True, required=True)
    to_intake = fields.Boolean(load_default=False)


class SurveyHouseholdSchema(Schema):
    """A household of an area; ``result`` is of the last visit, ``version`` grows with each."""

    id = fields.String()
    area = fields.String()
    agency = fields.String()
    label = fields.String()
    result = fields.Enum(VisitResult, by_value=True, allow_none=True)
    visited_on = fields.Date(allow_none=True)
    visits = fields.Integer()
    request_id = fields.String()
    version = fields.Integer()


class SurveyHouseholdListSchema(Schema):
    """The households of an area."""

    items = fields.List(fields.Nested(SurveyHouseholdSchema))


class SurveyVisitSchema(InputSchema):
    """What came of a visit today; ``words`` are the household's own."""

    result = fields.Enum(VisitResult, by_value=True, required=True)
    words = fields.String(load_default="", validate=validate.Length(max=10_000))


class HearingSchema(InputSchema):
    """What a leader of an area said; it is kept apart from what households say."""

    heard_from = fields.String(required=True, validate=validate.Length(1, 100))
    legal_ground = fields.String(required=True, validate=validate.Length(1, 500))
    words = fields.String(required=True, validate=_LONG)


class WatchSchema(Schema):
    """A watching: who looks, how often, what for, on which basis."""

    id = fields.String()
    case_id = fields.String()
    request_id = fields.String()
    watcher = fields.String()
    every_days = fields.Integer()
    what = fields.String()
    basis = fields.String()
    begins_on = fields.Date()
    next_on = fields.Date()
    ended_on = fields.Date(allow_none=True)
    end_reason = fields.String()


class WatchListSchema(Schema):
    """What is watched, the nearest day first."""

    items = fields.List(fields.Nested(WatchSchema))


class AssignWatchSchema(InputSchema):
    """Ask a worker to look regularly."""

    request_id = fields.String(required=True, validate=_ID)
    watcher = fields.String(required=True, validate=validate.Length(1, 64))
    every_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 365))
    what = fields.String(required=True, validate=_LONG)
    basis = fields.String(required=True, validate=validate.Length(1, 300))


class WatchReportSchema(InputSchema):
    """What the watcher saw."""

    words = fields.String(required=True, validate=_LONG)
    worrying = fields.Boolean(load_default=False)
