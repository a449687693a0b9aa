"""What the JSON API of agenda, minutes and packs takes and gives."""

from marshmallow import fields, validate

from kasane_cases.api.schemas import Strict
from kasane_cases.domain.consent import DataClass
from kasane_cases.domain.pack import CopyState
from kasane_cases.queries import ProposalKind

_SHORT = validate.Length(max=400)
_LONG = validate.Length(max=20000)


class AdmissionSchema(Strict):
    """The attendees of one item."""

    attendee_ids = fields.List(fields.String(), required=True)


class RemovalSchema(Strict):
    """Why an item leaves the agenda, and the session it moves to."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=400))
    to_session_id = fields.String(load_default="")


class ContinuationSchema(Strict):
    """The session in which a matter goes on."""

    to_session_id = fields.String(required=True, validate=validate.Length(min=1, max=36))


class RolePartSchema(Strict):
    """Who takes which part."""

    who = fields.String(required=True, validate=validate.Length(min=1, max=100))
    part = fields.String(required=True, validate=validate.Length(min=1, max=400))
    leads = fields.Boolean(load_default=False)


class RolesSchema(Strict):
    """The table of roles of an item."""

    roles = fields.List(fields.Nested(RolePartSchema), required=True)


class CompletionSchema(Strict):
    """How a decision was carried out."""

    note = fields.String(load_default="", validate=_SHORT)


class DraftSchema(Strict):
    """The minutes as written so far, with the version of the session that was read."""

    minutes = fields.String(required=True, validate=_LONG)
    items = fields.Dict(
        keys=fields.String(), values=fields.String(validate=_LONG), load_default=dict
    )
    version = fields.Integer(required=True, strict=True)


class AddendumSchema(Strict):
    """A dated correction; ``item_id`` is empty for the general part."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=4000))
    item_id = fields.String(load_default="")


class ProposalSchema(Strict):
    """Something that is due, and why."""

    kind = fields.Enum(ProposalKind, by_value=True)
    case_id = fields.String()
    person_id = fields.String()
    due_on = fields.Date(allow_none=True)
    count = fields.Integer()


class ProposalListSchema(Strict):
    """What is due for a session."""

    items = fields.List(fields.Nested(ProposalSchema))


class SettlingSchema(Strict):
    """What became of a copy."""

    state = fields.Enum(CopyState, by_value=True, required=True)


class PackPartSchema(Strict):
    """Which classes of data of one item are open to one attendee."""

    attendee_id = fields.String()
    item_id = fields.String()
    data_classes = fields.List(fields.Enum(DataClass, by_value=True))


class PackCopySchema(Strict):
    """One numbered copy."""

    id = fields.String()
    number = fields.Integer()
    attendee_id = fields.String()
    holder = fields.String()
    state = fields.Enum(CopyState, by_value=True)


class PackDeskSchema(Strict):
    """What is open to whom until when, and where the copies are."""

    until = fields.Date()
    parts = fields.List(fields.Nested(PackPartSchema))
    copies = fields.List(fields.Nested(PackCopySchema))
