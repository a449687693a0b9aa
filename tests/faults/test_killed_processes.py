"""Kills relays and consumers with SIGKILL under load; nothing is lost, nothing applied twice."""

from __future__ import annotations

import pytest

from kasane_runtime.processes import settle
from tests.faults.running_house import RunningHouse

PRODUCED = 500
WORKERS = ("intake", "cases", "resources")


@pytest.mark.slow
def test_killing_a_relay_and_the_consumers_under_load_loses_nothing(
    distributed_house: RunningHouse,
) -> None:
    house = distributed_house
    for worker in WORKERS:
        house.start("work", worker)
    house.start("produce", "window", str(PRODUCED))
    house.start("produce", "phone", str(PRODUCED))

    # The victim changes, so that each is hit while it has events in hand.
    for turn, victim in enumerate(("cases", "intake", "resources", "cases", "intake", "cases")):
        house.wait_until_heard("cases", 60 * (turn + 1))
        house.kill(victim)
        house.start("work", victim)
        if turn == 0:
            house.kill("phone")
    house.wait_for("window")

    house.wait_until_settled()
    assert house.differences(("window", "phone")) == []
    assert len(house.acknowledged("window")) == PRODUCED
    assert [house.end(worker) for worker in WORKERS] == [0, 0, 0]


@pytest.mark.slow
def test_killing_the_embedded_process_during_delivery_loses_nothing(
    embedded_house: RunningHouse,
) -> None:
    house = embedded_house
    names = ("first", "second", "third")
    for turn, name in enumerate(names):
        house.start("embedded", name, str(PRODUCED))
        house.wait_until_heard("resources", 60 * (turn + 1))
        house.kill(name)

    settle(house.composition)

    assert house.differences(names) == []
    assert house.heard("cases") >= 90
    assert house.heard("resources") == 2 * house.heard("cases")
