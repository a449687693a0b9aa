"""Gives each journey a running house, embedded and distributed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import houses
from tests.journeys.houses import House
from tests.journeys.workers import SignIn, desks
from tests.support import own_processes
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit
from tests.support.relay import Relay

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys of one module stay in one test process, so that its house is started only once."""
    for item in items:
        if item.path.parent == HERE and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="package")
def furnished() -> Iterator[Path]:
    """Databases with every town's staff, made once for all houses on SQLite."""
    folder = own_processes.make_folder("kasane-furnished-")
    yield houses.furnish(folder)
    own_processes.delete_folder(folder)


@pytest.fixture(scope="module")
def embedded_house(furnished: Path) -> Iterator[House]:
    """One process on SQLite."""
    folder = own_processes.make_folder("kasane-embedded-")
    house = houses.embedded(folder, furnished)
    try:
        house.wait()
        yield house
    finally:
        house.close()
        own_processes.delete_folder(folder)


@pytest.fixture(scope="package")
def distributed_house(
    private_postgres: PrivatePostgres, private_rabbitmq: PrivateRabbit
) -> Iterator[House]:
    """Ten processes on PostgreSQL and RabbitMQ, the same for every journey that is played on them."""
    folder = own_processes.make_folder("kasane-distributed-")
    house = houses.distributed(folder, private_postgres, private_rabbitmq)
    try:
        house.wait()
        yield house
    finally:
        house.close()
        own_processes.delete_folder(folder)


@pytest.fixture
def embedded_sign_in(chromium: Browser, embedded_house: House) -> Iterator[SignIn]:
    """A function that puts somebody of any town of the one-process house before a browser."""
    with desks(chromium, embedded_house) as enter:
        yield enter


@pytest.fixture
def embedded_line(embedded_house: House) -> Iterator[Relay]:
    """A telephone's line to the one-process house, which a journey may cut."""
    line = Relay(embedded_house.address)
    yield line
    line.close()
