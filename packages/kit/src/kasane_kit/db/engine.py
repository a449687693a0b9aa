"""Opens one engine per (service, town) on first use and keeps the few used last."""

import select
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import psycopg
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from kasane_kit.db.sealed import FieldSeals
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import current_municipality

KEPT_ENGINES = 256
# How long a request waits for a file that another program has locked, before it says so.
BUSY_SECONDS = 5
# After how long without work the server closes a connection, and after how long it is asked before work.
IDLE_SECONDS = 600
ASKED_AFTER_SECONDS = 20
LOG_READER = "log"


class DatabaseAddresses(Protocol):
    """Says where the database of a service in a municipality is."""

    def url(self, service: str, municipality: str) -> URL:
        """The address with the service's own login."""
        ...

    def log_url(self, producer: str, municipality: str) -> URL:
        """The address with the login that may read a producer's log and nothing else."""
        ...


class SqliteAddresses:
    """One file per town and service: ``var/<town>/<service>.sqlite``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, service: str, municipality: str) -> URL:
        """The file of the service in the town; its folder is made for this uid only."""
        folder = self._folder / municipality
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return URL.create("sqlite", database=str(folder / f"{service}.sqlite"))

    def log_url(self, producer: str, municipality: str) -> URL:
        """The producer's own file: one process holds all of them in this mode."""
        return self.url(producer, municipality)


class PostgresAddresses:
    """One database per town; in it a schema and a login per service, which sees its own schema only."""

    def __init__(self, template: str, keys: KeyRing) -> None:
        self._template = make_url(template).set(drivername="postgresql+psycopg")
        self._keys = keys

    def url(self, service: str, municipality: str) -> URL:
        """The town's database with the login of the service."""
        return self._with_login(municipality, login_name(municipality, service), service)

    def log_url(self, producer: str, municipality: str) -> URL:
        """The town's database with the login of the log reader."""
        return self._with_login(municipality, login_name(municipality, LOG_READER), producer)

    def password(self, municipality: str, login: str) -> str:
        """The password of a login of a town, derived from the key that the town keeps for its logins."""
        return self._keys.derived(logins_key(municipality), f"database:{login}").hex()

    def _with_login(self, municipality: str, login: str, schema: str) -> URL:
        return self._template.set(
            database=database_name(municipality),
            username=login,
            password=self.password(municipality, login),
        ).update_query_dict({"options": f"-csearch_path={schema}"})


def logins_key(municipality: str) -> str:
    """The name of the key from which a town's passwords come: a process without it enters no database of the town.

    It is apart from the town's own key, for it seals nothing: it may be thrown away and made anew by migrating.
    """
    return f"logins{municipality}"


def database_name(municipality: str) -> str:
    """The name of a town's PostgreSQL database."""
    return f"kasane_{municipality}"


def login_name(municipality: str, service: str) -> str:
    """The PostgreSQL login of a service in a town."""
    return f"kasane_{municipality}_{service}"


