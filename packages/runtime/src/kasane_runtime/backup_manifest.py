"""What a backup says of itself, and its parts: sealed files that open with the town's key only."""

import errno
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from kasane_kit.keys import SealBroken, seal, unseal

FORMAT = 2
MANIFEST = "manifest.json"
_CHUNK = 1024 * 1024
_LENGTH = 4
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    """What a backup says of itself; a code over all of it proves that the town's key was there.

    ``levels`` are the newest migrations of each service, ``tables`` how many rows each table has and a sum over
    them, where the database counts it. A backup of format 1 has neither.
    """

    id: str
    town: str
    kind: str
    made_at: str
    parts: tuple[Part, ...]
    format: int = FORMAT
    release: str = ""
    server: str = ""
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(many for many, _digest in self.tables.values())

    def write(self, folder: Path, key: bytes) -> None:
        """Writes the file, under the code of the key, and waits until it is on the disk."""
        facts = asdict(self)
        text = json.dumps(facts | {"code": _code(key, facts)}, indent=2, ensure_ascii=False)
        with (folder / MANIFEST).open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def has_moved(town: str, address: str) -> BackupRefused:
    """The refusal to restore a town that was moved to another installation."""
    return BackupRefused(
        f"{town} has moved to {address} and would be in two places; nothing was changed; restore it there"
    )


def town_of(backup: Path) -> str:
    """The town that a backup names; nothing is proved by that. Raises BackupRefused."""
    return str(_facts(backup)["town"])


def read_manifest(backup: Path, key: bytes) -> Manifest:
    """The manifest of a folder; raises BackupRefused where it is missing, changed or of a later release."""
    facts = _facts(backup)
    code = str(facts.pop("code", ""))
    if not hmac.compare_digest(code, _code(key, facts)):
        raise BackupRefused(
            f"{backup} was changed, or the key of {facts['town']} is another one; nothing was changed; "
            "give another backup or the keys of its time"
        )
    facts["parts"] = tuple(Part(**part) for part in facts["parts"])
    facts["levels"] = {name: tuple(some) for name, some in facts.get("levels", {}).items()}
    facts["tables"] = {name: (some[0], some[1]) for name, some in facts.get("tables", {}).items()}
    return Manifest(**{"format": 1, **facts})


def _facts(backup: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((backup / MANIFEST).read_text("utf-8"))
        newer = int(facts.get("format", 1)) > FORMAT
        said = {name: str(facts[name]) for name in ("id", "town", "kind", "made_at")}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupRefused(
            f"{backup} has no {MANIFEST} that can be read; nothing was changed; give another backup"
        ) from error
    if newer:
        raise BackupRefused(
            f"{backup} was written by a later release ({facts.get('release') or 'unnamed'}) in the format "
            f"{facts['format']}, and this one reads up to {FORMAT}; nothing was changed; install that release here"
        )
    return facts | said


def _code(key: bytes, facts: Mapping[str, Any]) -> str:
    content = json.dumps(facts, sort_keys=True).encode()
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def seal_stream(source: IO[bytes], sealed: Path, key: bytes, place: str, name: str) -> Part:
    """Seals what a file or a program gives, piece by piece; the plain bytes are written nowhere."""
    written, digest = 0, hashlib.sha256()
    with sealed.open("wb") as target:
        for index, (chunk, last) in enumerate(_chunks(source)):
            content = seal(key, chunk, f"{place}|{name}|{index}|{last}")
            piece = len(content).to_bytes(_LENGTH) + content
            target.write(piece)
            digest.update(piece)
            written += len(piece)
        target.flush()
        os.fsync(target.fileno())
    return Part(sealed.name, written, digest.hexdigest())


def unsealed(backup: Path, part: Part, key: bytes, place: str) -> Iterator[bytes]:
    """The plain pieces of one part in order, after all of it was compared with the manifest.

    Raises BackupRefused for one that is missing, cut, changed or of another place.
    """
    sealed, name = backup / part.name, part.name.removesuffix(".sealed")
    try:
        if sealed.stat().st_size != part.bytes or _digest(sealed) != part.sha256:
            raise SealBroken("the file is not the one that was written")
        with sealed.open("rb") as source:
            index, size = 0, part.bytes
            while source.tell() < size:
                content = source.read(int.from_bytes(source.read(_LENGTH)))
                last = source.tell() >= size
                yield unseal(key, content, f"{place}|{name}|{index}|{last}")
                index += 1
    except (OSError, SealBroken) as error:
        raise BackupRefused(
            f"{part.name} of {backup} is damaged or missing ({error}); nothing was changed; give another backup"
        ) from error


def write_pieces(pieces: Iterable[bytes], plain: Path) -> None:
    """Writes the pieces into a file of its own; raises BackupRefused where the disk takes no more."""
    with plain.open("wb") as target:
        for piece in pieces:
            try:
                target.write(piece)
            except OSError as error:
                raise when_full(error, plain.parent) from error
        target.flush()
        os.fsync(target.fileno())


def when_full(error: OSError, folder: Path) -> Exception:
    """A sentence for a disk that is full; any other error as it is."""
    if error.errno in _NO_SPACE:
        return BackupRefused(
            f"there is no room left on the disk of {folder}; nothing was changed and what was begun was taken "
            "away; make room and run it again"
        )
    return error


def _chunks(source: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    chunk = source.read(_CHUNK)
    while True:
        following = source.read(_CHUNK)
        yield chunk, not following
        if not following:
            return
        chunk = following


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
