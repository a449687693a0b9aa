"""Ends the work before each single commit in turn: whatever comes between two of them, nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from kasane_runtime import databases
from kasane_runtime.processes import settle, sweep
from tests.faults.running_house import RunningHouse, write_town_files
from tests.faults.small_house import say_one

SAID = 3
TOWN = "292095"


class Ended(BaseException):
    """What a SIGKILL is to the code: nothing handles it, and nothing is committed any more."""


@contextmanager
def ending_before(commit: int) -> Iterator[list[int]]:
    """Lets ``commit - 1`` commits of this block through; 0 lets all through. Yields their count."""
    seen = [0]

    def count(_connection: Connection) -> None:
        seen[0] += 1
        if commit and seen[0] >= commit:
            raise Ended

    event.listen(Engine, "commit", count)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", count)


def open_house(folder: Path) -> RunningHouse:
    return RunningHouse(
        folder, {"KASANE_VAR": str(folder / "var"), "KASANE_TOWN_FILES": str(folder / "towns")}
    )


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder in which intake has said something and nobody has heard it."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    write_town_files(folder / "towns")
    house = open_house(folder)
    databases.migrate_sqlite(house.composition)
    for number in range(SAID):
        say_one(house.composition, TOWN, "window", number)
    house.close()
    return folder


@pytest.mark.slow
def test_work_that_ends_before_any_commit_is_finished_by_the_next_process(
    prepared: Path, tmp_path: Path
) -> None:
    shutil.copytree(prepared, tmp_path / "whole")
    whole = open_house(tmp_path / "whole")
    with ending_before(0) as commits:
        settle(whole.composition)
    whole.close()
    assert commits[0] > 10

    for commit in range(1, commits[0] + 1):
        folder = tmp_path / f"ended-{commit}"
        shutil.copytree(prepared, folder)
        ended = open_house(folder)
        with ending_before(commit), pytest.raises(Ended):
            settle(ended.composition)
        ended.close()

        following = open_house(folder)
        # Odd turns begin as a process does that finds its messages gone: by comparing heads.
        if commit % 2:
            sweep(following.composition)
        settle(following.composition)

        assert following.differences(()) == [], f"ended before commit {commit}"
        assert following.heard("resources") == 2 * SAID
        following.close()
