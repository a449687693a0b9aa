"""Holds what travels on the bus: one event in an envelope with CloudEvents 1.0 attribute names."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from dataclasses import fields as fields_of
from datetime import datetime
from functools import lru_cache
from operator import itemgetter, le
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
        return {name: getattr(self, name) for name in _NAMES} | {"data": dict(self.data)}

    def to_json(self) -> str:
        """The text of the log it was read from, else canonical JSON: sorted keys, no spaces, Japanese unescaped."""
        return getattr(self, "_text", "") or json.dumps(
            self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    def to_json_without_place(self) -> str:
        """Canonical JSON text of an event that has no place yet: the log adds ``epoch`` and ``sequence`` at its end."""
        raw = self.to_dict()
        del raw["epoch"], raw["sequence"]
        return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_dict(cls, raw: Any) -> "Envelope":
        """Raises MalformedEnvelope naming every attribute that is missing, unknown or of a wrong shape."""
        if not isinstance(raw, dict):
            raise MalformedEnvelope({"envelope": ["is not a JSON object"]})
        if _fits(raw):
            # Every attribute is there and right; a frozen class sets them one by one at five times the price.
            envelope = object.__new__(cls)
            vars(envelope).update(raw)
            return envelope
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

    @classmethod
    def from_log(cls, text: str) -> "Envelope":
        """Like ``from_json``; ``to_json`` gives this very text back, which spares writing it again."""
        envelope = cls.from_json(text)
        object.__setattr__(envelope, "_text", text)
        return envelope


_NAMES = tuple(one.name for one in fields_of(Envelope))
_LENGTHS = {
    "id": (1, 64),
    "source": (1, 32),
    "type": (0, 120),
    "subject": (0, 128),
    "actor": (0, 128),
    "correlationid": (1, 64),
    "causationid": (0, 64),
    "dataschema": (0, 200),
    "epoch": (0, 64),
}
_TEXTS = itemgetter(*_LENGTHS)
_ONLY_TEXT = {str}
_LEAST, _MOST = zip(*_LENGTHS.values(), strict=True)
_USUAL = {*_LENGTHS, "time", "municipality", "sequence", "specversion", "datacontenttype", "data"}


def _fits(raw: dict[str, Any]) -> bool:
    """Whether a mapping has every attribute in its usual shape, at a twentieth of what the schema costs.

    False says nothing: the schema decides, and names what is wrong.
    """
    if raw.keys() != _USUAL:
        return False
    texts = _TEXTS(raw)
    if set(map(type, texts)) != _ONLY_TEXT:
        return False
    lengths = tuple(map(len, texts))
    if not (all(map(le, _LEAST, lengths)) and all(map(le, lengths, _MOST))):
        return False
    time, town, number = raw["time"], raw["municipality"], raw["sequence"]
    if type(time) is not str or type(town) is not str or type(number) is not int:
        return False
    try:
        aware = datetime.fromisoformat(time).tzinfo is not None
    except ValueError:
        return False
    return (
        aware
        and 0 <= number <= LAST_SEQUENCE
        and _is_spelled(raw["type"], town)
        and raw["specversion"] == SPEC_VERSION
        and type(raw["specversion"]) is str
        and type(raw["datacontenttype"]) is str
        and type(raw["data"]) is dict
    )


@lru_cache(maxsize=4096)
def _is_spelled(type_name: str, municipality: str) -> bool:
    return bool(re.match(TYPE_PATTERN, type_name) and re.match(MUNICIPALITY_PATTERN, municipality))


def _is_time(value: str) -> None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValidationError("is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise ValidationError("has no time zone")


def _length(name: str) -> validate.Length:
    least, most = _LENGTHS[name]
    return validate.Length(min=least or None, max=most)


class _EnvelopeSchema(Schema):
    class Meta:
        unknown = RAISE

    id = fields.String(required=True, validate=_length("id"))
    source = fields.String(required=True, validate=_length("source"))
    type = fields.String(required=True, validate=[_length("type"), validate.Regexp(TYPE_PATTERN)])
    subject = fields.String(required=True, validate=_length("subject"))
    time = fields.String(required=True, validate=_is_time)
    municipality = fields.String(required=True, validate=validate.Regexp(MUNICIPALITY_PATTERN))
    actor = fields.String(required=True, validate=_length("actor"))
    correlationid = fields.String(required=True, validate=_length("correlationid"))
    causationid = fields.String(load_default="", validate=_length("causationid"))
    dataschema = fields.String(load_default="", validate=_length("dataschema"))
    epoch = fields.String(load_default="", validate=_length("epoch"))
    sequence = fields.Integer(
        load_default=0, strict=True, validate=validate.Range(min=0, max=LAST_SEQUENCE)
    )
    specversion = fields.String(load_default=SPEC_VERSION, validate=validate.Equal(SPEC_VERSION))
    datacontenttype = fields.String(load_default="application/json")
    data = fields.Dict(required=True)
