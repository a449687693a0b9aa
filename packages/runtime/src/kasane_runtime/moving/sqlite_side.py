"""One town on SQLite: a barrier of triggers in each service's file, and the files from folder to folder."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from kasane_kit.db import Barrier, BarrierState
from kasane_kit.db.barrier import CLOSED_SENTENCE
from kasane_runtime.moving.shape import BARRIER, Table
from kasane_runtime.moving.steps import not_held

PATIENCE_SECONDS = 60
_ORDER = (BarrierState.OPEN, BarrierState.CLOSED, BarrierState.SEALED, BarrierState.MOVED)


class SqliteTown:
    """The folder of one town."""

    kind = "sqlite"

    def __init__(self, folder: Path, town: str, services: Sequence[str]) -> None:
        self._folder = folder / town
        self._town = town
        self._services = tuple(services)
        self._open: dict[str, sqlite3.Connection] = {}

    def exists(self) -> bool:
        """Whether every service has its file here with the table of the barrier."""
        return all(
            (self._folder / f"{service}.sqlite").exists()
            and self.of(service)
            .execute("SELECT 1 FROM sqlite_master WHERE name = ?", [BARRIER])
            .fetchone()
            for service in self._services
        )

    def of(self, service: str) -> sqlite3.Connection:
        """A connection to the file of a service, each statement by itself."""
        if service not in self._open:
            path = self._folder / f"{service}.sqlite"
            connection = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
            connection.execute("PRAGMA synchronous=FULL")
            self._open[service] = connection
        return self._open[service]

    def barrier(self) -> Barrier:
        """What the barrier says; the furthest state of all services."""
        found = [
            Barrier(BarrierState(state), held_by, address)
            for service in self._services
            for state, held_by, address in self.of(service).execute(
                "SELECT state, held_by, address FROM town_barrier"
            )
        ]
        return max(found, key=lambda barrier: _ORDER.index(barrier.state), default=Barrier())

    def holds_anything(self) -> bool:
        """Whether a trail of any service has a line."""
        return any(
            self.of(service).execute("SELECT 1 FROM audit_entry LIMIT 1").fetchone()
            for service in self._services
        )

    def claim(self, move: str) -> None:
        """Writes the name of the move on the open barrier."""
        for service in self._services:
            _write_barrier(self.of(service), Barrier(BarrierState.OPEN, move))

    def close(self, move: str, *, entirely: bool, seize: bool = False) -> None:
        """Shuts the barrier, file after file; the lock of writing makes each of them wait for who writes."""
        state = BarrierState.SEALED if entirely else BarrierState.CLOSED
        for service in self._services:
            file = self.of(service)
            file.execute("BEGIN IMMEDIATE")
            if not _write_barrier(file, Barrier(state, move), None if seize else move):
                file.execute("ROLLBACK")
                raise not_held(self._town)
            for table in self._of_service(service):
                for verb in ("INSERT", "UPDATE", "DELETE"):
                    if entirely or not table.still_written:
                        file.execute(
                            f'CREATE TRIGGER IF NOT EXISTS "barrier_{table.name}_{verb.lower()}" '
                            f'BEFORE {verb} ON "{table.name}" '
                            f"BEGIN SELECT RAISE(ABORT, '{CLOSED_SENTENCE}'); END"
                        )
            file.execute("COMMIT")

    def leave(self, move: str, address: str) -> None:
        """Says for good that the town is elsewhere; from the first file on the move cannot be taken back."""
        for service in self._services:
            done = self.of(service).execute(
                "UPDATE town_barrier SET state = ?, address = ? WHERE held_by = ? AND state IN (?, ?)",
                [BarrierState.MOVED, address, move, BarrierState.SEALED, BarrierState.MOVED],
            )
            if done.rowcount != 1:
                raise not_held(self._town)

    def open(self) -> None:
        """Takes the barrier away; one whose first files are open already is opened to its end."""
        held_by = self.barrier().held_by
        for service in self._services:
            file = self.of(service)
            file.execute("BEGIN IMMEDIATE")
            if not _write_barrier(file, Barrier(), held_by):
                file.execute("ROLLBACK")
                raise not_held(self._town)
            names = file.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 8) = 'barrier_'"
            )
            for (name,) in names.fetchall():
                file.execute(f'DROP TRIGGER "{name}"')
            file.execute("COMMIT")

    def tables(self) -> Sequence[Table]:
        """Every table of every service but the barrier itself."""
        return [table for service in self._services for table in self._of_service(service)]

    def fingerprint(self, table: Table) -> tuple[int, str]:
        """Summed over the rows as SQLite keeps them."""
        columns = ", ".join(f'"{name}"' for name in table.columns)
        rows = total = 0
        for row in self.of(table.service).execute(f'SELECT {columns} FROM "{table.name}"'):
            rows += 1
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8], "big")
        return rows, str(total)

    def end(self) -> None:
        """Closes the files."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()

    def _of_service(self, service: str) -> list[Table]:
        file = self.of(service)
        names = file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND name <> ? AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
            [BARRIER],
        ).fetchall()
        return [
            Table(
                *(service, name),
                tuple(row[1] for row in file.execute(f'PRAGMA table_info("{name}")')),
                (),
            )
            for (name,) in names
        ]


def copy_files(source: SqliteTown, target: SqliteTown, services: Sequence[str]) -> int:
    """Copies every file as it is, barrier included; returns how many rows they hold."""
    for service in services:
        source.of(service).backup(target.of(service))
    return sum(source.fingerprint(table)[0] for table in source.tables())


def _write_barrier(file: sqlite3.Connection, barrier: Barrier, held_by: str | None = None) -> bool:
    """Writes the barrier of a file; with ``held_by`` only while that move, or nobody, holds it and it has not gone."""
    done = file.execute(
        "INSERT INTO town_barrier (id, state, held_by, address) VALUES (1, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET state = excluded.state, held_by = excluded.held_by, "
        "address = excluded.address "
        "WHERE ? IS NULL OR (town_barrier.held_by IN (?, '') AND town_barrier.state <> 'moved')",
        [barrier.state, barrier.held_by, barrier.address, held_by, held_by],
    )
    return done.rowcount == 1
