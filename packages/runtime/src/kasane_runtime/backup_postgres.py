"""Backups of towns on PostgreSQL: one dump of one moment, restored into a copy that takes the town's place whole."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from kasane_kit import clock
from kasane_kit.auth import sessions
from kasane_kit.db import BarrierState, DatabaseAddresses, MigrationSource
from kasane_kit.db.engine import PostgresAddresses, database_name, logins_key
from kasane_kit.db.migrate import VERSION_TABLE
from kasane_runtime.backup_manifest import BackupRefused, Part, has_moved
from kasane_runtime.compose import Composition
from kasane_runtime.moving.postgres_side import PostgresTown
from kasane_runtime.postgres import OWNER, Server

BESIDE, DRILL, BEFORE = "_restoring", "_drill", "_before_"
LEAVING_SECONDS = 5.0
Seal = Callable[[IO[bytes], str], Part]


class PostgresBackups:
    """The half of ``Backups`` that works with a server, as its administrator; no plain byte comes to a disk."""

    kind = "postgresql"

    def __init__(self, composition: Composition) -> None:
        if not composition.settings.admin_database_url:
            raise BackupRefused(
                "KASANE_ADMIN_DATABASE_URL is not set; nothing was done; set it to the administrator's login"
            )
        self._composition = composition
        self._settings = composition.settings
        self._services = tuple(composition.services)

    def take(self, town: str, _work: Path, seal: Seal) -> tuple[tuple[Part, ...], dict[str, Any]]:
        """The sealed dump, and what stands in the manifest beside it: all of the same moment."""
        found = self._town(town)
        with closing(found.connection) as connection:
            if not found.exists():
                raise BackupRefused(
                    f"{database_name(town)} is no database of a town; nothing was written; run kasane migrate"
                )
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                (snapshot,) = _row(connection, "SELECT pg_export_snapshot()")
                facts = {
                    "server": str(_row(connection, "SHOW server_version")[0]),
                    "levels": self._levels(connection),
                    "tables": tables_of(found),
                }
                arguments = ("--format=custom", "--no-password", f"--snapshot={snapshot}")
                nobody = f"--exclude-table-data={sessions.SCHEMA}.{sessions.open_session.name}"
                address = f"--dbname={self._address(database_name(town))}"
                with self._program("pg_dump", address, nobody, *arguments) as dump:
                    assert dump.stdout is not None
                    part = seal(dump.stdout, f"{town}.dump")
        return (part,), facts

    def check(self, parts: Iterable[tuple[Part, Iterator[bytes]]]) -> None:
        """Lets pg_restore read all of it, without a server; raises BackupRefused."""
        for _part, pieces in parts:
            self._feed(("--file=/dev/null",), pieces)

    def refuse_early(self, town: str) -> None:
        """Raises BackupRefused where a restore would be in vain: the town is in use, or has gone elsewhere."""
        with self._server() as server:
            database = database_name(town)
            if not server.exists(database):
                return
            if others := _who_stays(server, database):
                raise BackupRefused(_in_use(database, others))
        found = self._town(town)
        with closing(found.connection):
            if found.exists() and (gone := found.barrier()).state is BarrierState.MOVED:
                raise has_moved(town, gone.address)

    @contextmanager
    def beside(
        self, town: str, parts: Iterable[tuple[Part, Iterator[bytes]]], wanted: Mapping[str, Any]
    ) -> Iterator[DatabaseAddresses]:
        """A copy of the town beside it, whole, compared, of this release and with its rights; gone afterwards.

        ``wanted`` are the tables of the manifest. ``put_in_place`` within the block keeps it.
        """
        with self._beside(town, BESIDE, parts, wanted) as addresses:
            yield addresses

    @contextmanager
    def for_trial(
        self, town: str, parts: Iterable[tuple[Part, Iterator[bytes]]], wanted: Mapping[str, Any]
    ) -> Iterator[DatabaseAddresses]:
        """As ``beside``, under another name; it never takes the town's place."""
        with self._beside(town, DRILL, parts, wanted) as addresses:
            yield addresses

    def put_in_place(self, town: str) -> str:
        """Lets the copy be the town's database from now on; returns under which name the earlier one stays."""
        aside = f"{BEFORE}{clock.now():%Y%m%d%H%M%S}"
        with self._server() as server:
            was = server.exists(database_name(town))
            try:
                server.put_in_place(town, BESIDE, aside)
            except psycopg.errors.ObjectInUse as error:
                raise BackupRefused(_in_use(database_name(town), 0)) from error
        return f"{database_name(town)}{aside}" if was else ""

    def clear(self, town: str) -> list[str]:
        """Takes away what restores have replaced; returns the names."""
        with self._server() as server:
            kept = server.kept_aside(town, BEFORE)
            for name in kept:
                server.drop(name)
        return kept

    @contextmanager
    def _beside(
        self,
        town: str,
        name: str,
        parts: Iterable[tuple[Part, Iterator[bytes]]],
        wanted: Mapping[str, Any],
    ) -> Iterator[DatabaseAddresses]:
        keys = self._composition.house.keys
        keys.ensure("signing", logins_key(town))
        copy = f"{database_name(town)}{name}"
        try:
            with self._server() as server:
                server.make_owner()
                # What an earlier restore left that was killed.
                server.drop(copy)
                server.make_municipality(town, name, empty=True)
            for _part, pieces in parts:
                self._load(copy, pieces)
            self._compare(town, name, wanted)
            with self._server() as server:
                server.make_municipality(town, name)
                server.upgrade(town, sessions.SCHEMA, sessions.MIGRATIONS, beside=name)
                for service, declared in self._composition.services.items():
                    source = MigrationSource(declared.migrations)
                    server.upgrade(town, service, source, beside=name)
                server.grant(town, name)
                if wrong := server.deviations(town, name):
                    raise BackupRefused(
                        f"the rights in the copy are not as they should be ({wrong[0].sentence}); "
                        "the town was not changed; the copy was taken away"
                    )
            yield PostgresAddresses(self._settings.database_url, keys, name)
        finally:
            with self._server() as server:
                server.drop(copy)

    def _load(self, database: str, pieces: Iterator[bytes]) -> None:
        arguments = (
            *(f"--dbname={self._address(database)}", "--exit-on-error", "--no-owner"),
            *("--no-privileges", "--no-password", f"--role={OWNER}"),
        )
        self._feed(arguments, pieces)

    def _feed(self, arguments: Iterable[str], pieces: Iterator[bytes]) -> None:
        with self._program("pg_restore", *arguments) as load:
            assert load.stdin is not None
            # Where it ended, what it said is told by whoever waits for it.
            with suppress(BrokenPipeError):
                for piece in pieces:
                    load.stdin.write(piece)
                load.stdin.close()

    def _compare(self, town: str, name: str, wanted: Mapping[str, Any]) -> None:
        copy = self._town(town, name)
        with closing(copy.connection):
            found = tables_of(copy)
        for table in sorted(set(wanted) | set(found)):
            if found.get(table) != wanted.get(table):
                there, here = wanted.get(table, (0, ""))[0], found.get(table, (0, ""))[0]
                raise BackupRefused(
                    f"{table} came back with {here} rows that are not the {there} of the backup; the town was "
                    "not changed; give another backup"
                )

    def _levels(self, connection: psycopg.Connection[Any]) -> dict[str, tuple[str, ...]]:
        statement = sql.SQL("SELECT version_num FROM {} ORDER BY 1")
        return {
            service: tuple(
                str(one)
                for (one,) in connection.execute(
                    statement.format(sql.Identifier(service, VERSION_TABLE))
                )
            )
            for service in self._services
        }

    def _town(self, town: str, beside: str = "") -> PostgresTown:
        return PostgresTown(self._settings.admin_database_url, town, self._services, beside)

    def _server(self) -> Server:
        addresses = PostgresAddresses(self._settings.database_url, self._composition.house.keys)
        return Server(self._settings.admin_database_url, addresses, self._services)

    def _address(self, database: str) -> str:
        url: URL = make_url(self._settings.admin_database_url)
        url = url.set(drivername="postgresql", database=database, password=None)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def _program(self, program: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A program of PostgreSQL with pipes; raises BackupRefused with its first words where it did not succeed."""
        password = make_url(self._settings.admin_database_url).password
        environment = dict(os.environ) | ({"PGPASSWORD": password} if password else {})
        with tempfile.TemporaryFile() as said:
            try:
                running = subprocess.Popen(
                    [program, *arguments],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                )
            except FileNotFoundError as error:
                raise BackupRefused(
                    f"{program} is not on this machine; nothing was done; install the client of PostgreSQL"
                ) from error
            try:
                yield running
                status = running.wait()
            finally:
                running.kill()
                running.wait()
                for pipe in (running.stdin, running.stdout):
                    if pipe is not None and not pipe.closed:
                        pipe.close()
            if status:
                said.seek(0)
                lines = said.read().decode("utf-8", "replace").strip().splitlines()
                raise BackupRefused(
                    f"{lines[0] if lines else program + ' failed'}; nothing was changed"
                )


def tables_of(town: PostgresTown) -> dict[str, tuple[int, str]]:
    """How many rows every table has, with a sum over them that does not depend on their order."""
    return {
        f"{table.service}.{table.name}": town.fingerprint(table) for table in town.every_table()
    }


def _row(connection: psycopg.Connection[Any], statement: str) -> tuple[Any, ...]:
    found = connection.execute(statement.encode()).fetchone()
    assert found is not None
    return tuple(found)


def _who_stays(server: Server, database: str) -> int:
    """How many connections others have; for a connection that was just closed the server takes a moment."""
    until = time.monotonic() + LEAVING_SECONDS
    while (others := server.others_in(database)) and time.monotonic() < until:
        time.sleep(0.1)
    return others


def _in_use(database: str, others: int) -> str:
    return (
        f"{database} is in use{f' by {others} connections' if others else ''}; nothing was changed; "
        "stop the processes of this town first"
    )
