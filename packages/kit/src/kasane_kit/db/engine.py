"""Opens one engine per (service, town) on first use and keeps the few used last."""

import select
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import psycopg
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    create_engine,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from kasane_kit.db import later
from kasane_kit.db.sealed import TownSeals
from kasane_kit.db.sharing import STATEMENTS, SharedStatements
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import current_municipality

KEPT_CONNECTIONS = 128
"""So many connections a process keeps while it works in many towns; those of the towns used last stay."""
# How long a request waits for a file that another program has locked, before it says so.
BUSY_SECONDS = 5
# After how long without work the server closes a connection, and after how long it is asked before work.
IDLE_SECONDS = 600
ASKED_AFTER_SECONDS = 20
LOG_READER = "log"
RESTORED = ".restored"
"""The folder of a town in which the restored files stand ready, until the last of them is in its place."""


class RestoreCutOff(RuntimeError):
    """Restored files of a town are half in their places; nothing of the town opens until all of them are."""


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
        if (folder / RESTORED).exists():
            raise RestoreCutOff(
                f"{municipality} の復元が、ファイルを置く途中で止まっています。何も開いていません。"
                "kasane migrate を実行すると、続きが終わります。"
                f" / a restore of {municipality} was cut off while its files were put in their places; nothing was "
                "opened; run kasane migrate, which finishes it"
            )
        return URL.create("sqlite", database=str(folder / f"{service}.sqlite"))

    def log_url(self, producer: str, municipality: str) -> URL:
        """The producer's own file: one process holds all of them in this mode."""
        return self.url(producer, municipality)


