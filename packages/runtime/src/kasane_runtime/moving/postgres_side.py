"""One town on PostgreSQL: its barrier of triggers, and its rows from one server to another."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from kasane_kit.db import Barrier, BarrierState
from kasane_kit.db.barrier import CLOSED_SENTENCE, CLOSED_SQLSTATE
from kasane_kit.db.engine import database_name
from kasane_runtime.moving.shape import BARRIER, GROWING, Table
from kasane_runtime.moving.steps import MoveRefused, not_held
from kasane_runtime.postgres import OWNER

TRIGGER = "town_barrier_is_closed"
LONGEST_WRITE_SECONDS = 60
"""Above what a login's own limits allow (15 s a statement, 30 s standing still in a transaction)."""
SAME_TEXT = (
    "-ctimezone=UTC -cdatestyle=ISO -cintervalstyle=iso_8601 -cbytea_output=hex "
    "-cextra_float_digits=1 -cclient_encoding=UTF8"
)
AT_ONCE = 2000
_ORDER = (BarrierState.OPEN, BarrierState.CLOSED, BarrierState.SEALED, BarrierState.MOVED)


class PostgresTown:
    """The database of one town."""

    kind = "postgresql"

    def __init__(
        self, admin_url: str, town: str, services: Sequence[str], beside: str = ""
    ) -> None:
        """With ``beside`` it is a copy that stands beside the town's own database."""
        url = make_url(admin_url).set(drivername="postgresql")
        self._server = url.render_as_string(hide_password=False)
        self._database = f"{database_name(town)}{beside}"
        self._url = url.set(database=self._database).render_as_string(hide_password=False)
        self._town = town
        self._services = tuple(services)
        self._connection: psycopg.Connection[Any] | None = None

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The administrator's connection to the town's database."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, autocommit=True, options=SAME_TEXT)
        return self._connection

    def exists(self) -> bool:
        """Whether the town has a database here with the tables of the barrier."""
        with psycopg.connect(self._server, autocommit=True) as server:
            name = self._database
            if not server.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            ).fetchone():
                return False
        return all(
            self.connection.execute("SELECT to_regclass(%s)", [f"{service}.{BARRIER}"]).fetchone()
            != (None,)
            for service in self._services
        )

    def may_copy(self) -> bool:
        """Whether the administrator may put rows in without asking triggers and foreign keys."""
        found = self.connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        return found == (True,)

    def barrier(self) -> Barrier:
        """What the barrier says; the furthest state of all services."""
        found = [
            Barrier(BarrierState(state), held_by, address)
            for service in self._services
            for state, held_by, address in self._all(
                "SELECT state, held_by, address FROM {}.town_barrier", service
            )
        ]
        return max(found, key=lambda barrier: _ORDER.index(barrier.state), default=Barrier())

    def holds_anything(self) -> bool:
        """Whether a trail of any service has a line."""
        return any(
            self._all("SELECT 1 FROM {}.audit_entry LIMIT 1", service) for service in self._services
        )

    def claim(self, move: str) -> None:
        """Writes the name of the move on the open barrier."""
        self._write_barrier(Barrier(BarrierState.OPEN, move))

    def close(self, move: str, *, entirely: bool, seize: bool = False) -> None:
        """Shuts the barrier: table after table, each waiting for those who write it at this moment.

        One table at a time holds no other lock, so that nobody is caught in a deadlock; a transaction that
        finds one of its tables shut is rolled back whole.
        """
        shut = Barrier(BarrierState.SEALED if entirely else BarrierState.CLOSED, move)
        self._write_barrier(shut, None if seize else move)
        self.connection.execute(
            sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{LONGEST_WRITE_SECONDS}s"))
        )
        for service in self._services:
            self._run(
                "CREATE OR REPLACE FUNCTION {schema}.town_barrier_is_closed() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF pg_has_role(session_user, {owner}, 'MEMBER') THEN RETURN NULL; END IF; "
                "RAISE EXCEPTION {sentence} USING ERRCODE = {code}; END $$",
                schema=sql.Identifier(service),
                owner=sql.Literal(OWNER),
                sentence=sql.Literal(CLOSED_SENTENCE),
                code=sql.Literal(CLOSED_SQLSTATE),
            )
        for table in self.tables():
            if entirely or not table.still_written:
                try:
                    self._run(
                        "CREATE OR REPLACE TRIGGER {trigger} BEFORE INSERT OR UPDATE OR DELETE ON {table} "
                        "FOR EACH STATEMENT EXECUTE FUNCTION {schema}.town_barrier_is_closed()",
                        trigger=sql.Identifier(TRIGGER),
                        table=sql.Identifier(table.service, table.name),
                        schema=sql.Identifier(table.service),
                    )
                except psycopg.errors.LockNotAvailable as error:
                    raise MoveRefused(
                        f"{table.service}.{table.name} に長く書き続けている処理があり、閉じられません。"
                        "失われたものはありません。もう一度実行するか、abort してください。"
                        f" / {table.service}.{table.name} is still being written; nothing is lost;"
                        " run it again or abort"
                    ) from error

    def leave(self, move: str, address: str) -> None:
        """Says for good that the town is elsewhere, in all services at once."""
        with self.connection.transaction():
            for service in self._services:
                done = self.connection.execute(
                    sql.SQL(
                        "UPDATE {}.town_barrier SET state = %s, address = %s WHERE held_by = %s AND state IN (%s, %s)"
                    ).format(sql.Identifier(service)),
                    [BarrierState.MOVED, address, move, BarrierState.SEALED, BarrierState.MOVED],
                )
                if done.rowcount != 1:
                    raise not_held(self._town)

    def open(self) -> None:
        """Takes the barrier away; each table is open at once, and what was refused before stays refused."""
        with self.connection.transaction():
            here = self.barrier()
            if here.state is BarrierState.MOVED:
                raise not_held(self._town)
            self._write_barrier(Barrier(), here.held_by)
            for table in self.tables():
                self._run(
                    "DROP TRIGGER IF EXISTS {trigger} ON {table}",
                    trigger=sql.Identifier(TRIGGER),
                    table=sql.Identifier(table.service, table.name),
                )
            for service in self._services:
                self._run(
                    "DROP FUNCTION IF EXISTS {schema}.town_barrier_is_closed()",
                    schema=sql.Identifier(service),
                )

    def tables(self) -> Sequence[Table]:
        """Every table of every service but the barrier itself."""
        return [table for table in self.every_table() if table.name != BARRIER]

    def every_table(self) -> Sequence[Table]:
        """Every table of every service."""
        return [
            Table(service, name, tuple(columns), tuple(key))
            for service in self._services
            for name, columns, key in self.connection.execute(_SHAPES, [service]).fetchall()
        ]

    def fingerprint(self, table: Table) -> tuple[int, str]:
        """Counted and summed by the server itself."""
        query = sql.SQL(
            "SELECT count(*), coalesce(sum(('x' || left(md5({row}), 16))::bit(64)::bigint), 0)::text FROM {table}"
        ).format(row=_row(table.columns), table=_name(table))
        found = self.connection.execute(query).fetchone()
        assert found is not None
        return int(found[0]), str(found[1])

    def end(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()

    def _write_barrier(self, barrier: Barrier, held_by: str | None = None) -> None:
        """Writes the barrier of every service; with ``held_by`` only while that move holds it and it has not gone."""
        with self.connection.transaction():
            for service in self._services:
                done = self.connection.execute(
                    sql.SQL(
                        "INSERT INTO {schema}.town_barrier (id, state, held_by, address) VALUES (1, %s, %s, %s) "
                        "ON CONFLICT (id) DO UPDATE SET state = excluded.state, held_by = excluded.held_by, "
                        "address = excluded.address "
                        "WHERE %s::text IS NULL OR (town_barrier.held_by = %s AND town_barrier.state <> 'moved')"
                    ).format(schema=sql.Identifier(service)),
                    [barrier.state, barrier.held_by, barrier.address, held_by, held_by],
                )
                if done.rowcount != 1:
                    raise not_held(self._town)

    def _all(self, statement: str, schema: str) -> list[tuple[Any, ...]]:
        query = sql.SQL(statement).format(sql.Identifier(schema))
        return self.connection.execute(query).fetchall()

    def _run(self, statement: str, **parts: sql.Composable) -> None:
        self.connection.execute(sql.SQL(statement).format(**parts))


def copy_everything(source: PostgresTown, target: PostgresTown) -> int:
    """Copies every row of one moment in one transaction of the target; returns how many."""
    tables = source.tables()
    rows = 0
    with source.connection.transaction():
        source.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with _without_asking(target):
            for table in tables:
                target.connection.execute(sql.SQL("DELETE FROM {}").format(_name(table)))
                rows += _stream(source, target, table, sql.SQL("TRUE"), [])
    return rows


def copy_difference(source: PostgresTown, target: PostgresTown, tables: Sequence[Table]) -> int:
    """Makes these tables of the target equal to those of the source; returns how many rows were copied."""
    rows = 0
    with _without_asking(target):
        for table in tables:
            if table.name in GROWING:
                rows += _copy_growth(source, target, table)
            elif source.fingerprint(table) != target.fingerprint(table):
                rows += _copy_changes(source, target, table)
    return rows


def copy_counters(source: PostgresTown, target: PostgresTown, services: Sequence[str]) -> None:
    """Lets numbers that the server gives go on behind those that the source gave."""
    for schema, name, last in source.connection.execute(
        "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = ANY(%s)",
        [list(services)],
    ).fetchall():
        if last is not None:
            place = sql.Identifier(schema, name).as_string(target.connection)
            target.connection.execute("SELECT setval(%s::regclass, %s)", [place, last])


def _copy_growth(source: PostgresTown, target: PostgresTown, table: Table) -> int:
    group, number = GROWING[table.name]
    rows = 0
    where = sql.SQL("{number} > %s").format(number=sql.Identifier(number))
    if group is None:
        groups: list[tuple[str, ...]] = [()]
    else:
        of_group = sql.SQL("SELECT DISTINCT {} FROM {}").format(sql.Identifier(group), _name(table))
        groups = source.connection.execute(of_group).fetchall()
        where = sql.SQL("{group} = %s AND {rest}").format(group=sql.Identifier(group), rest=where)
    for values in groups:
        behind = sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
            sql.Identifier(number), _name(table)
        )
        if group is not None:
            behind += sql.SQL(" WHERE {} = %s").format(sql.Identifier(group))
        highest = target.connection.execute(behind, list(values)).fetchone()
        assert highest is not None
        rows += _stream(source, target, table, where, [*values, highest[0]])
    return rows


