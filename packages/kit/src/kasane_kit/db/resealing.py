"""Work on sealed columns that goes on beside readers and writers, a few rows in each transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from kasane_kit.db.engine import Databases
from kasane_kit.db.key_versions import put_into_use
from kasane_kit.db.opening import NOTHING, PREFIX
from kasane_kit.db.sealed import (
    FieldSeals,
    field_key,
    is_set_aside,
    only_sealed,
    owner_of,
    sealed_columns,
    seals_of,
    stored_text,
    tags_now,
)
from kasane_kit.db.tags import Tagged

AT_ONCE = 200


@dataclass(frozen=True)
class Standing:
    """What lies in one service's database: cells sealed and still plain, and keys by version of the town's key.

    ``closed`` is the number of columns in which a plain text is refused, ``refused`` that of the plain cells in them,
    ``set_aside`` that of the records whose old key is not gone yet.
    """

    sealed: int
    plain: int
    keys: dict[int, int]
    closed: int = 0
    refused: int = 0
    set_aside: int = 0


def seal_plain(databases: Databases, service: str, tables: Sequence[Table]) -> int:
    """Seals what was written before its column was sealed; returns how many rows.

    Works in the open municipality. May be cut off at any moment: the next run goes on with what is still plain.
    A column that was closed by `refuse_plain` is left as it is: nobody writes there plainly who may.
    """
    if not any(sealed_columns(table) for table in tables):
        return 0
    with databases.reading(service) as connection:
        closed = _closed(connection, seals_of(connection))
    done = 0
    for table in tables:
        columns = [one for one in sealed_columns(table) if str(one) not in closed]
        if columns:
            done += _seal_rows(databases, service, table, columns)
    return done


def refuse_plain(databases: Databases, service: str, tables: Sequence[Table]) -> list[str]:
    """Closes the columns in which everything is sealed: from now on a plain text there is refused on reading.

    The mark is written in the database and beside the town's key, where who writes into the database cannot take
    it away. Returns the columns that stay open because something plain is in them.
    """
    still_open: list[str] = []
    if not any(sealed_columns(table) for table in tables):
        return still_open
    with databases.writing(service) as connection:
        seals = seals_of(connection)
        own = {str(column) for table in tables for column in sealed_columns(table)}
        # The note beside the keys names the columns of every service.
        closed = _closed(connection, seals) & own
        marked = set(connection.scalars(select(only_sealed.c.place)))
        for column in (one for table in tables for one in sealed_columns(table)):
            if str(column) not in closed and _count(
                connection, column.table, _is_plain(stored_text(column))
            ):
                still_open.append(str(column))
                continue
            closed.add(str(column))
        fresh = [{"place": place} for place in sorted(closed - marked)]
        if fresh:
            connection.execute(insert(only_sealed), fresh)
        connection.commit()
        seals.note_only_sealed(closed)
    return still_open


def take_plain(databases: Databases, service: str, tables: Sequence[Table]) -> None:
    """Opens the columns again for `seal_plain`, which then takes over what lies plain in them."""
    with databases.writing(service) as connection:
        connection.execute(delete(only_sealed))
        connection.commit()
        seals_of(connection).forget_only_sealed(
            str(one) for table in tables for one in sealed_columns(table)
        )


def _closed(connection: Connection, seals: FieldSeals) -> set[str]:
    return {*connection.scalars(select(only_sealed.c.place)), *seals.noted_only_sealed()}


def tag_anew(databases: Databases, service: str, tagged: Sequence[Tagged]) -> int:
    """Tags under the version of the town's key in use what has no tags or older ones; returns how many rows.

    May be cut off at any moment; whoever saves a record meanwhile writes after it.
    """
    return sum(_tag_rows(databases, service, one) for one in tagged)


def take_into_use(databases: Databases, service: str, version: int) -> None:
    """Lets a service of the open municipality seal and wrap under this version of the town's key, or a later one.

    Other processes follow within ``BELIEVED_SECONDS``; those that have not got it write nothing sealed from then on.
    Raises KeyMissing, with nothing changed, where this process has not got it.
    """
    with databases.writing(service) as connection:
        seals = seals_of(connection)
        seals.ask_for(version)
        put_into_use(connection, version)
        connection.commit()
    seals.forget_version_in_use()


@dataclass(frozen=True)
class Wrapped:
    """How many records' keys a run put under the version in use, and where one does not open, which was left."""

    keys: int
    shut: tuple[str, ...] = ()


