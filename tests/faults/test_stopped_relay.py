"""A relay that stands still is replaced, and what it does when it wakes up changes nothing."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from kasane_kit.bus import outbox
from kasane_kit.bus.tables import stream
from kasane_kit.tenancy import municipality_scope
from kasane_runtime import broker
from tests.faults.running_house import RunningHouse
from tests.faults.small_house import say_one
from tests.support.private_rabbitmq import PrivateRabbit

TOWN = "292095"
PRODUCED = 60
RELAYS = ("intake-1", "intake-2")


def leader(house: RunningHouse) -> tuple[str, int]:
    """Which relay of intake leads in the town, and under which generation."""
    with (
        municipality_scope(TOWN),
        house.composition.house.databases.reading("intake") as connection,
    ):
        row = connection.execute(select(stream.c.leader, stream.c.generation)).one()
    return row.leader, row.generation


@pytest.mark.slow
def test_a_relay_that_stands_still_is_replaced_and_changes_nothing_when_it_wakes(
    distributed_house: RunningHouse,
    private_rabbitmq: PrivateRabbit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = distributed_house
    databases = house.composition.house.databases
    monkeypatch.setattr(outbox, "RELAY_SECONDS", 1)
    say_one(house.composition, TOWN, "early", 0)
    with ExitStack() as stack:
        with municipality_scope(TOWN):
            # A relay that stands still where it holds the locks of numbering: the server ends it.
            still = stack.enter_context(databases.writing("intake"))
            assert outbox.lead(still, "stands still", 3600) is not None
        for worker in ("cases", "resources"):
            house.start("work", worker)
        for known_as in RELAYS:
            house.start("work", "intake", known_as=known_as)
        house.wait_until_heard("resources", 2)
        with pytest.raises(DBAPIError):
            outbox.number(still)

    house.start("produce", "window", str(PRODUCED))
    house.wait_until_heard("cases", 5)
    first = leader(house)
    house.stand_still("intake-1")
    house.wait_until_heard("cases", PRODUCED + 1)
    house.wake("intake-1")
    house.stand_still("intake-2")
    house.start("produce", "phone", str(PRODUCED))
    house.wait_until_heard("cases", 2 * PRODUCED + 1)
    house.wake("intake-2")
    house.wait_for("window")
    house.wait_for("phone")
    # Each of them was stopped once, so whichever led was replaced.
    assert leader(house)[1] > first[1]

    events, messages = broker.replay(private_rabbitmq.url, house.composition, TOWN, "intake")
    assert events > messages > 0

    house.wait_until_settled()
    assert house.differences(("window", "phone")) == []
    assert house.heard("resources") == 2 * (2 * PRODUCED + 1)
    assert [house.end(relay) for relay in RELAYS] == [0, 0]
