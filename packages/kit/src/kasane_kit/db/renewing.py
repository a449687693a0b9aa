"""New keys for records, and every sealed cell of theirs written anew, while everybody goes on working.

A key is first set aside under a name of its own, so that whoever writes takes the new one; a cell names the key that
sealed it, so both open. When no cell lies under a key that was set aside, it is deleted. Each step is a short
transaction: cut off anywhere every cell opens, and the next run goes on.

Nobody is caught in a deadlock with it: while it holds several rows it waits for none, and what others hold it takes
afterwards, one by one.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from kasane_kit.db.engine import Databases
from kasane_kit.db.sealed import (
    SET_ASIDE,
    FieldSeals,
    field_key,
    is_set_aside,
    owner_of,
    sealed_columns,
    seals_of,
    set_aside,
    stored_key_id,
    stored_text,
)
from kasane_kit.keys import SealBroken

AT_ONCE = 50
"""How many rows one transaction holds."""
READ_AT_ONCE = 1000
LONGEST_REST = 1.0

Place = tuple[Any, ...]
Work = Callable[[Connection, Sequence[Any], bool], Collection[Any]]
"""Does something with some rows and returns those that it got hold of, all of them where it may wait."""

_twin = field_key.alias("twin")
_TO_BEGIN = and_(
    ~is_set_aside,
    ~select(_twin.c.id)
    .where(_twin.c.owner == literal(SET_ASIDE).concat(field_key.c.owner))
    .correlate(field_key)
    .exists(),
)


@dataclass(frozen=True)
class Renewed:
    """What one run did: new keys, cells sealed anew, old keys deleted.

    ``shut`` says where a cell or a key does not open; those were left as they are, with the key they lie under.
    """

    records: int
    cells: int
    retired: int
    shut: tuple[str, ...] = ()


def renew(
    databases: Databases, service: str, tables: Sequence[Table], most: int | None = None
) -> Renewed:
    """Ends what an earlier run began and gives a new key to every record that has one, or to the ``most`` oldest.

    Works in the open municipality. ``tables`` are all of the service that have sealed columns: a key under which they
    have no cell is deleted. Raises KeyMissing, with nothing changed, where a version of the town's key is not there.
    """
    return _Renewal(databases, service, tables).run(most)


class _Renewal:
    def __init__(self, databases: Databases, service: str, tables: Sequence[Table]) -> None:
        self._databases, self._service, self._tables = databases, service, tables
        with databases.reading(service) as connection:
            self._seals = seals_of(connection)
            _ask_every_version(connection, self._seals)
        self._records = self._cells = self._retired = 0
        self._shut: dict[str, None] = {}

    def run(self, most: int | None) -> Renewed:
        self._begin(most)
        while old := self._old():
            before, seen = self._cells, self._walk(old)
            if self._cells == before:
                # A whole pass found nothing to write, and nobody writes under a key that was set aside.
                self._in_turns(sorted(old - seen), self._delete)
                break
        return Renewed(self._records, self._cells, self._retired, tuple(self._shut))

    def _begin(self, most: int | None) -> None:
        """Sets the keys aside that there are at this moment, the oldest first."""
        with self._databases.reading(self._service) as connection:
            end = connection.scalar(select(func.max(field_key.c.id))) or ""
        last = ""
        while most is None or self._records < most:
            at_once = AT_ONCE if most is None else min(AT_ONCE, most - self._records)
            with self._databases.reading(self._service) as connection:
                ids = connection.scalars(
                    select(field_key.c.id)
                    .where(_TO_BEGIN, field_key.c.id > last, field_key.c.id <= end)
                    .order_by(field_key.c.id)
                    .limit(at_once)
                ).all()
            if not ids:
                return
            self._in_turns(ids, self._set_aside)
            last = ids[-1]

    def _set_aside(self, connection: Connection, ids: Sequence[str], wait: bool) -> Collection[str]:
        # Changing the name waits for those who write under the key, and they for it.
        rows = connection.execute(
            select(field_key.c.id, field_key.c.owner, field_key.c.wrapped)
            .where(_TO_BEGIN, field_key.c.id.in_(ids))
            .order_by(field_key.c.id)
            .with_for_update(skip_locked=not wait)
        ).all()
        fresh = []
        for row in rows:
            try:
                self._seals.unwrap(row.id, row.wrapped)
            except ValueError:
                self._note_shut(f"field_key|{row.id}: the key of this record does not open")
                continue
            connection.execute(
                update(field_key).where(field_key.c.id == row.id).values(owner=set_aside(row.owner))
            )
            fresh.append(self._seals.fresh(connection, row.owner)[0])
        if fresh:
            connection.execute(insert(field_key), fresh)
        self._records += len(fresh)
        return [row.id for row in rows]

    def _old(self) -> set[str]:
        with self._databases.reading(self._service) as connection:
            return set(connection.scalars(select(field_key.c.id).where(is_set_aside)))

    def _walk(self, old: set[str]) -> set[str]:
        """Seals anew what lies under these keys; returns those that a cell was found under."""
        seen: set[str] = set()
        for table in self._tables:
            for rows in self._pages(table):
                under = {tuple(key): old & {*names} for key, names in rows}
                places = [place for place, ids in under.items() if ids]
                seen.update(*(under[place] for place in places))
                self._in_turns(places, partial(self._seal_anew, table, old))
        return seen

    def _pages(self, table: Table) -> Iterator[list[tuple[Place, Place]]]:
        """The rows of a table by their keys, each with the ids of the keys that its cells lie under."""
        key = list(table.primary_key)
        names = [stored_key_id(column) for column in sealed_columns(table)]
        last: Place | None = None
        while True:
            statement = select(*key, *names).order_by(*key).limit(READ_AT_ONCE)
            if last is not None:
                statement = statement.where(tuple_(*key) > tuple_(*last))
            with self._databases.reading(self._service) as connection:
                rows = [tuple(row) for row in connection.execute(statement)]
            yield [(row[: len(key)], row[len(key) :]) for row in rows]
            if len(rows) < READ_AT_ONCE:
                return
            last = rows[-1][: len(key)]

    def _seal_anew(
        self,
        table: Table,
        old: set[str],
        connection: Connection,
        places: Sequence[Place],
        wait: bool,
    ) -> Collection[Place]:
        key, columns = list(table.primary_key), sealed_columns(table)
        read = list(dict.fromkeys((*key, *(table.c[owner_of(one)] for one in columns))))
        cells = {one: stored_text(one).label(f"cell_{one.name}") for one in columns}
        ids = {one: stored_key_id(one).label(f"key_{one.name}") for one in columns}
        rows = (
            connection.execute(
                select(*read, *cells.values(), *ids.values())
                .where(tuple_(*key).in_(places))
                .order_by(*key)
                .with_for_update(key_share=True, skip_locked=not wait)
            )
            .mappings()
            .all()
        )
        used = {row[name] for row in rows for name in ids.values()} & old
        # Read now: a key that went with its record in the meantime opens nothing any more.
        wrapped = _wrapped(connection, used)
        to_write: dict[tuple[Column[Any], ...], list[dict[str, Any]]] = {}
        for row in rows:
            names = {str(name): value for name, value in row.items()}
            closed: dict[Column[Any], Any] = {}
            for one in columns:
                if row[ids[one]] not in wrapped:
                    continue
                try:
                    value = self._seals.opened(one, names, row[cells[one]], wrapped[row[ids[one]]])
                except SealBroken as error:
                    self._note_shut(str(error))
                else:
                    closed[one] = self._seals.close(connection, one, names, value)
            if closed:
                values = {f"to_{one.name}": value for one, value in closed.items()}
                place = {f"at_{one.name}": row[one] for one in key}
                to_write.setdefault(tuple(closed), []).append(place | values)
                self._cells += len(closed)
        for written, sets in to_write.items():
            connection.execute(
                update(table)
                .where(*(one == bindparam(f"at_{one.name}") for one in key))
                .values({one.name: bindparam(f"to_{one.name}") for one in written}),
                sets,
            )
        return [tuple(row[one] for one in key) for row in rows]

    def _delete(self, connection: Connection, ids: Sequence[str], wait: bool) -> Collection[str]:
        found = connection.scalars(
            select(field_key.c.id)
            .where(is_set_aside, field_key.c.id.in_(ids))
            .with_for_update(skip_locked=not wait)
        ).all()
        connection.execute(delete(field_key).where(field_key.c.id.in_(found)))
        self._retired += len(found)
        return found

    def _in_turns(self, what: Sequence[Any], work: Work) -> None:
        in_turns(self._databases, self._service, what, work)

    def _note_shut(self, what: str) -> None:
        self._shut[what] = None


def in_turns(
    databases: Databases, service: str, what: Sequence[Any], work: Work, at_once: int | None = None
) -> None:
    """Does it in short transactions; what somebody else held is taken alone, when they let go."""
    many = at_once or AT_ONCE
    for start in range(0, len(what), many):
        some = what[start : start + many]
        done = set(_turn(databases, service, work, some, wait=False))
        for one in some:
            if one not in done:
                _turn(databases, service, work, (one,), wait=True)


def _turn(
    databases: Databases, service: str, work: Work, some: Sequence[Any], *, wait: bool
) -> Collection[Any]:
    begun = time.monotonic()
    with databases.writing(service) as connection:
        done = work(connection, some, wait)
        connection.commit()
    rest(time.monotonic() - begun)
    return done


def rest(seconds: float) -> None:
    """Leaves the database to the others for as long as a turn took: on SQLite only one writes."""
    time.sleep(min(seconds, LONGEST_REST))


def _wrapped(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    rows = connection.execute(
        select(field_key.c.id, field_key.c.wrapped).where(field_key.c.id.in_(ids))
    )
    return {row.id: row.wrapped for row in rows}


def _ask_every_version(connection: Connection, seals: FieldSeals) -> None:
    one_of_each: ColumnElement[Any] = func.min(field_key.c.id)
    ids = connection.scalars(select(one_of_each).group_by(field_key.c.version)).all()
    for key_id, wrapped in _wrapped(connection, ids).items():
        # A key that does not open is told with its record, and stops no other.
        with suppress(ValueError):
            seals.unwrap(key_id, wrapped)