class Databases:
    """Connections to the databases of the open municipality; without ``municipality_scope()`` there are none."""

    def __init__(self, addresses: DatabaseAddresses, keys: KeyRing) -> None:
        self._addresses = addresses
        self._keys = keys
        self._engines: OrderedDict[tuple[str, str], Engine] = OrderedDict()
        self._write_locks: dict[tuple[str, str], threading.Lock] = {}
        self._guard = threading.Lock()
        self._at_end: list[Callable[[], None]] = []

    def at_end(self, close: Callable[[], None]) -> None:
        """Lets something that works with connections end before they are closed."""
        self._at_end.append(close)

    @contextmanager
    def reading(self, service: str) -> Iterator[Connection]:
        """A connection for looking; what is written on it is refused by PostgreSQL and rolled back by SQLite."""
        with _for_looking(self._engine(service)) as connection:
            yield connection

    @contextmanager
    def asking(self, service: str) -> Iterator[Connection]:
        """A connection for one question by one SELECT, which PostgreSQL answers without a transaction around it."""
        engine = self._engine(service)
        if engine.dialect.name == "sqlite":
            with _for_looking(engine) as connection:
                yield connection
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def writing(self, service: str) -> Iterator[Connection]:
        """A connection in a transaction that the caller commits; leaving without commit rolls back.

        Two threads of one process never race for SQLite's write lock: they queue here instead.
        """
        engine = self._engine(service)
        lock = self._lock(service) if engine.dialect.name == "sqlite" else None
        if lock is not None:
            lock.acquire()
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            if lock is not None:
                lock.release()

    @contextmanager
    def line(self, service: str) -> Iterator[Connection]:
        """A connection beside those that are shared, each statement by itself: for what keeps one for long."""
        engine = self._open(service, current_municipality())
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection
        finally:
            engine.dispose()

    @contextmanager
    def reading_log(self, producer: str) -> Iterator[Connection]:
        """A connection that may read a producer's event log in the open municipality."""
        with _for_looking(self._engine(f"{LOG_READER}:{producer}")) as connection:
            yield connection

    def dispose(self) -> None:
        """Closes every engine."""
        for close in self._at_end:
            close()
        with self._guard:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def _lock(self, service: str) -> threading.Lock:
        with self._guard:
            return self._write_locks.setdefault((service, current_municipality()), threading.Lock())

    def _engine(self, service: str) -> Engine:
        key = (service, current_municipality())
        with self._guard:
            engine = self._engines.get(key)
            if engine is None:
                engine = self._engines[key] = self._open(*key)
                while len(self._engines) > KEPT_ENGINES:
                    self._engines.popitem(last=False)[1].dispose()
            self._engines.move_to_end(key)
            return engine

    def _open(self, service: str, municipality: str) -> Engine:
        prefix, _, producer = service.partition(":")
        if prefix == LOG_READER and producer:
            return open_engine(self._addresses.log_url(producer, municipality))
        engine = open_engine(self._addresses.url(service, municipality))
        FieldSeals(self._keys, municipality).install(engine)
        return engine


def open_engine(url: URL) -> Engine:
    """An engine with the house's settings: full synchronisation on SQLite, checked connections on PostgreSQL.

    An error names the statement and never what was bound to it.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=8,
            max_overflow=24,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # The last one that came back is the first to go out, and the server closes what nobody took for a while: with
    # many towns the idle connections are what a server counts.
    options = f"{url.query.get('options', '')} -cidle_session_timeout={IDLE_SECONDS}s"
    engine = create_engine(
        url.update_query_dict({"options": options.strip()}),
        connect_args={"connect_timeout": 5, "application_name": "kasane"},
        pool_size=4,
        max_overflow=8,
        pool_use_lifo=True,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,
    )
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", _look_whether_alive)
    return engine


@contextmanager
def _for_looking(engine: Engine) -> Iterator[Connection]:
    """A transaction for looking; on PostgreSQL one that cannot write.

    There it ends with COMMIT: after every ROLLBACK the driver throws away the statements that the server has
    prepared for this connection.
    """
    on_postgres = engine.dialect.name == "postgresql"
    options = {"kasane_reads": True, **({"postgresql_readonly": True} if on_postgres else {})}
    with engine.connect().execution_options(**options) as connection:
        yield connection
        if on_postgres and not connection.invalidated:
            connection.commit()
        else:
            connection.rollback()


def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned"] = monotonic()


def _look_whether_alive(connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
    """Lets the pool take another connection for one that the server has closed.

    A server that ends a connection says so on it, and then there is something to read. Only what was idle for long,
    whose line may have been cut without a word, is asked.
    """
    returned = record.info.get("returned")
    if returned is None:
        return
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    try:
        closed = bool(line.poll(0))
        if not closed and monotonic() - returned > ASKED_AFTER_SECONDS:
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError("the connection was cut while it was idle") from error
    if closed:
        raise InvalidatePoolError("the server closed the connection while it was idle")


def ended_when_still(seconds: int) -> ColumnElement[str]:
    """A column for a statement on PostgreSQL: the server ends its transaction when the process stands still in it.

    What a stopped process holds would else stay locked until it is woken. SQLite needs it not: one process holds
    everything.
    """
    return func.set_config("idle_in_transaction_session_timeout", f"{seconds}s", True)


def committed_loosely() -> ColumnElement[str]:
    """A column for a statement on PostgreSQL: the commit does not wait for the disk, a crash may take it back."""
    return func.set_config("synchronous_commit", "off", True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.set_authorizer(_authorize)


def _authorize(
    action: int, first: str | None, second: str | None, _db: str | None, _trigger: str | None
) -> int:
    if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() == "writable_schema":
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and second == "load_extension":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("kasane_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
