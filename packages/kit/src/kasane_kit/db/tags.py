"""Keyed tags of the short pieces of a sealed text: what is looked for inside it without opening every cell.

A tag is four bytes of a keyed digest. Who has the database without the town's key sees which records share pieces
and how often each occurs, not what they are; the tags of a record are sorted, so their order in the text is not kept.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    LargeBinary,
    Table,
    and_,
    func,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from kasane_kit.keys import KeyRing

TAG_BYTES = 4


class Tags(TypeDecorator[Sequence[int]]):
    """The tags of one record: an array with an index on PostgreSQL, one piece of bytes that is read on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where the database has one."""
        kind: TypeEngine[Any] = ARRAY(Integer) if dialect.name == "postgresql" else LargeBinary()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """The tags as the database keeps them."""
        if value is None or dialect.name == "postgresql":
            return None if value is None else list(value)
        return struct.pack(f">{len(value)}i", *value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[int] | None:
        """The tags as numbers."""
        if value is None or dialect.name == "postgresql":
            return None if value is None else list(value)
        return struct.unpack(f">{len(value) // TAG_BYTES}i", value)


class TagMaker:
    """Makes the tags of one table of one town under one version of its key."""

    def __init__(self, keys: KeyRing, municipality: str, table: str, version: int) -> None:
        key = keys.version(municipality, version, f"tags|{table}")
        self._begun = blake2b(key=key, digest_size=TAG_BYTES)
        self.version = version

    def of(self, pieces: Iterable[str]) -> tuple[int, ...]:
        """The tags of the pieces, each once and sorted."""
        begun, found = self._begun, set()
        for piece in pieces:
            one = begun.copy()
            one.update(piece.encode())
            found.add(int.from_bytes(one.digest(), signed=True))
        return tuple(sorted(found))


@dataclass(frozen=True)
class Tagged:
    """A table whose rows carry tags in ``tags`` and the version of their key in ``tag_version`` (0: none yet).

    ``anew`` tags one row, named by its primary key, from the record that it belongs to; it updates in place.
    """

    table: Table
    anew: Callable[[Connection, str], None]


def has_tags(connection: Connection, column: Any, tags: Sequence[int]) -> ColumnElement[bool]:
    """Whether a row has all of these tags; now and then one that has not, so what it names is opened and read."""
    if connection.dialect.name == "postgresql":
        return column.op("@>")(literal(list(tags), ARRAY(Integer)))  # type: ignore[no-any-return]
    packed = (struct.pack(">i", tag) for tag in tags)
    return and_(*(func.instr(column, literal(one, LargeBinary())) > 0 for one in packed))
