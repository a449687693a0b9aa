"""Fills tables by COPY, their indexes made afterwards as a restored backup makes them."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

ROWS_AT_ONCE = 20_000
# What a column gets that the rows do not name: the product writes these where nothing was said.
PLAIN = {"boolean": "f", "integer": "0", "bigint": "0", "double precision": "0", "json": "[]"}
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Filling:
    """Rows on their way into the tables of one schema, whose primary keys and indexes wait for `finish`."""

    def __init__(self, dsn: str, schema: str, tables: Iterable[str]) -> None:
        self._connection = psycopg.connect(dsn, options=f"-csearch_path={schema}")
        self._schema, self._tables = schema, tuple(tables)
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)
        self._columns: dict[str, tuple[Sequence[str], sql.Composed, str]] = {}
        self._later = [statement for table in self._tables for statement in self._take_off(table)]
        for table in self._tables:
            # A table emptied in the transaction that fills it needs no log of the rows.
            self._connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """One row; every row of a table names the same columns."""
        if table not in self._columns:
            self._columns[table] = self._copy_statement(table, tuple(row))
        names, _, rest = self._columns[table]
        lines = self._waiting[table]
        lines.append("\t".join([_cell(row[name]) for name in names]) + rest)
        if len(lines) >= ROWS_AT_ONCE:
            self._send(table)

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
        with self._connection.cursor().copy(self._columns[table][1]) as copy:
            copy.write("\n".join(lines) + "\n")

    def _copy_statement(
        self, table: str, named: tuple[str, ...]
    ) -> tuple[Sequence[str], sql.Composed, str]:
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
        return named, statement, rest

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
