"""Work on sealed columns that goes on beside readers and writers, a few rows in each transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
    update,
)

from kasane_kit.db.engine import Databases
from kasane_kit.db.sealed import PREFIX, FieldSeals, Sealed, field_key, sealed_columns

AT_ONCE = 200
_NOTHING = ("", "[]", "{}", "null")


@dataclass(frozen=True)
class Standing:
    """What lies in one service's database: cells sealed and still plain, and keys by version of the town's key."""

    sealed: int
    plain: int
    keys: dict[int, int]


def seal_plain(databases: Databases, service: str, tables: Sequence[Table]) -> int:
    """Seals what was written before its column was sealed; returns how many rows.

    Works in the open municipality. May be cut off at any moment: the next run goes on with what is still plain.
    """
    return sum(_seal_rows(databases, service, table) for table in tables if sealed_columns(table))


def wrap_anew(databases: Databases, seals: FieldSeals, service: str) -> int:
    """Puts every record's key under the newest version of the town's; returns how many were under an older one.

    Nothing of the records themselves is written, and each key opens before and after.
    """
    done = 0
    newest = seals.newest_version
    while True:
        with databases.writing(service) as connection:
            rows = connection.execute(
                select(field_key.c.id, field_key.c.wrapped)
                .where(field_key.c.version < newest)
                .limit(AT_ONCE)
                .with_for_update()
            ).all()
            for row in rows:
                version, wrapped = seals.wrap(row.id, seals.unwrap(row.id, row.wrapped))
                connection.execute(
                    update(field_key)
                    .where(field_key.c.id == row.id)
                    .values(version=version, wrapped=wrapped)
                )
            connection.commit()
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done


def standing(connection: Connection, tables: Sequence[Table]) -> Standing:
    """Counts the cells of the sealed columns and the keys."""
    sealed = plain = 0
    for table in tables:
        for column in sealed_columns(table):
            stored = _stored(column)
            sealed += _count(connection, table, stored.startswith(PREFIX))
            plain += _count(connection, table, _is_plain(stored))
    keys = connection.execute(
        select(field_key.c.version, func.count()).group_by(field_key.c.version)
    )
    return Standing(sealed, plain, {version: count for version, count in keys})


def _seal_rows(databases: Databases, service: str, table: Table) -> int:
    columns = sealed_columns(table)
    key = list(table.primary_key)
    with_plain = or_(*(_is_plain(_stored(column)) for column in columns))
    done, last = 0, None
    while True:
        behind = with_plain if last is None else and_(with_plain, tuple_(*key) > tuple_(*last))
        statement = (
            select(*key, *columns).where(behind).order_by(*key).limit(AT_ONCE).with_for_update()
        )
        with databases.writing(service) as connection:
            rows = connection.execute(statement).all()
            for row in rows:
                place = [column == row._mapping[column.name] for column in key]
                written = {column.name: row._mapping[column.name] for column in columns}
                connection.execute(update(table).where(*place).values(written))
            connection.commit()
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done
        last = list(_values(rows[-1], len(key)))


def _values(row: Sequence[Any], count: int) -> Iterator[Any]:
    return iter(row[:count])


def _stored(column: Any) -> ColumnElement[Any]:
    kind = column.type
    assert isinstance(kind, Sealed)
    return kind.stored(column)


def _is_plain(stored: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(stored.not_in(_NOTHING), ~stored.startswith(PREFIX))


def _count(connection: Connection, table: Table, criterion: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(criterion)) or 0
