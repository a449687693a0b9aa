"""Crashes PostgreSQL while events are on their way; workers wait, nothing is lost or applied twice."""

from __future__ import annotations

import pytest

from tests.faults.running_house import RunningHouse
from tests.support.private_postgres import PrivatePostgres

PRODUCED = 200
WORKERS = ("intake", "cases", "resources")


@pytest.mark.slow
def test_crashing_postgresql_under_load_loses_nothing_and_ends_no_worker(
    distributed_house: RunningHouse, private_postgres: PrivatePostgres
) -> None:
    house = distributed_house
    house.start("produce", "window", str(PRODUCED))
    house.wait_for("window")
    for worker in WORKERS:
        house.start("work", worker)

    house.wait_until_heard("cases", 20)
    private_postgres.crash()
    private_postgres.start()
    house.wait_until_heard("cases", 120)
    private_postgres.crash()
    private_postgres.start()
    house.start("produce", "phone", "20")
    house.wait_for("phone")

    house.wait_until_settled()
    assert house.differences(("window", "phone")) == []
    assert house.heard("resources") == 2 * (PRODUCED + 20)
    assert [house.end(worker) for worker in WORKERS] == [0, 0, 0]
