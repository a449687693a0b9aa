"""The shapes of sessions, attendees and agenda items that the API takes and gives."""

from marshmallow import fields, validate

from kasane_cases.api.schemas import Strict, coded
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import AttendeeKind

_SHORT = validate.Length(max=200)
_LONG = validate.Length(min=1, max=20000)


class AttendeeAskedSchema(Strict):
    """Somebody asked to a session: staff by account, or a guest."""

    kind = coded(AttendeeKind, load_default=AttendeeKind.MUNICIPAL_STAFF)
    account_id = fields.String(load_default="", validate=validate.Length(max=64))
    name = fields.String(load_default="", validate=_SHORT)
    affiliation = fields.String(load_default="", validate=_SHORT)


class PlanSessionSchema(Strict):
    """The date of a session of a body."""

    body = fields.String(required=True, validate=validate.Length(min=1, max=60))
    legal_kind = coded(LegalKind, required=True)
    planned_for = fields.Date(required=True)
    place = fields.String(load_default="", validate=_SHORT)
    appointed = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 10**8)
    )
    attendees = fields.List(fields.Nested(AttendeeAskedSchema), load_default=list)


class AgendaItemSchema(Strict):
    """A person of a case, or a topic that names nobody."""

    topic = fields.String(required=True, validate=validate.Length(min=1, max=400))
    case_id = fields.String(load_default="")
    person_id = fields.String(load_default="")
    reason = fields.String(load_default="", validate=validate.Length(max=4000))


class SecrecySchema(Strict):
    """Whether the attendee signed as well."""

    signed = fields.Boolean(load_default=False)


class FactSchema(Strict):
    """What was told, and which agency knew it."""

    text = fields.String(required=True, validate=_LONG)
    source = fields.String(required=True, validate=validate.Length(min=1, max=200))


class DecisionSchema(Strict):
    """What was decided: who does it, by when."""

    text = fields.String(required=True, validate=_LONG)
    in_charge = fields.String(required=True, validate=validate.Length(min=1, max=200))
    role = fields.String(load_default="", validate=_SHORT)
    due_on = fields.Date(load_default=None, allow_none=True)


class HoldSchema(Strict):
    """The end of a session."""

    next_on = fields.Date(load_default=None, allow_none=True)


class MinutesSchema(Strict):
    """The minutes that were agreed, with the version of the session that was read."""

    minutes = fields.String(required=True, validate=_LONG)
    version = fields.Integer(required=True, strict=True)


class AttendeeSchema(Strict):
    """One attendee and whether a duty of secrecy is recorded."""

    id = fields.String()
    name = fields.String()
    kind = coded(AttendeeKind)
    present = fields.Boolean()
    bound = fields.Boolean()


class ItemFactSchema(Strict):
    """What was told."""

    text = fields.String()
    source = fields.String()


class ItemDecisionSchema(Strict):
    """What was decided."""

    text = fields.String()
    in_charge = fields.String()
    due_on = fields.Date(allow_none=True)


class ShownItemSchema(Strict):
    """One agenda item as far as the caller may see it."""

    id = fields.String()
    topic = fields.String()
    case_id = fields.String()
    person_id = fields.String()
    facts = fields.List(fields.Nested(ItemFactSchema))
    decisions = fields.List(fields.Nested(ItemDecisionSchema))


class ConferenceSchema(Strict):
    """One session as far as the caller may see it."""

    id = fields.String()
    body = fields.String()
    body_label = fields.String()
    legal_kind = coded(LegalKind)
    planned_for = fields.Date()
    held_on = fields.Date(allow_none=True)
    status = coded(SessionStatus)
    attendees = fields.List(fields.Nested(AttendeeSchema))
    items = fields.List(fields.Nested(ShownItemSchema))
    minutes = fields.String()
    version = fields.Integer()


class ConferenceLineSchema(Strict):
    """One session in a list: counts, no person."""

    id = fields.String()
    body = fields.String()
    body_label = fields.String()
    legal_kind = coded(LegalKind)
    planned_for = fields.Date()
    status = coded(SessionStatus)
    items = fields.Integer()
    attendees = fields.Integer()


class ConferencePageSchema(Strict):
    """A page of sessions, latest first."""

    items = fields.List(fields.Nested(ConferenceLineSchema))
    next_cursor = fields.String()
