"""Destroys what is personal in records whose time is over: the keys, the sealed cells, and the plain ones.

A service declares for each table whose its rows are and which plain columns are personal; sealed columns are personal
by themselves. What stays is what a row is counted by: its id, numbers, dates and codes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from kasane_kit.db.opening import PREFIX
from kasane_kit.db.sealed import Sealed, field_key, sealed_columns, set_aside
from kasane_kit.db.typed import forget_typed, typed_about

AT_ONCE = 500

metadata = MetaData()
shredded_record = Table(
    "shredded_record",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("shredding_id", String(36), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("swept_at", DateTime(timezone=True)),
)

Extension = Callable[[Connection, frozenset[str]], Iterable[str]]
Further = Callable[[Connection, frozenset[str]], None]


@dataclass(frozen=True)
class Personal:
    """Whose the rows of a table are, and what of them is personal besides the sealed columns.

    A row belongs to a record when one of the columns ``of`` names it. ``holds`` says that the row's own id is a record
    to which rows of other tables belong. ``blank`` are plain columns; ``delete`` takes the whole row; ``stays`` are
    texts that are known to name nobody.
    """

    table: Table
    of: tuple[str, ...] = ("id",)
    blank: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    holds: bool = False
    delete: bool = False


@dataclass(frozen=True)
class Rules:
    """What a service has that is personal. ``reaches`` find further records that end with some, for example what
    several shared of which none is left; ``further`` take them out of what whole columns cannot; ``names_nobody`` are
    tables whose rows are about no household.
    """

    personal: tuple[Personal, ...] = ()
    reaches: tuple[Extension, ...] = ()
    further: tuple[Further, ...] = ()
    names_nobody: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables with something personal."""
        return tuple(dict.fromkeys(one.table for one in self.personal))


@dataclass(frozen=True)
class Shredded:
    """What one service destroyed: how many rows, keys and events; ``records`` are the ids that it knew."""

    rows: int = 0
    keys: int = 0
    events: int = 0
    records: frozenset[str] = field(default_factory=frozenset)


def records_of(connection: Connection, rules: Rules, ids: Iterable[str]) -> frozenset[str]:
    """The given records with everything that belongs to them and holds rows of its own."""
    found = frozenset(one for one in ids if one)
    while True:
        more = set(found)
        for one in rules.personal:
            if one.holds:
                more.update(str(row[0]) for row in _rows(connection, one, found))
        for extend in rules.reaches:
            more.update(extend(connection, frozenset(more)))
        more.discard("")
        if more == found:
            return found
        found = frozenset(more)


def shred(
    connection: Connection, rules: Rules, ids: Iterable[str], shredding_id: str, at: datetime
) -> Shredded:
    """Destroys what is personal in the records; the caller commits. Done again it finds nothing left to do.

    What lives on keeps its words: rows that went to another record are sealed under that record's key first. What
    was typed into forms about any of it and never sent goes too.
    """
    records = records_of(connection, rules, ids)
    rows, named = 0, set(records)
    for one in rules.personal:
        belonging = list(_rows(connection, one, records))
        named.update(_ids_of(belonging))
        rows += _destroy(connection, one, belonging)
    forget_typed(connection, named)
    for take_out in rules.further:
        take_out(connection, records)
    keys = _held_keys_of(connection, records)
    for table in rules.tables:
        _seal_anew(connection, table, sorted(keys))
    for some in _some(sorted(keys)):
        connection.execute(delete(field_key).where(field_key.c.id.in_(some)))
    _remember(connection, records, shredding_id, at)
    return Shredded(rows, len(keys), 0, records)


