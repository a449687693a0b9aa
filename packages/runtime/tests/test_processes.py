"""The loops behind the pages go on whatever fails, and the process table says which there are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from kasane_kit.bus import TransportUnavailable
from kasane_kit.config import Settings, SettingsError
from kasane_kit.tenancy import current_municipality
from kasane_runtime import databases
from kasane_runtime.processes import (
    Behind,
    EmbeddedLoop,
    process_table,
    relay_municipality,
    settle,
    sweep,
    work,
)
from tests.faults.running_house import RunningHouse, write_town_files
from tests.faults.small_house import say_one
from tests.support import own_processes

TOWN = "292095"
STREAM = (TOWN, "intake")
OTHER_TOWN = "012319"
OTHER_STREAM = (OTHER_TOWN, "intake")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunningHouse]:
    """The small house on SQLite files; its loop runs in this process."""
    house = RunningHouse(
        tmp_path,
        {
            "KASANE_VAR": str(tmp_path / "var"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
        },
    )
    databases.migrate_sqlite(house.composition)
    yield house
    house.close()


def take_away(house: RunningHouse, service: str) -> Path:
    """Puts a folder where the service's file was, so that nothing can be opened."""
    path = house.composition.settings.var / TOWN / f"{service}.sqlite"
    house.composition.house.databases.dispose()
    path.rename(path.with_suffix(".away"))
    while not path.is_dir():
        # A loop that runs meanwhile makes an empty file when it opens the database at this moment.
        path.unlink(missing_ok=True)
        with suppress(FileExistsError):
            path.mkdir()
    return path


def give_back(house: RunningHouse, path: Path) -> None:
    house.composition.house.databases.dispose()
    path.rmdir()
    path.with_suffix(".away").rename(path)


def test_the_table_has_a_web_and_a_worker_process_for_each_service_and_one_that_migrates():
    table = process_table(["intake", "cases"])

    assert [process.name for process in table] == [
        "migrate",
        "cases-web",
        "cases-worker",
        "intake-web",
        "intake-worker",
    ]
    assert table[0].command == "kasane migrate"
    assert table[2].command == "kasane work cases"
    assert table[3].environment == {"KASANE_MODE": "distributed", "KASANE_TARGET": "intake"}


def test_a_worker_of_no_service_is_refused_with_the_names_there_are(house):
    with pytest.raises(SettingsError, match=r"no service 'inteke'.*cases, intake, resources"):
        work(house.composition, "inteke")


def test_a_hearer_that_is_away_silences_no_other_and_catches_up(house):
    say_one(house.composition, TOWN, "window", 1)
    path = take_away(house, "resources")

    with pytest.raises(TransportUnavailable, match="resources"):
        relay_municipality(house.composition, TOWN)

    assert house.heard_in("cases", TOWN) == 1
    give_back(house, path)
    settle(house.composition)
    assert house.heard("cases") == 1
    assert house.heard("resources") == 2


def test_the_sweep_goes_on_past_a_database_that_is_away(house):
    say_one(house.composition, TOWN, "window", 1)
    path = take_away(house, "cases")

    sweep(house.composition)
    give_back(house, path)

    assert sweep(house.composition, ("cases",)) == 0
    settle(house.composition)
    assert sweep(house.composition) == 0
    assert house.heard("resources") == 2


def test_the_embedded_loop_relays_by_itself_and_goes_on_after_an_outage(house):
    loop = EmbeddedLoop(house.composition)
    loop.start()
    say_one(house.composition, TOWN, "window", 1)
    house.wait_until_heard("resources", 2)

    path = take_away(house, "resources")
    say_one(house.composition, TOWN, "window", 2)
    cases_heard = (house.heard_in("cases", TOWN) == 2 for _ in iter(int, 1))
    assert own_processes.wait_until(cases_heard, seconds=240)
    give_back(house, path)

    house.wait_until_heard("resources", 4)
    loop.stop()


def test_who_never_stops_talking_delays_neither_another_service_nor_another_town(
    house, monkeypatch
):
    relay = house.composition.relays["intake"]
    turn, numbers, talks = relay.run_once, count(1), threading.Event()
    talks.set()

    def turn_and_more() -> int:
        if talks.is_set() and current_municipality() == TOWN:
            say_one(house.composition, TOWN, "window", next(numbers))
        return turn()

    monkeypatch.setattr(relay, "run_once", turn_and_more)
    loop = EmbeddedLoop(house.composition)
    loop.start()
    try:
        house.wait_until_heard("resources", 6)
        say_one(house.composition, OTHER_TOWN, "window", 1)
        heard_there = (house.heard_in("resources", OTHER_TOWN) == 2 for _ in iter(int, 1))
        assert own_processes.wait_until(heard_there, seconds=240)
    finally:
        talks.clear()
        loop.stop()


def test_behind_asks_for_everything_at_first_and_then_only_for_what_waits():
    behind = Behind()
    assert behind.wait(60) == (set(), True)
    behind.add([STREAM])

    assert behind.wait(60) == ({STREAM}, False)

    behind.caught_up()
    behind.everything()
    assert behind.wait(60) == (set(), True)


def test_what_is_hurried_does_not_wait_for_what_failed():
    behind = Behind()
    behind.wait(60)
    behind.add([STREAM])
    behind.hurry([OTHER_STREAM])

    assert behind.wait(60) == ({OTHER_STREAM}, False)
    assert behind.wait(60) == ({STREAM}, False)

    behind.hurry([OTHER_STREAM])
    assert behind.hurried() == {OTHER_STREAM}
    assert behind.hurried() == set()


def test_a_setting_may_be_read_from_a_file(tmp_path: Path):
    (tmp_path / "broker").write_text("amqp://somewhere\n")

    settings = Settings.from_env({"KASANE_BROKER_URL_FILE": str(tmp_path / "broker")})

    assert settings.broker_url == "amqp://somewhere"


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"KASANE_BROKER_URL_FILE.*nothing was started"):
        Settings.from_env({"KASANE_BROKER_URL_FILE": str(tmp_path / "nowhere")})


def test_a_sweep_that_nothing_called_for_waits_between_towns_and_goes_on_when_it_is():
    behind = Behind()
    behind.wait(60)
    assert not behind.is_called_for()
    began = time.monotonic()
    behind.pause(0.05)
    assert time.monotonic() - began >= 0.05

    behind.everything()
    behind.pause(60)
    assert behind.is_called_for()
    assert not behind.is_called_for()
    behind.hurry([("292095", "intake")])
    behind.pause(60)
    assert behind.hurried() == {("292095", "intake")}
