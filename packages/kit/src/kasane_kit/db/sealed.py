"""Columns that lie in the database only sealed: under a key of their record, which lies there only wrapped.

A repository reads and writes plain values. What is bound to such a column is sealed for its place (town, table,
column, row) before a statement is sent, and opened when a row comes back. A plain value never gets through.
"""

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Insert,
    Integer,
    String,
    Table,
    Text,
    Transaction,
    Update,
    cast,
    event,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter
from sqlalchemy.types import TypeDecorator, TypeEngine

from kasane_kit.db.key_versions import VersionsInUse, metadata
from kasane_kit.db.opening import ID_LENGTH, ONLY, PART, PREFIX, Read, opens_for, reader
from kasane_kit.db.tags import TagMaker
from kasane_kit.ids import new_id
from kasane_kit.keys import KEY_BYTES, KeyRing, SealBroken, seal, unseal
from kasane_kit.tenancy import current_municipality

_PURPOSE = "fields"
SET_ASIDE = "~"
"""What the owner of a key begins with that is being replaced: it opens what it sealed and seals nothing more."""
MOST_OPENED = 4000
"""How many keys of records a process remembers, those of all its towns together; each is some 2,600 bytes."""

field_key = Table(
    "field_key",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("owner", String(120), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("wrapped", Text, nullable=False),
)

is_set_aside = field_key.c.owner.startswith(SET_ASIDE)
"""Whether a key is being replaced by a new one of its record."""

only_sealed = Table("only_sealed", metadata, Column("place", String(160), primary_key=True))
"""The columns in which everything is sealed: a plain text there was planted, and is refused."""

Opened = dict[str, tuple[str, str, AESGCM]]
"""By wrapped key of a record: its id, its town, and what opens its cells."""

_of_engine: WeakKeyDictionary[Engine, "FieldSeals"] = WeakKeyDictionary()


class NotSealed(RuntimeError):
    """A plain value was about to reach a sealed column; the statement was not sent."""


class Ciphertext(str):
    """A sealed value on its way into the database."""

    __slots__ = ()


class Sealed(TypeDecorator[Any]):
    """A text that is kept sealed. ``owner`` names the column of the record whose end destroys the key.

    An empty text stays empty: only that nothing is written there can be seen.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True
    empty: Any = ""

    def __init__(self, owner: str = "id") -> None:
        super().__init__()
        self.owner = owner

    def plain(self, value: Any) -> str:
        """The value as a text to seal."""
        return str(value)

    def value(self, text: str) -> Any:
        """The value that a sealed text stood for."""
        return text

    def unsealed(self, stored: str) -> Any:
        """What a cell holds that was written before the column was sealed, or that holds nothing."""
        return stored

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Reads with the cell what opens it: the wrapped key and the place that it stands in."""
        (base,) = column.base_columns
        table: Any = column.table
        stored = self.stored(column)
        wrapped = (
            select(field_key.c.wrapped)
            .where(field_key.c.id == func.substr(stored, len(PREFIX) + 1, ID_LENGTH))
            .correlate_except(field_key)
            .scalar_subquery()
        )
        try:
            row = [cast(table.c[key.name], Text) for key in base.table.primary_key]
        except KeyError:
            raise NotSealed(
                f"{base} was read without the key of its row; nothing was read; select the key as well"
            ) from None
        # Looked up only where nothing is sealed.
        only = (
            select(literal_column(f"'{ONLY}'", Text))
            .where(only_sealed.c.place == literal_column(f"'{base}'", Text))
            .correlate_except(only_sealed)
            .scalar_subquery()
        )
        whole: ColumnElement[Any] = func.coalesce(wrapped, only, literal_column("''", Text))
        for part in (*row, stored):
            whole = whole.op("||")(literal_column(f"'{PART}'", Text)).op("||")(part)
        place = f"{base.table.name}|{base.name}"
        return type_coerce(whole, Read(self, place, len(row)))

    def stored(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The text that lies in the database."""
        return cast(column, Text)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Lets through what is sealed, and nothing at all."""
        if value is None or value == self.empty or isinstance(value, Ciphertext):
            return value
        raise NotSealed(
            "a plain value was compared with or written to a sealed column; nothing was sent; "
            "write it by the whole row's key, and look for it in another column"
        )

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Whatever is compared with a sealed column is bound like one."""
        return self


class SealedJson(Sealed):
    """Like Sealed for a value of JSON; what is empty of its kind (``[]``, ``{}``) stays so."""

    impl = JSON
    cache_ok = True

    def __init__(self, owner: str, empty: str = "[]") -> None:
        super().__init__(owner)
        self.nothing = empty

    @property
    def empty(self) -> Any:
        """What stands where nothing is written."""
        return json.loads(self.nothing)

    def plain(self, value: Any) -> str:
        """The value as a text to seal."""
        return json.dumps(value, ensure_ascii=False)

    def value(self, text: str) -> Any:
        """The value that a sealed text stood for."""
        return json.loads(text)

    def unsealed(self, stored: str) -> Any:
        """What a cell holds that was written before the column was sealed, or that holds nothing."""
        return json.loads(stored)

    def stored(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The text that lies in the database, without the quotes of a JSON string."""
        return func.trim(cast(column, Text), '"')


class FieldSeals:
    """Seals and opens the cells of one town's database."""

    def __init__(self, keys: KeyRing, municipality: str, opened: Opened | None = None) -> None:
        """``opened`` is what the seals of several towns remember together."""
        self._keys = keys
        self.municipality = municipality
        self._in_use = VersionsInUse()
        self._opened: Opened = {} if opened is None else opened
        self._tag_makers: dict[tuple[str, int], TagMaker] = {}
        self._locked: WeakKeyDictionary[Transaction, dict[str, tuple[str, bytes]]] = (
            WeakKeyDictionary()
        )

    def install(
        self, engine: Engine, whoever_opens: "Callable[[], FieldSeals] | None" = None
    ) -> None:
        """Everything that goes through the engine is sealed and opened from now on.

        Where engines of several towns share a dialect, ``whoever_opens`` says whose seals a row that is being read has.
        """
        _of_engine[engine] = self
        opens_for(engine.dialect, whoever_opens or (lambda: self))
        event.listen(engine, "before_execute", self._before, retval=True)

    def opener(self, key_id: str, wrapped: str) -> AESGCM:
        """What opens the cells of a record; raises SealBroken and KeyMissing."""
        found = self._opened.get(wrapped)
        if found and found[0] == key_id and found[1] == self.municipality:
            return found[2]
        # The cells of a record come with the same wrapped key, which opens to the same key.
        if len(self._opened) >= MOST_OPENED:
            self._opened.clear()
        opener = AESGCM(self.unwrap(key_id, wrapped))
        self._opened[wrapped] = key_id, self.municipality, opener
        return opener

    def noted_only_sealed(self) -> frozenset[str]:
        """The columns of every service of the town that are noted beside its key as sealed throughout."""
        return self._keys.only_sealed(self.municipality)

    def note_only_sealed(self, columns: Iterable[str]) -> None:
        """Notes more of them."""
        noted = self.noted_only_sealed()
        if not noted >= (more := set(columns)):
            self._keys.note_only_sealed(self.municipality, noted | more)

    def forget_only_sealed(self, columns: Iterable[str]) -> None:
        """Takes some of them off the note."""
        noted = self.noted_only_sealed()
        self._keys.note_only_sealed(self.municipality, noted - set(columns))

    def is_noted(self, column: str) -> bool:
        """Whether a column is noted so."""
        # The mark in the database may have been taken away with it; the one beside the keys was not.
        return column.replace("|", ".") in self._keys.only_sealed(self.municipality)

    def close(
        self,
        connection: Connection,
        column: Column[Any],
        row: Mapping[str, Any],
        value: Any,
        found: dict[str, tuple[str, bytes]] | None = None,
    ) -> Any:
        """The value sealed for its row, under the key of the record that the row belongs to.

        ``row`` has the primary key and the owner; ``found`` keeps the keys for the next cells of a transaction.
        """
        kind = column.type
        assert isinstance(kind, Sealed)
        if value is None or value == kind.empty or isinstance(value, Ciphertext):
            return value
        known = {} if found is None else found
        owner = str(row[kind.owner])
        if owner.startswith(SET_ASIDE):
            raise NotSealed(
                f"{column}: the record {owner} has a name that is kept for keys being replaced; nothing was written"
            )
        if owner not in known:
            known[owner] = self.key_of(connection, owner)
        key_id, key = known[owner]
        names = (str(row[one.name]) for one in column.table.primary_key)
        place = "|".join((self.municipality, column.table.name, column.name, *names, key_id, "1"))
        content = base64.b64encode(seal(key, kind.plain(value).encode(), place)).decode()
        return Ciphertext(f"{PREFIX}{key_id}:{content}")

    def opened(self, column: Column[Any], row: Mapping[str, Any], stored: str, wrapped: str) -> Any:
        """What a cell says that was read as it lies there, with the wrapped key that it names.

        ``row`` has the primary key. Raises SealBroken and KeyMissing.
        """
        kind, names = column.type, [str(row[one.name]) for one in column.table.primary_key]
        assert isinstance(kind, Sealed)
        read = reader(kind, f"{column.table.name}|{column.name}", len(names), lambda: self)
        return read(PART.join((wrapped, *names, stored)))

    def key_of(self, connection: Connection, owner: str) -> tuple[str, bytes]:
        """The key of a record with its id, made at its first word; nobody can destroy it until the commit."""
        # What a transaction has read stays locked for it; what a savepoint has read goes with the savepoint.
        begun = connection.get_nested_transaction() or connection.get_transaction()
        known = self._locked.setdefault(begun, {}) if begun is not None else {}
        if owner not in known:
            known[owner] = self._key_of(connection, owner)
        return known[owner]

    def _key_of(self, connection: Connection, owner: str) -> tuple[str, bytes]:
        statement = (
            select(field_key.c.id, field_key.c.wrapped)
            .where(field_key.c.owner == owner)
            .with_for_update(read=True, key_share=True)
        )
        row = connection.execute(statement).one_or_none()
        if row is None:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            fresh, (_, key) = self.fresh(connection, owner)
            made = connection.execute(
                dialect.insert(field_key)
                .values(fresh)
                .on_conflict_do_nothing()
                .returning(field_key.c.id)
            ).one_or_none()
            if made is not None:
                return made.id, key
            row = connection.execute(statement).one()
        return row.id, self.unwrap(row.id, row.wrapped)

    def fresh(self, connection: Connection, owner: str) -> tuple[dict[str, Any], tuple[str, bytes]]:
        """A new key for a record: the row to be written, and its id with the key."""
        key_id, key = new_id(), os.urandom(KEY_BYTES)
        version = self.version_in_use(connection)
        wrapped = self.wrap(key_id, key, version)
        row = {"id": key_id, "owner": owner, "version": version, "wrapped": wrapped}
        return row, (key_id, key)

    def version_in_use(self, connection: Connection) -> int:
        """The version of the town's key under which this service seals and wraps now."""
        return self._in_use.of(connection)

    def forget_version_in_use(self) -> None:
        """Asks the database for it at the next seal."""
        self._in_use.forget()

    def seal(self, connection: Connection, purpose: str, content: bytes, place: str) -> bytes:
        """The content directly under the version of the town's key that is in use; raises KeyMissing."""
        version = self.version_in_use(connection)
        return self._keys.seal(self.municipality, purpose, content, place, version)

    def unseal(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """What ``seal`` was given, under whichever version; raises SealBroken and KeyMissing."""
        return self._keys.unseal(self.municipality, purpose, sealed, place)

    def ask_for(self, version: int) -> None:
        """Raises KeyMissing where this process has not got this version of the town's key."""
        self._keys.version(self.municipality, version, _PURPOSE)

    def tag_maker(self, table: str, version: int) -> TagMaker:
        """Makes the tags of a table under one version of the town's key; raises KeyMissing."""
        if (table, version) not in self._tag_makers:
            made = TagMaker(self._keys, self.municipality, table, version)
            self._tag_makers[table, version] = made
        return self._tag_makers[table, version]

    def wrap(self, key_id: str, key: bytes, version: int) -> str:
        """A record's key under one version of the town's; raises KeyMissing."""
        town_key = self._keys.version(self.municipality, version, _PURPOSE)
        sealed = seal(town_key, key, f"{self.municipality}|field_key|{key_id}|{version}")
        return f"{version}:{base64.b64encode(sealed).decode()}"

    def unwrap(self, key_id: str, wrapped: str) -> bytes:
        """A record's key; raises SealBroken and KeyMissing."""
        version, _, content = wrapped.partition(":")
        town_key = self._keys.version(self.municipality, int(version), _PURPOSE)
        place = f"{self.municipality}|field_key|{key_id}|{version}"
        return unseal(town_key, base64.b64decode(content), place)

    def _before(
        self,
        connection: Connection,
        statement: Any,
        many: Sequence[Mapping[str, Any]],
        one: Mapping[str, Any],
        _options: Mapping[str, Any],
    ) -> tuple[Any, Any, Any]:
        if isinstance(statement, Insert | Update) and isinstance(statement.table, Table):
            columns = sealed_columns(statement.table)
            if columns:
                closing = _Closing(self, connection, statement, columns)
                return closing.statement(), [closing.row(row) for row in many], closing.row(one)
        return statement, many, one


class TownSeals:
    """The seals of every town of a process, which its services share."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._opened: Opened = {}
        self._of: dict[str, FieldSeals] = {}

    def of(self, municipality: str) -> FieldSeals:
        """What seals and opens the cells of a town."""
        found = self._of.get(municipality)
        return found or self._of.setdefault(
            municipality, FieldSeals(self._keys, municipality, self._opened)
        )

    def of_open_municipality(self) -> FieldSeals:
        """What seals and opens the cells of the open municipality."""
        return self.of(current_municipality())


class _Closing:
    """Seals what one statement writes."""

    def __init__(
        self,
        seals: FieldSeals,
        connection: Connection,
        statement: Insert | Update,
        columns: Sequence[Column[Any]],
    ) -> None:
        self._seals, self._connection, self._columns = seals, connection, columns
        assert isinstance(statement.table, Table)
        self._statement, self._table = statement, statement.table
        self._keys: dict[str, tuple[str, bytes]] = {}
        if statement._multi_values or getattr(statement, "select", None) is not None:
            raise NotSealed(
                f"{self._table.name} has sealed columns; nothing was written; give its rows one by one"
            )
        self._values: dict[str, Any] = {
            str(getattr(column, "key", column)): value.effective_value
            for column, value in (statement._values or {}).items()
            if isinstance(value, BindParameter)
        }

    def statement(self) -> Insert | Update:
        """The statement with its own values sealed."""
        written = self._row(self._values)
        return self._statement.values(written) if written else self._statement

    def row(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """One set of parameters, sealed."""
        if not given:
            return given
        return {**given, **self._row(given)}

    def _row(self, given: Mapping[str, Any]) -> dict[str, Any]:
        to_close = [column for column in self._columns if says(column, given.get(column.name))]
        if not to_close:
            return {}
        place = {**self._values, **given}
        if isinstance(self._statement, Update):
            place = {**self._where(to_close), **given}
        return {
            column.name: self._seals.close(
                self._connection, column, place, given[column.name], self._keys
            )
            for column in to_close
        }

    def _where(self, to_close: Sequence[Column[Any]]) -> dict[str, Any]:
        """The key and the owner of the one row that an update is about."""
        criteria = self._statement._where_criteria  # type: ignore[union-attr]
        needed = {one.name for one in self._table.primary_key}
        needed |= {column.type.owner for column in to_close}  # type: ignore[attr-defined]
        named = dict(_equalities(criteria))
        if needed <= named.keys():
            return named
        names = sorted(needed)
        rows = self._connection.execute(
            select(*(self._table.c[name] for name in names)).where(*criteria).limit(2)
        ).all()
        if len(rows) > 1:
            raise NotSealed(
                f"{self._table.name} has sealed columns; nothing was written; write to its rows one by one"
            )
        return dict(zip(names, rows[0], strict=True)) if rows else dict.fromkeys(names, "")


def stored_text(column: Any) -> ColumnElement[Any]:
    """What lies in the database in a sealed column, closed or not; it may be compared."""
    kind = column.type
    assert isinstance(kind, Sealed)
    return kind.stored(column)


def stored_key_id(column: Any) -> ColumnElement[str]:
    """The id of the key that a sealed cell names; of a plain one some other text."""
    return func.substr(stored_text(column), len(PREFIX) + 1, ID_LENGTH)


def set_aside(owner: str) -> str:
    """The name under which the key of a record stands while its cells are sealed anew; there is one at most."""
    return f"{SET_ASIDE}{owner}"


def seals_of(connection: Connection) -> FieldSeals:
    """What seals and opens the cells of a connection's database; raises SealBroken where nothing does."""
    try:
        return _of_engine[connection.engine]
    except KeyError:
        raise SealBroken("this connection opens no seals; nothing was read or written") from None


def tags_now(connection: Connection, table: Table) -> TagMaker:
    """Makes the tags of what is written now, under the version of the town's key in use; raises KeyMissing."""
    seals = seals_of(connection)
    return seals.tag_maker(table.name, seals.version_in_use(connection))


def tags_in(connection: Connection, table: Table) -> Iterator[TagMaker]:
    """A maker for every version under which rows are tagged; raises KeyMissing where one is not there."""
    version = table.c.tag_version
    first, last = connection.execute(
        select(
            select(version).where(version > 0).order_by(version).limit(1).scalar_subquery(),
            select(version).order_by(version.desc()).limit(1).scalar_subquery(),
        )
    ).one()
    seals = seals_of(connection)
    versions: Sequence[int] = range(first or 1, (last or 0) + 1)
    if len(versions) > 2:
        # One between them may be thrown away already, with no row under it.
        versions = connection.scalars(select(version).where(version > 0).distinct()).all()
    for one in versions:
        yield seals.tag_maker(table.name, one)


def sealed_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that lie sealed."""
    return tuple(column for column in table.columns if isinstance(column.type, Sealed))


def owner_of(column: Column[Any]) -> str:
    """The column that names the record under whose key a sealed column lies."""
    kind = column.type
    assert isinstance(kind, Sealed)
    return kind.owner


def says(column: Column[Any], value: Any) -> bool:
    """Whether a value of a sealed column has to be sealed: it says something and is not sealed yet."""
    kind = column.type
    assert isinstance(kind, Sealed)
    return not (value is None or value == kind.empty or isinstance(value, Ciphertext))


def _equalities(criteria: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for criterion in criteria:
        if (
            isinstance(criterion, BinaryExpression)
            and criterion.operator is operators.eq
            and isinstance(criterion.left, Column)
            and isinstance(criterion.right, BindParameter)
        ):
            yield criterion.left.name, criterion.right.effective_value
