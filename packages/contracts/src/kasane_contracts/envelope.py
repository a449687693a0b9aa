"""Holds what travels on the bus: one event in an envelope with CloudEvents 1.0 attribute names."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

SPEC_VERSION = "1.0"
TYPE_PATTERN = r"^[a-z][a-z_]*\.[a-z][a-z_]*\.[a-z][a-z_]*\.v[1-9][0-9]*\Z"
LAST_SEQUENCE = 2**63 - 1
MUNICIPALITY_PATTERN = r"^([0-9]{6}|host)\Z"


class MalformedEnvelope(ValueError):
    """A message is not an envelope; ``problems`` maps each wrong attribute to its sentences."""

    def __init__(self, problems: Mapping[str, Any]) -> None:
        super().__init__(f"not an envelope: {', '.join(sorted(map(str, problems)))}")
        self.problems = problems


@dataclass(frozen=True)
class Envelope:
    """One event on its way. ``sequence`` counts from 1 without holes in (source, municipality, epoch).

    A sequence of 0 means that the producer has not numbered the event yet.
    """

    id: str
    source: str
    type: str
    subject: str
    time: str
    municipality: str
    actor: str
    correlationid: str
    causationid: str = ""
    dataschema: str = ""
    epoch: str = ""
    sequence: int = 0
    specversion: str = SPEC_VERSION
    datacontenttype: str = "application/json"
    data: Mapping[str, Any] = field(default_factory=dict)

    def numbered(self, epoch: str, sequence: int) -> "Envelope":
        """The same event with its place in the producer's log."""
        return replace(self, epoch=epoch, sequence=sequence)

    def to_dict(self) -> dict[str, Any]:
        """A plain mapping that ``from_dict`` takes back unchanged."""
        return asdict(self)

    def to_json(self) -> str:
        """Canonical JSON text: sorted keys, no spaces, Japanese unescaped."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_dict(cls, raw: Any) -> "Envelope":
        """Raises MalformedEnvelope naming every attribute that is missing, unknown or of a wrong shape."""
        if not isinstance(raw, dict):
            raise MalformedEnvelope({"envelope": ["is not a JSON object"]})
        try:
            loaded = _EnvelopeSchema().load(raw)
        except ValidationError as error:
            raise MalformedEnvelope(error.messages_dict) from error
        return cls(**loaded)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Envelope":
        """Raises MalformedEnvelope when the text is not JSON or not an envelope."""
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MalformedEnvelope({"envelope": ["is not JSON"]}) from error
        return cls.from_dict(raw)


def _is_time(value: str) -> None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValidationError("is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise ValidationError("has no time zone")


class _EnvelopeSchema(Schema):
    class Meta:
        unknown = RAISE

    id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    source = fields.String(required=True, validate=validate.Length(min=1, max=32))
    type = fields.String(
        required=True, validate=[validate.Length(max=120), validate.Regexp(TYPE_PATTERN)]
    )
    subject = fields.String(required=True, validate=validate.Length(max=128))
    time = fields.String(required=True, validate=_is_time)
    municipality = fields.String(required=True, validate=validate.Regexp(MUNICIPALITY_PATTERN))
    actor = fields.String(required=True, validate=validate.Length(max=128))
    correlationid = fields.String(required=True, validate=validate.Length(min=1, max=64))
    causationid = fields.String(load_default="", validate=validate.Length(max=64))
    dataschema = fields.String(load_default="", validate=validate.Length(max=200))
    epoch = fields.String(load_default="", validate=validate.Length(max=64))
    sequence = fields.Integer(
        load_default=0, strict=True, validate=validate.Range(min=0, max=LAST_SEQUENCE)
    )
    specversion = fields.String(load_default=SPEC_VERSION, validate=validate.Equal(SPEC_VERSION))
    datacontenttype = fields.String(load_default="application/json")
    data = fields.Dict(required=True)
