"""The file of destroyed records: only appended, proven line by line, whole after a crash."""

from pathlib import Path

import pytest

from kasane_kit.db.tombstones import Tombstone, Tombstones, TombstonesBroken
from kasane_kit.keys import KeyRing

TOWN, OTHER = "292095", "012319"


@pytest.fixture
def stones(tmp_path: Path) -> Tombstones:
    """An installation without a destroyed record."""
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN, OTHER)
    return Tombstones(tmp_path / "tombstones", keys)


def stone(number: int) -> Tombstone:
    """One of several."""
    return Tombstone(
        f"shredding-{number}",
        "case",
        "2026-04-01T00:00:00+00:00",
        (f"case-{number}",),
        (("years", "5"),),
    )


def file_of(stones: Tombstones) -> Path:
    """Where the town's lines are."""
    return stones.folder / f"{TOWN}.jsonl"


def test_what_was_written_is_read_in_its_order_and_written_once(stones: Tombstones) -> None:
    assert stones.all(TOWN) == []
    for number in (1, 2, 1):
        stones.add(TOWN, stone(number))

    assert stones.all(TOWN) == [stone(1), stone(2)]
    assert stones.all(OTHER) == []
    assert file_of(stones).stat().st_mode & 0o077 == 0


def test_the_first_words_of_a_shredding_stand(stones: Tombstones) -> None:
    stones.add(TOWN, stone(1))
    changed = Tombstone("shredding-1", "case", "2027-01-01T00:00:00+00:00", ("another",))

    assert stones.add(TOWN, changed) == stone(1)


@pytest.mark.parametrize("change", ["a letter", "first taken out", "swapped", "of another town"])
def test_a_changed_file_is_not_believed(stones: Tombstones, change: str) -> None:
    for number in (1, 2, 3):
        stones.add(TOWN, stone(number))
        stones.add(OTHER, stone(number))
    file = file_of(stones)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(
        {
            "a letter": file.read_bytes().replace(b"case-2", b"case-9"),
            "first taken out": b"".join(lines[1:]),
            "swapped": b"".join((lines[1], lines[0], lines[2])),
            "of another town": (stones.folder / f"{OTHER}.jsonl").read_bytes(),
        }[change]
    )

    with pytest.raises(TombstonesBroken, match="nothing was destroyed or restored"):
        stones.all(TOWN)
    with pytest.raises(TombstonesBroken):
        stones.add(TOWN, stone(4))


def test_a_line_that_a_crash_cut_off_was_never_there_and_the_next_one_stands(
    stones: Tombstones,
) -> None:
    stones.add(TOWN, stone(1))
    whole = file_of(stones).read_bytes()
    stones.add(TOWN, stone(2))
    for cut in range(len(whole) + 1, len(file_of(stones).read_bytes())):
        content = file_of(stones).read_bytes()
        file_of(stones).write_bytes(content[:cut])
        assert stones.all(TOWN) == [stone(1)]
        stones.add(TOWN, stone(2))
        assert stones.all(TOWN) == [stone(1), stone(2)]


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_destroyed(
    stones: Tombstones,
) -> None:
    # Not even root writes into a folder that is a file.
    stones.folder.write_bytes(b"")

    with pytest.raises(TombstonesBroken, match="KASANE_TOMBSTONES"):
        stones.add(TOWN, stone(1))


def test_a_file_that_cannot_be_read_is_not_taken_for_none(stones: Tombstones) -> None:
    file_of(stones).mkdir(parents=True)  # What not even root can read as a file.

    for ask in (stones.all, stones.head):
        with pytest.raises(TombstonesBroken, match=r"cannot be read .*; nothing was destroyed or"):
            ask(TOWN)
