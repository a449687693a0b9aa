"""The simulation of the country agrees with what queueing theory and `make bench-bus` say."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import pytest

from tests.benchmarks.country import simulate
from tests.benchmarks.country.queueing import Bus, carried, poisson, quantile, served


def erlang_c(servers: int, offered: float) -> float:
    """The share of customers that wait in M/M/c, by the closed formula."""
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return last / (sum(offered**k / math.factorial(k) for k in range(servers)) + last)


@pytest.mark.parametrize(("servers", "used"), [(1, 0.5), (1, 0.8), (4, 0.7), (8, 0.85)])
def test_a_station_waits_as_long_as_the_formula_of_erlang_says(servers: int, used: float) -> None:
    draw = random.Random(5)
    rate = servers * used
    spent, busy = served(poisson(draw, rate, 150_000 / rate), servers, lambda: draw.expovariate(1))

    expected = erlang_c(servers, rate) / (servers - rate) + 1
    assert sum(spent) / len(spent) == pytest.approx(expected, rel=0.06)
    assert busy * rate / len(spent) / servers == pytest.approx(used, rel=0.03)


def test_service_of_the_same_length_halves_the_waiting_of_one_server() -> None:
    draw = random.Random(6)
    spent, _ = served(poisson(draw, 0.8, 150_000), 1, lambda: 1.0)

    assert sum(spent) / len(spent) - 1 == pytest.approx(0.8 / (2 * (1 - 0.8)), rel=0.06)


def test_every_event_arrives_once_and_none_before_it_was_said() -> None:
    bus = Bus(**simulate.assumptions()["bus"])
    draw = random.Random(7)
    streams = [list(poisson(draw, rate, 60)) for rate in (0.05, 1, 20)] + [[]]

    delays, busy = carried(streams, bus)

    assert len(delays) == sum(map(len, streams))
    assert min(delays) >= bus.relay_turn + bus.consumer_batch
    assert 0 < busy < 60


def test_a_town_that_was_idle_is_looked_at_within_the_longest_pause() -> None:
    bus = Bus(**simulate.assumptions()["bus"])

    heard, _ = carried([[1000.0, 5000.0]], bus)
    unheard, _ = carried([[1000.0, 5000.0]], replace(bus, bell=0))

    rest = bus.relay_turn + bus.consumer_batch + 0.001
    assert all(delay <= bus.bell + rest for delay in heard)
    assert all(delay <= bus.longest_poll + rest for delay in unheard)


def test_the_simulation_comes_near_what_the_bus_was_measured_at() -> None:
    facts = simulate.assumptions()
    again = simulate.bench_bus_again(facts)

    assert again["p50_at_20"] == pytest.approx(0.0133, rel=0.05)
    assert again["backlog_per_second"] == pytest.approx(11_269, rel=0.05)
    within = facts["measured"]["within_factor"]
    assert all(1 / within <= one <= within for one in simulate.distance(facts, again).values())


def test_there_are_1741_towns_and_every_prefecture_has_the_people_that_were_counted() -> None:
    facts = simulate.assumptions()["people"]
    everywhere = simulate.towns(facts, 7)

    assert len(everywhere) == len({town.code for town in everywhere}) == 1741
    for prefecture, thousands in facts["prefectures"].items():
        people = sum(town.people for town in everywhere if town.prefecture == prefecture)
        assert people == pytest.approx(thousands * 1000)
    assert simulate.towns(facts, 7) == everywhere != simulate.towns(facts, 8)


def test_more_work_needs_more_machines_and_losing_one_keeps_the_aims() -> None:
    facts = simulate.assumptions()
    mine = [t for t in simulate.towns(facts["people"], 7) if t.prefecture == "鳥取県"]
    busy = {**facts, "work": {**facts["work"], "requests_per_consultation": 90_000}}

    quiet, loaded = (simulate.cluster("鳥取県", mine, each, 60, 7) for each in (facts, busy))

    assert quiet.machines == 2
    assert loaded.machines > quiet.machines
    assert loaded.one_lost_p99 <= facts["machine"]["longest_p99_seconds"]
    assert loaded.utilisation < loaded.one_lost_utilisation <= 0.6


def test_the_command_ends_with_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.main(["--minutes", "2", "--only", "鳥取県"]) == 0

    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["prefectures"], last["towns"], last["seed"]) == (1, 19, 7)
    assert last["near_what_was_measured"] is True
    assert quantile([], 0.5) == 0.0
