"""Backups of one town: taken while it works, sealed with its key, and restored into that town only."""

import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path

from sqlalchemy import make_url

from kasane_kit import clock
from kasane_kit.bus import outbox
from kasane_kit.db.engine import database_name
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing, SealBroken, seal, unseal
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition

PURPOSE = "backup"
MANIFEST = "manifest.json"
_CHUNK = 1024 * 1024
_LENGTH = 4


class BackupRefused(RuntimeError):
    """A backup was not taken, is not whole, or may not be restored here; the message says what was left as it was."""


@dataclass(frozen=True)
class Part:
    """One sealed file of a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; ``code`` proves that the town's key was there when it was taken."""

    id: str
    town: str
    kind: str
    made_at: str
    parts: tuple[Part, ...]
    code: str = ""

    def content(self) -> bytes:
        """What the code stands for."""
        facts = asdict(self)
        del facts["code"]
        return json.dumps(facts, sort_keys=True).encode()


class Backups:
    """Takes, verifies and restores the backups of an installation."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._keys: KeyRing = composition.house.keys
        self._admin = composition.settings.admin_database_url

    @property
    def _kind(self) -> str:
        return "postgresql" if self._composition.settings.database_url else "sqlite"

    def create(self, town: str, into: Path) -> Path:
        """Takes a backup of a town in a new folder below ``into``; all its services at the same moment."""
        key = self._keys.derived(town, PURPOSE)
        moment = clock.now().astimezone(UTC)
        name = f"{town}-{moment:%Y%m%dT%H%M%SZ}"
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder, backup_id = into / name, new_id()
        if folder.exists():
            raise BackupRefused(f"{folder} is there already; nothing was written; wait a second")
        self._begin_streams(town)
        with tempfile.TemporaryDirectory(dir=into, prefix=".unfinished-") as unfinished:
            work = Path(unfinished)
            plain = (
                self._from_postgres(town, work)
                if self._kind == "postgresql"
                else self._from_sqlite(town, work)
            )
            whole = work / "whole"
            whole.mkdir(mode=0o700)
            parts = tuple(
                _seal_file(file, whole / f"{file.name}.sealed", key, f"{town}|{backup_id}")
                for file in plain
            )
            manifest = Manifest(backup_id, town, self._kind, moment.isoformat(), parts)
            code = hmac.new(key, manifest.content(), hashlib.sha256).hexdigest()
            text = json.dumps(asdict(manifest) | {"code": code}, indent=2)
            (whole / MANIFEST).write_text(text, "utf-8")
            whole.rename(folder)
        return folder

    def _begin_streams(self, town: str) -> None:
        """Lets every service have its epoch before, so that what waits for a number keeps it after a restore."""
        databases = self._composition.house.databases
        with municipality_scope(town):
            for service in self._composition.services:
                with databases.writing(service) as connection:
                    if outbox.head(connection) is None:
                        outbox.lead(connection, "backup", 0)
                        connection.commit()

    def verify(self, backup: Path) -> Manifest:
        """Opens every part of a backup and looks whether its databases are whole; raises BackupRefused."""
        manifest = self._manifest(backup)
        with tempfile.TemporaryDirectory(prefix="kasane-verify-") as folder:
            self._open(backup, manifest, Path(folder), manifest.parts)
        return manifest

    def restore(self, backup: Path, town: str, services: Sequence[str] = ()) -> Manifest:
        """Puts a backup in place of what a town, or some of its services, has now; raises BackupRefused.

        The town's processes have to be stopped. What was there is kept beside it on SQLite.
        """
        manifest = self._manifest(backup)
        # What this process itself looked at on its way here is no use of the town.
        self._composition.house.databases.dispose()
        if manifest.town != town:
            raise BackupRefused(
                f"{backup} is a backup of {manifest.town}, not of {town}; nothing was changed; "
                "take a backup of this town"
            )
        if manifest.kind != self._kind:
            raise BackupRefused(
                f"{backup} was taken from {manifest.kind} and this installation keeps {self._kind}; "
                "nothing was changed"
            )
        if manifest.kind == "postgresql":
            if services:
                raise BackupRefused(
                    "a service of a town on PostgreSQL is not restored by itself; nothing was changed; "
                    "leave --service out"
                )
            with tempfile.TemporaryDirectory(prefix="kasane-restore-") as folder:
                (dump,) = self._open(backup, manifest, Path(folder), manifest.parts)
                self._into_postgres(town, dump)
        else:
            wanted = {f"{name}.sqlite.sealed" for name in services or self._composition.services}
            parts = [part for part in manifest.parts if part.name in wanted]
            self._into_sqlite(backup, manifest, parts)
        self._composition.house.databases.dispose()
        return manifest

    def _manifest(self, backup: Path) -> Manifest:
        try:
            facts = json.loads((backup / MANIFEST).read_text("utf-8"))
            parts = tuple(Part(**part) for part in facts.pop("parts"))
            manifest = Manifest(parts=parts, **facts)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupRefused(
                f"{backup} has no {MANIFEST} that can be read; nothing was changed; give another backup"
            ) from error
        key = self._keys.derived(manifest.town, PURPOSE)
        code = hmac.new(key, manifest.content(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(code, str(manifest.code)):
            raise BackupRefused(
                f"{backup} was changed, or the key of {manifest.town} is another one; nothing was changed; "
                "give another backup or the keys of its time"
            )
        return manifest

    def _open(
        self, backup: Path, manifest: Manifest, into: Path, parts: Iterable[Part]
    ) -> list[Path]:
        key = self._keys.derived(manifest.town, PURPOSE)
        opened = []
        for part in parts:
            target = into / part.name.removesuffix(".sealed")
            try:
                if _digest(backup / part.name) != part.sha256:
                    raise SealBroken("the file is not the one that was written")
                _unseal_file(backup / part.name, target, key, f"{manifest.town}|{manifest.id}")
            except (OSError, SealBroken) as error:
                raise BackupRefused(
                    f"{part.name} of {backup} is damaged or missing ({error}); nothing was changed; "
                    "give another backup"
                ) from error
            if manifest.kind == "sqlite":
                _check_whole(target)
            opened.append(target)
        return opened

    def _from_sqlite(self, town: str, work: Path) -> list[Path]:
        """Copies of all files of a town as they were at one moment: writers wait while the moment is taken."""
        folder = self._composition.settings.var / town
        names = [n for n in self._composition.services if (folder / f"{n}.sqlite").exists()]
        if not names:
            raise BackupRefused(
                f"{folder} holds no database; nothing was written; run kasane migrate"
            )
        copies = []
        with ExitStack() as stack:
            locks = [stack.enter_context(closing(_opened(folder, name))) for name in names]
            readers = [stack.enter_context(closing(_opened(folder, name))) for name in names]
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

    def _into_sqlite(self, backup: Path, manifest: Manifest, parts: Sequence[Part]) -> None:
        folder = self._composition.settings.var / manifest.town
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = folder / f"before-{clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restoring-") as work:
            opened = self._open(backup, manifest, Path(work), parts)
            for file in opened:
                _refuse_when_used(folder / file.name)
            aside.mkdir(mode=0o700)
            for file in opened:
                for old in folder.glob(f"{file.name}*"):
                    old.rename(aside / old.name)
                file.rename(folder / file.name)

    def _from_postgres(self, town: str, work: Path) -> list[Path]:
        dump = work / f"{town}.dump"
        self._run("pg_dump", town, "--format=custom", f"--file={dump}")
        return [dump]

    def _into_postgres(self, town: str, dump: Path) -> None:
        self._run("pg_restore", town, "--clean", "--if-exists", "--single-transaction", str(dump))

    def _run(self, program: str, town: str, *arguments: str) -> None:
        if not self._admin:
            raise BackupRefused(
                "KASANE_ADMIN_DATABASE_URL is not set; nothing was done; set it to the administrator's login"
            )
        url = make_url(self._admin).set(drivername="postgresql", database=database_name(town))
        address = url.set(password=None).render_as_string(hide_password=False)
        environment = dict(os.environ) | ({"PGPASSWORD": url.password} if url.password else {})
        try:
            done = subprocess.run(
                [program, f"--dbname={address}", *arguments],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise BackupRefused(
                f"{program} is not on this machine; nothing was done; install the client of PostgreSQL"
            ) from error
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise BackupRefused(
                f"{program}: {lines[0] if lines else 'failed'}; nothing was changed"
            )


def _opened(folder: Path, name: str) -> sqlite3.Connection:
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


def _check_whole(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        raise BackupRefused(f"{file.name} of the backup is not whole; nothing was changed")


def _seal_file(plain: Path, sealed: Path, key: bytes, place: str) -> Part:
    with plain.open("rb") as source, sealed.open("wb") as target:
        for index, (chunk, last) in enumerate(_chunks(source)):
            content = seal(key, chunk, f"{place}|{plain.name}|{index}|{last}")
            target.write(len(content).to_bytes(_LENGTH) + content)
        target.flush()
        os.fsync(target.fileno())
    plain.unlink()
    return Part(sealed.name, sealed.stat().st_size, _digest(sealed))


def _unseal_file(sealed: Path, plain: Path, key: bytes, place: str) -> None:
    with sealed.open("rb") as source, plain.open("wb") as target:
        index, size = 0, sealed.stat().st_size
        while source.tell() < size:
            content = source.read(int.from_bytes(source.read(_LENGTH)))
            last = source.tell() >= size
            target.write(unseal(key, content, f"{place}|{plain.name}|{index}|{last}"))
            index += 1
        target.flush()
        os.fsync(target.fileno())


def _chunks(source: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    read = source.read  # type: ignore[attr-defined]
    chunk = read(_CHUNK)
    while True:
        following = read(_CHUNK)
        yield chunk, not following
        if not following:
            return
        chunk = following


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
