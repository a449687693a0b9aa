"""Reads a plugin's structure.toml and strings into answers, naming the row when one is wrong."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_TYPES = {
    "str": '文字列（"…"）',
    "int": "整数",
    "float": "数",
    "bool": "true か false",
    "date": "日付（2026-04-01 の形）",
    "time": "時刻（08:30:00 の形）",
}
_ROW = re.compile(r"\[\[(?P<table>[A-Za-z0-9_.-]+)\]\]")


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
    """The rows of one TOML file, read once for all towns that enable the plugin: nobody may change a row.

    ``file`` is its name, for the sentences about what is wrong in it.
    """

    def __init__(self, text: str, file: str = "structure.toml") -> None:
        self._file = file
        try:
            self._tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise WrongStructure(
                f"{file} は TOML として読めません（{error}）。書き方を直してください"
            ) from error
        self._lines = _lines_of_rows(text)
        self._rows: dict[tuple[str, type], tuple[Any, ...]] = {}

    def rows(self, table: str, kind: type[T]) -> tuple[T, ...]:
        """Every ``[[table]]`` row as the given answer; raises WrongStructure naming line, row and key.

        A dotted name reaches a table inside a table; a table that is not there has no rows. Two rows of one code
        may follow one another in time, but two with a day of their own do not hold on the same day.
        """
        known = self._rows.get((table, kind))
        if known is None:
            known = self._rows[(table, kind)] = self._read(table, kind)
        return known

    def _read(self, table: str, kind: type[T]) -> tuple[T, ...]:
        found: Any = self._tables
        for part in table.split("."):
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        if not found:
            return ()
        if not isinstance(found, list):
            raise WrongStructure(
                f"{self._file} の {table} が表の並びではありません。[[{table}]] で書いてください"
            )
        rows = tuple(
            _built(row, kind, self._place(table, number)) for number, row in enumerate(found)
        )
        self._check_terms(table, rows)
        return rows

    def _place(self, table: str, number: int) -> str:
        """Where a row stands: ``structure.toml 12行目の [[offices]]``."""
        lines = self._lines.get(table, ())
        line = f" {lines[number]}行目" if number < len(lines) else ""
        return f"{self._file}{line}の [[{table}]]"

    def _check_terms(self, table: str, rows: Sequence[object]) -> None:
        by_code: dict[object, list[tuple[int, date, date]]] = {}
        for number, row in enumerate(rows):
            code = getattr(row, "code", "")
            begins, ends = getattr(row, "valid_from", None), getattr(row, "valid_to", None)
            if not code or (begins is None and ends is None):
                continue  # the days of a row without any are the plugin's own matter
            first, last = begins or date.min, ends or date.max
            if first > last:
                raise WrongStructure(
                    f"{self._place(table, number)}「{code}」の valid_to が valid_from より前の日です。"
                    "どちらかの日を直してください"
                )
            for other, other_first, other_last in by_code.get(code, []):
                if first <= other_last and other_first <= last:
                    raise WrongStructure(
                        f"{self._place(table, number)}「{code}」の期間が、"
                        f"{self._place(table, other)} の同じコードと重なっています。"
                        "valid_from と valid_to を直すか、別のコードにしてください"
                    )
            by_code.setdefault(code, []).append((number, first, last))

    def table(self, name: str) -> Mapping[str, Any]:
        """A copy of one ``[table]``; empty when the file has none."""
        found = self._tables.get(name, {})
        if not isinstance(found, Mapping):
            raise WrongStructure(
                f"{self._file} の {name} が表ではありません。[{name}] で書いてください"
            )
        return deepcopy(found)


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


def _lines_of_rows(text: str) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        row = _ROW.match(line)
        if row:
            found[row["table"]] = (*found.get(row["table"], ()), number)
    return found


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
        raise WrongStructure(f"{where} が表ではありません。{{…}} か [[…]] で書いてください")
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(set(row) - set(known))
    if unknown:
        usable = "、".join(known)
        raise WrongStructure(
            f"{where} に知らない欄「{unknown[0]}」があります。"
            f"書ける欄は{usable}です。綴りを直してください"
        )
    missing = [
        name
        for name, field in known.items()
        if name not in row and field.default is MISSING and field.default_factory is MISSING
    ]
    if missing:
        raise WrongStructure(f"{where} に {'、'.join(missing)} がありません。書き加えてください")
    types = _types(kind)
    values = {key: _value(value, types[key], f"{where} の {key}") for key, value in row.items()}
    return kind(**values)


def _value(value: object, kind: Any, where: str) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
        return _value(value, kind, where)
    if origin is tuple:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise WrongStructure(f"{where} が並び（[…]）ではありません。かっこで囲んでください")
        return tuple(_value(item, get_args(kind)[0], where) for item in value)
    if is_dataclass(kind) and isinstance(kind, type):
        return _built(value, kind, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        try:
            return kind(str(value))
        except ValueError:
            allowed = "、".join(kind)
            raise WrongStructure(
                f"{where} が {value!r} です。{allowed} のどれかを書いてください"
            ) from None
    plain = isinstance(kind, type) and isinstance(value, kind)
    if not plain or (isinstance(value, bool) and kind is not bool):
        expected = getattr(kind, "__name__", str(kind))
        raise WrongStructure(
            f"{where} が {value!r} です。{_TYPES.get(expected, expected)}で書いてください"
        )
    return value
