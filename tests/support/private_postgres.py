"""A PostgreSQL server of the tests' own, which they may stop and crash."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.support import own_processes
from tests.support.own_processes import LOOPBACK

ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

# fsync stays on: the tests crash the server and count on what was committed.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "fsync": "on",
    "autovacuum": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class PrivatePostgres:
    """A server on a free port of 127.0.0.1 with its data in a folder of its own.

    Every role may connect from here without a password, and `postgres` is the superuser. The port
    stays the same over stop(), crash() and start().
    """

    host = LOOPBACK

    def __init__(self, programs: Path, *, within: Path | None = None, **settings: str) -> None:
        """Make the data folder, where told ``within`` another; start() starts the server.

        ``settings`` stand for those of the tests.
        """
        self._settings = SETTINGS | settings
        self.port = own_processes.free_port()
        self._programs = programs
        self._folder = own_processes.make_folder("kasane-postgres-", within)
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        # PostgreSQL refuses to run as root; Debian's package brings the account.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user, self._user)
        self.process: subprocess.Popen[bytes] | None = None
        self._initialise()

    @property
    def dsn(self) -> str:
        """The address of the database `postgres` as superuser, for psycopg."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str, user: str = "postgres") -> str:
        """The address of a database as a user, for psycopg."""
        return f"postgresql://{quote(user)}@{self.host}:{self.port}/{quote(database)}"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the server and return when it answers; does nothing when it runs."""
        if self.running:
            return
        settings = self._settings | {"port": str(self.port)}
        self.process = own_processes.start(
            [
                self._programs / "postgres",
                "-D",
                self._data,
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            environment=ENVIRONMENT,
            log=self._log,
            folder=self._folder,
            user=self._user,
            signal_at_the_end=signal.SIGQUIT,
        )
        if not own_processes.wait_until(self._answers(), seconds=240):
            self.crash()
            raise RuntimeError(
                f"The private PostgreSQL on port {self.port} did not answer, so it was ended. "
                f"The end of its log:\n{own_processes.tail(self._log)}"
            )

    def stop(self) -> None:
        """End the server as an operator does: connections are cut, the data is written."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End the server at once, as a power cut does; what was committed survives."""
        self._end(signal.SIGQUIT)

    def start_again(self, **settings: str) -> None:
        """Stop the server and start it with some settings changed."""
        self.stop()
        self._settings = self._settings | settings
        self.start()

    def psql(self, sql: str, *, database: str = "postgres", user: str = "postgres") -> str:
        """Run one or several statements and return the rows as lines, columns parted by `|`."""
        command = [
            *(
                str(self._programs / "psql"),
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
            ),
            *("--set", "ON_ERROR_STOP=1", "--file", "-", self.dsn_of(database, user)),
        ]
        done = subprocess.run(
            command, input=sql, capture_output=True, text=True, env=ENVIRONMENT, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(
                f"psql did not run {sql!r} in {database} as {user}: {done.stderr.strip()}"
            )
        return done.stdout.strip()

    def close(self) -> None:
        """End the server and delete its data."""
        self.crash()
        own_processes.delete_folder(self._folder)

    def _end(self, by: signal.Signals) -> None:
        if self.process is not None:
            own_processes.end(self.process, by)
            self.process = None

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                *(str(self._programs / "initdb"), "--pgdata", str(self._data)),
                *("--username", "postgres", "--auth", "trust", "--no-sync", "--no-instructions"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            check=False,
        )
        if done.returncode != 0:
            own_processes.delete_folder(self._folder)
            raise RuntimeError(
                "initdb made no data folder, so no private PostgreSQL was started: "
                f"{done.stderr.strip()}"
            )

    def _answers(self) -> Iterator[bool]:
        command = [
            *(str(self._programs / "pg_isready"), "--quiet"),
            *("--host", self.host, "--port", str(self.port)),
        ]
        while self.running:
            yield subprocess.run(command, env=ENVIRONMENT, check=False).returncode == 0
