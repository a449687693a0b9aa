"""Fills tables by COPY, sealed for each town; their indexes are made afterwards as a restored backup makes them."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Column, Connection, Table

from kasane_kit.db import FieldSeals, SealedJson
from kasane_kit.db.sealed import field_key, sealed_columns
from kasane_kit.ids import new_id
from kasane_kit.keys import KEY_BYTES, KeyRing

ROWS_AT_ONCE = 4_000
# So many records whose keys are at hand; a record that comes again later than this stops the filling at its index.
FIRST = 1
"""The version of the key that a new town has in use."""
KEYS_AT_HAND = 20_000
# What a column gets that the rows do not name: the product writes these where nothing was said.
PLAIN = {"boolean": "f", "integer": "0", "bigint": "0", "double precision": "0", "json": "[]"}
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Grams(tuple[str, ...]):
    """Pieces of a text of which a town gets the tags under its own key."""


@dataclass(frozen=True)
class Town:
    """Where one town's rows go: its database as superuser, and the folder with its key."""

    dsn: str
    municipality: str
    keys: Path


class Filling:
    """The same rows on their way into one schema of some towns; each town gets them under keys of its own."""

    def __init__(self, towns: Sequence[Town], schema: str, tables: Sequence[Table]) -> None:
        names = [field_key.name, *(table.name for table in tables)]
        self._loads = [_Load(town, schema, names) for town in towns]
        self._tables = {table.name: table for table in tables}
        self._named: dict[str, tuple[str, ...]] = {}
        self._sealed: dict[str, list[tuple[int, Column[Any]]]] = {}

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """One row; every row of a table names the same columns."""
        if table not in self._named:
            names = self._named[table] = tuple(row)
            self._sealed[table] = [
                (names.index(column.name), column)
                for column in sealed_columns(self._tables[table])
                if column.name in row
            ]
        names, sealed = self._named[table], self._sealed[table]
        tagged = [place for place, name in enumerate(names) if isinstance(row[name], Grams)]
        cells = ["" if place in tagged else _cell(row[name]) for place, name in enumerate(names)]
        line = "\t".join(cells)
        for load in self._loads:
            if sealed or tagged:
                for place, column in sealed:
                    cells[place] = load.closed(column, row)
                for place in tagged:
                    cells[place] = load.tags(table, row[names[place]])
                line = "\t".join(cells)
            load.add(table, names, line)

    def finish(self) -> None:
        """Writes what waits, makes keys and indexes, and lets the planner count."""
        for load in self._loads:
            load.finish()


class _Load:
    """Lines for the tables of one town's schema, whose primary keys and indexes wait for `finish`."""

    def __init__(self, town: Town, schema: str, tables: Sequence[str]) -> None:
        self._connection = psycopg.connect(town.dsn, options=f"-csearch_path={schema}")
        self._schema, self._tables = schema, tables
        self._seals = FieldSeals(KeyRing(town.keys), town.municipality)
        self._keys: dict[str, tuple[str, bytes]] = {}
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)
        self._columns: dict[str, tuple[sql.Composed, str]] = {}
        self._later = [statement for table in self._tables for statement in self._take_off(table)]
        for table in self._tables:
            # A table emptied in the transaction that fills it needs no log of the rows.
            self._connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))

    def add(self, table: str, names: Sequence[str], line: str) -> None:
        """One line of these columns."""
        if table not in self._columns:
            self._columns[table] = self._copy_statement(table, names)
        lines = self._waiting[table]
        lines.append(line + self._columns[table][1])
        if len(lines) >= ROWS_AT_ONCE:
            self._send(table)

    def closed(self, column: Column[Any], row: Mapping[str, Any]) -> str:
        """The cell sealed for this town; a record's key is made at its first cell."""
        kind: Any = column.type
        value = row[column.name]
        if value is None or value == kind.empty:
            return _cell(value)
        owner = str(row[kind.owner])
        if owner not in self._keys:
            self._make_key(owner)
        # The record's key is at hand, so the connection is not asked for it.
        cell = self._seals.close(cast(Connection, None), column, row, value, self._keys)
        return _cell(json.dumps(cell) if isinstance(kind, SealedJson) else cell)

    def tags(self, table: str, grams: Grams) -> str:
        """The tags of the pieces for this town, as an array."""
        maker = self._seals.tag_maker(table, FIRST)
        return f"{{{','.join(map(str, maker.of(grams)))}}}"

    def _make_key(self, owner: str) -> None:
        fresh, key = new_id(), os.urandom(KEY_BYTES)
        wrapped = self._seals.wrap(fresh, key, FIRST)
        line = "\t".join((fresh, owner, str(FIRST), wrapped))
        self.add(field_key.name, ("id", "owner", "version", "wrapped"), line)
        self._keys[owner] = (fresh, key)
        if len(self._keys) > KEYS_AT_HAND:
            del self._keys[next(iter(self._keys))]

    def finish(self) -> None:
        """Writes what waits, makes keys and indexes, and lets the planner count."""
        for table in list(self._waiting):
            self._send(table)
        self._connection.execute("SET maintenance_work_mem = '512MB'")
        for statement in self._later:
            self._connection.execute(statement)
        self._connection.commit()
        self._connection.autocommit = True
        for table in self._tables:
            self._connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
        self._connection.close()

    def _send(self, table: str) -> None:
        lines = self._waiting.pop(table)
        with self._connection.cursor().copy(self._columns[table][0]) as copy:
            copy.write("\n".join(lines) + "\n")

    def _copy_statement(self, table: str, named: Sequence[str]) -> tuple[sql.Composed, str]:
        needed = self._connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s AND is_nullable = 'NO'"
            " AND NOT (column_name = ANY(%s))",
            (self._schema, table, list(named)),
        ).fetchall()
        rest = "".join("\t" + PLAIN.get(kind, "") for _, kind in needed)
        columns = [*named, *(name for name, _ in needed)]
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        return statement, rest

    def _take_off(self, table: str) -> list[sql.Composed]:
        name = sql.Identifier(table)
        later = []
        for constraint, definition in self._connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
            (table,),
        ).fetchall():
            self._connection.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    name, sql.Identifier(constraint)
                )
            )
            later.append(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    name, sql.Identifier(constraint), sql.SQL(definition)
                )
            )
        for index, definition in self._connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s",
            (self._schema, table),
        ).fetchall():
            self._connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
            later.append(sql.Composed([sql.SQL(definition)]))
        return later


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, tuple):
        whole = '{"' + '","'.join(value) + '"}' if value else "{}"
        if whole.count('"') == 2 * len(value) and not _SPECIAL.search(whole):
            return whole
        raise ValueError(f"not for an array here: {value}")
    if isinstance(value, list | dict):
        return _cell(json.dumps(value, ensure_ascii=False))
    return str(value)
