"""The JSON shapes of days that do not go as planned; unknown keys are refused."""

from marshmallow import fields, validate

from kasane_outreach.api.schemas import InputSchema
from kasane_outreach.domain.disruption import LONGEST_DETOUR, MOST_CLOSED_DAYS, DisruptionKind

_NAME = validate.Length(max=64)


class DisruptionSchema(InputSchema):
    """What happened on a day; only the keys of its kind are read.

    ``worker`` is away; ``visit_id`` was cancelled or takes ``minutes`` more; ``request_id`` has to be visited that
    day; ways into and out of ``block`` take ``minutes`` more for ``days`` days, or cannot be gone when it is 0.
    ``fill`` lets waiting households into the time that a cancelled visit leaves.
    """

    kind = fields.Enum(DisruptionKind, by_value=True, required=True)
    on = fields.Date(required=True)
    worker = fields.String(load_default="", validate=_NAME)
    visit_id = fields.String(load_default="", validate=_NAME)
    request_id = fields.String(load_default="", validate=_NAME)
    block = fields.String(load_default="", validate=validate.Length(max=200))
    minutes = fields.Integer(load_default=0, validate=validate.Range(0, LONGEST_DETOUR))
    days = fields.Integer(load_default=1, validate=validate.Range(1, MOST_CLOSED_DAYS))
    fill = fields.Boolean(load_default=False)


class RepairOrderSchema(DisruptionSchema):
    """The same, with the ``mark`` of the preview that somebody saw and why visits are cancelled."""

    mark = fields.String(required=True, validate=validate.Regexp("^[0-9a-f]{64}$"))
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class RepairTimeSchema(InputSchema):
    """When and by whom a visit is made."""

    on = fields.Date()
    starts_at = fields.Time(format="%H:%M")
    minutes = fields.Integer()
    workers = fields.List(fields.String())


class RepairedVisitSchema(InputSchema):
    """A visit that changes: without ``to`` it waits again; ``told_before`` means that somebody has to call first.

    The names are empty where the household is not open to the caller.
    """

    visit_id = fields.String()
    request_id = fields.String()
    from_on = fields.Date()
    from_starts_at = fields.Time(format="%H:%M")
    told_before = fields.Boolean()
    to = fields.Nested(RepairTimeSchema, allow_none=True)


class AddedVisitSchema(InputSchema):
    """A household that gets a visit."""

    request_id = fields.String()
    to = fields.Nested(RepairTimeSchema)


class RepairSchema(InputSchema):
    """The change as a whole: what is hit, what makes room, what is added, and how many visits stay as they are."""

    kind = fields.Enum(DisruptionKind, by_value=True)
    days = fields.List(fields.Date())
    hit = fields.List(fields.Nested(RepairedVisitSchema))
    moved = fields.List(fields.Nested(RepairedVisitSchema))
    added = fields.List(fields.Nested(AddedVisitSchema))
    others = fields.Integer()
    mark = fields.String()
