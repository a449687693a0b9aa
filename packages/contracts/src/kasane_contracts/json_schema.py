"""Describes events as JSON Schema 2020-12, for the snapshots, the AsyncAPI document and other languages."""

import dataclasses
import types
import typing
from datetime import date, datetime
from typing import Any

from kasane_contracts.registry import EventType

_SIMPLE: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}
_SEALED = {
    "type": "object",
    "description": "sealed with the town's key (AES-256-GCM)",
    "properties": {"sealed": {"type": "string"}},
    "required": ["sealed"],
}


def schema_of(entry: EventType) -> dict[str, Any]:
    """The schema of an event's data as it travels: personal fields are sealed objects."""
    schema = _object(entry.event_class)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{entry.type}.json",
        "title": entry.event_class.__name__,
        "description": (entry.event_class.__doc__ or "").strip(),
        **schema,
    }


def _object(target: type) -> dict[str, Any]:
    hints = typing.get_type_hints(target)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for spec in dataclasses.fields(target):
        properties[spec.name] = _SEALED if spec.metadata.get("personal") else _of(hints[spec.name])
        if spec.default is dataclasses.MISSING:
            required.append(spec.name)
    return {"type": "object", "properties": properties, "required": required}


def _of(hint: Any) -> dict[str, Any]:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(h for h in typing.get_args(hint) if h is not type(None))
        return {"anyOf": [_of(inner), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _of(typing.get_args(hint)[0])}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _object(hint)
    return dict(_SIMPLE[hint])
