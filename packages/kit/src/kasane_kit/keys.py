"""Keeps the secret keys of an installation: one for signing, one for each town, in files of their own."""

import hashlib
import hmac
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyMissing(LookupError):
    """A key file is not there; the message says which and how it is made."""


class SealBroken(ValueError):
    """What was sealed does not open with this key at this place; nothing of it was shown or applied."""


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """The content under AES-256-GCM, with a fresh nonce before it; it opens only with the same key and place."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """What ``seal`` was given; raises SealBroken for another key, another place or changed bytes."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the seal does not open with this key at this place") from error


class KeyRing:
    """Keys by name, read from a folder that only the process may read (0700, files 0600)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cache: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def ensure(self, *names: str) -> None:
        """Makes the keys that do not exist yet; an existing key is never changed."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            path = self._path(name)
            if not path.exists():
                self._make(path)

    def key(self, name: str) -> bytes:
        """The 32 bytes of one key; raises KeyMissing."""
        with self._lock:
            if name not in self._cache:
                try:
                    key = self._path(name).read_bytes()
                except FileNotFoundError:
                    raise KeyMissing(
                        f"the key {name} is not in {self._folder}; nothing was read or written with it; "
                        "run `kasane migrate` once, or restore the folder from its backup"
                    ) from None
                if len(key) != KEY_BYTES:
                    raise KeyMissing(
                        f"the key {name} in {self._folder} is damaged: it has {len(key)} bytes, not {KEY_BYTES}; "
                        "nothing was read or written with it; restore the folder from its backup"
                    )
                self._cache[name] = key
            return self._cache[name]

    def derived(self, name: str, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, derived from the named key (HMAC-SHA256)."""
        return hmac.new(self.key(name), purpose.encode(), hashlib.sha256).digest()

    def newest_version(self, name: str) -> int:
        """The number of the newest version of a key: 1 until another was made."""
        version = 1
        while self._path(_of_version(name, version + 1)).exists():
            version += 1
        return version

    def make_version(self, name: str) -> int:
        """Makes the next version of a key; what the earlier ones sealed still opens with them."""
        version = self.newest_version(name) + 1
        self.ensure(_of_version(name, version))
        return version

    def version(self, name: str, version: int, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, derived from one version of the named key; raises KeyMissing."""
        return self.derived(_of_version(name, version), purpose)

    def _make(self, path: Path) -> None:
        descriptor, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(KEY_BYTES))
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


def _of_version(name: str, version: int) -> str:
    return name if version == 1 else f"{name}v{version}"
