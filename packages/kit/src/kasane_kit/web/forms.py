"""Reads what a person typed into a form: every problem at its field, and what was typed is kept."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, validate
from werkzeug.datastructures import MultiDict

from kasane_kit.clock import JAPAN
from kasane_kit.web.dates import NotADate, in_bounds, last_year, parse_date
from kasane_plugin_api import FieldKind, FieldSpec

Say = Callable[..., str]

# What fits into an INTEGER column of both databases.
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}\Z")
_ROW = re.compile(r"[0-9]{1,4}\Z")


@dataclass
class Form:
    """A form with its fields, what was typed, and after ``check`` its values and problems.

    ``values`` holds Python values by field name: ``str``, ``bool``, ``int``, ``date``, ``list[str]`` or None.
    """

    specs: Sequence[FieldSpec]
    typed: Mapping[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    prefix: str = ""

    def check(self, data: "MultiDict[str, str]", say: Say) -> bool:
        """Fills in what was typed; True when every field is right. ``say(key, **facts)`` gives the sentences."""
        typed: dict[str, Any] = {}
        for spec in self.specs:
            name = self.prefix + spec.name
            many = spec.kind is FieldKind.CHOICES
            typed[spec.name] = data.getlist(name) if many else data.get(name, "").strip()
            try:
                self.values[spec.name] = _value(spec, typed[spec.name], say)
            except ValidationError as error:
                self.errors.setdefault(spec.name, []).extend(
                    str(message) for message in error.messages
                )
        self.typed = typed
        return not self.errors

    def add_error(self, name: str, sentence: str) -> None:
        """Puts a problem at a field, for rules over several fields."""
        self.errors.setdefault(name, []).append(sentence)

    def label(self, name: str) -> str:
        """The words beside a field; empty for a problem that belongs to no field."""
        return next((spec.label for spec in self.specs if spec.name == name), "")

    def shown(self, name: str) -> Any:
        """What the field shows: what was typed, else nothing."""
        return self.typed.get(name, "")

    def id_of(self, name: str) -> str:
        """The name and HTML id of a field in this form."""
        return self.prefix + name


def repeated(
    specs: Sequence[FieldSpec], data: "MultiDict[str, str]", prefix: str, say: Say
) -> list[Form]:
    """Forms for rows ``<prefix>-<n>-<field>`` in their order; a row in which nothing was typed is left out."""
    numbers = sorted(
        {
            int(parts[1])
            for key in data
            if (parts := key.split("-", 2))
            and len(parts) == 3
            and parts[0] == prefix
            and _ROW.match(parts[1])
        }
    )
    rows = []
    for number in numbers:
        form = Form(specs, prefix=f"{prefix}-{number}-")
        form.check(data, say)
        if any(form.typed.values()):
            rows.append(form)
    return rows


def _value(spec: FieldSpec, typed: Any, say: Say) -> Any:
    if spec.kind is FieldKind.BOOLEAN:
        if spec.required and not typed:
            raise ValidationError(say("form.required", label=spec.label))
        return typed in ("1", "on", "true", "yes")
    if not typed:
        if spec.required:
            chosen = spec.kind in (FieldKind.CHOICE, FieldKind.CHOICES)
            raise ValidationError(
                say("form.choose" if chosen else "form.required", label=spec.label)
            )
        return (
            [] if spec.kind is FieldKind.CHOICES else (None if spec.kind in _EMPTY_IS_NONE else "")
        )
    known = {choice.value for choice in spec.choices}
    if spec.kind is FieldKind.CHOICES:
        if not set(typed) <= known:
            raise ValidationError(say("form.not_a_choice", label=spec.label))
        return list(dict.fromkeys(typed))
    if len(typed) > spec.max_length:
        raise ValidationError(
            say("form.too_long", label=spec.label, most=spec.max_length, typed=len(typed))
        )
    return _READERS.get(spec.kind, _read_text)(spec, typed, say)


def _read_text(spec: FieldSpec, typed: str, say: Say) -> str:
    if "\x00" in typed:
        raise ValidationError(say("form.unreadable", label=spec.label))
    return typed


def _read_choice(spec: FieldSpec, typed: str, say: Say) -> str:
    if typed not in {choice.value for choice in spec.choices}:
        raise ValidationError(say("form.not_a_choice", label=spec.label))
    return typed


def _read_date(spec: FieldSpec, typed: str, say: Say) -> date:
    try:
        day = parse_date(typed)
    except NotADate:
        raise ValidationError(say("form.not_a_date", label=spec.label)) from None
    _must_be_in_bounds(spec, day, say)
    return day


def _read_datetime(spec: FieldSpec, typed: str, say: Say) -> datetime:
    try:
        moment = datetime.fromisoformat(typed)
        there = moment.astimezone(JAPAN) if moment.tzinfo else moment.replace(tzinfo=JAPAN)
    except (ValueError, OverflowError):
        raise ValidationError(say("form.not_a_datetime", label=spec.label)) from None
    _must_be_in_bounds(spec, there.date(), say)
    return there


def _must_be_in_bounds(spec: FieldSpec, day: date, say: Say) -> None:
    if not in_bounds(day):
        raise ValidationError(say("form.day_out_of_bounds", label=spec.label, last=last_year()))


def _read_integer(spec: FieldSpec, typed: str, say: Say) -> int:
    digits = unicodedata.normalize("NFKC", typed)
    if not _INTEGER.match(digits):
        raise ValidationError(say("form.not_a_number", label=spec.label))
    return int(digits)


def _read_email(spec: FieldSpec, typed: str, say: Say) -> str:
    try:
        return str(validate.Email()(typed))
    except ValidationError:
        raise ValidationError(say("form.not_an_email", label=spec.label)) from None


_EMPTY_IS_NONE = frozenset({FieldKind.DATE, FieldKind.INTEGER, FieldKind.DATETIME})
_READERS: dict[FieldKind, Callable[[FieldSpec, str, Say], Any]] = {
    FieldKind.CHOICE: _read_choice,
    FieldKind.DATE: _read_date,
    FieldKind.DATETIME: _read_datetime,
    FieldKind.INTEGER: _read_integer,
    FieldKind.EMAIL: _read_email,
}
