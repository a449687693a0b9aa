"""A town moves between two installations under load, its mover killed at every step: nothing is lost or twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from kasane_kit.config import SettingsError
from kasane_kit.db import is_because_closed
from kasane_kit.keys import KeyRing
from kasane_runtime import databases
from kasane_runtime.move_commands import read_settings
from kasane_runtime.moving import Move, MoveRefused, Step
from kasane_runtime.moving.move import seconds_closed
from kasane_runtime.moving.steps import Journal
from kasane_runtime.processes import settle
from tests.faults.conftest import delete_our_queues, drop_our_databases
from tests.faults.load import Load
from tests.faults.running_house import REPOSITORY, RunningHouse
from tests.faults.small_house import say_one
from tests.moving.clusters import (
    MOVING,
    STAYING,
    Cluster,
    distributed,
    embedded,
    furnish,
    furnish_without_towns,
)
from tests.moving.small_move import ADDRESS, FEW
from tests.support import own_processes
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

WORKERS = ("intake", "cases", "resources")
RANDOM_KILLS = int(os.environ.get("KASANE_RANDOM_KILLS", "2"))


@pytest.fixture
def two_clusters(
    tmp_path: Path, private_postgres: PrivatePostgres, private_rabbitmq: PrivateRabbit
) -> Iterator[tuple[Cluster, Cluster]]:
    """A source with two towns and a target without any, on servers of their own."""
    drop_our_databases(private_postgres)
    delete_our_queues(private_rabbitmq)
    programs, rabbit_folder, epmd = find_postgres_folder(), find_rabbitmq_folder(), find_epmd()
    assert programs is not None
    assert rabbit_folder is not None
    assert epmd is not None
    other_postgres, other_rabbit = PrivatePostgres(programs), PrivateRabbit(rabbit_folder, epmd)
    houses: list[RunningHouse] = []
    try:
        other_postgres.start()
        other_rabbit.start()
        source = distributed(
            tmp_path / "source", private_postgres.dsn, private_rabbitmq.url, (MOVING, STAYING)
        )
        target = distributed(tmp_path / "target", other_postgres.dsn, other_rabbit.url, (MOVING,))
        houses = [source.house, target.house]
        furnish(source)
        furnish_without_towns(target, source)
        yield source, target
    finally:
        for house in houses:
            house.close()
        other_rabbit.close()
        other_postgres.close()


@pytest.mark.slow
def test_a_town_moves_under_load_and_its_mover_is_killed_at_every_step(
    two_clusters: tuple[Cluster, Cluster], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = two_clusters
    for cluster in (source, target):
        for worker in WORKERS:
            cluster.house.start("work", worker)
    before, after = Load(source.house.composition, 11), Load(target.house.composition, 12)
    try:
        before.start(2, longest_linger=0.1)
        source.house.wait_until_heard("resources", 40, seconds=300)

        journal = move_with_kills(source, target, tmp_path, RANDOM_KILLS)

        # Who worked at the old place goes on there and is refused; the new place takes everybody.
        refused_at_the_move = before.refused
        after.start(2)
        assert own_processes.wait_until(
            own_processes.again(lambda: len(after.confirmed) >= 20), seconds=300
        )
    finally:
        before.stop()
        after.stop()
    source.house.towns = (STAYING,)
    for house in (source.house, target.house):
        house.wait_until_settled(seconds=300)

    staying = [one for one in before.confirmed if one[0] == STAYING]
    moved = [one for one in before.confirmed + after.confirmed if one[0] == MOVING]
    assert refused_at_the_move > 0
    assert source.house.compare(staying).sentences == []
    assert target.house.compare(moved).sentences == []
    with pytest.raises(DBAPIError) as refusal:
        say_one(source.house.composition, MOVING, "zombie", 1)
    assert is_because_closed(refusal.value)
    with pytest.raises(MoveRefused, match="already"):
        the_move(source, target, tmp_path).abort()
    closed, sealed = seconds_closed(journal)
    with capsys.disabled():
        sys.stdout.write(
            f"\n  closed {closed:.2f} s, sealed {sealed:.2f} s"
            f" with a kill at every step; {journal.again} of {journal.rows} rows after closing\n"
        )


def move_with_kills(source: Cluster, target: Cluster, folder: Path, kills: int) -> Journal:
    """Runs the mover that is killed at every step; returns its journal."""
    log = folder / "move.log"
    process = own_processes.start(
        [
            *(sys.executable, "-m", "tests.moving.small_move", MOVING),
            *(str(source.settings), str(target.settings), str(folder / "move.json"), str(kills)),
        ],
        environment={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        log=log,
        folder=REPOSITORY,
    )
    try:
        status = process.wait(timeout=900)
    except subprocess.TimeoutExpired:
        status = -1
    finally:
        own_processes.end(process, signal.SIGKILL)
    assert status == 0, own_processes.tail(log, 60)
    text = log.read_text()
    places = 2 if kills > FEW else 1
    assert text.count(f": {signal.SIGKILL}\n") == places * len(Step), text
    return Journal(**json.loads((folder / "move.json").read_text()))


def the_move(source: Cluster, target: Cluster, folder: Path) -> Move:
    """A move in this process."""
    compositions = (source.house.composition, target.house.composition)
    return Move(*compositions, MOVING, ADDRESS, folder / "move.json")


@pytest.fixture
def two_folders(tmp_path: Path) -> Iterator[tuple[Cluster, Cluster]]:
    """The same on SQLite."""
    source = embedded(tmp_path / "source", (MOVING,))
    target = embedded(tmp_path / "target", (MOVING,))
    furnish(source)
    furnish_without_towns(target, source)
    yield source, target
    source.house.close()
    target.house.close()


def say_some(cluster: Cluster, name: str, many: int) -> list[tuple[str, str]]:
    """Commits in the moving town."""
    composition = cluster.house.composition
    return [(MOVING, say_one(composition, MOVING, name, number)) for number in range(many)]


def test_a_town_moves_between_two_folders_with_what_was_not_relayed_yet(
    two_folders: tuple[Cluster, Cluster], tmp_path: Path
) -> None:
    source, target = two_folders
    told = say_some(source, "relayed", 8)
    settle(source.house.composition)
    told += say_some(source, "waiting", 5)
    lines: list[str] = []

    the_move(source, target, tmp_path).run(lines.append)

    told += say_some(target, "after", 4)
    settle(target.house.composition)
    assert target.house.compare(told).sentences == []
    assert target.house.heard("cases") == len(told) == 17
    assert len(lines) == len(Step) + 1
    with pytest.raises(DBAPIError) as refusal:
        say_some(source, "zombie", 1)
    assert is_because_closed(refusal.value)
    with pytest.raises(DBAPIError) as silence:
        settle(source.house.composition)
    assert is_because_closed(silence.value)


@pytest.mark.parametrize("last", [Step.COPY, Step.CLOSE, Step.VERIFY, Step.LEAVE])
def test_a_move_can_be_aborted_until_the_source_has_left(
    two_folders: tuple[Cluster, Cluster],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    last: Step,
) -> None:
    source, target = two_folders
    told = say_some(source, "before", 3)
    move = the_move(source, target, tmp_path)
    take = move._take

    def take_until(step: Step, journal: Journal) -> None:
        take(step, journal)
        if step is last:
            raise InterruptedError

    monkeypatch.setattr(move, "_take", take_until)
    with pytest.raises(InterruptedError):
        move.run()

    if last is Step.LEAVE:
        with pytest.raises(MoveRefused, match="already"):
            the_move(source, target, tmp_path).abort()
        the_move(source, target, tmp_path).run()
        arrived = target
    else:
        the_move(source, target, tmp_path).abort()
        # The one who was aborted goes on as if nothing had been said.
        monkeypatch.undo()
        if last is Step.VERIFY:
            stale = Journal("another-move", MOVING, ADDRESS, [s.value for s in Step][:7])
            with pytest.raises(MoveRefused, match="not held"):
                the_move(source, target, tmp_path)._leave(stale)
        with pytest.raises(DBAPIError):
            say_some(target, "too-early", 1)
        arrived = source
    told += say_some(arrived, "later", 2)
    settle(arrived.house.composition)
    assert arrived.house.compare(told).sentences == []


def test_a_town_can_come_back(two_folders: tuple[Cluster, Cluster], tmp_path: Path) -> None:
    source, target = two_folders
    told = say_some(source, "first", 3)
    the_move(source, target, tmp_path).run()
    told += say_some(target, "second", 3)

    (tmp_path / "back").mkdir()
    the_move(target, source, tmp_path / "back").run()

    told += say_some(source, "third", 3)
    settle(source.house.composition)
    assert source.house.compare(told).sentences == []


def test_what_is_not_ready_is_said_and_nothing_is_closed(
    two_folders: tuple[Cluster, Cluster], tmp_path: Path
) -> None:
    source, target = two_folders
    key = target.house.composition.settings.keys_folder / f"{MOVING}.key"
    right = key.read_bytes()

    def refusal() -> str:
        fresh = [RunningHouse(tmp_path, read_settings(one.settings)) for one in two_folders]
        with pytest.raises(MoveRefused) as said:
            Move(*(one.composition for one in fresh), MOVING, ADDRESS, tmp_path / "move.json").run()
        for one in fresh:
            one.close()
        return str(said.value)

    key.unlink()
    missing = refusal()
    KeyRing(key.parent).ensure(MOVING)
    other = refusal()
    key.write_bytes(right)
    mine = source.house.composition.settings.keys_folder
    KeyRing(mine).make_version(MOVING)
    without_a_version = refusal()
    KeyRing(key.parent).make_version(MOVING)
    other_version = refusal()
    (key.parent / f"{MOVING}v2.key").write_bytes((mine / f"{MOVING}v2.key").read_bytes())
    town = target.house.composition.settings.towns / f"{MOVING}.toml"
    text = town.read_text()
    town.write_text(text + '\nplugins = ["ikoma"]\n')
    plugins = refusal()
    town.unlink()
    unknown = refusal()
    town.write_text(text)
    databases.migrate_one(target.house.composition, MOVING)
    say_some(target, "in-use", 1)
    used = refusal()

    assert f"{MOVING}.key" in missing
    assert "移し元と違います" in other
    assert f"移し元の {MOVING}v2.key を、移し先の鍵のフォルダーへ" in without_a_version
    assert f"移し先の鍵 {MOVING}v2.key が移し元と違います" in other_version
    assert "拡張機能か設定が違います" in plugins
    assert "町のファイル" in unknown
    assert "もう使われています" in used
    say_some(source, "still-open", 1)


def test_a_file_of_settings_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "other.env"
    path.write_text("KASANE_VAR=/x\nexport PATH\n")

    with pytest.raises(SettingsError, match="line 2"):
        read_settings(path)
    with pytest.raises(SettingsError, match="was not read"):
        read_settings(tmp_path / "none.env")
