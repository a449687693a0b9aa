"""Checks that secret keys stay secret, are never changed, and are missed with a sentence."""

import hashlib
import hmac
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kasane_kit.keys import (
    MAGIC,
    KeyMissing,
    KeyRing,
    MasterKey,
    SealBroken,
    mark_of,
    seal,
    unseal,
)


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


def test_a_key_that_cannot_be_read_says_so_and_is_used_once_it_can_be(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path)
    (tmp_path / "292095v2.key").mkdir()  # What not even root can read as a file.

    for ask in (keys.key, keys.is_wrapped):
        with pytest.raises(KeyMissing, match=r"292095v2 in .* cannot be read .*; let the user of"):
            ask("292095v2")

    (tmp_path / "292095v2.key").rmdir()
    keys.ensure("292095v2")
    assert len(keys.key("292095v2")) == 32


def test_a_note_of_what_is_sealed_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "292095.sealed").mkdir()

    with pytest.raises(KeyMissing, match=r"292095\.sealed of what is sealed cannot be read"):
        KeyRing(tmp_path).only_sealed("292095")


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


def masters(tmp_path: Path) -> tuple[MasterKey, MasterKey]:
    (tmp_path / "one").write_bytes(b"1" * 32)
    (tmp_path / "other").write_text("ab" * 32)
    return MasterKey(str(tmp_path / "one")), MasterKey(str(tmp_path / "other"))


def test_the_key_folder_alone_opens_nothing_once_it_is_wrapped(tmp_path: Path) -> None:
    one, _ = masters(tmp_path)
    plain = KeyRing(tmp_path / "keys")
    plain.ensure("292095", "012319")
    before = {name: plain.key(name) for name in plain.names()}

    wrapping = KeyRing(tmp_path / "keys", one)
    assert [wrapping.wrap(name, one) for name in wrapping.names()] == [True, True]
    assert [wrapping.wrap(name, one) for name in wrapping.names()] == [False, False]

    again = KeyRing(tmp_path / "keys", one)
    assert {name: again.key(name) for name in again.names()} == before
    for name, key in before.items():
        assert key not in (tmp_path / "keys" / f"{name}.key").read_bytes()
        with pytest.raises(KeyMissing, match="KASANE_MASTER_KEY_FILE is not set"):
            KeyRing(tmp_path / "keys").key(name)


def test_a_key_that_is_made_under_a_master_key_never_lies_plain(tmp_path: Path) -> None:
    one, _ = masters(tmp_path)
    ring = KeyRing(tmp_path / "keys", one)
    ring.ensure("292095")

    assert ring.is_wrapped("292095")
    assert ring.make_version("292095") == 2
    assert KeyRing(tmp_path / "keys", one).key("292095v2") == ring.key("292095v2")


def test_another_master_key_opens_nothing_and_another_towns_key_file_neither(
    tmp_path: Path,
) -> None:
    one, other = masters(tmp_path)
    KeyRing(tmp_path / "keys", one).ensure("292095", "012319")

    with pytest.raises(KeyMissing, match="does not open the key 292095"):
        KeyRing(tmp_path / "keys", other).key("292095")
    (tmp_path / "keys" / "292095.key").write_bytes((tmp_path / "keys" / "012319.key").read_bytes())
    ring = KeyRing(tmp_path / "keys", one)
    with pytest.raises(KeyMissing, match="does not open the key 292095"):
        ring.key("292095")
    assert len(ring.key("012319")) == 32


def test_a_master_key_of_each_town_leaves_the_other_towns_at_work(tmp_path: Path) -> None:
    each = MasterKey(str(tmp_path / "{name}.master"))
    for town in ("292095", "012319"):
        (tmp_path / f"{town}.master").write_bytes(town[:1].encode() * 32)
    KeyRing(tmp_path / "keys", each).ensure("292095", "012319")
    (tmp_path / "292095.master").unlink()

    ring = KeyRing(tmp_path / "keys", each)
    with pytest.raises(KeyMissing, match=r"292095\.master cannot be read"):
        ring.key("292095")
    assert len(ring.key("012319")) == 32


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"zz" * 32, b"\xff" * 64])
def test_a_damaged_master_key_wraps_and_opens_nothing(tmp_path: Path, content: bytes) -> None:
    one, _ = masters(tmp_path)
    KeyRing(tmp_path / "keys", one).ensure("292095")
    (tmp_path / "one").write_bytes(content)

    with pytest.raises(KeyMissing, match="neither 32 bytes nor 64"):
        KeyRing(tmp_path / "keys", one).key("292095")


