"""Keeps the secret keys of an installation: one for signing, one for each town, in files of their own."""

import hashlib
import hmac
import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyMissing(LookupError):
    """A key file is not there or cannot be read; the message says which and how that is mended."""


class SealBroken(ValueError):
    """What was sealed does not open with this key at this place; nothing of it was shown or applied."""


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """The content under AES-256-GCM, with a fresh nonce before it; it opens only with the same key and place."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """What ``seal`` was given; raises SealBroken for another key, another place or changed bytes."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the seal does not open with this key at this place") from error


_MOST_DERIVED = 4096
MAGIC = b"\x00kasane:v"
_VERSION_BYTES = 3
_MOST_VERSIONS = 9999
_MARK_BYTES = len(MAGIC) + _VERSION_BYTES

Unseal = Callable[[str, bytes, str], bytes]
"""Opens what lies directly under a town's key: purpose, what was sealed, place; raises SealBroken and KeyMissing."""


def mark_of(version: int) -> bytes:
    """What a seal directly under this version of a town's key begins with; under the first with nothing.

    A seal of the first version begins with a random nonce, which looks like a mark once in 2**72.
    """
    return b"" if version == 1 else MAGIC + version.to_bytes(_VERSION_BYTES)


def _version_told(sealed: bytes) -> tuple[int, bytes]:
    if not sealed.startswith(MAGIC):
        return 1, sealed
    version = int.from_bytes(sealed[len(MAGIC) : _MARK_BYTES])
    if len(sealed) < _MARK_BYTES or not 2 <= version <= _MOST_VERSIONS:
        raise SealBroken("the seal names no version of a key that there could be")
    return version, sealed[_MARK_BYTES:]


WRAPPED = b"kasane-wrapped-1\n"
"""What a wrapped key file begins with; the key's own 32 bytes are not in it."""
NAME = "{name}"


@dataclass(frozen=True)
class MasterKey:
    """Reads the master key from a file; with ``{name}`` in its path every key has a master key of its own.

    The file holds 32 bytes, or the same as 64 hexadecimal digits. It is read each time a key file is opened or
    made, which happens once in a process.
    """

    file: str

    def wrap(self, name: str, key: bytes) -> bytes:
        """The content of a wrapped key file; raises KeyMissing."""
        return WRAPPED + seal(self._read(name), key, _place(name))

    def unwrap(self, name: str, content: bytes) -> bytes:
        """The key of a wrapped key file; raises KeyMissing."""
        try:
            return unseal(self._read(name), content[len(WRAPPED) :], _place(name))
        except SealBroken:
            raise KeyMissing(
                f"the master key in {self._path(name)} does not open the key {name}; nothing was read or written "
                "with it, the other keys work; set KASANE_MASTER_KEY_FILE to the one it was wrapped with"
            ) from None

    def _read(self, name: str) -> bytes:
        path = self._path(name)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise KeyMissing(
                f"the master key in {path} cannot be read ({error.strerror}); nothing was read or written with the "
                f"key {name}; bring the file back, or set KASANE_MASTER_KEY_FILE"
            ) from None
        if len(content) != KEY_BYTES:
            try:
                content = bytes.fromhex(content.decode("ascii"))
            except ValueError:
                content = b""
        if len(content) != KEY_BYTES:
            raise KeyMissing(
                f"the master key in {path} is neither {KEY_BYTES} bytes nor {2 * KEY_BYTES} hexadecimal digits; "
                f"nothing was read or written with the key {name}; put the right file there"
            )
        return content

    def _path(self, name: str) -> Path:
        return Path(self.file.replace(NAME, name))


def _place(name: str) -> str:
    return f"key|{name}"


