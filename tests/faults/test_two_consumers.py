"""Two consumers of one service are at work in the same towns at once; the order holds and nothing comes twice.

A worker of all towns has a queue of its own beside that of a worker of named towns, so both are active and get every
event. No queue with a single active consumer parts them: the cursor's row does.
"""

from __future__ import annotations

import random
import sys

import pytest

from tests.faults.running_house import TOWNS, RunningHouse

PRODUCED = 300
KILLS = 8


@pytest.mark.slow
def test_two_active_consumers_of_the_same_towns_keep_the_order_however_they_are_killed(
    distributed_house: RunningHouse,
) -> None:
    house = distributed_house
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    draw = random.Random(seed)
    everywhere, named = {"known_as": "cases-of-all"}, {"known_as": "cases-of-towns"}
    kinds = {
        "cases-of-all": lambda: house.start("work", "cases", **everywhere),
        "cases-of-towns": lambda: house.start(
            "work", "cases", **named, KASANE_TOWNS=",".join(TOWNS)
        ),
    }
    for start in kinds.values():
        start()
    for worker in ("intake", "resources"):
        house.start("work", worker)
    for producer in ("window", "phone"):
        house.start("produce", producer, str(PRODUCED))

    for turn in range(KILLS):
        house.wait_until_heard("cases", draw.randint(20, 40) * (turn + 1))
        victim = draw.choice(sorted(kinds))
        house.kill(victim)
        kinds[victim]()
    for producer in ("window", "phone"):
        house.wait_for(producer)

    house.wait_until_settled()
    assert house.differences(("window", "phone")) == []
    assert house.heard("cases") == 2 * PRODUCED
    assert house.heard("resources") == 4 * PRODUCED
    assert [house.end(worker) for worker in kinds] == [0, 0]