def test_the_master_key_is_changed_and_a_change_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    one, other = masters(tmp_path)
    ring = KeyRing(tmp_path / "keys", one)
    ring.ensure("292095", "012319", "signing")
    before = {name: ring.key(name) for name in ring.names()}
    ring.wrap("012319", other, one)

    assert [ring.wrap(name, other, one) for name in ring.names()] == [False, True, True]
    again = KeyRing(tmp_path / "keys", other)
    assert {name: again.key(name) for name in again.names()} == before
    with pytest.raises(KeyMissing):
        KeyRing(tmp_path / "keys", one).key("signing")


def two_versions(folder: Path) -> KeyRing:
    """The keys of two towns, of one of them in three versions."""
    ring = KeyRing(folder)
    ring.ensure("292095", "012319")
    assert [ring.make_version("292095") for _ in range(2)] == [2, 3]
    return ring


def test_a_seal_directly_under_a_towns_key_says_its_version_and_the_first_says_nothing(
    tmp_path: Path,
) -> None:
    ring = two_versions(tmp_path)

    first, second = (
        ring.seal("292095", "papers", "紙".encode(), "here|1", version) for version in (1, 2)
    )

    assert unseal(ring.derived("292095", "papers"), first, "here|1").decode() == "紙"
    assert second.startswith(b"\x00kasane:v\x00\x00\x02")
    assert len(second) == len(first) + 12
    for sealed in (first, second, seal(ring.derived("292095", "papers"), "紙".encode(), "here|1")):
        assert ring.unseal("292095", "papers", sealed, "here|1").decode() == "紙"
        for name, purpose, place in (
            ("292095", "papers", "here|2"),
            ("292095", "drafts", "here|1"),
        ):
            with pytest.raises(SealBroken):
                ring.unseal(name, purpose, sealed, place)


@pytest.mark.parametrize(
    "mark",
    [
        b"",
        mark_of(3),
        MAGIC + bytes(3),
        MAGIC + bytes((0, 0, 1)),
        MAGIC + bytes((0xFF, 0, 2)),
        MAGIC[:-1],
        mark_of(2) + mark_of(2),
    ],
    ids=["none", "a later one", "zero", "the first", "no number there could be", "cut", "twice"],
)
def test_a_mark_of_a_version_that_was_changed_does_not_open(tmp_path: Path, mark: bytes) -> None:
    ring = two_versions(tmp_path)
    sealed = ring.seal("292095", "papers", b"paper", "here", 2)

    with pytest.raises(SealBroken):
        ring.unseal("292095", "papers", mark + sealed[len(mark_of(2)) :], "here")
    with pytest.raises(SealBroken):
        ring.unseal("292095", "papers", MAGIC, "here")


def test_a_version_that_is_not_here_is_one_sentence_until_it_is_copied(tmp_path: Path) -> None:
    whole = two_versions(tmp_path / "made")
    sealed = whole.seal("292095", "papers", b"paper", "here", 2)
    (tmp_path / "here").mkdir()
    for name in ("292095", "012319"):
        (tmp_path / "here" / f"{name}.key").write_bytes(
            (tmp_path / "made" / f"{name}.key").read_bytes()
        )
    ring = KeyRing(tmp_path / "here")

    for act in (
        lambda: ring.unseal("292095", "papers", sealed, "here"),
        lambda: ring.seal("292095", "papers", b"more", "here", 2),
    ):
        with pytest.raises(KeyMissing, match=r"the key 292095v2 is not in .*; copy it from the"):
            act()
    other = ring.seal("012319", "papers", b"other", "here", 1)
    assert ring.unseal("012319", "papers", other, "here") == b"other"

    (tmp_path / "here/292095v2.key").write_bytes((tmp_path / "made/292095v2.key").read_bytes())
    assert ring.unseal("292095", "papers", sealed, "here") == b"paper"


def test_a_version_that_was_thrown_away_is_not_made_again_under_its_number(tmp_path: Path) -> None:
    two_versions(tmp_path)
    (tmp_path / "292095v2.key").unlink()
    ring = KeyRing(tmp_path)

    assert ring.newest_version("292095") == 3
    assert ring.make_version("292095") == 4
    assert ring.newest_version("292095") == 4
    assert ring.newest_version("012319") == 1
    assert not (tmp_path / "292095v2.key").exists()