def wrap_anew(databases: Databases, seals: FieldSeals, service: str) -> Wrapped:
    """Puts every record's key under the version of the town's that is in use, where it is under an older one.

    Nothing of the records themselves is written, and each key opens before and after.
    """
    done, shut, last = 0, list[str](), ""
    while True:
        with databases.writing(service) as connection:
            version = seals.version_in_use(connection)
            rows = connection.execute(
                select(field_key.c.id, field_key.c.wrapped)
                .where(field_key.c.version < version, field_key.c.id > last)
                .order_by(field_key.c.id)
                .limit(AT_ONCE)
                # Whoever seals under a key need not wait for another wrapping of it.
                .with_for_update(key_share=True)
            ).all()
            for row in rows:
                try:
                    key = seals.unwrap(row.id, row.wrapped)
                except ValueError:
                    shut.append(f"field_key|{row.id}: the key of this record does not open")
                    continue
                connection.execute(
                    update(field_key)
                    .where(field_key.c.id == row.id)
                    .values(version=version, wrapped=seals.wrap(row.id, key, version))
                )
                done += 1
            connection.commit()
        if len(rows) < AT_ONCE:
            return Wrapped(done, tuple(shut))
        last = rows[-1].id


def tagged_up_to(connection: Connection, tagged: Sequence[Tagged], version: int) -> int:
    """How many rows have tags under this version of the town's key or an older one."""
    return sum(
        _count(connection, one.table, one.table.c.tag_version.between(1, version)) for one in tagged
    )


def standing(connection: Connection, tables: Sequence[Table]) -> Standing:
    """Counts the cells of the sealed columns and the keys."""
    sealed = plain = refused = 0
    closed = _closed(connection, seals_of(connection))
    for table in tables:
        for column in sealed_columns(table):
            stored = stored_text(column)
            sealed += _count(connection, table, stored.startswith(PREFIX))
            found = _count(connection, table, _is_plain(stored))
            plain += found
            refused += found if str(column) in closed else 0
    keys = connection.execute(
        select(field_key.c.version, func.count()).group_by(field_key.c.version)
    )
    names = {str(column) for table in tables for column in sealed_columns(table)}
    by_version = {version: count for version, count in keys}
    aside = _count(connection, field_key, is_set_aside)
    return Standing(sealed, plain, by_version, len(names & closed), refused, aside)


def _seal_rows(
    databases: Databases, service: str, table: Table, columns: Sequence[Column[Any]]
) -> int:
    key = list(table.primary_key)
    with_plain = or_(*(_is_plain(stored_text(column)) for column in columns))
    read = list(dict.fromkeys((*key, *(table.c[owner_of(one)] for one in columns), *columns)))
    done, last = 0, None
    while True:
        behind = with_plain if last is None else and_(with_plain, tuple_(*key) > tuple_(*last))
        statement = select(*read).where(behind).order_by(*key).limit(AT_ONCE).with_for_update()
        with databases.writing(service) as connection:
            rows = connection.execute(statement).mappings().all()
            write_sealed(connection, columns, rows)
            connection.commit()
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done
        last = [rows[-1][one.name] for one in key]


def write_sealed(
    connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[RowMapping]
) -> None:
    """Writes these cells of rows that were read with key and owners, in one statement."""
    if not rows:
        return
    seals, table = seals_of(connection), columns[0].table
    connection.execute(
        update(table)
        .where(*(one == bindparam(f"key_{one.name}") for one in table.primary_key))
        .values({one.name: bindparam(f"cell_{one.name}") for one in columns}),
        [
            {f"key_{one.name}": row[one.name] for one in table.primary_key}
            | {
                f"cell_{one.name}": seals.close(
                    connection, one, cast(Mapping[str, Any], row), row[one.name]
                )
                for one in columns
            }
            for row in rows
        ],
    )


def _tag_rows(databases: Databases, service: str, tagged: Tagged) -> int:
    table, done, last = tagged.table, 0, ""
    (key,) = table.primary_key
    while True:
        with databases.writing(service) as connection:
            newest = tags_now(connection, table).version
            ids = connection.scalars(
                select(key)
                .where(table.c.tag_version < newest, key > last)
                .order_by(key)
                .limit(AT_ONCE)
                .with_for_update()
            ).all()
            for one in ids:
                tagged.anew(connection, one)
            connection.commit()
        done += len(ids)
        if len(ids) < AT_ONCE:
            return done
        last = ids[-1]


def _is_plain(stored: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(stored.not_in(NOTHING), ~stored.startswith(PREFIX))


def _count(connection: Connection, table: Table, criterion: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(criterion)) or 0
