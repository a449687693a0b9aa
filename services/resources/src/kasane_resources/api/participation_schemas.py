"""The shapes that the API of participation support takes and gives."""

from marshmallow import fields, validate

from kasane_resources.api.entry_input import Strict, short
from kasane_resources.domain.host_support import HostSupportKind
from kasane_resources.domain.participation import ParticipationStatus, Telling
from kasane_resources.domain.schedule import DAYS


class StepSchema(Strict):
    """One line of the history."""

    status = fields.Enum(ParticipationStatus, by_value=True)
    at = fields.AwareDateTime()
    by_name = fields.String()
    reason = fields.String()


class JudgementSchema(Strict):
    """What a session judged."""

    session_id = fields.String()
    body = fields.String()
    legal_kind = fields.String()
    judged_on = fields.Date()
    needed = fields.Boolean()


class ParticipationSchema(Strict):
    """Participation support of one person, without the name."""

    id = fields.String()
    case_id = fields.String()
    case_number = fields.String()
    person_id = fields.String()
    status = fields.Enum(ParticipationStatus, by_value=True)
    wish = fields.String()
    category = fields.String()
    area = fields.String()
    host_id = fields.String()
    host = fields.String()
    activity = fields.String()
    telling = fields.Enum(Telling, by_value=True)
    trial_from = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    judgement = fields.Nested(JudgementSchema, allow_none=True)
    steps = fields.List(fields.Nested(StepSchema))
    version = fields.Integer()


class ParticipationLineSchema(ParticipationSchema):
    """One line of the list: without the history."""

    class Meta:
        exclude = ("steps",)


class ParticipationListSchema(Strict):
    """Participation support, what is due first."""

    items = fields.List(fields.Nested(ParticipationLineSchema))


class MatchSchema(Strict):
    """Where the person could take part."""

    human_service_id = fields.String(required=True, validate=validate.Length(1, 36))
    activity = short()


class NewMicroTaskSchema(Strict):
    """A new micro-task with a host, in words that name nobody."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    organization_name = fields.String(required=True, validate=validate.Length(1, 200))
    address = short()
    description = short(1000)
    days = fields.List(fields.String(validate=validate.OneOf(DAYS)), load_default=list)
    capacity = fields.Integer(load_default=None, allow_none=True, strict=True)


class TrialSchema(Strict):
    """A trial from a day to a day."""

    since = fields.Date(required=True)
    until = fields.Date(required=True)
    introduces_self = fields.Boolean(load_default=False)
    reason = short(1000)


class PlaceSchema(Strict):
    """Taking part for good; somebody looks in after so many days."""

    every_days = fields.Integer(required=True, strict=True)
    reason = short(1000)


class ReasonSchema(Strict):
    """Why, or what was learnt."""

    reason = short(1000)


class HostSupportInputSchema(Strict):
    """A contact, a worry or a visit."""

    kind = fields.Enum(HostSupportKind, by_value=True, required=True)
    on = fields.Date(required=True)
    note = fields.String(required=True, validate=validate.Length(1, 1000))


class WorryAnswerSchema(Strict):
    """The answer to a worry."""

    answer = fields.String(required=True, validate=validate.Length(1, 1000))


class HostSupportSchema(Strict):
    """A line of what happened with a host; it names nobody."""

    id = fields.String()
    host_id = fields.String()
    host = fields.String()
    kind = fields.Enum(HostSupportKind, by_value=True)
    on = fields.Date()
    note = fields.String()
    recorded_by_name = fields.String()
    answer = fields.String()
    answered_on = fields.Date(allow_none=True)
    version = fields.Integer()


class HostSupportListSchema(Strict):
    """Everything with one host, newest first."""

    items = fields.List(fields.Nested(HostSupportSchema))
