"""The shapes that the API of community building takes and gives."""

from marshmallow import fields, validate

from kasane_plugin_api import CommunityLevel
from kasane_resources.api.entry_input import Strict, short
from kasane_resources.domain.community import (
    GatheringKind,
    IssueOutcome,
    IssueStatus,
    ParticipantKind,
)


class RaiseIssueSchema(Strict):
    """An issue in words that name nobody."""

    theme = fields.String(required=True, validate=validate.Length(1, 60))
    title = fields.String(required=True, validate=validate.Length(1, 200))
    level = fields.Enum(CommunityLevel, by_value=True, required=True)
    areas = fields.List(fields.String(validate=validate.Length(1, 100)), load_default=list)
    kind = fields.String(
        load_default="worker", validate=validate.OneOf(("worker", "gathering", "gaps"))
    )


class RouteSchema(Strict):
    """The body that takes it up."""

    body = fields.String(required=True, validate=validate.Length(1, 60))


class HandUpSchema(Strict):
    """What was found at this level."""

    reason = fields.String(required=True, validate=validate.Length(1, 1000))


class AnswerSchema(Strict):
    """What the body answered."""

    outcome = fields.Enum(IssueOutcome, by_value=True, required=True)
    answer = fields.String(required=True, validate=validate.Length(1, 1000))


class CommunityIssueSchema(Strict):
    """An issue; ``households`` is null where nobody counted or the number is not said."""

    id = fields.String()
    kind = fields.String()
    theme = fields.String()
    title = fields.String()
    level = fields.String()
    areas = fields.List(fields.String())
    households = fields.Integer(allow_none=True)
    raised_on = fields.Date()
    status = fields.Enum(IssueStatus, by_value=True)
    body = fields.String()
    outcome = fields.Enum(IssueOutcome, by_value=True, allow_none=True)
    answer = fields.String()
    answered_on = fields.Date(allow_none=True)
    version = fields.Integer()


class CommunityIssueListSchema(Strict):
    """Issues that wait, or that have an answer."""

    items = fields.List(fields.Nested(CommunityIssueSchema))


class GatheringInputSchema(Strict):
    """A gathering to come."""

    kind = fields.Enum(GatheringKind, by_value=True, required=True)
    title = fields.String(required=True, validate=validate.Length(1, 200))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    place = short()
    description = short(2000)
    public = fields.Boolean(load_default=False)
    body = short(60)
    course = short(60)
    part = short()


class CountSchema(Strict):
    """Who came by kind, and new ties."""

    attendance = fields.Dict(
        keys=fields.Enum(ParticipantKind, by_value=True),
        values=fields.Integer(strict=True),
        load_default=dict,
    )
    new_ties = fields.Integer(load_default=None, allow_none=True, strict=True)


class GatheringSchema(GatheringInputSchema):
    """A gathering with who came."""

    id = fields.String()
    cancelled = fields.Boolean()
    attendance = fields.Dict(
        keys=fields.Enum(ParticipantKind, by_value=True), values=fields.Integer()
    )
    new_ties = fields.Integer(allow_none=True)
    version = fields.Integer()


class GatheringListSchema(Strict):
    """Gatherings of the last months and the coming year."""

    items = fields.List(fields.Nested(GatheringSchema))
