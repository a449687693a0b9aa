"""What lies sealed directly under the town's key: counted by version, and sealed anew while everybody goes on working.

A run may be cut off at any moment: every cell opens before and after, and the next run goes on with those that lie
under another version. It writes only the cell of a row that it holds, with what it read of it then, so that nobody's
edit is lost; what others hold it takes afterwards, one by one.
"""

import base64
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Text,
    and_,
    case,
    func,
    literal,
    select,
    tuple_,
    update,
)

from kasane_kit.db.engine import Databases
from kasane_kit.db.renewing import READ_AT_ONCE, Place, in_turns
from kasane_kit.db.sealed import seals_of
from kasane_kit.keys import MAGIC, KeyMissing, SealBroken, mark_of

FILES_AT_ONCE = 5
"""How many cells of bytes one transaction holds: each may be a file."""
MOST_PASSES = 3

_MARK = len(mark_of(2))


@dataclass(frozen=True)
class UnderTownKey:
    """A column of which each cell lies directly under the town's key, as bytes or as a text in Base64.

    ``place`` makes the place of a cell's seal of the values of the columns that ``of`` names, in this order. What is
    empty is not sealed.
    """

    column: Column[Any]
    purpose: str
    of: tuple[str, ...]
    place: Callable[..., str]

    @property
    def name(self) -> str:
        """The column with its table."""
        return str(self.column)

    @property
    def in_bytes(self) -> bool:
        """Whether a cell is bytes and no text."""
        return isinstance(self.column.type, LargeBinary)

    def read(self, stored: Any) -> bytes:
        """The seal that a cell holds; raises SealBroken."""
        if self.in_bytes:
            return bytes(stored)
        try:
            return base64.b64decode(stored, validate=True)
        except ValueError as error:
            raise SealBroken("the seal is not a text in Base64") from error

    def stored(self, sealed: bytes) -> Any:
        """A seal as the cell holds it."""
        return sealed if self.in_bytes else base64.b64encode(sealed).decode()

    @property
    def _says(self) -> ColumnElement[bool]:
        return and_(self.column.is_not(None), func.length(self.column) > 0)

    def _piece(self, start: int, end: int) -> ColumnElement[Any]:
        """These bytes of the seal, as the cell holds them; both are multiples of three."""
        kind = LargeBinary() if self.in_bytes else Text()
        first, many = (start, end - start)
        if not self.in_bytes:
            first, many = first // 3 * 4, many // 3 * 4
        return func.substr(self.column, first + 1, many, type_=kind)

    def _literal(self, piece: bytes) -> ColumnElement[Any]:
        kind = LargeBinary() if self.in_bytes else Text()
        return literal(self.stored(piece), kind)

    def under_another(self, version: int) -> ColumnElement[bool]:
        """Whether a cell is sealed and not under this version, which is not the first."""
        return and_(self._says, self._piece(0, _MARK) != self._literal(mark_of(version)))

    def versions(self, connection: Connection) -> dict[int, int]:
        """How many cells lie under each version."""
        marked = self._piece(0, len(MAGIC)) == self._literal(MAGIC)
        told = case((marked, self._piece(len(MAGIC), _MARK)), else_=self._literal(b""))
        each = select(told.label("told")).where(self._says).subquery()
        counted = select(each.c.told, func.count()).group_by(each.c.told)
        return {
            int.from_bytes(self.read(told)) if told else 1: many
            for told, many in connection.execute(counted)
        }


@dataclass(frozen=True)
class Resealed:
    """How many cells a run sealed anew, and where one did not open, which was left as it is."""

    cells: int
    shut: tuple[str, ...] = ()


def reseal(databases: Databases, service: str, columns: Sequence[UnderTownKey]) -> Resealed:
    """Seals under the version in use what lies directly under another one of the open municipality's key."""
    runs = [_Resealing(databases, service, one) for one in columns]
    for run in runs:
        run.run()
    return Resealed(
        sum(run.cells for run in runs), tuple(place for run in runs for place in run.shut)
    )


def versions_of(connection: Connection, columns: Sequence[UnderTownKey]) -> dict[int, int]:
    """How many cells of these columns lie under each version of the town's key."""
    found: dict[int, int] = {}
    for column in columns:
        for version, many in column.versions(connection).items():
            found[version] = found.get(version, 0) + many
    return found


class _Resealing:
    def __init__(self, databases: Databases, service: str, sealed: UnderTownKey) -> None:
        self._databases, self._service, self._sealed = databases, service, sealed
        self._table = sealed.column.table
        self._key = list(self._table.primary_key)
        self.cells = 0
        self.shut: dict[str, None] = {}

    def run(self) -> None:
        with self._databases.reading(self._service) as connection:
            version = seals_of(connection).version_in_use(connection)
        if version == 1:
            return
        many = FILES_AT_ONCE if self._sealed.in_bytes else None
        work = partial(self._seal_anew, version)
        for _pass in range(MOST_PASSES):
            # Whoever saves a whole row may write back what it read before.
            before = self.cells
            for places in self._pages(version):
                in_turns(self._databases, self._service, places, work, many)
            if self.cells == before:
                return

    def _pages(self, version: int) -> Iterator[list[Place]]:
        last: Place | None = None
        while True:
            statement = select(*self._key).where(self._sealed.under_another(version))
            if last is not None:
                statement = statement.where(tuple_(*self._key) > tuple_(*last))
            with self._databases.reading(self._service) as connection:
                rows = connection.execute(statement.order_by(*self._key).limit(READ_AT_ONCE))
                places = [tuple(row) for row in rows]
            yield places
            if len(places) < READ_AT_ONCE:
                return
            last = places[-1]

    def _seal_anew(
        self, version: int, connection: Connection, places: Sequence[Place], wait: bool
    ) -> Collection[Place]:
        seals, sealed = seals_of(connection), self._sealed
        needed = dict.fromkeys((*self._key, *(self._table.c[name] for name in sealed.of)))
        rows = connection.execute(
            select(*needed, sealed.column.label("stored_seal"))
            .where(tuple_(*self._key).in_(places), sealed.under_another(version))
            .order_by(*self._key)
            .with_for_update(key_share=True, skip_locked=not wait)
        ).mappings()
        done = []
        for row in rows.all():
            key = tuple(row[one] for one in self._key)
            done.append(key)
            place = sealed.place(*(row[self._table.c[name]] for name in sealed.of))
            try:
                content = seals.unseal(sealed.purpose, sealed.read(row["stored_seal"]), place)
            except (SealBroken, KeyMissing) as error:
                self.shut[f"{sealed.name} {'|'.join(map(str, key))}: {error}"] = None
                continue
            fresh = seals.seal(connection, sealed.purpose, content, place)
            connection.execute(
                update(self._table)
                .where(*(one == value for one, value in zip(self._key, key, strict=True)))
                .values({sealed.column: sealed.stored(fresh)})
            )
            self.cells += 1
        return done
