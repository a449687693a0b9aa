"""Backups of towns on SQLite: copies of all files of one moment, restored beside them and put in place together."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, inspect, select, table

from kasane_kit import clock
from kasane_kit.auth import sessions
from kasane_kit.db import BarrierState, DatabaseAddresses, MigrationSource, levels, upgrade
from kasane_kit.db.engine import RESTORED, SqliteAddresses, open_engine
from kasane_runtime.backup_manifest import BackupRefused, Part, has_moved, when_full, write_pieces
from kasane_runtime.compose import Composition
from kasane_runtime.passing_folder import passing_folder

ASIDE = "aside"
Seal = Callable[[IO[bytes], str], Part]


class SqliteBackups:
    """The half of ``Backups`` that works with files."""

    kind = "sqlite"

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._var = composition.settings.var

    def take(self, town: str, work: Path, seal: Seal) -> tuple[tuple[Part, ...], dict[str, Any]]:
        """The sealed copies of all files of a town, and what stands in the manifest beside them."""
        finish(self._var, town)
        copies = self._copies(town, work)
        found, tables = {}, {}
        for copy in copies:
            engine = open_engine(SqliteAddresses(work.parent).url(copy.stem, work.name))
            with engine.connect() as connection:
                found[copy.stem] = levels(connection)
                for name in inspect(connection).get_table_names():
                    many = connection.scalar(select(func.count()).select_from(table(name)))
                    tables[f"{copy.stem}.{name}"] = (many or 0, "")
            engine.dispose()
        parts = []
        for copy in copies:
            with copy.open("rb") as plain:
                parts.append(seal(plain, copy.name))
            copy.unlink()
        return tuple(parts), {"server": sqlite3.sqlite_version, "levels": found, "tables": tables}

    def check(self, parts: Iterable[tuple[Part, Iterator[bytes]]]) -> None:
        """Looks whether every file is a whole database; raises BackupRefused."""
        with passing_folder("kasane-verify-") as folder:
            for part, pieces in parts:
                plain = folder / part.name.removesuffix(".sealed")
                write_pieces(pieces, plain)
                _check_whole(plain)
                plain.unlink()

    def refuse_early(self, town: str) -> None:
        """Finishes a restore that was cut off; raises BackupRefused where a file is in use, or the town has gone."""
        finish(self._var, town)
        for name in self._composition.services:
            file = self._var / town / f"{name}.sqlite"
            _refuse_when_used(file)
            if address := _moved_to(file):
                raise has_moved(town, address)

    @contextmanager
    def beside(
        self, town: str, parts: Iterable[tuple[Part, Iterator[bytes]]], _wanted: Mapping[str, Any]
    ) -> Iterator[DatabaseAddresses]:
        """The restored files in a folder beside the town's, whole and of this release; gone afterwards.

        ``put_in_place`` within the block keeps them.
        """
        work = self._work(town)
        shutil.rmtree(work, ignore_errors=True)
        with self._opened(town, work, parts) as addresses:
            yield addresses

    @contextmanager
    def for_trial(
        self, town: str, parts: Iterable[tuple[Part, Iterator[bytes]]], _wanted: Mapping[str, Any]
    ) -> Iterator[DatabaseAddresses]:
        """As ``beside``, in a folder elsewhere; they never take the town's place."""
        with (
            passing_folder("kasane-trial-") as folder,
            self._opened(town, folder / "var", parts) as addresses,
        ):
            yield addresses

    def put_in_place(self, town: str) -> str:
        """Lets the restored files be the town's from now on, all of them or none.

        Killed in between, nothing of the town opens until ``finish`` has put the others in their places.
        """
        folder, ready = self._var / town, self._work(town) / town
        for file in ready.glob("*.sqlite"):
            _refuse_when_used(folder / file.name)
        aside = f"before-{clock.now():%Y%m%dT%H%M%SZ}"
        (ready / ASIDE).write_text(aside, "utf-8")
        for file in ready.iterdir():
            _sync(file)
        _sync(ready)
        ready.rename(folder / RESTORED)
        _sync(folder)
        finish(self._var, town)
        return str(folder / aside)

    def clear(self, town: str) -> list[str]:
        """Takes away what restores have replaced; returns the names."""
        kept = sorted((self._var / town).glob("before-*"))
        for folder in kept:
            shutil.rmtree(folder)
        return [str(folder) for folder in kept]

    def _work(self, town: str) -> Path:
        return self._var / town / ".restoring"

    @contextmanager
    def _opened(
        self, town: str, work: Path, parts: Iterable[tuple[Part, Iterator[bytes]]]
    ) -> Iterator[DatabaseAddresses]:
        folder, addresses = work / town, SqliteAddresses(work)
        try:
            try:
                folder.mkdir(mode=0o700, parents=True)
                for part, pieces in parts:
                    plain = folder / part.name.removesuffix(".sealed")
                    write_pieces(pieces, plain)
                    _check_whole(plain)
                    if plain.stem in self._composition.services:
                        declared = self._composition.services[plain.stem]
                        source = MigrationSource(declared.migrations)
                        self._bring_up(addresses, town, plain.stem, source)
                # Accounts become what they were: nobody is signed in, and everybody says again who that is.
                self._bring_up(addresses, town, sessions.SCHEMA, sessions.MIGRATIONS)
            except OSError as error:
                raise when_full(error, work) from error
            yield addresses
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _bring_up(
        self, addresses: SqliteAddresses, town: str, name: str, source: MigrationSource
    ) -> None:
        engine = open_engine(addresses.url(name, town))
        try:
            with engine.connect() as connection:
                upgrade(connection, source)
                connection.commit()
        finally:
            engine.dispose()

    def _copies(self, town: str, work: Path) -> list[Path]:
        """Copies of all files of a town as they were at one moment: writers wait while the moment is taken."""
        folder = self._var / town
        names = [n for n in self._composition.services if (folder / f"{n}.sqlite").exists()]
        if not names:
            raise BackupRefused(
                f"{folder} holds no database; nothing was written; run kasane migrate"
            )
        copies = []
        with ExitStack() as stack:
            locks = [stack.enter_context(closing(_open(folder, name))) for name in names]
            readers = [stack.enter_context(closing(_open(folder, name))) for name in names]
            for lock in locks:
                lock.execute("BEGIN IMMEDIATE")
            for reader in readers:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            for lock in locks:
                lock.rollback()
            for name, reader in zip(names, readers, strict=True):
                copy = work / f"{name}.sqlite"
                with closing(sqlite3.connect(copy)) as target:
                    reader.backup(target)
                copies.append(copy)
        return copies


