"""The shapes that the API takes and gives about a household and its protected addresses."""

from marshmallow import fields, validate

from kasane_cases.api.schemas import Strict

_SHORT = validate.Length(max=200)
_REASON = validate.Length(min=1, max=400)
_ID = validate.Length(min=1, max=64)


class MemberSchema(Strict):
    """Somebody who comes into a household; ``known_person_id`` when they are on file already."""

    name = fields.String(load_default="", validate=_SHORT)
    kana = fields.String(load_default="", validate=_SHORT)
    birth_date = fields.Date(load_default=None, allow_none=True)
    sex = fields.String(load_default="", validate=validate.Length(max=20))
    address = fields.String(load_default="", validate=validate.Length(max=300))
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    relation = fields.String(load_default="", validate=validate.Length(max=60))
    householder = fields.Boolean(load_default=False)
    from_on = fields.Date(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=400))
    known_person_id = fields.String(load_default="", validate=validate.Length(max=64))


class LeavingSchema(Strict):
    """Since when somebody no longer belongs to the household, and why."""

    from_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=_REASON)


class SplitSchema(Strict):
    """Who leaves together, since when and why."""

    person_ids = fields.List(
        fields.String(validate=_ID), required=True, validate=validate.Length(min=1)
    )
    from_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=_REASON)
    restricted = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "whether the new case is restricted; null: as the one they leave"},
    )


class JoinSchema(Strict):
    """Which case's household comes in, since when and why."""

    other_case_id = fields.String(required=True, validate=_ID)
    from_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=_REASON)


class UndoSchema(Strict):
    """Why a step is taken back."""

    reason = fields.String(required=True, validate=_REASON)


class ProtectionSchema(Strict):
    """One term of protection; the address itself is never in an answer."""

    from_on = fields.Date(required=True)
    authority = fields.String(required=True, validate=validate.Length(min=1, max=200))
    certificate = fields.String(load_default="", validate=_SHORT)
    reason = fields.String(required=True, validate=_REASON)
    phone_too = fields.Boolean(load_default=True)
    readers = fields.List(fields.String(validate=_ID), load_default=list)


class StepSchema(Strict):
    """One step of a household."""

    id = fields.String(attribute="step.id")
    kind = fields.String(attribute="step.kind.value")
    from_on = fields.Date(attribute="step.from_on")
    undone = fields.Boolean()


class HouseholdMemberSchema(Strict):
    """One person of a household, without any address."""

    id = fields.String()
    name = fields.String()
    kana = fields.String()
    relation = fields.String()
    householder = fields.Boolean()
    left_on = fields.Date(allow_none=True)
    address_protected = fields.Boolean()
    protected_until = fields.Date(allow_none=True)


class HouseholdSchema(Strict):
    """The household of a case as far as the caller may see it."""

    case_id = fields.String()
    members = fields.List(fields.Nested(HouseholdMemberSchema))
    steps = fields.List(fields.Nested(StepSchema))
    version = fields.Integer()
