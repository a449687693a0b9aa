"""Remembers outside the databases which records were destroyed, so that an older backup does not bring them back.

One file for each town, one line for each record set, only ever appended; every line carries a code under the town's
key over itself and the line before. It names ids and a day, and nothing of a person.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kasane_kit.keys import KeyRing

_PURPOSE = "tombstones"


class TombstonesBroken(RuntimeError):
    """The file of a town's destroyed records was changed, or cannot be written; the message says what was left."""


@dataclass(frozen=True)
class Tombstone:
    """That the records with these ids were destroyed in a town from a moment on, under one shredding."""

    shredding_id: str
    kind: str
    at: str
    records: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()


class Tombstones:
    """The files of an installation's destroyed records, one for each town, in a folder of their own."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        self._folder = folder
        self._keys = keys

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder

    def add(self, municipality: str, stone: Tombstone) -> Tombstone:
        """Writes a tombstone down before anything is destroyed; what stands under its id already is returned instead.

        It is on the disk when this returns. Raises TombstonesBroken: then nothing may be destroyed.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked(municipality) as descriptor:
                whole, stones, code = self._read(municipality)
                for known in stones:
                    if known.shredding_id == stone.shredding_id:
                        return known
                # A line that a crash cut off was never relied upon: nothing is destroyed before it is whole.
                os.ftruncate(descriptor, whole)
                content = json.dumps(asdict(stone), ensure_ascii=False, sort_keys=True)
                line = f"{content}\t{self._code(municipality, code, content)}\n".encode()
                os.lseek(descriptor, 0, os.SEEK_END)
                written = 0
                while written < len(line):
                    written += os.write(descriptor, line[written:])
                os.fsync(descriptor)
            self._keep_folder()
        except OSError as error:
            raise TombstonesBroken(
                f"{self._path(municipality)} cannot be written ({error.strerror}); nothing was destroyed; "
                "make the folder of KASANE_TOMBSTONES writable for the worker of cases"
            ) from error
        return stone

    def all(self, municipality: str) -> Sequence[Tombstone]:
        """Every tombstone of a town, oldest first; raises TombstonesBroken when a line was changed or taken out."""
        return self._read(municipality)[1]

    def head(self, municipality: str) -> str:
        """The code of the last line, which stands for the whole file; empty before the first."""
        return self._read(municipality)[2]

    def _read(self, municipality: str) -> tuple[int, list[Tombstone], str]:
        path = self._path(municipality)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return 0, [], ""
        except OSError as error:
            raise TombstonesBroken(
                f"{path} cannot be read ({error.strerror}); nothing was destroyed or restored; make it readable "
                "for whoever runs this"
            ) from error
        whole, stones, code = 0, [], ""
        for number, line in enumerate(content.splitlines(keepends=True), 1):
            if not line.endswith(b"\n"):
                break
            text, _, said = line.decode("utf-8", "replace").rstrip("\n").rpartition("\t")
            expected = self._code(municipality, code, text)
            if not hmac.compare_digest(expected.encode(), said.encode()):
                raise TombstonesBroken(
                    f"line {number} of {path} was changed, or a line before it taken out; nothing was destroyed "
                    "or restored; put the file back from its copy"
                )
            facts = json.loads(text)
            facts["records"] = tuple(facts["records"])
            facts["facts"] = tuple((name, value) for name, value in facts["facts"])
            stones.append(Tombstone(**facts))
            code = said
            whole += len(line)
        return whole, stones, code

    def _code(self, municipality: str, before: str, content: str) -> str:
        key = self._keys.derived(municipality, _PURPOSE)
        return hmac.new(
            key, f"{municipality}|{before}|{content}".encode(), hashlib.sha256
        ).hexdigest()

    @contextmanager
    def _locked(self, municipality: str) -> Iterator[int]:
        descriptor = os.open(self._path(municipality), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _keep_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, municipality: str) -> Path:
        return self._folder / f"{municipality}.jsonl"
