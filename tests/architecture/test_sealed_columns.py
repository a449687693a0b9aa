"""Every column that may hold somebody's words lies sealed, or is named with the reason why it does not."""

import importlib
import pkgutil
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table

from kasane_kit.audit import tables as audit_tables
from kasane_kit.auth import tables as auth_tables
from kasane_kit.bus import tables as bus_tables
from kasane_kit.db import Sealed, Tags, barrier, sealed, typed
from kasane_kit.tenancy import chosen
from kasane_runtime.compose import load_services

LISTED = Path(__file__).parents[2] / "docs" / "plain-columns.toml"
LONGEST_CODE = 64
"""What is no longer is an id, a code or the name of a kind; a telephone number is not."""

KIT = (audit_tables, auth_tables, bus_tables, chosen, barrier, sealed, typed)
MUST_BE_SEALED = {
    "intake_consultation.story",
    "intake_person_concerned.description",
    "intake_search_text.text",
    "cases_case.story",
    "outreach_visit.note",
    "resources_referral.message",
}


def listed() -> dict[str, str]:
    """(column → the group whose reason it has)."""
    groups = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for name, group in groups.items():
        assert len(group["ja"]) > 5
        assert len(group["en"]) > 10
        for column in group["columns"]:
            assert column not in found, f"{column} is named twice"
            found[column] = name
    return found


def tables() -> list[Table]:
    """Every table of every service and of the kit."""
    modules = list(KIT)
    for name in load_services():
        root = importlib.import_module(f"kasane_{name}.tables")
        modules.append(root)
        for found in pkgutil.iter_modules(getattr(root, "__path__", [])):
            modules.append(importlib.import_module(f"{root.__name__}.{found.name}"))
    by_name: dict[str, Table] = {}
    for module in modules:
        metadata = getattr(module, "metadata", None)
        for table in metadata.tables.values() if metadata is not None else ():
            by_name[table.name] = table
    return [by_name[name] for name in sorted(by_name)]


def may_hold_words(column: Column[object]) -> bool:
    """Whether somebody's words fit into a column and lie there as they are."""
    kind = column.type
    if isinstance(kind, Sealed | Tags):
        return False
    if isinstance(kind, JSON | LargeBinary):
        return True
    if not isinstance(kind, String):
        return False
    return kind.length is None or kind.length > LONGEST_CODE or column.name.endswith("phone")


def test_a_column_of_words_is_sealed_or_named_with_its_reason() -> None:
    plain = {str(c) for table in tables() for c in table.columns if may_hold_words(c)}

    assert plain - set(listed()) == set(), "seal it, or name it in docs/plain-columns.toml"
    assert set(listed()) - plain == set(), "it is sealed or gone: take it off the list"


def test_what_people_told_is_among_the_sealed() -> None:
    closed = {str(c) for table in tables() for c in table.columns if isinstance(c.type, Sealed)}

    assert closed >= MUST_BE_SEALED
    assert len(closed) > 80


@pytest.mark.parametrize("length", [None, 65])
def test_a_new_column_of_words_would_be_noticed(length: int | None) -> None:
    assert may_hold_words(Column("said", String(length)))
    assert may_hold_words(Column("said", JSON))
    assert not may_hold_words(Column("said", Sealed()))
    assert not may_hold_words(Column("code", String(64)))
