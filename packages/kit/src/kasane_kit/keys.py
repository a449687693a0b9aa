"""Keeps the secret keys of an installation: one for signing, one for each town, in files of their own."""

import hashlib
import hmac
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

KEY_BYTES = 32


class KeyMissing(LookupError):
    """A key file is not there; the message says which and how it is made."""


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
