"""What the first release left in its databases: its migrations, and rows that its own code wrote.

The rows are two invented households, from the first window to the recorded visit, with everything that was
entered on the way in both towns; events on the bus are left out.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, ColumnElement, Connection, MetaData, func, select, text

from kasane_kit.db import MigrationSource, Sealed, migrate
from kasane_kit.db.engine import open_engine
from kasane_kit.service import Service

ROWS = Path(__file__).parent / "rows_of_the_first_release.jsonl"
MIGRATIONS = {
    "kit": ("k0001",),
    "cases": ("c0001",),
    "intake": ("i0001", "i0002"),
    "outreach": ("o0001",),
    "portal": ("p0001",),
    "resources": ("r0001",),
}

# A migration gave them another shape; every word is still in it.
WRITTEN_ANEW = {("cases_support_plan", "goals"), ("cases_support_plan", "tracks")}


@dataclass(frozen=True)
class Row:
    """One row of one table of a service in a town, every value as SQLite keeps it."""

    town: str
    service: str
    table: str
    values: Mapping[str, Any]


def rows() -> list[Row]:
    """Every row, in the order in which it was written down."""
    lines = map(json.loads, ROWS.read_text("utf-8").splitlines())
    return [Row(line["town"], line["service"], line["table"], line["row"]) for line in lines]


def kit_migrations(folder: Path) -> Path:
    """A folder with the kit's migrations of that release."""
    return _copied(migrate.KIT_MIGRATIONS, folder / "kit", MIGRATIONS["kit"]) / "migrations"


def services_of_then(services: Mapping[str, Service], folder: Path) -> dict[str, Service]:
    """The services with the migrations of that release."""
    return {
        name: replace(
            service,
            root=_copied(service.migrations, folder / name, MIGRATIONS[name]),
            columns=None,
            tagged=(),
        )
        for name, service in services.items()
    }


def plant(connection: Connection, planted: list[Row]) -> None:
    """Writes rows of one service into its tables as they were; numbers go on after them."""
    old = MetaData()
    old.reflect(connection)
    for table in old.sorted_tables:
        mine = [row.values for row in planted if row.table == table.name]
        if mine:
            # Some migrations write a first row themselves.
            connection.execute(table.delete())
            columns = table.columns
            connection.execute(
                table.insert(),
                [
                    {name: _typed(columns[name], value) for name, value in one.items()}
                    for one in mine
                ],
            )
            _count_on(connection, list(table.columns))
    assert {row.table for row in planted} <= set(old.tables)


def furnish(file: Path, service: Service, town: str, folder: Path) -> None:
    """Makes the database of a service in a town as an upgrade of the first release leaves it: with real rows."""
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    then = _copied(service.migrations, folder / service.name, MIGRATIONS[service.name])
    of_now = migrate.KIT_MIGRATIONS
    engine = open_engine(URL.create("sqlite", database=str(file)))
    with engine.connect() as connection:
        migrate.KIT_MIGRATIONS = kit_migrations(folder)
        try:
            migrate.upgrade(connection, MigrationSource(then / "migrations"))
        finally:
            migrate.KIT_MIGRATIONS = of_now
        planted = [row for row in rows() if (row.service, row.town) == (service.name, town)]
        plant(connection, planted)
        migrate.upgrade(connection, MigrationSource(service.migrations))
        connection.commit()
    engine.dispose()


def kept(connection: Connection, planted: list[Row], mapped: MetaData) -> Iterator[str]:
    """Says of every row that is not there any more, or reads otherwise in a column that still exists.

    What is sealed by now is read as the service of today (``mapped``) reads it.
    """
    now = MetaData()
    now.reflect(connection)
    for row in planted:
        if row.table not in now.tables:
            yield f"the table {row.table}"
            continue
        table = now.tables[row.table]
        values = {
            name: _typed(table.columns[name], value)
            for name, value in row.values.items()
            if name in table.columns
        }
        keys = [column for column in table.primary_key.columns if column.name in values]
        columns = [_as_read(mapped, column) for column in table.columns]
        found = connection.execute(
            select(*columns).where(*(column == values[column.name] for column in keys))
        ).first()
        if found is None:
            yield f"{row.table} {[values[column.name] for column in keys]} is gone"
            continue
        for name, value in values.items():
            if (row.table, name) in WRITTEN_ANEW:
                if not _words(value) <= _words(found._mapping[name]):
                    yield f"{row.table}.{name}: {value!r} lost words"
            elif found._mapping[name] != value:
                yield f"{row.table}.{name}: {value!r} became {found._mapping[name]!r}"


def _as_read(mapped: MetaData, column: Column[Any]) -> ColumnElement[Any]:
    table = mapped.tables.get(column.table.name)
    if table is not None and isinstance(table.c[column.name].type, Sealed):
        column.type = table.c[column.name].type
    return column


def _copied(migrations: Path, folder: Path, revisions: tuple[str, ...]) -> Path:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    for revision in revisions:
        (file,) = (migrations / "versions").glob(f"{revision}_*.py")
        shutil.copy(file, versions)
    return folder


def _words(value: Any) -> set[str]:
    """Every text in a value, however deep, without empty ones."""
    if isinstance(value, Mapping):
        return set().union(*map(_words, value.values()))
    if isinstance(value, list):
        return set().union(*map(_words, value))
    return {value} if isinstance(value, str) and value else set()


def _typed(column: Column[Any], value: Any) -> Any:
    kind = str(column.type).upper()
    if value is None:
        return None
    if kind == "BOOLEAN":
        return bool(value)
    if kind.startswith("JSON"):
        return json.loads(value) if isinstance(value, str) else value
    if kind == "DATE":
        return date.fromisoformat(value)
    if kind.startswith("TIME") and not kind.startswith("TIMESTAMP"):
        return time.fromisoformat(value)
    if kind.startswith(("DATETIME", "TIMESTAMP")):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if getattr(column.type, "timezone", False) else moment
    return value


def _count_on(connection: Connection, columns: list[Column[Any]]) -> None:
    """A number that PostgreSQL gives by itself goes on after the highest that is there."""
    if connection.dialect.name != "postgresql":
        return
    for column in columns:
        table = str(column.table)
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :name)"),
            {"table": table, "name": column.name},
        )
        if sequence:
            highest = connection.scalar(select(func.max(column)))
            connection.execute(select(func.setval(sequence, highest)))