class KeyRing:
    """Keys by name, read from a folder that only the process may read (0700, files 0600)."""

    def __init__(self, folder: Path, master: MasterKey | None = None) -> None:
        self._folder = folder
        self._master = master
        self._cache: dict[str, bytes] = {}
        self._derived: dict[tuple[str, str], bytes] = {}
        self._newest: dict[str, int] = {}
        self._lock = threading.Lock()

    def ensure(self, *names: str) -> None:
        """Makes the keys that do not exist yet; an existing key is never changed."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            path = self._path(name)
            if not path.exists():
                key = os.urandom(KEY_BYTES)
                self._make(path, self._master.wrap(name, key) if self._master else key)

    def has(self, name: str) -> bool:
        """Whether there is a file for this key, whatever is in it."""
        return self._path(name).exists()

    def key(self, name: str) -> bytes:
        """The 32 bytes of one key; raises KeyMissing."""
        with self._lock:
            if name not in self._cache:
                key = self._open(name, self._content(name), self._master)
                if len(key) != KEY_BYTES:
                    raise KeyMissing(
                        f"the key {name} in {self._folder} is damaged: it has {len(key)} bytes, not {KEY_BYTES}; "
                        "nothing was read or written with it; restore the folder from its backup"
                    )
                self._cache[name] = key
            return self._cache[name]

    def derived(self, name: str, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, derived from the named key (HMAC-SHA256)."""
        found = self._derived.get((name, purpose))
        if found is None:
            found = hmac.digest(self.key(name), purpose.encode(), hashlib.sha256)
            if len(self._derived) >= _MOST_DERIVED:
                self._derived.clear()
            self._derived[name, purpose] = found
        return found

    def seal(self, name: str, purpose: str, content: bytes, place: str, version: int) -> bytes:
        """The content directly under one version of a key, which the seal names; raises KeyMissing."""
        return mark_of(version) + seal(self.version(name, version, purpose), content, place)

    def unseal(self, name: str, purpose: str, sealed: bytes, place: str) -> bytes:
        """What ``seal`` was given, under whichever version; raises SealBroken, and KeyMissing naming the version."""
        version, content = _version_told(sealed)
        return unseal(self.version(name, version, purpose), content, place)

    def newest_version(self, name: str) -> int:
        """The number of the newest version of a key: 1 until another was made."""
        version = self._newest.get(name) or self._highest_version(name)
        while self._path(_of_version(name, version + 1)).exists():
            version += 1
        self._newest[name] = version
        return version

    def make_version(self, name: str) -> int:
        """Makes the next version of a key; what the earlier ones sealed still opens with them.

        It is sealed with when it is taken into use (``kasane_kit.db.take_into_use``).
        """
        version = self._highest_version(name) + 1
        self.ensure(_of_version(name, version))
        return version

    def _highest_version(self, name: str) -> int:
        # Earlier ones may have been thrown away.
        numbers = [
            path.stem.removeprefix(f"{name}v") for path in self._folder.glob(f"{name}v*.key")
        ]
        return max([1, *(int(number) for number in numbers if number.isdecimal())])

    def version(self, name: str, version: int, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, derived from one version of the named key; raises KeyMissing."""
        return self.derived(_of_version(name, version), purpose)

    def only_sealed(self, name: str) -> frozenset[str]:
        """The columns of a town that were noted, beside its key, as sealed throughout; raises KeyMissing."""
        try:
            return frozenset(self._note(name).read_text(encoding="utf-8").split())
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise KeyMissing(
                f"the note {self._note(name)} of what is sealed cannot be read ({error.strerror}); what is not "
                "sealed was not read; let the user of this process read the file"
            ) from None

    def note_only_sealed(self, name: str, columns: Iterable[str]) -> None:
        """Notes the columns of a town that are sealed throughout, in place of what was noted."""
        lines = "".join(f"{column}\n" for column in sorted(columns))
        self._replace(self._note(name), lines.encode())

    def _note(self, name: str) -> Path:
        return self._path(name).with_suffix(".sealed")

    def names(self) -> list[str]:
        """The names of the keys in the folder."""
        return sorted(path.stem for path in self._folder.glob("*.key"))

    def is_wrapped(self, name: str) -> bool:
        """Whether a key lies wrapped by a master key; raises KeyMissing."""
        return self._content(name).startswith(WRAPPED)

    def wrap(self, name: str, master: MasterKey, *earlier: MasterKey) -> bool:
        """Puts a key under a master key, in place of being plain or under an earlier one; False if it is there.

        May be cut off at any moment: the file is the former or the new one. Raises KeyMissing.
        """
        content = self._content(name)
        if content.startswith(WRAPPED):
            with suppress(KeyMissing):
                master.unwrap(name, content)
                return False
        if not content.startswith(WRAPPED) and len(content) != KEY_BYTES:
            raise KeyMissing(f"the key {name} in {self._folder} is damaged; it was left as it is")
        key = self._open(name, content, earlier[0] if earlier else self._master)
        self._replace(self._path(name), master.wrap(name, key))
        return True

    def _content(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise KeyMissing(
                f"the key {name} is not in {self._folder}; nothing was read or written with it; "
                f"{_what_brings_it(name)}, or restore the folder from its backup"
            ) from None
        except OSError as error:
            raise KeyMissing(
                f"the key {name} in {self._folder} cannot be read ({error.strerror}); nothing was read or written "
                "with it; let the user of this process read the file"
            ) from None

    def _open(self, name: str, content: bytes, master: MasterKey | None) -> bytes:
        if not content.startswith(WRAPPED):
            return content
        if master is None:
            raise KeyMissing(
                f"the key {name} in {self._folder} is wrapped and KASANE_MASTER_KEY_FILE is not set; nothing was "
                "read or written with it; set it to the file of the master key"
            )
        return master.unwrap(name, content)

    def _replace(self, path: Path, content: bytes) -> None:
        descriptor, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)

    def _make(self, path: Path, content: bytes) -> None:
        descriptor, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A link appears whole or not at all, and never in place of a key that is there already.
            with suppress(FileExistsError):
                os.link(unfinished, path)
        finally:
            os.unlink(unfinished)

    def _path(self, name: str) -> Path:
        if not name.isalnum():
            raise KeyMissing(f"{name!r} is not the name of a key")
        return self._folder / f"{name}.key"


def _what_brings_it(name: str) -> str:
    _, made, version = name.partition("v")
    if made and version.isdecimal():
        return "copy it from the machine on which it was made"
    return "run `kasane migrate` once"


def _of_version(name: str, version: int) -> str:
    return name if version == 1 else f"{name}v{version}"
