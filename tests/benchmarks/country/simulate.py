"""``make simulate``: how many machines 47 prefectures with 1,741 towns need, and how long people and events wait.

Every number it believes stands in ``assumptions.toml``. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.country.queueing import Bus, carried, poisson, quantile, served

FOLDER = Path(__file__).parent
EVENTS_OF_A_BACKLOG = 2000
MONTHS = (0, 12, 24, 36)


@dataclass(frozen=True)
class Town:
    """One municipality with as many people as the assumptions give it."""

    code: str
    prefecture: str
    name: str
    people: float


@dataclass(frozen=True)
class Outcome:
    """What one prefecture's cluster goes through in the busiest hour of a Monday."""

    prefecture: str
    towns: int
    people: int
    machines: int
    pages_per_second: float
    utilisation: float
    page_p50: float
    page_p95: float
    page_p99: float
    one_lost_utilisation: float
    one_lost_p99: float
    events_per_second: float
    consumer_utilisation: float
    event_p50: float
    event_p95: float
    event_p99: float
    event_p99_without_bell: float


def assumptions() -> dict[str, Any]:
    """The numbers of the file."""
    return tomllib.loads((FOLDER / "assumptions.toml").read_text("utf-8"))


def towns(people: Mapping[str, Any], seed: int) -> list[Town]:
    """Every municipality; those of a prefecture have together as many people as it was counted."""
    draw = random.Random(seed)
    with (FOLDER / "municipalities.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for prefecture, counted in people["prefectures"].items():
        mine = [row for row in rows if row["prefecture"] == prefecture]
        known = {
            r["name"]: people["cities"][r["name"]] for r in mine if r["name"] in people["cities"]
        }
        weights = {
            row["code"]: draw.lognormvariate(math.log(median), sigma)
            for row in mine
            if row["name"] not in known
            for median, sigma in [people["kinds"][row["name"][-1]]]
        }
        share = (counted - sum(known.values())) / sum(weights.values())
        for row in mine:
            thousands = known.get(row["name"]) or weights[row["code"]] * share
            found.append(Town(row["code"], prefecture, row["name"], thousands * 1000))
    return found


def pages_per_second(town: Town, facts: Mapping[str, Any], months: int = 0) -> float:
    """How often a page of the town is asked for in the busiest hour of a Monday."""
    work, day = facts["work"], facts["day"]
    year = town.people / 1000 * work["consultations_per_1000"] * work["requests_per_consultation"]
    grown = year * (1 + work["growth_per_month"]) ** months
    return float(grown / day["working_days"] * day["monday"] * day["busiest_hour"] / 3600)


def cluster(
    prefecture: str,
    mine: Sequence[Town],
    facts: Mapping[str, Any],
    seconds: float,
    seed: int,
    months: int = 0,
) -> Outcome:
    """The smallest number of machines that keeps the aims with one of them lost, and what people see with it."""
    machine = facts["machine"]
    rate = sum(pages_per_second(town, facts, months) for town in mine)
    mu = math.log(machine["page_seconds"]) - machine["page_sigma"] ** 2 / 2

    def pages(machines: int) -> tuple[list[float], float]:
        draw = random.Random(f"{seed} {prefecture} pages")
        servers = machines * machine["cores"]
        spent, busy = served(
            poisson(draw, rate, seconds),
            servers,
            lambda: draw.lognormvariate(mu, machine["page_sigma"]),
        )
        return spent, busy / (servers * seconds)

    needed = 1
    while True:
        left, used_left = pages(needed)
        good = quantile(left, 0.99) <= machine["longest_p99_seconds"]
        if good and used_left <= machine["highest_utilisation"]:
            break
        needed += 1
    whole, used = pages(needed + 1)
    draw = random.Random(f"{seed} {prefecture} events")
    per_event = facts["work"]["events_per_request"]
    streams = [
        list(poisson(draw, pages_per_second(town, facts, months) * per_event, seconds))
        for town in mine
    ]
    delays, busy = carried(streams, Bus(**facts["bus"]))
    unheard, _ = carried(streams, Bus(**facts["bus"] | {"bell": 0}))
    return Outcome(
        *(prefecture, len(mine), round(sum(town.people for town in mine)), needed + 1),
        *(rate, used, *(quantile(whole, share) for share in (0.5, 0.95, 0.99))),
        *(used_left, quantile(left, 0.99), rate * per_event, busy / seconds),
        *(quantile(delays, share) for share in (0.5, 0.95, 0.99)),
        quantile(unheard, 0.99),
    )


def bench_bus_again(facts: Mapping[str, Any]) -> dict[str, float]:
    """What the simulation says of the runs of ``make bench-bus``: one town, a backlog, 20 and 200 events a second."""
    bus = Bus(**facts["bus"])
    backlog, _ = carried([[0.0] * EVENTS_OF_A_BACKLOG], bus)
    found = {"backlog_per_second": EVENTS_OF_A_BACKLOG / max(backlog)}
    for rate in (20, facts["measured"]["at_per_second"]):
        delays, _ = carried([[number / rate for number in range(rate * 60)]], bus)
        found |= {f"p50_at_{rate}": quantile(delays, 0.5), f"p99_at_{rate}": quantile(delays, 0.99)}
    return found


def distance(facts: Mapping[str, Any], again: Mapping[str, float]) -> dict[str, float]:
    """Simulated over measured, for the point that the fit did not see."""
    rate = facts["measured"]["at_per_second"]
    return {
        name: again[f"{name}_at_{rate}"] / facts["measured"][f"{name}_seconds"]
        for name in ("p50", "p99")
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table of prefectures and one JSON line; 1 when the simulation is far from what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="one prefecture, for example 鳥取県")
    options = parser.parse_args(arguments)
    facts = assumptions()
    again = bench_bus_again(facts)
    ratios = distance(facts, again)
    everywhere = towns(facts["people"], options.seed)
    names = [name for name in facts["people"]["prefectures"] if options.only in ("", name)]
    tell(
        "prefecture towns people machines | pages/s used p50 p95 p99 ms | one lost: used p99 | "
        "events/s used p50 p95 p99 ms, p99 without bell"
    )
    outcomes = []
    for name in names:
        mine = [town for town in everywhere if town.prefecture == name]
        one = cluster(name, mine, facts, options.minutes * 60, options.seed)
        outcomes.append(one)
        ms = [
            round(value * 1000)
            for value in (one.page_p50, one.page_p95, one.page_p99, one.one_lost_p99)
        ]
        delays = (one.event_p50, one.event_p95, one.event_p99, one.event_p99_without_bell)
        bus = [round(value * 1000) for value in delays]
        tell(
            f"{name} {one.towns} {one.people:,} {one.machines} | {one.pages_per_second:.2f} {one.utilisation:.1%} "
            f"{ms[0]} {ms[1]} {ms[2]} | {one.one_lost_utilisation:.1%} {ms[3]} | "
            f"{one.events_per_second:.2f} {one.consumer_utilisation:.1%} {bus[0]} {bus[1]} {bus[2]} {bus[3]}"
        )
    largest = max(names, key=lambda name: facts["people"]["prefectures"][name])
    grown = {}
    for months in MONTHS:
        mine = [town for town in everywhere if town.prefecture == largest]
        one = cluster(largest, mine, facts, options.minutes * 60, options.seed, months)
        grown[months] = {
            "machines": one.machines,
            "used_with_one_lost": round(one.one_lost_utilisation, 4),
        }
    near = all(
        1 / facts["measured"]["within_factor"] <= ratio <= facts["measured"]["within_factor"]
        for ratio in ratios.values()
    )
    worst = max(outcomes, key=lambda one: one.event_p99)
    tell(
        json.dumps(
            {
                "prefectures": len(outcomes),
                "towns": sum(one.towns for one in outcomes),
                "machines": sum(one.machines for one in outcomes),
                "busiest": asdict(max(outcomes, key=lambda one: one.pages_per_second)),
                "slowest_events": {
                    "prefecture": worst.prefecture,
                    "p99_s": round(worst.event_p99, 4),
                    "p99_s_without_bell": round(worst.event_p99_without_bell, 4),
                },
                "growth": {largest: grown},
                "bench_bus_simulated": {name: round(value, 4) for name, value in again.items()},
                "simulated_over_measured": {
                    name: round(value, 3) for name, value in ratios.items()
                },
                "near_what_was_measured": near,
                "seed": options.seed,
            },
            ensure_ascii=False,
        )
    )
    return 0 if near else 1


def tell(line: str) -> None:
    """One line for the reader."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
