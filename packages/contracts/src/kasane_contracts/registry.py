"""Turns a frozen dataclass into an event of the published language: name, version, schema, in one place."""

import dataclasses
import functools
import importlib
import types
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from kasane_contracts.plain import Unusual, event_of, plain_of

EVENT_MODULES = (
    "kasane_contracts.intake",
    "kasane_contracts.cases",
    "kasane_contracts.resources",
    "kasane_contracts.outreach",
    "kasane_contracts.portal",
    "kasane_contracts.audit",
)

T = TypeVar("T")


class UnknownEvent(LookupError):
    """Nothing in the contracts has this type; the envelope is parked, never guessed at."""


class InvalidEvent(ValueError):
    """The data of an event does not fit its contract; ``problems`` names the fields."""

    def __init__(self, type_name: str, problems: Mapping[str, Any]) -> None:
        super().__init__(f"{type_name}: {', '.join(sorted(map(str, problems)))}")
        self.problems = problems


@dataclasses.dataclass(frozen=True)
class EventType:
    """What the registry knows of one event: its type text, class, producer and personal fields.

    One that is retired is said no more and heard by nobody; logs still hold it.
    """

    name: str
    version: int
    event_class: type
    subject_field: str
    retired: bool = False

    @property
    def type(self) -> str:
        """The text on the bus, for example ``intake.consultation.received.v1``."""
        return f"{self.name}.v{self.version}"

    @property
    def producer(self) -> str:
        """The only service that says this event; ``any`` for the audit entry that all services say."""
        service = self.name.split(".", 1)[0]
        return "any" if service == "audit" else service


_BY_TYPE: dict[str, EventType] = {}
_BY_CLASS: dict[type, EventType] = {}
_SCHEMAS: dict[type, Schema] = {}


def personal(default: Any = dataclasses.MISSING) -> Any:
    """Marks a field as personal: it is sealed with the town's key before it reaches the outbox."""
    return dataclasses.field(default=default, metadata={"personal": True})


def event(
    name: str, version: int, subject: str, *, retired: bool = False
) -> Callable[[type[T]], type[T]]:
    """Registers a frozen dataclass as an event; ``subject`` names the field that the envelope's subject shows.

    Raises ValueError at import when the name is taken or a field has a type that cannot be described.
    """

    def register(event_class: type[T]) -> type[T]:
        entry = EventType(name, version, event_class, subject, retired)
        if entry.type in _BY_TYPE:
            raise ValueError(f"{entry.type} is declared twice")
        names = {f.name for f in dataclasses.fields(event_class)}  # type: ignore[arg-type]
        if subject not in names:
            raise ValueError(f"{entry.type}: subject {subject!r} is not a field")
        schema_for(event_class)
        _BY_TYPE[entry.type] = entry
        _BY_CLASS[event_class] = entry
        return event_class

    return register


def all_events() -> tuple[EventType, ...]:
    """Every event of the published language, sorted by type."""
    for module in EVENT_MODULES:
        importlib.import_module(module)
    return tuple(_BY_TYPE[key] for key in sorted(_BY_TYPE))


def type_of(event_or_class: Any) -> EventType:
    """The registry entry of an event or its class; raises UnknownEvent when it was never declared."""
    event_class = event_or_class if isinstance(event_or_class, type) else type(event_or_class)
    try:
        return _BY_CLASS[event_class]
    except KeyError:
        raise UnknownEvent(event_class.__name__) from None


def find(type_name: str) -> EventType:
    """The registry entry of a type text; raises UnknownEvent."""
    if type_name not in _BY_TYPE:
        all_events()
    try:
        return _BY_TYPE[type_name]
    except KeyError:
        raise UnknownEvent(type_name) from None


def dump(instance: Any) -> dict[str, Any]:
    """The event's data as plain JSON values."""
    with suppress(Unusual):
        return plain_of(instance)
    return typing.cast(dict[str, Any], schema_for(type(instance)).dump(instance))


def load(type_name: str, data: Mapping[str, Any]) -> Any:
    """The event as its dataclass. Fields added by a newer producer are ignored.

    Raises UnknownEvent for a type that is not in the contracts and InvalidEvent for data that does not fit.
    """
    entry = find(type_name)
    with suppress(Unusual):
        return event_of(entry.event_class, data)
    try:
        values = schema_for(entry.event_class).load(data)
    except ValidationError as error:
        raise InvalidEvent(type_name, error.messages_dict) from error
    return _build(entry.event_class, values)


def schema_for(event_class: type) -> Schema:
    """The marshmallow schema derived from a dataclass; unknown fields are dropped, so that fields may be added."""
    if event_class not in _SCHEMAS:
        _SCHEMAS[event_class] = _derive(event_class)
    return _SCHEMAS[event_class]


def _derive(event_class: type) -> Schema:
    hints = typing.get_type_hints(event_class)
    members: dict[str, Any] = {}
    for spec in dataclasses.fields(event_class):
        options: dict[str, Any] = {"required": spec.default is dataclasses.MISSING}
        if spec.default is not dataclasses.MISSING:
            options["load_default"] = spec.default
        members[spec.name] = _field_for(hints[spec.name], options)
    members["Meta"] = type("Meta", (), {"unknown": EXCLUDE})
    return typing.cast(type[Schema], type(f"{event_class.__name__}Schema", (Schema,), members))()


_SIMPLE: dict[type, type[fields.Field[Any]]] = {
    str: fields.String,
    int: fields.Integer,
    float: fields.Float,
    bool: fields.Boolean,
    date: fields.Date,
    datetime: fields.AwareDateTime,
}


def _field_for(hint: Any, options: dict[str, Any]) -> fields.Field[Any]:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [h for h in typing.get_args(hint) if h is not type(None)]
        if len(inner) != 1:
            raise ValueError(f"a field may be of one type or None, not {hint}")
        return _field_for(inner[0], {**options, "allow_none": True})
    if origin is tuple:
        item, *rest = typing.get_args(hint)
        if rest != [...]:
            raise ValueError(f"a tuple in an event is tuple[X, ...], not {hint}")
        return fields.List(_field_for(item, {}), **options)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields.Nested(schema_for(hint), **options)
    if hint in _SIMPLE:
        return _SIMPLE[hint](**options)
    raise ValueError(f"an event field cannot be of type {hint}")


def _build(target: type, values: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(target)
    arguments = {name: _convert(hints[name], value) for name, value in values.items()}
    return target(**arguments)


def _convert(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _convert(next(h for h in typing.get_args(hint) if h is not type(None)), value)
    if origin is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_convert(item, part) for part in value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, Mapping):
        return _build(hint, value)
    return value


@functools.cache
def personal_paths(event_class: type) -> tuple[tuple[str, ...], ...]:
    """The paths of personal fields; ``*`` stands for every item of a list."""
    hints = typing.get_type_hints(event_class)
    paths: list[tuple[str, ...]] = []
    for spec in dataclasses.fields(event_class):
        if spec.metadata.get("personal"):
            paths.append((spec.name,))
            continue
        step: tuple[str, ...] = (spec.name,)
        hint = _without_none(hints[spec.name])
        if typing.get_origin(hint) is tuple:
            hint, step = _without_none(typing.get_args(hint)[0]), (spec.name, "*")
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            paths.extend(step + inner for inner in personal_paths(hint))
    return tuple(paths)


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint
