"""Measures pages beside their bare SQL, writing requests beside bare programs, and the bus; last line one JSON.

Five pages at two sizes through the real applications; consultations through gunicorn; a shorter run of bench-bus.
"""

import argparse
import json
import math
import sys
import time
from random import Random
from typing import Any

from tests.benchmarks.bus import measured
from tests.benchmarks.installation import (
    TOWNS,
    Installation,
    Seat,
    Sizes,
    counted,
    make_installation,
    start_server,
    tell,
)
from tests.benchmarks.measuring import Stopwatch, Times
from tests.benchmarks.pages import PAGES, TAKE, Known
from tests.benchmarks.writing import measure_writing

SIZES = ("large", "tenth")
QUOTED_FROM = 0.1
# What is chosen by options, and what it is in a run that is quoted, and in one that only shows that everything works.
LENGTHS: dict[str, tuple[float, float]] = {
    "seconds": (8.0, 0.5),
    "turns": (5, 2),
    "events": (6000, 100),
    "rounds": (5, 2),
    "bus_seconds": (4.0, 1.0),
    "bus_towns": (40, 2),
}


def main(arguments: list[str] | None = None) -> None:
    """Makes the installation, fills it, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes")
    parser.add_argument("--repetitions", type=int, default=600, help="requests per page and size")
    parser.add_argument("--towns", type=int, default=TOWNS, help="towns of each size")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument(
        "--distinct", action="store_true", help="other people in every town, instead of the same"
    )
    parser.add_argument("--seconds", type=float, help="of each writing program, a turn")
    parser.add_argument("--turns", type=int, help="of the writing programs")
    parser.add_argument("--events", type=int, help="of one backlog on the bus")
    parser.add_argument("--rounds", type=int, help="of such backlogs")
    parser.add_argument("--bus-seconds", type=float, help="of each latency series")
    parser.add_argument("--bus-towns", type=int, help="among which a backlog is spread")
    parser.add_argument(
        "--only-taking", action="store_true", help="writing requests alone, neither pages nor bus"
    )
    chosen = parser.parse_args(arguments)
    for name, (quoted, short) in LENGTHS.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, quoted if chosen.scale >= QUOTED_FROM else short)
    sizes, tenth = Sizes.at(chosen.scale), Sizes.at(chosen.scale / 10)
    server = start_server()
    try:
        began = time.monotonic()
        installation = make_installation(server, chosen.towns)
        tell(f"{2 * chosen.towns} towns migrated after {time.monotonic() - began:.0f} s")
        installation.fill(sizes, tenth, chosen.seed, distinct=chosen.distinct)
        holds = counted([installation.dsn(town) for town in installation.large])
        tell(f"filled after {time.monotonic() - began:.0f} s: {holds}")
        times = {} if chosen.only_taking else measure(installation, chosen.seed, chosen.repetitions)
        tell(f"measured after {time.monotonic() - began:.0f} s")
        written = measure_writing(
            installation, seconds=chosen.seconds, turns=chosen.turns, seed=chosen.seed
        )
        tell(f"written after {time.monotonic() - began:.0f} s")
        installation.close()
    finally:
        server.close()
    say_writing(written)
    if chosen.only_taking:
        say(json.dumps({**holds, **written}))
        return
    lengths = (
        "--events",
        chosen.events,
        "--rounds",
        chosen.rounds,
        "--seconds",
        chosen.bus_seconds,
    )
    bus = measured([*map(str, lengths), "--towns", str(chosen.bus_towns)])
    report(times, holds, growth_of_log(sizes, tenth), {**written, "bus": bus})


def measure(
    installation: Installation, seed: int, repetitions: int
) -> dict[tuple[str, str], Times]:
    """Page after page, large and tenth in turns, town after town; the first rounds only warm up."""
    seats = installation.seats()
    draw = Random(seed)
    towns = {"large": installation.large, "tenth": installation.small}
    many = len(installation.large)
    each = math.ceil(repetitions / many) + 3
    known = {
        town: Known.of(installation.databases, town, draw, each)
        for size in SIZES
        for town in towns[size]
    }
    watch, warm_up = Stopwatch(), 2 * many
    times = {(name, size): Times() for name in PAGES for size in SIZES}
    with watch.listening():
        for turn in range(-warm_up, repetitions):
            if turn == 0:
                times = {key: Times() for key in times}
            place, of_town = divmod(turn + warm_up, many)
            for name, page in PAGES.items():
                for size in SIZES:
                    town = towns[size][of_town]
                    seat: Seat = seats[town, page.login]
                    watch.request(
                        page, seat, known[town], place, installation.dsn(town), times[name, size]
                    )
    return times


def growth_of_log(sizes: Sizes, tenth: Sizes) -> float:
    """By how much a search tree of one town's consultations gets deeper."""
    return math.log(sizes.consultations) / math.log(tenth.consultations)


def say_writing(written: dict[str, Any]) -> None:
    """The writing programs beside each other."""
    for name, told in written.items():
        said = told.items() if isinstance(told, dict) else ((name, told),)
        words = "".join(f"  {what} {value}" for what, value in said)
        say(f"{name:<17}{words}" if isinstance(told, dict) else words)


def report(
    times: dict[tuple[str, str], Times],
    holds: dict[str, int],
    log_ratio: float,
    measured_beside: dict[str, Any],
) -> None:
    """The table of the pages, and the last line."""
    say(f"{'ms':<19}{'p50':>7}{'p95':>7}{'p99':>7}", "")
    say(f"{'1/10 p50':>10}{'p95':>7}{'p99':>7}{'growth p50':>12}{'p99':>6}", "")
    say(f"{'SQL p50':>9}{'p99':>7}{'ratio':>7}")
    pages, fraction = {}, {}
    for name in PAGES:
        large, tenth = times[name, "large"], times[name, "tenth"]
        p50, p95, p99 = (Times.at(large.page, share) for share in (0.5, 0.95, 0.99))
        t50, t95, t99 = (Times.at(tenth.page, share) for share in (0.5, 0.95, 0.99))
        bare, bare99 = Times.at(large.bare, 0.5), Times.at(large.bare, 0.99)
        say(f"{name:<19}{p50:>7.1f}{p95:>7.1f}{p99:>7.1f}{t50:>10.1f}{t95:>7.1f}{t99:>7.1f}", "")
        say(f"{p50 / t50:>12.2f}{p99 / t99:>6.2f}{bare:>9.1f}{bare99:>7.1f}{p50 / bare:>7.1f}")
        fraction[name] = bare / p50
        pages[name] = {
            "p50_ms": round(p50, 2),
            "p95_ms": round(p95, 2),
            "p99_ms": round(p99, 2),
            "p99_tenth_ms": round(t99, 2),
            "growth": round(p99 / t99, 3),
            "growth_p50": round(p50 / t50, 3),
            "ratio_to_sql": round(p50 / bare, 2),
        }
    say(f"ten times the data, logarithm of a town's consultations: × {log_ratio:.2f}")
    result = {
        "pages": pages,
        **holds,
        "log_ratio": round(log_ratio, 3),
        **measured_beside,
        "bus_ratio": measured_beside["bus"]["bus_ratio"],
        "read_ratio": round(min(one for name, one in fraction.items() if name != TAKE), 4),
    }
    say(json.dumps(result))


def say(words: str, end: str = "\n") -> None:
    """Writes to the terminal at once."""
    sys.stdout.write(words + end)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