def finish(var: Path, town: str) -> None:
    """Puts restored files in their places that a killed restore had ready; does nothing where there are none."""
    folder, ready = var / town, var / town / RESTORED
    if not ready.exists():
        return
    # Where the name of the other folder has gone, every file was in its place before the kill.
    if (ready / ASIDE).exists():
        aside = folder / (ready / ASIDE).read_text("utf-8")
        aside.mkdir(mode=0o700, exist_ok=True)
        for file in sorted(ready.glob("*.sqlite")):
            for old in folder.glob(f"{file.name}*"):
                old.rename(aside / old.name)
            file.rename(folder / file.name)
        _sync(aside)
        _sync(folder)
    shutil.rmtree(ready)


def _open(folder: Path, name: str) -> sqlite3.Connection:
    return sqlite3.connect(folder / f"{name}.sqlite", timeout=30, isolation_level=None)


def _refuse_when_used(file: Path) -> None:
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
        except sqlite3.OperationalError as error:
            raise BackupRefused(
                f"{file} is in use; nothing was changed; stop the processes of this town first"
            ) from error
        except sqlite3.DatabaseError:
            # What is broken beyond reading is why somebody restores.
            return


def _moved_to(file: Path) -> str:
    """The address that the barrier of a file names; empty while the town is here, or where nothing can be read."""
    if not file.exists():
        return ""
    with closing(sqlite3.connect(file)) as connection, suppress(sqlite3.DatabaseError):
        found = connection.execute(
            "SELECT address FROM town_barrier WHERE state = ?", [BarrierState.MOVED]
        ).fetchone()
        return str(found[0]) if found else ""
    return ""


def _check_whole(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        try:
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            answer = str(error)
    if answer != "ok":
        raise BackupRefused(f"{file.name} of the backup is not whole; nothing was changed")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
