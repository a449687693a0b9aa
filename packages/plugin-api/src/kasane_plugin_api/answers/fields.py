"""A field of a form: how it is typed in, checked and chosen from."""

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a form field is typed in and checked."""

    TEXT = "text"
    TEXTAREA = "textarea"
    DATE = "date"
    DATETIME = "datetime"
    TEL = "tel"
    EMAIL = "email"
    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    PASSWORD = "password"


@dataclass(frozen=True)
class Choice:
    """One selectable value of a field, with the words shown for it."""

    value: str
    label: str


@dataclass(frozen=True)
class FieldSpec:
    """One field of a form, stored by the platform under the name of the plugin that asked for it.

    ``name`` is ASCII; ``reported_to_state`` marks a field that the national report asks for.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 4000
    autocomplete: str = "off"
    reported_to_state: bool = False
