"""Tells a row that is there already from a row that was refused for any other reason.

Both come as the same class of error: on SQLite also the barrier of a town that is being moved, an empty column or a
broken check. Only this module catches that class; whoever writes a row that may be there already says by which columns.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Column, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

Key = Column[Any] | tuple[Column[Any], ...]

_SQLITE_UNIQUE = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
    }
)
_SQLITE_SAYS = "UNIQUE constraint failed: "
_POSTGRES_UNIQUE = "23505"


class Taken(Exception):
    """A row with the same values in ``key`` is there already; nothing was written."""

    def __init__(self, key: Key) -> None:
        super().__init__(", ".join(str(column) for column in _columns(key)))
        self.key = key


@contextmanager
def unless_taken(*keys: Key) -> Iterator[None]:
    """Runs what writes a row; raises Taken when one of these keys, each unique in its table, is there already.

    Every other refusal of the database comes through as it is: the row is not there, and nobody may say so.
    """
    try:
        yield
    except IntegrityError as error:
        for key in keys:
            if _refused_by(error.orig, _columns(key)):
                raise Taken(key) from error
        raise


def _columns(key: Key) -> tuple[Column[Any], ...]:
    return key if isinstance(key, tuple) else (key,)


def _refused_by(cause: BaseException | None, columns: tuple[Column[Any], ...]) -> bool:
    table = columns[0].table
    assert isinstance(table, Table)
    if isinstance(cause, sqlite3.IntegrityError):
        if getattr(cause, "sqlite_errorcode", None) not in _SQLITE_UNIQUE:
            return False
        named = str(cause).removeprefix(_SQLITE_SAYS).split(", ")
        return sorted(named) == sorted(f"{table.name}.{column.name}" for column in columns)
    if isinstance(cause, psycopg.Error):
        said = cause.diag
        return (
            cause.sqlstate == _POSTGRES_UNIQUE
            and said.table_name == table.name
            and said.constraint_name in _names_on_postgres(table, columns)
        )
    return False


def _names_on_postgres(table: Table, columns: tuple[Column[Any], ...]) -> set[str]:
    """What PostgreSQL calls the constraint: as it is named, or as the server names one without a name."""
    meant = {column.name for column in columns}
    found = {
        str(index.name) for index in table.indexes if index.unique and _same(index.columns, meant)
    }
    if _same(table.primary_key.columns, meant):
        found.add(f"{table.name}_pkey")
    for one in table.constraints:
        if isinstance(one, UniqueConstraint) and _same(one.columns, meant):
            found.add(
                str(one.name or "_".join((table.name, *(c.name for c in one.columns), "key")))
            )
    return found


def _same(columns: Any, names: set[str]) -> bool:
    return {column.name for column in columns} == names
