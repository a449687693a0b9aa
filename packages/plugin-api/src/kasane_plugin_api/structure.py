"""Reads a plugin's structure.toml and strings into answers, naming the row when one is wrong."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class WrongStructure(ValueError):
    """A file of a plugin does not fit the answers; says table, row and key."""


class Dated(Protocol):
    """Anything with a first and a last day, either of which may be open."""

    @property
    def valid_from(self) -> date | None:
        """The first day."""
        ...

    @property
    def valid_to(self) -> date | None:
        """The last day."""
        ...


D = TypeVar("D", bound=Dated)


class Structure:
    """The rows of one structure.toml, read once when the plugin is made for a town."""

    def __init__(self, text: str) -> None:
        try:
            self._tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise WrongStructure(f"structure.toml is not TOML: {error}") from error

    def rows(self, table: str, kind: type[T]) -> tuple[T, ...]:
        """Every ``[[table]]`` row as the given answer; raises WrongStructure naming the row.

        A dotted name reaches a table inside a table; a table that is not there has no rows.
        """
        found: Any = self._tables
        for part in table.split("."):
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        if not found:
            return ()
        if not isinstance(found, list):
            raise WrongStructure(f"[[{table}]] is not a list of rows")
        return tuple(
            _built(row, kind, f"[[{table}]] row {number}")
            for number, row in enumerate(found, start=1)
        )

    def table(self, name: str) -> Mapping[str, Any]:
        """One ``[table]`` as it stands; empty when the file has none."""
        found = self._tables.get(name, {})
        if not isinstance(found, Mapping):
            raise WrongStructure(f"[{name}] is not a table")
        return found


class Sentences:
    """The sentences of one strings file by dotted key."""

    def __init__(self, text: str) -> None:
        self._sentences = _flat(tomllib.loads(text))

    def say(self, key: str, **facts: object) -> str:
        """The sentence with its facts filled in; raises KeyError naming an unknown key."""
        return self._sentences[key].format(**facts)


def valid_on(rows: Iterable[D], on: date) -> tuple[D, ...]:
    """The rows that hold on a day; first and last day belong to the term."""
    return tuple(
        row
        for row in rows
        if (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or on <= row.valid_to)
    )


def fiscal_year(on: date) -> int:
    """The fiscal year of a day: it begins on the first of April."""
    return on.year if on.month >= 4 else on.year - 1


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


@cache
def _types(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _built(row: object, kind: type[T], where: str) -> T:
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is not a dataclass")
    if not isinstance(row, Mapping):
        raise WrongStructure(f"{where} is not a table")
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise WrongStructure(f"{where} has the unknown key {', '.join(unknown)}")
    missing = [
        name
        for name, field in known.items()
        if name not in row and field.default is MISSING and field.default_factory is MISSING
    ]
    if missing:
        raise WrongStructure(f"{where} lacks {', '.join(missing)}")
    types = _types(kind)
    values = {key: _value(value, types[key], f"{where}, {key}") for key, value in row.items()}
    return kind(**values)


def _value(value: object, kind: Any, where: str) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
        return _value(value, kind, where)
    if origin is tuple:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise WrongStructure(f"{where} is not a list")
        return tuple(_value(item, get_args(kind)[0], where) for item in value)
    if is_dataclass(kind) and isinstance(kind, type):
        return _built(value, kind, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        try:
            return kind(str(value))
        except ValueError:
            allowed = ", ".join(kind)
            raise WrongStructure(f"{where} is {value!r}, not one of {allowed}") from None
    plain = isinstance(kind, type) and isinstance(value, kind)
    if not plain or (isinstance(value, bool) and kind is not bool):
        expected = getattr(kind, "__name__", str(kind))
        raise WrongStructure(f"{where} is {value!r}, not of type {expected}")
    return value
