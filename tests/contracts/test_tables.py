"""Checks that migrations, tables.py and app.py speak of the same tables and columns."""

import importlib
import pkgutil

import pytest
from sqlalchemy import Connection, Table, inspect

from kasane_kit.audit import tables as audit_tables
from kasane_kit.auth import tables as auth_tables
from kasane_kit.bus import tables as bus_tables
from kasane_kit.db import barrier, sealed, shredding, typed
from kasane_kit.tenancy import chosen
from kasane_kit.testing.workbench import Workbench
from kasane_runtime.compose import load_services

SERVICES = sorted(load_services())
KIT = [
    table
    for module in (
        audit_tables,
        auth_tables,
        bus_tables,
        chosen,
        barrier,
        sealed,
        shredding,
        typed,
    )
    for table in module.metadata.tables.values()
]


@pytest.mark.parametrize("name", SERVICES)
def test_the_migrations_make_the_declared_tables_and_no_other(
    benches: dict[str, Workbench], name: str
) -> None:
    with benches[name].reading() as connection:
        made = set(inspect(connection).get_table_names())

    kit = {table.name for table in KIT} | {"schema_version"}
    assert made - kit == set(benches[name].service.tables)
    assert kit - made == set()


@pytest.mark.parametrize("name", SERVICES)
def test_the_migrations_make_the_columns_that_are_mapped(
    benches: dict[str, Workbench], name: str
) -> None:
    mapped = _mapped(benches[name].service.package)

    with benches[name].reading() as connection:
        different = {
            table.name: (_made(connection, table.name), _declared(table))
            for table in (*KIT, *mapped)
            if _made(connection, table.name) != _declared(table)
        }

    assert different == {}
    assert {table.name for table in mapped} <= set(benches[name].service.tables)


def _mapped(package: str) -> list[Table]:
    module = importlib.import_module(f"{package}.tables")
    modules = [module]
    for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
        modules.append(importlib.import_module(f"{package}.tables.{found.name}"))
    tables = {t.name: t for each in modules for t in vars(each).values() if isinstance(t, Table)}
    return [tables[name] for name in sorted(tables)]


def _made(connection: Connection, table: str) -> dict[str, tuple[bool, bool]]:
    keys = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    return {
        column["name"]: (bool(column["nullable"]), column["name"] in keys)
        for column in inspect(connection).get_columns(table)
    }


def _declared(table: Table) -> dict[str, tuple[bool, bool]]:
    return {
        column.name: (bool(column.nullable), bool(column.primary_key)) for column in table.columns
    }
