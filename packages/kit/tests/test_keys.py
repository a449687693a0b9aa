"""Checks that secret keys stay secret, are never changed, and are missed with a sentence."""

import hashlib
import hmac
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kasane_kit.keys import KeyMissing, KeyRing, SealBroken, seal, unseal


def test_the_folder_and_the_files_are_for_this_account_only(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "keys"
    before = os.umask(0)
    try:
        KeyRing(folder).ensure("signing", "292095")
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "signing.key": 0o600,
        "292095.key": 0o600,
    }


def test_every_key_has_32_bytes_of_its_own(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path)
    names = [f"{number:06}" for number in range(50)]

    keys.ensure(*names)

    assert {len(keys.key(name)) for name in names} == {32}
    assert len({keys.key(name) for name in names}) == 50


def test_a_key_that_exists_is_never_changed(tmp_path: Path) -> None:
    KeyRing(tmp_path).ensure("signing")
    before = (tmp_path / "signing.key").read_bytes()

    KeyRing(tmp_path).ensure("signing", "292095")

    assert (tmp_path / "signing.key").read_bytes() == before
    assert KeyRing(tmp_path).key("signing") == before


def test_processes_that_start_together_agree_on_a_key(tmp_path: Path) -> None:
    def start(_: int) -> bytes:
        keys = KeyRing(tmp_path)
        keys.ensure("signing")
        return keys.key("signing")

    with ThreadPoolExecutor(16) as pool:
        seen = set(pool.map(start, range(64)))

    assert len(seen) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["signing.key"]


def test_a_missing_key_says_what_was_not_done_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing) as caught:
        KeyRing(tmp_path).key("292095")

    assert str(caught.value) == (
        f"the key 292095 is not in {tmp_path}; nothing was read or written with it; "
        "run `kasane migrate` once, or restore the folder from its backup"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_comes_back_from_the_backup_is_used_at_once(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path)
    with pytest.raises(KeyMissing):
        keys.key("292095")

    KeyRing(tmp_path).ensure("292095")

    assert keys.key("292095") == (tmp_path / "292095.key").read_bytes()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_damaged_key_is_not_used(tmp_path: Path, size: int) -> None:
    (tmp_path / "signing.key").write_bytes(b"x" * size)

    with pytest.raises(KeyMissing, match=f"is damaged: it has {size} bytes, not 32; nothing was"):
        KeyRing(tmp_path).derived("signing", "sessions")


@pytest.mark.parametrize("name", ["", "../signing", "a/b", "signing.key", "a b", "."])
def test_what_is_no_name_of_a_key_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    keys = KeyRing(tmp_path / "keys")

    with pytest.raises(KeyMissing, match="is not the name of a key"):
        keys.ensure(name)
    with pytest.raises(KeyMissing, match="is not the name of a key"):
        keys.key(name)

    assert list((tmp_path / "keys").iterdir()) == []


def test_derived_keys_differ_by_key_and_by_purpose(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path)
    keys.ensure("292095", "012319")

    derived = {
        (n, p): keys.derived(n, p) for n in ("292095", "012319") for p in ("audit", "events")
    }

    assert len(set(derived.values())) == 4
    assert (
        derived["292095", "audit"]
        == hmac.new(keys.key("292095"), b"audit", hashlib.sha256).digest()
    )


def test_what_is_sealed_opens_with_its_key_at_its_place_and_nowhere_else() -> None:
    key, other = b"k" * 32, b"o" * 32
    sealed = seal(key, "とても大事なこと".encode(), "292095|cases|1")

    assert unseal(key, sealed, "292095|cases|1").decode() == "とても大事なこと"
    assert "大事".encode() not in sealed
    assert seal(key, b"", "a") != seal(key, b"", "a")
    for wrong in (
        lambda: unseal(other, sealed, "292095|cases|1"),
        lambda: unseal(key, sealed, "012319|cases|1"),
        lambda: unseal(key, sealed[:-1] + bytes([sealed[-1] ^ 1]), "292095|cases|1"),
        lambda: unseal(key, b"", "292095|cases|1"),
        lambda: unseal(key, sealed[:5], "292095|cases|1"),
    ):
        with pytest.raises(SealBroken):
            wrong()
