"""Restarts and wipes RabbitMQ under load; nothing is lost, nothing applied twice."""

from __future__ import annotations

import pytest

from kasane_runtime import broker
from tests.faults.running_house import RunningHouse
from tests.support.private_rabbitmq import PrivateRabbit

PRODUCED = 200
WORKERS = ("intake", "cases", "resources")


def waiting_in_queue(url: str, house: RunningHouse, queue: str) -> int:
    """How many messages the broker keeps for a consumer."""
    states = broker.show(url, broker.queues(house.composition.services))
    return next(state.messages for state in states if state.name == queue)


@pytest.mark.slow
def test_restarting_rabbitmq_under_load_loses_nothing(
    distributed_house: RunningHouse, private_rabbitmq: PrivateRabbit
) -> None:
    house = distributed_house
    for worker in WORKERS:
        house.start("work", worker)
    house.start("produce", "window", str(PRODUCED))

    house.wait_until_heard("cases", 40)
    private_rabbitmq.stop()
    private_rabbitmq.start()
    house.start("produce", "phone", str(PRODUCED))
    house.wait_until_heard("cases", PRODUCED + 40)
    private_rabbitmq.kill()
    private_rabbitmq.start()
    house.wait_for("window")
    house.wait_for("phone")

    house.wait_until_settled()
    assert house.differences(("window", "phone")) == []
    assert house.heard("cases") == 2 * PRODUCED
    assert house.heard("resources") == 4 * PRODUCED


@pytest.mark.slow
def test_wiping_rabbitmq_under_load_and_at_the_end_loses_nothing(
    distributed_house: RunningHouse, private_rabbitmq: PrivateRabbit
) -> None:
    house = distributed_house
    for worker in WORKERS:
        house.start("work", worker)
    house.start("produce", "window", str(PRODUCED))

    house.wait_until_heard("cases", 40)
    private_rabbitmq.wipe()
    house.wait_for("window")
    house.wait_until_settled()

    # The last events lie in a queue when it is wiped: no later number will show the gap.
    house.kill("resources")
    house.start("produce", "phone", "20")
    house.wait_for("phone")
    house.wait_until_heard("cases", PRODUCED + 20)
    assert waiting_in_queue(private_rabbitmq.url, house, "kasane.resources") > 0
    private_rabbitmq.wipe()
    assert waiting_in_queue(private_rabbitmq.url, house, "kasane.resources") == 0
    house.start("work", "resources")

    house.wait_until_settled()
    assert house.differences(("window", "phone")) == []
    assert house.heard("resources") == 2 * (PRODUCED + 20)