class PostgresAddresses:
    """One database per town; in it a schema and a login per service, which sees its own schema only."""

    def __init__(self, template: str, keys: KeyRing, beside: str = "") -> None:
        """With ``beside`` they are those of a copy that stands beside the town's own database."""
        self._template = make_url(template).set(drivername="postgresql+psycopg")
        self._keys = keys
        self._beside = beside

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
            database=database_name(municipality) + self._beside,
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

    def __init__(
        self, addresses: DatabaseAddresses, keys: KeyRing, kept: int = KEPT_CONNECTIONS
    ) -> None:
        self._addresses = addresses
        self._kept = kept
        self._glancing: dict[str, Engine] = {}
        self.keys = keys
        self._seals = TownSeals(keys)
        self._shared = {reads_logs: SharedStatements() for reads_logs in (True, False)}
        self._engines: OrderedDict[tuple[str, str], Engine] = OrderedDict()
        self._write_locks: dict[tuple[str, str], threading.Lock] = {}
        self._guard = threading.Lock()
        self._at_end: list[Callable[[], None]] = []

    def at_end(self, close: Callable[[], None]) -> None:
        """Lets something that works with connections end before they are closed."""
        self._at_end.append(close)

    def in_files(self, service: str) -> bool:
        """Whether the service has a file of its own in the open municipality, and not a schema beside others."""
        return self._engine(service).dialect.name == "sqlite"

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

    @contextmanager
    def glancing(self, service: str) -> Iterator[Connection]:
        """Like ``reading`` for a look that usually finds nothing: it takes no connection away from a busy town.

        Where none to the town is kept, one is opened on PostgreSQL and closed again. Sealed columns stay sealed.
        """
        with _for_looking(self._kept_engine(service) or self._glance(service)) as connection:
            yield connection

    @contextmanager
    def glancing_at_logs(self, producers: Sequence[str]) -> Iterator[Callable[[str], Connection]]:
        """Like ``reading_log`` of several producers, as ``glancing`` is like ``reading``: call it with each."""
        names = [f"{LOG_READER}:{producer}" for producer in producers]
        kept = [one for one in map(self._kept_engine, names) if one is not None]
        with ExitStack() as stack:
            first = stack.enter_context(_for_looking(kept[0] if kept else self._glance(names[0])))

            def log_of(producer: str) -> Connection:
                if first.dialect.name == "sqlite":
                    return stack.enter_context(self.reading_log(producer))
                # One login reads all logs of a town, so one connection does.
                return first.execution_options(schema_translate_map={None: producer})

            yield log_of

    def dispose(self) -> None:
        """Closes every engine."""
        for close in self._at_end:
            close()
        with self._guard:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
            self._glancing.clear()

    def _lock(self, service: str) -> threading.Lock:
        with self._guard:
            return self._write_locks.setdefault((service, current_municipality()), threading.Lock())

    def _engine(self, service: str) -> Engine:
        key = (service, current_municipality())
        with self._guard:
            engine = self._engines.get(key)
            if engine is None:
                self._make_room()
                engine = self._engines[key] = self._open(*key)
            self._engines.move_to_end(key)
            return engine

    def _kept_engine(self, service: str) -> Engine | None:
        """The engine of the open municipality where there is one, or where opening it costs nothing (SQLite)."""
        key = (service, current_municipality())
        with self._guard:
            engine = self._engines.get(key)
        if engine is None and self._url(*key).get_backend_name() == "sqlite":
            return self._engine(service)
        return engine

    def _make_room(self) -> None:
        """Lets go of those that nobody used for longest and nobody uses now."""
        held = {key: _held(engine) for key, engine in self._engines.items()}
        over = sum(held.values()) + 1 - self._kept
        for key in list(self._engines):
            if over <= 0:
                return
            if not self._engines[key].pool.checkedout():  # type: ignore[attr-defined]
                self._engines.pop(key).dispose()
                over -= held[key]

    def _glance(self, service: str) -> Engine:
        """An engine for every town, which keeps no connection."""
        with self._guard:
            engine = self._glancing.get(service)
            if engine is None:
                engine = open_engine(self._url(service, current_municipality()), keeping=False)
                event.listen(engine, "do_connect", self._to_the_open_municipality(service))
                self._glancing[service] = engine
            return engine

    def _to_the_open_municipality(self, service: str) -> Callable[..., None]:
        def go(dialect: Dialect, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
            url = with_idle_end(self._url(service, current_municipality()))
            parameters.update(dialect.create_connect_args(url)[1])

        return go

    def _url(self, service: str, municipality: str) -> URL:
        prefix, _, producer = service.partition(":")
        if prefix == LOG_READER and producer:
            return self._addresses.log_url(producer, municipality)
        return self._addresses.url(service, municipality)

    def _open(self, service: str, municipality: str) -> Engine:
        engine = open_engine(self._url(service, municipality))
        reads_logs = service.startswith(f"{LOG_READER}:")
        self._shared[reads_logs].join(engine)
        if not reads_logs:
            self._seals.of(municipality).install(engine, self._seals.of_open_municipality)
            later.install(engine)
        return engine


def _held(engine: Engine) -> int:
    """The connections that an engine holds, at least the one that it is about to open."""
    pool: Any = engine.pool
    return max(1, int(pool.checkedin()) + int(pool.checkedout()))


def with_idle_end(url: URL) -> URL:
    """The address of a connection that the server closes when nobody took it for a while.

    With many towns the idle connections are what a server counts.
    """
    options = f"{url.query.get('options', '')} -cidle_session_timeout={IDLE_SECONDS}s"
    return url.update_query_dict({"options": options.strip()})


def open_engine(url: URL, *, keeping: bool = True) -> Engine:
    """An engine with the house's settings: full synchronisation on SQLite, checked connections on PostgreSQL.

    An error names the statement and never what was bound to it. One that is not ``keeping`` closes on PostgreSQL each
    connection after its use.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=8,
            max_overflow=24,
            hide_parameters=True,
            query_cache_size=STATEMENTS,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    connect = {"connect_timeout": 5, "application_name": "kasane"}
    if not keeping:
        return create_engine(
            with_idle_end(url), connect_args=connect, poolclass=NullPool, hide_parameters=True
        )
    # The last one that came back is the first to go out.
    engine = create_engine(
        with_idle_end(url),
        connect_args=connect,
        pool_size=4,
        max_overflow=8,
        pool_use_lifo=True,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,
        query_cache_size=STATEMENTS,
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
    if action == sqlite3.SQLITE_ATTACH and first == "":
        return sqlite3.SQLITE_OK  # VACUUM's own temporary file, which reaches nobody else's.
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
