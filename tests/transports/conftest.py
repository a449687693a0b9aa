"""Gives one suite each transport in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pika
import pytest

from kasane_kit.bus.topology import DEAD_QUEUE
from tests.support.private_rabbitmq import PrivateRabbit
from tests.transports.hearers import HEARS, Wired, in_process, over_amqp


@pytest.fixture
def broker_url(private_rabbitmq: PrivateRabbit) -> str:
    """The address of a broker without the queues of an earlier test."""
    with pika.BlockingConnection(pika.URLParameters(private_rabbitmq.url)) as connection:
        for name in (*(f"kasane.{service}" for service in HEARS), DEAD_QUEUE):
            connection.channel().queue_delete(name)
    return private_rabbitmq.url


@pytest.fixture(params=["in_process", pytest.param("amqp", marks=pytest.mark.rabbitmq)])
def wired(request: pytest.FixtureRequest) -> Iterator[Wired]:
    """Two listening services on a transport."""
    if request.param == "in_process":
        with in_process() as wiring:
            yield wiring
    else:
        with over_amqp(request.getfixturevalue("broker_url")) as wiring:
            yield wiring
