"""Every column that may hold somebody's words lies sealed, or is named with the reason why it does not."""

import ast
import importlib
import pkgutil
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table, Text

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

NOT_DIRECTLY = {
    "cases_transfer_offer.body": "under the accept key, which the other town tells",
    "dead_letter.body": "an event",
    "event_log.body": "an event",
    "outbox.body": "an event",
    "field_key.wrapped": "names its version in a column",
    "parcel_out.body": "under the accept key",
}
"""What lies sealed otherwise and is not sealed anew: each is said in docs/operations/keys.md."""
SEALS_OF_THEIR_OWN = {
    "kasane_cases.handlers.transfer_offers",
    "kasane_cases.handlers.transfers",
    "kasane_outreach.api.door",
    "kasane_portal.handlers.providers",
}
"""Modules that seal under a key that is not the town's: an accept key, a telephone's of one day, the signing key."""


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


def test_every_column_that_lies_directly_under_the_towns_key_is_declared() -> None:
    declared = {one.name for s in load_services().values() for one in s.all_under_town_key}
    otherwise = {c for c, group in listed().items() if group == "sealed_otherwise"}

    assert declared == otherwise - set(NOT_DIRECTLY)
    for service in load_services().values():
        for one in service.all_under_town_key:
            assert isinstance(one.column.type, LargeBinary | Text), one.name
            assert set(one.of) <= set(one.column.table.columns.keys()), one.name


def purposes_sealed(source: str, module: ModuleType) -> set[str]:
    """What a module seals for with ``uow.seal``, and what it opens."""
    return {
        eval(ast.unparse(node.args[0]), vars(module))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "seal"
        and ast.unparse(node.func.value) == "uow"
    }


def test_a_service_seals_with_its_unit_of_work_for_what_it_declares_and_nothing_else() -> None:
    own = set()
    for name, service in load_services().items():
        sealed: set[str] = set()
        for path in sorted(service.root.rglob("*.py")):
            dotted = ".".join((service.package, *path.relative_to(service.root).parts))
            source = path.read_text("utf-8")
            if re.search(r"from kasane_kit\.keys import [^\n]*\b(un)?seal\b", source):
                own.add(dotted.removesuffix(".py"))
            if "uow.seal(" in source:
                sealed |= purposes_sealed(
                    source, importlib.import_module(dotted.removesuffix(".py"))
                )
        assert sealed == {one.purpose for one in service.under_town_key}, name
    assert own == SEALS_OF_THEIR_OWN


@pytest.mark.parametrize("length", [None, 65])
def test_a_new_column_of_words_would_be_noticed(length: int | None) -> None:
    assert may_hold_words(Column("said", String(length)))
    assert may_hold_words(Column("said", JSON))
    assert not may_hold_words(Column("said", Sealed()))
    assert not may_hold_words(Column("code", String(64)))
