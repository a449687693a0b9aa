"""Rows that a transaction writes at its end, on PostgreSQL all of them in one statement.

What nobody reads back before the commit need not be waited for row by row. Whoever asks the same connection anything
else, sets a savepoint or commits finds these rows written before; a rollback leaves nothing of them. Behind a savepoint
nothing waits.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Dialect,
    Engine,
    String,
    Table,
    event,
    insert,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from kasane_kit.db.beside import MARK
from kasane_kit.db.sealed import Sealed, field_key, says, seals_of

Rows = list[dict[str, Any]]
_Shape = tuple[tuple[bool, Table, tuple[str, ...]], ...]


class _Waiting:
    """What one transaction has not written yet."""

    def __init__(self) -> None:
        self.rows: dict[tuple[bool, Table, tuple[str, ...]], Rows] = {}
        self.gathered: dict[Callable[[list[Any]], None], list[Any]] = {}
        self.keys: dict[str, tuple[str, bytes]] = {}
        self.begun: set[str] = set()
        self.sending = False


_waiting: WeakKeyDictionary[Connection, _Waiting] = WeakKeyDictionary()
_prepared: WeakSet[Engine] = WeakSet()


def install(engine: Engine) -> None:
    """Lets the connections of an engine write later; on others every row is written at once."""
    _prepared.add(engine)
    event.listen(engine, "before_execute", _before)
    event.listen(engine, "commit", _at_commit)
    event.listen(engine, "savepoint", _first)
    event.listen(engine, "rollback", _forget)
    event.listen(engine, "rollback_savepoint", _forget)


def write_later(connection: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
    """Inserts rows before the next question on this connection, at the latest at the commit.

    Every column that the database does not fill by itself is named. What is wrong with a row is said when it is
    written: an IntegrityError may come from the commit.
    """
    for row in rows:
        _keep(connection, table, row, new=True)


def change_later(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Sets the columns of the row with this key, at the moment at which ``write_later`` inserts.

    What waits for the same table is written first.
    """
    waiting = _waiting.get(connection)
    if waiting and any(table is waits_for for _, waits_for, _ in waiting.rows):
        if waiting.sending:
            raise RuntimeError(f"{table.name} is written already; nothing was changed in it")
        write_now(connection)
    _keep(connection, table, row, new=False)


def gather_later(connection: Connection, what: Any, then: Callable[[list[Any]], None]) -> None:
    """Calls ``then`` with all that was gathered for it, right before rows are written.

    It may ask the connection, and add rows to those that are written now. So a lock that everybody needs is taken
    last and held for the shortest time.
    """
    _of(connection).gathered.setdefault(then, []).append(what)
    _unless_it_waits(connection)


def begin_record(connection: Connection, owner: str) -> None:
    """Says that a record begins with the rows that wait, so that nobody is asked for the key of its sealed cells.

    Where the record has a key already the transaction fails.
    """
    _of(connection).begun.add(owner)


def write_now(connection: Connection) -> None:
    """Writes what waits; nothing when nothing waits."""
    waiting = _waiting.get(connection)
    if waiting is None or waiting.sending:
        return
    waiting.sending = True
    try:
        while waiting.gathered:
            then = next(iter(waiting.gathered))
            then(waiting.gathered.pop(then))
        if waiting.rows:
            if connection.dialect.name == "postgresql":
                _write_at_once(connection, waiting)
            else:
                _write_in_turn(connection, waiting)
    finally:
        _waiting.pop(connection, None)


def _keep(connection: Connection, table: Table, row: Mapping[str, Any], *, new: bool) -> None:
    waiting = _of(connection)
    waiting.rows.setdefault((new, table, tuple(row)), []).append(dict(row))
    _unless_it_waits(connection)


def _unless_it_waits(connection: Connection) -> None:
    """Behind a savepoint a wrong row is said at once, so that it is the savepoint that takes it back."""
    if connection.engine not in _prepared or connection.in_nested_transaction():
        write_now(connection)


def _of(connection: Connection) -> _Waiting:
    found = _waiting.get(connection)
    if found is None:
        if not connection.in_transaction():
            # A commit of a connection that was asked nothing yet does nothing, and would leave the rows out.
            connection.begin()
        found = _waiting[connection] = _Waiting()
    return found


def _before(connection: Connection, *what: Any) -> None:
    if connection in _waiting and not what[-1].get(MARK):
        write_now(connection)


def _at_commit(connection: Connection) -> None:
    try:
        write_now(connection)
    except BaseException:
        # SQLAlchemy holds a transaction whose commit failed to be over, so nobody else would end it.
        connection.connection.rollback()
        raise


