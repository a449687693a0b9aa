"""Gives the fault tests a house on their own PostgreSQL and RabbitMQ, or on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pika
import pytest

from kasane_runtime import broker, databases
from tests.faults.running_house import RunningHouse, write_town_files
from tests.faults.small_house import SERVICES
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit


def drop_our_databases(server: PrivatePostgres) -> None:
    """Leaves nothing of an earlier test on the server."""
    names = server.psql("SELECT datname FROM pg_database WHERE datname LIKE 'kasane\\_%'").split()
    for name in names:
        server.psql(f'DROP DATABASE "{name}" WITH (FORCE)')


def delete_our_queues(rabbit: PrivateRabbit) -> None:
    """Leaves nothing of an earlier test in the broker."""
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        for shape in broker.queues(SERVICES):
            connection.channel().queue_delete(shape.name)


@pytest.fixture
def distributed_house(
    tmp_path: Path, private_postgres: PrivatePostgres, private_rabbitmq: PrivateRabbit
) -> Iterator[RunningHouse]:
    """The small house, migrated, its queues declared, no process running yet."""
    drop_our_databases(private_postgres)
    delete_our_queues(private_rabbitmq)
    house = RunningHouse(
        tmp_path,
        {
            "KASANE_MODE": "distributed",
            "KASANE_KEYS": str(tmp_path / "keys"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
            "KASANE_DATABASE_URL": private_postgres.dsn,
            "KASANE_ADMIN_DATABASE_URL": private_postgres.dsn,
            "KASANE_BROKER_URL": private_rabbitmq.url,
        },
    )
    databases.migrate_postgres(house.composition)
    broker.declare(private_rabbitmq.url, broker.queues(house.composition.services))
    yield house
    house.close()


@pytest.fixture
def embedded_house(tmp_path: Path) -> Iterator[RunningHouse]:
    """The small house on SQLite files, migrated, no process running yet."""
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
