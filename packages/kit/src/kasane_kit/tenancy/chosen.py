"""The set of plugins that a town chose for itself, and a service's own copy of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    select,
)

metadata = MetaData()

town_projection = Table(
    "town_projection",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("plugins", JSON, nullable=False),
    Column("settings", Text, nullable=False),
    Column("chosen_on", Date, nullable=False),
)


@dataclass(frozen=True)
class ChosenSet:
    """Plugins in asking order with their settings, as a town chose them on a day; revisions begin at 1."""

    revision: int
    plugins: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chosen_on: date = date.min


def find(connection: Connection) -> ChosenSet | None:
    """What the town of the open database chose, as last heard; None when it never chose."""
    row = connection.execute(select(town_projection)).one_or_none()
    if row is None:
        return None
    return ChosenSet(row.revision, tuple(row.plugins), tomllib.loads(row.settings), row.chosen_on)


def remember(connection: Connection, chosen: ChosenSet) -> None:
    """Replaces the copy unless the same or a newer revision is known already."""
    known = connection.execute(select(town_projection.c.revision)).scalar_one_or_none()
    if known is not None and known >= chosen.revision:
        return
    connection.execute(delete(town_projection))
    connection.execute(
        insert(town_projection).values(
            revision=chosen.revision,
            plugins=list(chosen.plugins),
            settings=settings_text(chosen.settings),
            chosen_on=chosen.chosen_on,
        )
    )


def settings_text(settings: Mapping[str, Mapping[str, Any]], prefix: str = "") -> str:
    """Settings as the lines of a town file, one table for each plugin; ``prefix`` stands before its name."""
    lines = []
    for plugin, values in settings.items():
        lines.append(f"[{prefix}{_key(plugin)}]")
        lines += [f"{_key(key)} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join(lines)


def toml_value(value: Any) -> str:
    """One value as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | date():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(toml_value(one) for one in value)}]"
        case Mapping():
            inner = ", ".join(f"{_quoted(key)} = {toml_value(one)}" for key, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return _quoted(str(value))


def _key(name: str) -> str:
    plain = name.replace("-", "").replace("_", "")
    return name if plain.isascii() and plain.isalnum() else _quoted(name)


def _quoted(words: str) -> str:
    escaped = []
    for letter in words:
        if letter in '"\\':
            escaped.append(f"\\{letter}")
        elif ord(letter) < 0x20 or ord(letter) == 0x7F:
            escaped.append(f"\\u{ord(letter):04x}")
        else:
            escaped.append(letter)
    return f'"{"".join(escaped)}"'
