"""Backups of one town: taken while it works, sealed with its key, and restored into that town only."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import IO

from sqlalchemy.exc import DBAPIError

from kasane_kit import clock
from kasane_kit.bus import outbox
from kasane_kit.db import DatabaseAddresses, Databases, MigrationSource, unknown_levels
from kasane_kit.db.resealing import seal_plain, standing
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.backup_manifest import (
    BackupRefused,
    Manifest,
    Part,
    read_manifest,
    seal_stream,
    town_of,
    unsealed,
    when_full,
)
from kasane_runtime.backup_postgres import PostgresBackups
from kasane_runtime.backup_sqlite import SqliteBackups
from kasane_runtime.compose import RELEASE, Composition
from kasane_runtime.passing_folder import passing_folder
from kasane_runtime.restoring import NUMBERS_LEFT_OUT, Settled, settle_copy
from kasane_runtime.retention import without_tombstone

PURPOSE = "backup"
OPEN_FILES = "open_files"


@dataclass(frozen=True)
class Restored:
    """What a restore has done: from which backup, what it has to say, and where what was replaced is kept."""

    manifest: Manifest
    settled: Settled
    kept: str


@dataclass(frozen=True)
class Trial:
    """What a drill has found; every figure was counted in the restored copy."""

    town: str
    bytes: int
    rows: int
    cells: int
    files: int
    seconds_taken: float
    seconds_restored: float


class Backups:
    """Takes, verifies and restores the backups of an installation."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._keys: KeyRing = composition.house.keys
        self._side: PostgresBackups | SqliteBackups = (
            PostgresBackups(composition)
            if composition.settings.database_url
            else SqliteBackups(composition)
        )

    def create(self, town: str, into: Path) -> Path:
        """Takes a backup of a town in a new folder below ``into``; all its services at the same moment."""
        key = self._keys.derived(town, PURPOSE)
        moment = clock.now().astimezone(UTC)
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder, backup_id = into / f"{town}-{moment:%Y%m%dT%H%M%SZ}", new_id()
        if folder.exists():
            raise BackupRefused(f"{folder} is there already; nothing was written; wait a second")
        self._begin_streams(town)
        try:
            with passing_folder(".unfinished-", into) as unfinished:
                work, whole = unfinished / "work", unfinished / "whole"
                work.mkdir(mode=0o700)
                whole.mkdir(mode=0o700)

                def sealed(source: IO[bytes], name: str) -> Part:
                    place = f"{town}|{backup_id}"
                    return seal_stream(source, whole / f"{name}.sealed", key, place, name)

                parts, facts = self._side.take(town, work, sealed)
                manifest = Manifest(
                    *(backup_id, town, self._side.kind, moment.isoformat(), parts),
                    release=RELEASE,
                    **facts,
                )
                manifest.write(whole, key)
                whole.rename(folder)
        except OSError as error:
            raise when_full(error, into) from error
        return folder

    def verify(self, backup: Path) -> Manifest:
        """Opens every part of a backup and looks whether its databases are whole; raises BackupRefused."""
        manifest = self.manifest(backup)
        self._refuse_other_kind(backup, manifest)
        self._side.check(self._parts(backup, manifest))
        return manifest

    def manifest(self, backup: Path) -> Manifest:
        """What a backup says of itself, proved by the town's key; raises BackupRefused and KeyMissing."""
        return read_manifest(backup, self._keys.derived(town_of(backup), PURPOSE))

    def restore(
        self,
        backup: Path,
        town: str,
        services: Sequence[str] = (),
        left_out: int = NUMBERS_LEFT_OUT,
    ) -> Restored:
        """Puts a backup in place of what a town, or some of its services, has now; raises BackupRefused.

        The town's processes have to be stopped. The backup becomes a whole copy beside the town, of this release
        and with a new epoch, and takes its place at the end and at once: whatever happens before, the town is as
        it was. What is replaced is kept.
        """
        manifest = self._fitting(backup, town, services)
        wanted = tuple(services) or tuple(self._composition.services)
        # What this process itself looked at on its way here is no use of the town.
        self._composition.house.databases.dispose()
        self._side.refuse_early(town)
        self._refuse_without_tombstones(town)
        self._composition.house.databases.dispose()
        parts = self._parts(backup, manifest, wanted)
        with self._side.beside(town, parts, manifest.tables) as addresses:
            try:
                settled = self._settled(addresses, manifest, wanted, left_out)
            finally:
                self._composition.house.databases.dispose()
            kept = self._side.put_in_place(town)
        return Restored(manifest, settled, kept)

    def _refuse_without_tombstones(self, town: str) -> None:
        """A town that still knows of destroyed records is not restored where their list is not there."""
        try:
            missing = without_tombstone(self._composition, town)
        except DBAPIError:
            return  # What was lost whole can say nothing; the list that is there is applied.
        if missing:
            raise BackupRefused(
                f"{town}: {len(missing)} records were destroyed at the end of their time and are not in the list in "
                f"{self._composition.house.tombstones.folder}; nothing was changed; put the list back from its copy "
                "or set KASANE_TOMBSTONES to its folder, or they would come back"
            )

    def drill(self, town: str, into: Path) -> Trial:
        """Takes a backup, restores it beside the town, opens all that is sealed in it, and takes both away."""
        began = time.monotonic()
        backup = self.create(town, into)
        taken = time.monotonic()
        manifest = self._fitting(backup, town, ())
        wanted = tuple(self._composition.services)
        parts = self._parts(backup, manifest, wanted)
        with self._side.for_trial(town, parts, manifest.tables) as addresses:
            self._settled(addresses, manifest, wanted, NUMBERS_LEFT_OUT)
            copy = Databases(addresses, self._keys)
            try:
                cells, files = self._opened(copy, town)
            finally:
                copy.dispose()
        ended = time.monotonic()
        size = sum(part.bytes for part in manifest.parts)
        return Trial(town, size, manifest.rows, cells, files, taken - began, ended - taken)

    def clear(self, town: str) -> list[str]:
        """Takes away what restores of a town have replaced; returns the names."""
        return self._side.clear(town)

    def _begin_streams(self, town: str) -> None:
        """Lets every service have its epoch before, so that what waits for a number keeps it after a restore."""
        databases = self._composition.house.databases
        with municipality_scope(town):
            for service in self._composition.services:
                with databases.writing(service) as connection:
                    outbox.begin_stream(connection)
                    connection.commit()

    def _fitting(self, backup: Path, town: str, services: Sequence[str]) -> Manifest:
        """The manifest of a backup that may be restored into this town by this release."""
        manifest = self.manifest(backup)
        if manifest.town != town:
            raise BackupRefused(
                f"{backup} is a backup of {manifest.town}, not of {town}; nothing was changed; "
                "take a backup of this town"
            )
        self._refuse_other_kind(backup, manifest)
        if services and self._side.kind == "postgresql":
            raise BackupRefused(
                "a service of a town on PostgreSQL is not restored by itself; nothing was changed; "
                "leave --service out"
            )
        for name, found in sorted(manifest.levels.items()):
            if name not in self._composition.services:
                raise BackupRefused(
                    f"{backup} has the service {name}, which is not installed here; nothing was changed; "
                    "install it, or the release of the backup"
                )
            source = MigrationSource(self._composition.services[name].migrations)
            if later := unknown_levels(source, found):
                raise BackupRefused(
                    f"{backup} was written by a later release: {name} is at {', '.join(later)}, which this one "
                    f"({RELEASE}) does not know; nothing was changed; install that release "
                    "and restore it there"
                )
        return manifest

    def _refuse_other_kind(self, backup: Path, manifest: Manifest) -> None:
        if manifest.kind != self._side.kind:
            raise BackupRefused(
                f"{backup} was taken from {manifest.kind} and this installation keeps {self._side.kind}; "
                "nothing was changed; give a backup of this kind"
            )

    def _parts(
        self, backup: Path, manifest: Manifest, services: Sequence[str] = ()
    ) -> Iterator[tuple[Part, Iterator[bytes]]]:
        key = self._keys.derived(manifest.town, PURPOSE)
        names = {f"{name}.sqlite.sealed" for name in services}
        for part in manifest.parts:
            if not names or manifest.kind != "sqlite" or part.name in names:
                yield part, unsealed(backup, part, key, f"{manifest.town}|{manifest.id}")

    def _settled(
        self,
        addresses: DatabaseAddresses,
        manifest: Manifest,
        services: Sequence[str],
        left_out: int,
    ) -> Settled:
        copy = Databases(addresses, self._keys)
        try:
            with municipality_scope(manifest.town):
                for name in services:
                    seal_plain(copy, name, self._composition.services[name].sealed_tables)
            return settle_copy(self._composition, copy, manifest, services, left_out)
        finally:
            copy.dispose()

    def _opened(self, copy: Databases, town: str) -> tuple[int, int]:
        """Opens every sealed cell and every file in a copy; returns how many of each there are."""
        cells = files = 0
        for name, service in self._composition.services.items():
            with municipality_scope(town), copy.reading(name) as connection:
                cells += standing(connection, service.sealed_tables).sealed
                for table in service.sealed_tables:
                    for _row in connection.execution_options(yield_per=500).execute(table.select()):
                        pass
                if OPEN_FILES in service.commands:
                    files += service.commands[OPEN_FILES](connection, self._keys, town)
        return cells, files