def _first(connection: Connection, *_what: Any) -> None:
    write_now(connection)


def _forget(connection: Connection, *_what: Any) -> None:
    _waiting.pop(connection, None)


def _write_in_turn(connection: Connection, waiting: _Waiting) -> None:
    for (new, table, _), rows in waiting.rows.items():
        if new:
            connection.execute(insert(table), rows)
            continue
        for row in rows:
            keys = [column == row[column.name] for column in table.primary_key]
            connection.execute(update(table).where(*keys).values(**row))


def _write_at_once(connection: Connection, waiting: _Waiting) -> None:
    closing = _Closing(connection, waiting)
    for (_, table, names), rows in waiting.rows.items():
        for column in _to_change(table, names):
            for row in rows:
                row[column.name] = closing.written(column, row)
    if closing.made:
        waiting.rows[True, field_key, tuple(closing.made[0])] = closing.made
    texts = tuple(
        json.dumps(rows, ensure_ascii=False, default=_moment) for rows in waiting.rows.values()
    )
    connection.exec_driver_sql(_statement(tuple(waiting.rows)), texts)


class _Closing:
    """Makes of given values those that are sent."""

    def __init__(self, connection: Connection, waiting: _Waiting) -> None:
        self._connection, self._waiting = connection, waiting
        self.made: Rows = []

    def written(self, column: Column[Any], row: Mapping[str, Any]) -> Any:
        """One value, sealed where the column is."""
        kind, value = column.type, row[column.name]
        if isinstance(kind, Sealed) and says(column, value):
            seals, owner, keys = (
                seals_of(self._connection),
                str(row[kind.owner]),
                self._waiting.keys,
            )
            if owner in self._waiting.begun and owner not in keys:
                made, keys[owner] = seals.fresh(self._connection, owner)
                self.made.append(made)
            value = seals.close(self._connection, column, row, value, keys)
        if isinstance(kind, TypeDecorator):
            value = kind.process_bind_param(value, self._connection.dialect)
        if value is None and isinstance(_kind(column), JSON):
            raise TypeError(f"{column}: nothing was written; give an empty value instead of None")
        return value


def _moment(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written later; nothing was written")


@lru_cache(maxsize=500)
def _to_change(table: Table, names: tuple[str, ...]) -> tuple[Column[Any], ...]:
    """The columns whose values are not sent as they are given."""
    columns = [table.c[name] for name in names]
    return tuple(
        one
        for one in columns
        if isinstance(one.type, TypeDecorator) or isinstance(_kind(one), JSON)
    )


@lru_cache(maxsize=500)
def _statement(shape: _Shape) -> str:
    """One statement for these groups of rows, which come as one text of JSON each."""
    parts = [_part(*group) for group in shape]
    named = [f"w{place} AS ({part})" for place, part in enumerate(parts[:-1])]
    return f"WITH {', '.join(named)} {parts[-1]}" if named else parts[-1]


def _part(new: bool, table: Table, names: tuple[str, ...]) -> str:
    quote = _POSTGRES.identifier_preparer.quote
    known = ", ".join(f"{quote(name)} {_type_name(table.c[name])}" for name in names)
    rows = f"json_to_recordset(%s) AS r({known})"
    if new:
        unset = [c for c in table.columns if c.default is not None and c.name not in names]
        if unset:
            raise TypeError(f"{unset[0]} is not named; nothing was written")
        columns = ", ".join(map(quote, names))
        return f"INSERT INTO {quote(table.name)} ({columns}) SELECT * FROM {rows}"
    keys = [column.name for column in table.primary_key]
    values = ", ".join(f"{quote(name)} = r.{quote(name)}" for name in names if name not in keys)
    same = " AND ".join(f"t.{quote(name)} = r.{quote(name)}" for name in keys)
    return f"UPDATE {quote(table.name)} AS t SET {values} FROM {rows} WHERE {same}"


def _type_name(column: Column[Any]) -> str:
    kind = _kind(column)
    if isinstance(kind, String):
        return "text"
    # The driver keeps what it makes of a statement only while that is not long.
    return kind.compile(_POSTGRES).replace("TIMESTAMP WITH TIME ZONE", "timestamptz")


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    """The type as PostgreSQL has it."""
    kind = column.type
    if isinstance(kind, TypeDecorator):
        return kind.load_dialect_impl(_POSTGRES)
    return kind.dialect_impl(_POSTGRES)


_POSTGRES: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
