"""Turns the data of usual events into their dataclass and back, without the schema's price for each event.

Only what has exactly the declared types is taken here; everything else is left to the schema, which says what is wrong.
"""

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Turn = Callable[[Any], Any]
_DAY_LENGTH = 10


class Unusual(ValueError):
    """The value is left to the schema, which may take it, or says why not."""


def event_of(event_class: type, data: Mapping[str, Any]) -> Any:
    """The dataclass of the data; raises Unusual."""
    arguments = {}
    for name, read, _write, required in _MEMBERS(event_class):
        if name in data:
            arguments[name] = read(data[name])
        elif required:
            raise Unusual(name)
    return event_class(**arguments)


def plain_of(instance: Any) -> dict[str, Any]:
    """The fields of a dataclass as JSON values; raises Unusual."""
    return {
        name: write(getattr(instance, name))
        for name, _read, write, _required in _MEMBERS(type(instance))
    }


def _members(event_class: type) -> tuple[tuple[str, Turn, Turn, bool], ...]:
    hints = typing.get_type_hints(event_class)
    return tuple(
        (spec.name, *_turns(hints[spec.name]), spec.default is dataclasses.MISSING)
        for spec in dataclasses.fields(event_class)
    )


_MEMBERS: Callable[[type], tuple[tuple[str, Turn, Turn, bool], ...]] = functools.cache(_members)


def _turns(hint: Any) -> tuple[Turn, Turn]:
    """How a value of a type is read, and how it is written."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        read, write = _turns(next(h for h in typing.get_args(hint) if h is not type(None)))
        return _or_none(read), _or_none(write)
    if origin is tuple:
        read, write = _turns(typing.get_args(hint)[0])
        return _each(read, list, tuple), _each(write, tuple, list)
    if hint is date:
        return _read_day, _write_day
    if hint is float:
        return _finite, _finite
    if hint in (str, int, bool):
        return _exactly(hint), _exactly(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _read_part(hint), _write_part(hint)
    return _unusual, _unusual


def _or_none(turn: Turn) -> Turn:
    return lambda value: None if value is None else turn(value)


def _each(turn: Turn, taken: type[Any], made: type[Any]) -> Turn:
    def change(value: Any) -> Any:
        if type(value) is not taken:
            raise Unusual(taken)
        return made(turn(item) for item in value)

    return change


def _exactly(kind: type) -> Turn:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise Unusual(kind)
        return value

    return check


def _finite(value: Any) -> Any:
    if type(value) is not float or not math.isfinite(value):
        raise Unusual(float)
    return value


def _read_day(value: Any) -> date:
    # Ten characters with both hyphens: other spellings of ISO 8601 are the schema's to judge.
    if type(value) is not str or len(value) != _DAY_LENGTH or value[4] + value[7] != "--":
        raise Unusual(date)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unusual(date) from None


def _write_day(value: Any) -> str:
    if type(value) is not date:
        raise Unusual(date)
    return value.isoformat()


def _read_part(kind: type) -> Turn:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Unusual(kind)
        return event_of(kind, value)

    return read


def _write_part(kind: type) -> Turn:
    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise Unusual(kind)
        return plain_of(value)

    return write


def _unusual(_value: Any) -> Any:
    raise Unusual