def is_shredded(record_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether this service destroyed what was personal in the record that a column names."""
    return exists().where(shredded_record.c.id == record_id)


def any_shredded(connection: Connection, ids: Collection[str]) -> bool:
    """Whether this service destroyed what was personal in one of these records."""
    known = select(shredded_record.c.id).where(shredded_record.c.id.in_(sorted(ids))).limit(1)
    return bool(ids) and connection.scalar(known) is not None


def shredded_since(connection: Connection, at: datetime) -> frozenset[str]:
    """The records that were destroyed here from a moment on."""
    found = select(shredded_record.c.id).where(shredded_record.c.at >= at)
    return frozenset(connection.scalars(found))


def left_over(connection: Connection, rules: Rules, ids: Iterable[str]) -> Mapping[str, int]:
    """What of the records can still be read: table to number of rows, and keys under ``field_key``."""
    records = records_of(connection, rules, ids)
    found: dict[str, int] = {}
    named = set(records)
    for one in rules.personal:
        belonging = list(_rows(connection, one, records))
        named.update(_ids_of(belonging))
        with_words = [row for row in belonging if one.delete or _speaks(connection, one, row)]
        if with_words:
            found[one.table.name] = found.get(one.table.name, 0) + len(with_words)
    found.update(typed_about(connection, named))
    keys = _keys_of(connection, records)
    return {**found, **({field_key.name: len(keys)} if keys else {})}


def sweep(connection: Connection, at: datetime) -> bool:
    """Rewrites a SQLite file so that no freed page keeps what was destroyed; False when there was nothing to sweep.

    Outside a transaction. On PostgreSQL the administrator's command does this.
    """
    waiting = select(shredded_record.c.id).where(shredded_record.c.swept_at.is_(None)).limit(1)
    if connection.dialect.name != "sqlite" or connection.scalar(waiting) is None:
        connection.rollback()
        return False
    connection.rollback()
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA secure_delete=ON")
    raw.execute("VACUUM")
    connection.execute(
        update(shredded_record).where(shredded_record.c.swept_at.is_(None)).values(swept_at=at)
    )
    connection.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return True


def undecided(rules: Rules, tables: Iterable[Table]) -> Iterator[str]:
    """Columns that could hold somebody's words and of which the rules say nothing, as ``table.column``."""
    said: dict[str, set[str]] = {}
    for one in rules.personal:
        names = {column.name for column in one.table.columns} if one.delete else set()
        said.setdefault(one.table.name, set()).update((*one.blank, *one.stays, *one.of, *names))
    for table in tables:
        if table.name in rules.names_nobody:
            continue
        for column in table.columns:
            open_question = not isinstance(column.type, Sealed) and _could_speak(column)
            if open_question and column.name not in said.get(table.name, set()):
                yield f"{table.name}.{column.name}"
            if isinstance(column.type, Sealed) and table.name not in said:
                yield f"{table.name}.{column.name}"


_SHORT = 100
_SPEAKING = {"name", "kana", "phone", "birth_date", "latitude", "longitude", "email", "address"}


def _could_speak(column: Column[Any]) -> bool:
    kind = column.type
    if isinstance(kind, JSON | LargeBinary) or column.name in _SPEAKING:
        return True
    return isinstance(kind, String) and (kind.length is None or kind.length >= _SHORT)


def _held_keys_of(connection: Connection, records: Collection[str]) -> set[str]:
    """The keys of the records, which nobody replaces before the commit."""
    known, found = None, _keys_of(connection, records, hold=True)
    while found != known:
        # Whoever was replacing one meanwhile left a new key beside it.
        known, found = found, _keys_of(connection, records, hold=True)
    return found


def _keys_of(connection: Connection, records: Collection[str], *, hold: bool = False) -> set[str]:
    """The keys of the records, with those that are being replaced."""
    found: set[str] = set()
    for some in _some(sorted(records)):
        owners = (*some, *map(set_aside, some))
        statement = select(field_key.c.id).where(field_key.c.owner.in_(owners))
        found.update(connection.scalars(statement.with_for_update() if hold else statement))
    return found


def _rows(
    connection: Connection, one: Personal, records: Collection[str]
) -> Iterator[Sequence[Any]]:
    """The primary keys of the rows that belong to the records."""
    seen: set[tuple[Any, ...]] = set()
    key = list(one.table.primary_key)
    for some in _some(sorted(records)):
        named = [one.table.c[name].in_(some) for name in one.of]
        for row in connection.execute(select(*key).where(or_(*named))).all():
            if tuple(row) not in seen:
                seen.add(tuple(row))
                yield tuple(row)


def _ids_of(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """What names a row in the address of a page: a key of one column that is no number."""
    return (row[0] for row in rows if len(row) == 1 and isinstance(row[0], str))


def _destroy(connection: Connection, one: Personal, rows: Sequence[Sequence[Any]]) -> int:
    emptied = {column.name: _nothing(column) for column in _personal_columns(one)}
    for row in rows:
        place = _at(one.table, row)
        if one.delete:
            connection.execute(delete(one.table).where(place))
        elif emptied:
            connection.execute(update(one.table).where(place).values(emptied))
    return len(rows)


def _personal_columns(one: Personal) -> tuple[Column[Any], ...]:
    return (*sealed_columns(one.table), *(one.table.c[name] for name in one.blank))


def _speaks(connection: Connection, one: Personal, row: Sequence[Any]) -> bool:
    columns = _personal_columns(one)
    if not columns:
        return False
    stored = [c.type.stored(c) if isinstance(c.type, Sealed) else c for c in columns]
    found = connection.execute(select(*stored).where(_at(one.table, row))).one()
    return any(
        value not in (None, _nothing(column), "", "[]", "{}", b"")
        for column, value in zip(columns, found, strict=True)
    )


def _nothing(column: Column[Any]) -> Any:
    """What stands in a column where nothing is written."""
    kind = column.type
    if isinstance(kind, Sealed):
        return kind.empty
    if column.nullable:
        return None
    if isinstance(kind, JSON):
        return []
    if isinstance(kind, LargeBinary):
        return b""
    if isinstance(kind, Boolean):
        return False
    return "" if isinstance(kind, String) else 0


def _at(table: Table, row: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, row, strict=True)))


def _seal_anew(connection: Connection, table: Table, keys: Sequence[str]) -> None:
    """Rows that no longer belong to a record whose key goes, but still lie under it, get the key of theirs."""
    columns = sealed_columns(table)
    key = list(table.primary_key)
    for key_id in keys:
        for column in columns:
            kind = column.type
            assert isinstance(kind, Sealed)
            under = kind.stored(column).startswith(f"{PREFIX}{key_id}:")
            for row in connection.execute(select(*key, column).where(under)).all():
                place = _at(table, row[: len(key)])
                connection.execute(update(table).where(place).values({column.name: row[-1]}))


def _remember(
    connection: Connection, records: Collection[str], shredding_id: str, at: datetime
) -> None:
    known: set[str] = set()
    for some in _some(sorted(records)):
        known.update(
            connection.scalars(select(shredded_record.c.id).where(shredded_record.c.id.in_(some)))
        )
    fresh = [
        {"id": one, "shredding_id": shredding_id, "at": at}
        for one in sorted(records)
        if one not in known
    ]
    if fresh:
        connection.execute(insert(shredded_record), fresh)
    for some in _some(sorted(records)):
        connection.execute(
            update(shredded_record).where(shredded_record.c.id.in_(some)).values(swept_at=None)
        )


def _some(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
