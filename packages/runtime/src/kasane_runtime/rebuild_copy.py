"""The copy into which logs are heard again: a file of its own, compared with the tables row by row."""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    String,
    Table,
    collate,
    delete,
    insert,
    select,
    text,
    tuple_,
)

from kasane_contracts.envelope import Envelope
from kasane_kit.db import MigrationSource, upgrade
from kasane_kit.db.engine import open_engine
from kasane_kit.service import Service

Key = tuple[Any, ...]
Keys = dict[str, set[Key]]

AT_ONCE = 400


class Copy:
    """A service's tables, empty at first, in a file that stays until the rebuild is done."""

    def __init__(self, connection: Connection, tables: Sequence[Table]) -> None:
        self.connection = connection
        self._tables = {table.name: table for table in tables}

    @classmethod
    @contextmanager
    def opened(cls, path: Path, service: Service, made_by: str) -> Iterator["Copy"]:
        """The copy in the file; one that another release of the service made is emptied first."""
        if path.exists() and not _is_made_by(path, made_by):
            forget(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with _connected(path) as connection:
            upgrade(connection, MigrationSource(service.migrations))
            for statement in (
                "CREATE TABLE IF NOT EXISTS rebuild_made_by (code TEXT PRIMARY KEY)",
                "CREATE TABLE IF NOT EXISTS rebuild_left_out (id TEXT PRIMARY KEY, body TEXT)",
                "CREATE TABLE IF NOT EXISTS rebuild_touched "
                "(name TEXT, key TEXT, PRIMARY KEY (name, key))",
            ):
                connection.exec_driver_sql(statement)
            connection.execute(
                text("INSERT OR IGNORE INTO rebuild_made_by VALUES (:code)"), {"code": made_by}
            )
            copy = cls(connection, service.read_models)
            copy._watch("DROP TRIGGER IF EXISTS")
            connection.exec_driver_sql("DELETE FROM rebuild_touched")
            connection.commit()
            yield copy

    def leave_out(self, envelope: Envelope) -> None:
        """Keeps an event that the service has parked, to apply it once it is given back."""
        self.connection.execute(
            text("INSERT OR IGNORE INTO rebuild_left_out VALUES (:id, :body)"),
            {"id": envelope.id, "body": envelope.to_json()},
        )

    def no_longer_parked(self, parked: Collection[str]) -> list[Envelope]:
        """The events that were left out and have been given back since, in their order."""
        rows = self.connection.execute(
            text("SELECT id, body FROM rebuild_left_out ORDER BY rowid")
        ).all()
        back = [row for row in rows if row.id not in parked]
        for row in back:
            self.connection.execute(
                text("DELETE FROM rebuild_left_out WHERE id = :id"), {"id": row.id}
            )
        return [Envelope(**json.loads(row.body)) for row in back]

    def watch(self) -> None:
        """Notes every row that is written from now on."""
        self._watch("CREATE TRIGGER")

    def touched(self) -> Keys:
        """The keys of the rows that were written since ``watch``, of every table."""
        found: Keys = {name: set() for name in self._tables}
        for name, key in self.connection.execute(text("SELECT name, key FROM rebuild_touched")):
            columns = self._tables[name].primary_key.columns
            parts = zip(columns, json.loads(key), strict=True)
            found[name].add(tuple(column.type.python_type(part) for column, part in parts))
        return found

    def _watch(self, verb: str) -> None:
        for table in self._tables.values():
            for act, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                trigger = f"{verb} rebuild_{table.name}_{act.lower()}"
                if verb.startswith("CREATE"):
                    key = ", ".join(f"{row}.{one.name}" for one in table.primary_key.columns)
                    trigger += (
                        f" AFTER {act} ON {table.name} BEGIN INSERT OR IGNORE INTO rebuild_touched "
                        f"VALUES ('{table.name}', json_array({key})); END"
                    )
                self.connection.exec_driver_sql(trigger)


def forget(path: Path) -> None:
    """Takes the copy away."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def differing(live: Connection, copy: Connection, table: Table) -> Iterator[Key]:
    """The keys of the rows that are not the same in both, or in one only."""
    width = len(table.primary_key.columns)
    left, right = _rows(live, table), _rows(copy, table)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(left, None), next(right, None)
            continue
        low = min(row[:width] for row in (one, other) if row is not None)
        yield low
        if one is not None and one[:width] == low:
            one = next(left, None)
        if other is not None and other[:width] == low:
            other = next(right, None)


def put_right(
    live: Connection, copy: Connection, tables: Sequence[Table], keys: Mapping[str, set[Key]]
) -> int:
    """Gives the rows of these keys the content of the copy in the caller's transaction; returns how many differed."""
    changed = 0
    for table in tables:
        width = len(table.primary_key.columns)
        for some in _in_pieces(sorted(keys[table.name])):
            there = {row[:width]: row for row in _rows(live, table, some)}
            right = {row[:width]: row for row in _rows(copy, table, some)}
            wrong = [key for key in some if there.get(key) != right.get(key)]
            changed += len(wrong)
            gone = [key for key in wrong if key in there]
            if gone:
                live.execute(delete(table).where(_one_of(table, gone)))
            names = [column.name for column in _columns(table)]
            coming = [
                dict(zip(names, map(_aware, right[key]), strict=True))
                for key in wrong
                if key in right
            ]
            if coming:
                live.execute(insert(table), coming)
    return changed


def _rows(connection: Connection, table: Table, keys: Sequence[Key] = ()) -> Iterator[Key]:
    """Rows with the key's columns first, by key as Python orders it."""
    postgres = connection.dialect.name == "postgresql"
    order = [
        collate(one, "C") if postgres and isinstance(one.type, String) else one
        for one in table.primary_key.columns
    ]
    statement = select(*_columns(table)).order_by(*order)
    if keys:
        statement = statement.where(_one_of(table, keys))
    found = connection.execute(statement, execution_options={"yield_per": 2000})
    for row in found:
        yield tuple(map(_plain, row))


def _one_of(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    return tuple_(*table.primary_key.columns).in_(list(keys))


def _columns(table: Table) -> list[Any]:
    key = list(table.primary_key.columns)
    return [*key, *(column for column in table.columns if not column.primary_key)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _in_pieces(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while piece := list(islice(rest, AT_ONCE)):
        yield piece


def _is_made_by(path: Path, made_by: str) -> bool:
    with _connected(path) as connection:
        known = connection.dialect.has_table(connection, "rebuild_made_by")
        return known and connection.scalar(text("SELECT code FROM rebuild_made_by")) == made_by


@contextmanager
def _connected(path: Path) -> Iterator[Connection]:
    engine = open_engine(URL.create("sqlite", database=str(path)))
    try:
        with engine.connect() as connection:
            # It can be made again: what a power cut takes from it costs time only.
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            connection.rollback()
            yield connection
    finally:
        engine.dispose()
