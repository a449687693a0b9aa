"""Takes backups while the town works, restores them, and looks what became of who knew more than the backup."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kasane_kit.bus import outbox
from kasane_kit.db.engine import RESTORED
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import municipality_scope
from kasane_runtime import backup_sqlite, databases
from kasane_runtime.backup_manifest import BackupRefused
from kasane_runtime.backups import Backups
from kasane_runtime.processes import settle, sweep
from kasane_runtime.restoring import Ahead
from tests.faults.running_house import RunningHouse, write_town_files
from tests.faults.small_house import say_one

TOWN, OTHER_TOWN = "292095", "012319"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunningHouse]:
    """A house of small services with two towns."""
    write_town_files(tmp_path / "towns")
    found = RunningHouse(
        tmp_path,
        {"KASANE_VAR": str(tmp_path / "var"), "KASANE_TOWN_FILES": str(tmp_path / "towns")},
    )
    databases.migrate_sqlite(found.composition)
    yield found
    found.close()


def say(house: RunningHouse, name: str, many: int) -> None:
    for number in range(many):
        say_one(house.composition, TOWN, name, number)


def settled(house: RunningHouse) -> None:
    settle(house.composition)
    sweep(house.composition)


def heard(tmp_path: Path, service: str, producer: str = "intake") -> list[str]:
    with closing(sqlite3.connect(tmp_path / "var" / TOWN / f"{service}.sqlite")) as connection:
        rows = connection.execute(
            f"SELECT consultation_id FROM {service}_small_heard WHERE producer = ? ORDER BY position",
            [producer],
        ).fetchall()
    return [row[0] for row in rows]


def head(house: RunningHouse, service: str) -> outbox.Head | None:
    with (
        municipality_scope(TOWN),
        house.composition.house.databases.reading(service) as connection,
    ):
        return outbox.head(connection)


def test_a_restored_producer_s_new_events_are_applied_and_who_is_ahead_is_told(
    house: RunningHouse, tmp_path: Path
) -> None:
    backups = Backups(house.composition)
    say(house, "before", 3)
    settled(house)
    backup = backups.create(TOWN, tmp_path / "backups")
    say(house, "lost", 2)
    settled(house)
    assert heard(tmp_path, "cases")[3:] == ["lost-00000", "lost-00001"]
    old = head(house, "intake")
    house.composition.house.databases.dispose()

    settled_now = backups.restore(backup, TOWN, ["intake"]).settled
    say(house, "after", 4)
    settled(house)

    assert old is not None
    ends, knew = old.sequence - 4, old.sequence
    assert settled_now.ahead == (
        Ahead("cases", "intake", ends, knew),
        Ahead("resources", "intake", ends, knew),
    )
    assert [act.split()[-1] for act in settled_now.acts] == ["lost-00000", "lost-00001"]
    after = [f"after-{number:05d}" for number in range(4)]
    for service in ("cases", "resources"):
        assert heard(tmp_path, service)[5:] == after
    assert heard(tmp_path, "resources", "cases")[5:] == after
    now = head(house, "intake")
    assert now is not None
    assert now.epoch != old.epoch


def test_what_waited_for_its_number_at_the_backup_is_not_heard_twice(
    house: RunningHouse, tmp_path: Path
) -> None:
    backups = Backups(house.composition)
    say(house, "before", 2)
    backup = backups.create(TOWN, tmp_path / "backups")
    settled(house)
    house.composition.house.databases.dispose()

    assert backups.restore(backup, TOWN, ["intake"]).settled.ahead == ()
    say(house, "after", 1)
    settled(house)

    assert heard(tmp_path, "cases") == ["before-00000", "before-00001", "after-00000"]


def test_a_whole_town_comes_back_as_it_was_at_one_moment_although_it_worked_on(
    house: RunningHouse, tmp_path: Path
) -> None:
    backups = Backups(house.composition)
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            say_one(house.composition, TOWN, "during", number)
            settle(house.composition)
            number += 1

    say(house, "before", 2)
    settled(house)
    worker = threading.Thread(target=work)
    worker.start()
    try:
        backup = backups.create(TOWN, tmp_path / "backups")
    finally:
        over.set()
        worker.join(60)
    settled(house)
    house.composition.house.databases.dispose()

    restored = backups.restore(backup, TOWN)
    settled(house)

    assert restored.settled.ahead == ()
    with closing(sqlite3.connect(tmp_path / "var" / TOWN / "intake.sqlite")) as connection:
        said = [
            row[0] for row in connection.execute("SELECT consultation_id FROM intake_small_said")
        ]
    assert sorted(heard(tmp_path, "cases")) == sorted(said)
    assert sorted(heard(tmp_path, "resources")) == sorted(said)


def test_nothing_of_a_backup_is_readable_without_the_town_s_key(
    house: RunningHouse, tmp_path: Path
) -> None:
    say(house, "canary-of-the-backup", 1)
    backup = Backups(house.composition).create(TOWN, tmp_path / "backups")

    assert Backups(house.composition).verify(backup).town == TOWN
    for file in backup.iterdir():
        assert b"canary" not in file.read_bytes()
        assert b"SQLite format" not in file.read_bytes()


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*.sqlite"))
    }


@pytest.mark.parametrize(
    "spoil",
    ["another town", "a changed part", "a cut part", "a missing part", "the manifest", "in use"],
)
def test_what_may_not_be_restored_is_refused_and_the_town_stays_as_it_is(
    house: RunningHouse, tmp_path: Path, spoil: str
) -> None:
    backups = Backups(house.composition)
    say(house, "before", 1)
    backup = backups.create(TOWN, tmp_path / "backups")
    house.composition.house.databases.dispose()
    part, town, words = backup / "intake.sqlite.sealed", TOWN, "damaged or missing"
    user = sqlite3.connect(tmp_path / "var" / TOWN / "intake.sqlite", isolation_level=None)
    if spoil == "another town":
        town, words = OTHER_TOWN, "is a backup of 292095"
    elif spoil == "a changed part":
        raw = part.read_bytes()
        part.write_bytes(raw[:100] + bytes([raw[100] ^ 1]) + raw[101:])
    elif spoil == "a cut part":
        part.write_bytes(part.read_bytes()[:-10])
    elif spoil == "a missing part":
        part.unlink()
    elif spoil == "the manifest":
        manifest = backup / "manifest.json"
        manifest.write_text(manifest.read_text("utf-8").replace(TOWN, OTHER_TOWN), "utf-8")
        town, words = OTHER_TOWN, "was changed"
    else:
        user.execute("BEGIN IMMEDIATE")
        words = "is in use"
    before = content(tmp_path / "var")

    with pytest.raises(BackupRefused, match=words):
        backups.restore(backup, town)

    user.close()
    assert content(tmp_path / "var") == before


def test_a_town_that_has_moved_is_not_restored_where_it_was(
    house: RunningHouse, tmp_path: Path
) -> None:
    backups = Backups(house.composition)
    say(house, "before", 1)
    backup = backups.create(TOWN, tmp_path / "backups")
    house.composition.house.databases.dispose()
    with closing(sqlite3.connect(tmp_path / "var" / TOWN / "resources.sqlite")) as file:
        file.execute(
            "INSERT INTO town_barrier (id, state, held_by, address) "
            "VALUES (1, 'moved', 'm-1', 'https://new.example')"
        )
        file.commit()
    before = content(tmp_path / "var")

    with pytest.raises(BackupRefused, match=r"moved to https://new\.example and would be in two"):
        backups.restore(backup, TOWN)

    assert content(tmp_path / "var") == before


def test_a_restore_that_was_cut_off_at_the_end_is_finished_by_the_same_command(
    house: RunningHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(house.composition)
    say(house, "before", 2)
    settled(house)
    backup = backups.create(TOWN, tmp_path / "backups")
    house.composition.house.databases.dispose()
    ready = tmp_path / "var" / TOWN / RESTORED
    finish = backup_sqlite.finish

    def killed_when_ready(var: Path, town: str) -> None:
        if ready.exists():
            raise KeyboardInterrupt
        finish(var, town)

    with monkeypatch.context() as patch:
        patch.setattr(backup_sqlite, "finish", killed_when_ready)
        with pytest.raises(KeyboardInterrupt):
            backups.restore(backup, TOWN)
    assert ready.exists()

    backups.restore(backup, TOWN)
    assert not ready.exists()

    # Killed later still: every file is in its place, and of the folder only itself is left.
    ready.mkdir()
    backups.restore(backup, TOWN)

    assert not ready.exists()
    assert heard(tmp_path, "cases") == ["before-00000", "before-00001"]


def test_without_the_town_s_key_nothing_is_taken_and_another_town_s_backup_is(
    house: RunningHouse, tmp_path: Path
) -> None:
    (tmp_path / "var" / "keys" / f"{TOWN}.key").unlink()
    fresh = RunningHouse(
        tmp_path,
        {"KASANE_VAR": str(tmp_path / "var"), "KASANE_TOWN_FILES": str(tmp_path / "towns")},
    )
    backups = Backups(fresh.composition)

    with pytest.raises(KeyMissing, match=TOWN):
        backups.create(TOWN, tmp_path / "backups")
    assert backups.create(OTHER_TOWN, tmp_path / "backups").name.startswith(OTHER_TOWN)
    fresh.close()
