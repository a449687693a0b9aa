"""Workers of two releases stand side by side during the switch; nobody stops, nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kasane_kit.bus import ParkingReason
from kasane_kit.bus.tables import dead_letter
from kasane_kit.tenancy import municipality_scope
from tests.faults.load import Load
from tests.faults.running_house import TOWNS, RunningHouse
from tests.faults.small_house import ROOT, heard_by
from tests.support import own_processes
from tests.upgrades.next_release import FOLDER, LATER

WORKERS = ("intake", "cases", "resources")
NEXT = "tests.upgrades.next_release"


@pytest.fixture
def going_on() -> Iterator[Callable[[Load], Load]]:
    """Starts one producer of a load, and ends it whatever happens."""
    started: list[Load] = []

    def start(load: Load) -> Load:
        started.append(load)
        load.start(1)
        return load

    yield start
    for load in started:
        load.stop()


@pytest.mark.slow
def test_a_release_replaces_the_one_before_while_both_work(
    distributed_house: RunningHouse, tmp_path: Path, going_on: Callable[[Load], Load]
) -> None:
    house = distributed_house
    folder = tmp_path / "cases"
    for release in (ROOT, Path(__file__).parent / "next_services"):
        shutil.copytree(release / "cases", folder, dirs_exist_ok=True)
    release = {FOLDER: str(folder)}
    for worker in WORKERS:
        house.start("work", worker)
    load = going_on(Load(house.composition, 21))
    house.wait_until_heard("resources", 20, seconds=200)

    # Expand: the release before goes on, also when it is started anew on the wider tables.
    house.start("migrate", "expand", module=NEXT, **release)
    house.wait_for("expand", seconds=200)
    house.kill("cases")
    house.start("work", "cases")
    more(house, 20)
    more(house, 20, "cases")
    # Cases changes first, so that resources of the release before hears what it does not know.
    house.start("work", "cases", known_as="next-cases", module=NEXT, **release)
    assert house.end("cases") == 0
    assert own_processes.wait_until(
        own_processes.again(lambda: parked(house, ParkingReason.UNKNOWN_EVENT) >= 5), seconds=200
    )
    more(house, 20)
    house.start("work", "resources", known_as="next-resources", module=NEXT, **release)
    assert house.end("resources") == 0
    # Contract: nobody of the release before writes there any more.
    house.start("migrate", "contract", module=NEXT, **release)
    house.wait_for("contract", seconds=200)
    house.start("requeue", "resources", known_as="requeue", module=NEXT, **release)
    house.wait_for("requeue", seconds=200)
    more(house, 10)
    load.stop()
    house.wait_until_settled(seconds=200)

    assert load.refused == 0
    assert house.compare(load.confirmed).sentences == []
    assert parked(house) == 0
    second = sum(count_of_second(house, town) for town in TOWNS)
    first = len(load.confirmed)
    assert 5 <= second < first
    assert [house.end(name) for name in ("intake", "next-cases", "next-resources")] == [0, 0, 0]


def more(house: RunningHouse, events: int, service: str = "resources") -> None:
    """Waits until a service has heard so many more."""
    house.wait_until_heard(service, house.heard(service) + events, seconds=200)


def parked(house: RunningHouse, reason: ParkingReason | None = None) -> int:
    """How many events resources has put aside in all towns."""
    total = 0
    statement = select(func.count()).select_from(dead_letter)
    if reason is not None:
        statement = statement.where(dead_letter.c.reason == reason.value)
    for town in TOWNS:
        databases = house.composition.house.databases
        with municipality_scope(town), databases.reading("resources") as connection:
            total += connection.scalar(statement) or 0
    return total


def count_of_second(house: RunningHouse, town: str) -> int:
    """How many events of the second version resources wrote down; each of them once."""
    table = heard_by("resources")
    databases = house.composition.house.databases
    with municipality_scope(town), databases.reading("resources") as connection:
        ids = list(
            connection.scalars(select(table.c.consultation_id).where(table.c.producer == LATER))
        )
    assert len(ids) == len(set(ids))
    return len(ids)
