"""Makes and compares hashes of passwords: argon2id at the strength OWASP recommends.

19 MiB, two passes, one lane: half a second of a shared server's memory and cores for each of many
people signing in at eight in the morning would be a way to stop it.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_GENERATED_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GENERATED_GROUPS = 4
_GENERATED_GROUP = 4


def hash_of(password: str) -> str:
    """The hash to keep."""
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without a hash it takes as long and is False."""
    try:
        _hasher().verify(password_hash or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


def generate() -> str:
    """A password to be read aloud once: sixteen letters and digits that are not mistaken."""
    return "-".join(
        "".join(secrets.choice(_GENERATED_LETTERS) for _ in range(_GENERATED_GROUP))
        for _ in range(_GENERATED_GROUPS)
    )


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
