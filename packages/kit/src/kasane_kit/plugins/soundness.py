"""Checks answers fast: one function for each declared type, made once, that also gathers the texts inside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Check = Callable[[Any, list[str]], bool]
"""Whether a value is of the type; every text of it long enough to name a municipality goes into the list."""

SHORTEST = 6


@cache
def check_of(kind: Any) -> Check:
    """The check of a declared type; it agrees with ``misfit``, which says where and how a value is wrong."""
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return lambda value, texts: True
    if origin in (Union, UnionType):
        return _of_union(kind)
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(*map(check_of, get_args(kind)))
    if origin is not None and issubclass(origin, Sequence):
        return _of_sequence(origin, check_of(get_args(kind)[0]))
    if isinstance(kind, type) and is_dataclass(kind):
        return _of_dataclass(kind)
    if kind is str:
        return _text
    return _of_plain(kind)


def _text(value: Any, texts: list[str]) -> bool:
    if not isinstance(value, str):
        return False
    if len(value) >= SHORTEST:
        texts.append(value)
    return True


def _of_plain(kind: type) -> Check:
    if issubclass(kind, str):  # an enumeration: its members are ours
        return lambda value, texts: isinstance(value, kind)
    if kind is int:
        return lambda value, texts: isinstance(value, int) and not isinstance(value, bool)
    return lambda value, texts: isinstance(value, kind)


def _of_union(kind: Any) -> Check:
    parts = get_args(kind)
    takes_none = NoneType in parts
    checks = [check_of(part) for part in parts if part is not NoneType]

    def check(value: Any, texts: list[str]) -> bool:
        if value is None:
            return takes_none
        return any(one(value, texts) for one in checks)

    return check


def _of_mapping(key: Check, item: Check) -> Check:
    def check(value: Any, texts: list[str]) -> bool:
        return isinstance(value, Mapping) and all(
            key(name, texts) and item(one, texts) for name, one in value.items()
        )

    return check


def _of_sequence(origin: Any, item: Check) -> Check:
    def check(value: Any, texts: list[str]) -> bool:
        if isinstance(value, str) or not isinstance(value, origin):
            return False
        return all(item(one, texts) for one in value)

    return check


def _of_dataclass(kind: type) -> Check:
    types = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    checks = [check_of(types[name]) for name in names]
    if not names:
        return lambda value, texts: isinstance(value, kind)
    values_of = attrgetter(*names)
    single = len(names) == 1

    def check(value: Any, texts: list[str]) -> bool:
        if type(value) is not kind:
            return False
        values = values_of(value)
        if single:
            return checks[0](values, texts)
        return all(one(part, texts) for one, part in zip(checks, values, strict=True))

    return check
