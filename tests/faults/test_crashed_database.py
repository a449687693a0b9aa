"""Crashes PostgreSQL, or takes one town's database away, while events are on their way; nothing is lost or twice."""

from __future__ import annotations

import re

import pytest

from tests.faults.load import Load
from tests.faults.running_house import STILL_SECONDS, TOWNS, RunningHouse, moving_until
from tests.support.own_processes import again, wait_until
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


@pytest.mark.slow
def test_a_town_without_its_database_is_named_and_holds_up_no_other(
    distributed_house: RunningHouse, private_postgres: PrivatePostgres
) -> None:
    house, (town, other) = distributed_house, TOWNS
    for worker in WORKERS:
        house.start("work", worker)
    load = Load(house.composition, seed=20261122)
    load.start()
    try:
        house.wait_until_heard("cases", 40)
        rename(private_postgres, f"kasane_{town}", "aside")
        wait_for_more(house, other)
        rename(private_postgres, "aside", f"kasane_{town}")
        wait_for_more(house, town)
    finally:
        load.stop()

    house.wait_until_settled()
    assert load.refused > 0
    assert house.compare(load.confirmed).sentences == []
    assert re.search(rf"in {town} waits: .*does not exist", house.log_of("cases").read_text())
    assert [house.end(worker) for worker in WORKERS] == [0, 0, 0]


def wait_for_more(house: RunningHouse, town: str) -> None:
    """Returns when a consumer has written down forty more events of a town."""
    before = house.heard_in("resources", town)

    def heard() -> int:
        return house.heard_in("resources", town)

    assert moving_until(lambda: heard() >= before + 40, heard, STILL_SECONDS)


def rename(server: PrivatePostgres, name: str, to: str) -> None:
    """A database gets another name although somebody is in it."""
    server.psql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    server.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    assert wait_until(again(lambda: renamed(server, name, to)), seconds=STILL_SECONDS)
    server.psql(f'ALTER DATABASE "{to}" ALLOW_CONNECTIONS true')


def renamed(server: PrivatePostgres, name: str, to: str) -> bool:
    """Whether nobody was in it any more, so that it has the new name."""
    try:
        server.psql(f'ALTER DATABASE "{name}" RENAME TO "{to}"')
    except RuntimeError:
        return False
    return True