def _copy_changes(source: PostgresTown, target: PostgresTown, table: Table) -> int:
    if not table.key:
        target.connection.execute(sql.SQL("DELETE FROM {}").format(_name(table)))
        return _stream(source, target, table, sql.SQL("TRUE"), [])
    key = _row(table.key)
    there, here = _prints(source, table), _prints(target, table)
    wanted = [one for one, digest in there.items() if here.get(one) != digest]
    outdated = [one for one, digest in here.items() if there.get(one) != digest]
    among = sql.SQL("{} = ANY(%s)").format(key)
    # First everything that goes, so that no unique column is held twice.
    for some in _pieces(outdated):
        target.connection.execute(
            sql.SQL("DELETE FROM {} WHERE {}").format(_name(table), among), [some]
        )
    return sum(_stream(source, target, table, among, [some]) for some in _pieces(wanted))


def _prints(side: PostgresTown, table: Table) -> dict[str, str]:
    query = sql.SQL("SELECT {key}, md5({row}) FROM {table}").format(
        key=_row(table.key), row=_row(table.columns), table=_name(table)
    )
    return dict(side.connection.execute(query).fetchall())


def _stream(
    source: PostgresTown,
    target: PostgresTown,
    table: Table,
    where: sql.Composable,
    values: list[Any],
) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    out = sql.SQL("COPY (SELECT {} FROM {} WHERE {}) TO STDOUT (FORMAT binary)").format(
        columns, _name(table), where
    )
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(_name(table), columns)
    with target.connection.cursor() as to:
        with source.connection.cursor() as of, of.copy(out, values) as rows, to.copy(into) as sink:
            for piece in rows:
                sink.write(piece)
        return to.rowcount


class _without_asking:
    """A transaction of the target in which neither triggers nor foreign keys are asked: the rows come from a town."""

    def __init__(self, target: PostgresTown) -> None:
        self._connection = target.connection
        self._transaction = target.connection.transaction()

    def __enter__(self) -> None:
        self._transaction.__enter__()
        self._connection.execute("SET LOCAL session_replication_role = replica")

    def __exit__(self, *error: Any) -> None:
        self._transaction.__exit__(*error)


def _row(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("ROW({})::text").format(sql.SQL(", ").join(map(sql.Identifier, columns)))


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(table.service, table.name)


def _pieces(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


_SHAPES = """
SELECT c.relname,
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''),
       coalesce((SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int2[], k.attnum))
                 FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY(i.indkey)
                 WHERE i.indrelid = c.oid AND i.indisprimary), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = %s AND c.relkind = 'r' GROUP BY c.oid, c.relname ORDER BY c.relname
"""
