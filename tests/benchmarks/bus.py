"""Measures the bus from the producer's commit to the consumer's, beside bare servers; last line one JSON.

Every time is a commit time of PostgreSQL (track_commit_timestamp), so no clock of ours is in it.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from operator import truediv
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from kasane_kit.tenancy.town import valid_code
from kasane_runtime import broker
from kasane_runtime.compose import Composition
from tests.benchmarks.bare_bus import BareBus, batched_insert, confirmed_publish
from tests.benchmarks.bus_house import bus_house, say
from tests.benchmarks.bus_towns import hurried, idle, make_towns, some
from tests.benchmarks.measuring import Times
from tests.faults.running_house import REPOSITORY, TOWNS, write_town_files
from tests.support import own_processes
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

BUSY, QUIET = TOWNS
WAIT_SECONDS = 120
CEILING_SECONDS = 2.0
MANY_TOWNS = 100
COMMITTED = """SELECT extract(epoch FROM pg_xact_commit_timestamp(s.xmin))::float8,
                      extract(epoch FROM pg_xact_commit_timestamp(h.xmin))::float8
               FROM intake.intake_small_said s JOIN cases.cases_small_heard h
               USING (consultation_id) WHERE s.consultation_id LIKE %s"""


class Bench:
    """The two services at work, and what was committed when."""

    def __init__(self, composition: Composition, postgres: PrivatePostgres, folder: Path) -> None:
        self.composition = composition
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.first_of_all = 0.0
        self._postgres = postgres
        self._folder = folder

    def times(self, town: str, name: str, many: int) -> list[tuple[float, float]]:
        """(said, heard) in seconds of the events whose id begins with a name, once all are heard."""
        with psycopg.connect(
            self._postgres.dsn_of(f"kasane_{town}"), autocommit=True
        ) as connection:
            deadline = time.monotonic() + WAIT_SECONDS
            while True:
                rows = connection.execute(COMMITTED, (f"{name}-%",)).fetchall()
                if len(rows) >= many:
                    return rows
                if time.monotonic() > deadline:
                    logs = [own_processes.tail(one) for one in self._folder.glob("*.log")]
                    raise SystemExit(
                        "\n".join([f"{len(rows)} of {many} were heard; nothing is reported", *logs])
                    )
                time.sleep(0.1)

    def drain(self, name: str, many: int) -> float:
        """Events a second of a backlog that was committed at once."""
        say(self.composition, BUSY, [f"{name}-{number:05d}" for number in range(many)])
        times = self.times(BUSY, name, many)
        return many / (max(heard for _, heard in times) - min(told for told, _ in times))

    def drain_over(self, towns: Sequence[str], name: str, many: int) -> float:
        """Events a second of a backlog of so many towns together, once the relay is let go."""
        each = many // len(towns)
        relay = self.workers["intake"]
        relay.send_signal(signal.SIGSTOP)
        for town in towns:
            say(self.composition, town, [f"{name}-{number:05d}" for number in range(each)])
        with psycopg.connect(self._postgres.dsn, autocommit=True) as connection:
            row = connection.execute(
                "SELECT extract(epoch FROM clock_timestamp())::float8"
            ).fetchone()
        assert row is not None
        relay.send_signal(signal.SIGCONT)
        last = max(heard for town in towns for _, heard in self.times(town, name, each))
        return each * len(towns) / (last - row[0])

    def latency(self, name: str, rate: float, seconds: float) -> list[float]:
        """Milliseconds of each event said alone at a rate."""
        many = int(rate * seconds)
        began = time.perf_counter()
        for number in range(many):
            say(self.composition, BUSY, [f"{name}-{number:05d}"])
            time.sleep(max(0.0, began + (number + 1) / rate - time.perf_counter()))
        took = time.perf_counter() - began
        out(f"{name}: {many} said in {took:.1f} s, {many / took:.0f} a second")
        return [1000 * (heard - told) for told, heard in self.times(BUSY, name, many)]

    def latency_in_turn(self, name: str, codes: Sequence[str]) -> list[float]:
        """Milliseconds of one event in each of some towns, one after the other."""
        found = []
        for number, town in enumerate(codes):
            one = f"{name}{number}"
            say(self.composition, town, [f"{one}-0"])
            found += [1000 * (heard - told) for told, heard in self.times(town, one, 1)]
            time.sleep(0.3)
        return found

    def beside_a_flood(self, many: int) -> list[float]:
        """Milliseconds of single events of one town while another town's backlog is drained."""
        say(self.composition, BUSY, [f"flood-{number:05d}" for number in range(many)])
        for number in range(20):
            say(self.composition, QUIET, [f"beside-{number:05d}"])
            time.sleep(0.05)
        beside = self.times(QUIET, "beside", 20)
        flood = self.times(BUSY, "flood", many)
        out(f"the flood was over {max(h for _, h in flood) - min(t for t, _ in flood):.1f} s later")
        return [1000 * (heard - told) for told, heard in beside]


def main(arguments: list[str] | None = None) -> None:
    """Measures and prints."""
    report(measured(arguments))


def measured(arguments: list[str] | None = None) -> dict[str, object]:
    """Starts servers and workers of its own and measures; raises SystemExit where a server is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=6000, help="of one backlog")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of each latency series")
    parser.add_argument("--towns", type=int, nargs="*", default=[1, 40], help="for the growth")
    parser.add_argument("--kept", type=int, default=128, help="connections a process keeps")
    parser.add_argument("--max-connections", type=int, default=600, help="of the server")
    parser.add_argument("--only-growth", action="store_true", help="leave out what one town shows")
    chosen = parser.parse_args(arguments)
    programs = find_postgres_folder(), find_rabbitmq_folder(), find_epmd()
    if None in programs:
        raise SystemExit("PostgreSQL or RabbitMQ is not installed; nothing was measured")
    with ExitStack() as stack:
        postgres = PrivatePostgres(
            programs[0],
            track_commit_timestamp="on",
            max_connections=str(chosen.max_connections),
            max_locks_per_transaction="256",
        )
        stack.callback(postgres.close)
        rabbit = PrivateRabbit(programs[1], programs[2])
        stack.callback(rabbit.close)
        postgres.start()
        rabbit.start()
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kasane-bus-")))
        bench = running(folder, postgres, rabbit, stack, chosen)
        return measure(bench, postgres, rabbit, chosen)


def running(
    folder: Path,
    postgres: PrivatePostgres,
    rabbit: PrivateRabbit,
    stack: ExitStack,
    chosen: argparse.Namespace,
) -> Bench:
    """The house of two services with a worker each, which have heard something already."""
    towns = max(chosen.towns)
    town_files = write_town_files(folder / "towns")
    codes = filter(valid_code, map(str, range(500_000, 600_000)))
    for code in islice(codes, max(0, towns - len(TOWNS))):
        (town_files / f"{code}.toml").write_text(
            f'code = "{code}"\nname = "町 {code}"\nprefecture = "010006"\n', "utf-8"
        )
    environment = {
        "KASANE_MODE": "distributed",
        "KASANE_KEYS": str(folder / "keys"),
        "KASANE_TOWN_FILES": str(town_files),
        "KASANE_DATABASE_URL": postgres.dsn,
        "KASANE_ADMIN_DATABASE_URL": postgres.dsn,
        "KASANE_BROKER_URL": rabbit.url,
        "KASANE_KEPT_CONNECTIONS": str(chosen.kept),
    }
    composition = bus_house(environment)
    if len(composition.directory.towns()) != max(towns, len(TOWNS)):
        raise SystemExit(
            f"not {towns} towns but {composition.directory.problems}; nothing was measured"
        )
    stack.callback(composition.house.databases.dispose)
    with hurried(postgres, towns):
        make_towns(composition, postgres, out)
    broker.declare(rabbit.url, broker.queues(composition.services))
    bench = Bench(composition, postgres, folder)
    for service in composition.services:
        worker = bench.workers[service] = own_processes.start(
            [sys.executable, "-m", "tests.benchmarks.bus_house", service],
            environment={
                "PATH": "/usr/bin:/bin",
                "PYTHONFAULTHANDLER": "1",
                "LANG": "C.UTF-8",
                **environment,
            },
            log=folder / f"{service}.log",
            folder=REPOSITORY,
        )
        stack.callback(own_processes.end_all, [worker], own_processes.signal.SIGTERM)
    codes = [town.code for town in composition.directory.towns()]
    began = time.monotonic()
    for town in codes:
        say(composition, town, ["warm-1"])
    for town in codes:
        bench.times(town, "warm", 1)
    bench.first_of_all = time.monotonic() - began
    return bench


def measure(
    bench: Bench, postgres: PrivatePostgres, rabbit: PrivateRabbit, chosen: argparse.Namespace
) -> dict[str, object]:
    """Ours and the bare ones in turns, then latencies, one town beside another's flood, and many towns."""
    if chosen.only_growth:
        return grown(bench, postgres, chosen)
    bare = BareBus(rabbit.url, postgres.dsn)
    ours, hands = [], []
    # Once for nothing on both sides: statements are prepared after a few times, memory and files grow.
    out(
        f"not counted: {bench.drain('first', chosen.events):.0f} a second, "
        f"written by hand {bare.drain(chosen.events):.0f}"
    )
    for turn in range(chosen.rounds):
        ours.append(bench.drain(f"drain{turn}", chosen.events))
        hands.append(bare.drain(chosen.events))
        out(f"round {turn + 1}: {ours[-1]:.0f} a second, written by hand {hands[-1]:.0f}")
    slow, fast = (
        bench.latency("slow", 20, chosen.seconds),
        bench.latency("fast", 200, chosen.seconds / 2),
    )
    beside = bench.beside_a_flood(chosen.events)
    quiet, flooded = Times.at(slow, 0.5), Times.at(beside, 0.5)
    return {
        "events_per_second": round(statistics.median(ours)),
        "by_hand_per_second": round(statistics.median(hands)),
        "bare_publish_per_second": round(confirmed_publish(rabbit.url, CEILING_SECONDS)),
        "bare_insert_per_second": round(batched_insert(postgres.dsn, CEILING_SECONDS)),
        # Of each turn its own, because the machine is not equally busy in all of them.
        "bus_ratio": round(statistics.median(map(truediv, ours, hands)), 3),
        "p50_ms_at_20": round(quiet, 1),
        "p99_ms_at_20": round(Times.at(slow, 0.99), 1),
        "p50_ms_at_200": round(Times.at(fast, 0.5), 1),
        "p99_ms_at_200": round(Times.at(fast, 0.99), 1),
        "quiet_town_ms": {"alone": round(quiet, 1), "beside_a_flood": round(flooded, 1)},
        "longest_ms_beside_a_flood": round(max(beside), 1),
        "beside_to_alone": round(flooded / quiet, 2),
        **grown(bench, postgres, chosen),
    }


def grown(bench: Bench, postgres: PrivatePostgres, chosen: argparse.Namespace) -> dict[str, object]:
    """What quiet ones of many towns cost, how soon one of them is heard, and a backlog over few and many."""
    codes = [town.code for town in bench.composition.directory.towns()]
    result: dict[str, object] = {}
    if max(chosen.towns) >= MANY_TOWNS:
        pids = {name: worker.pid for name, worker in bench.workers.items()}
        result["first_of_all_s"] = round(bench.first_of_all, 1)
        out(f"every town was heard once within {bench.first_of_all:.0f} s")
        result["idle"] = idle(postgres, pids)
        out(f"idle: {result['idle']}")
        quiet = bench.latency_in_turn("quiet", some(codes, 60))
        result["quiet_towns_p50_ms"] = round(Times.at(quiet, 0.5), 1)
        result["quiet_towns_longest_ms"] = round(max(quiet), 1)
        again = bench.latency_in_turn("again", some(codes, 1) * 40)
        result["one_of_many_towns_p50_ms"] = round(Times.at(again[5:], 0.5), 1)
        out(
            f"quiet towns: {Times.at(quiet, 0.5):.0f} ms, one of them again and again: {Times.at(again[5:], 0.5):.0f}"
        )
    result["growth"] = {
        many: round(bench.drain_over(codes[:many], f"growth{many}", chosen.events))
        for many in chosen.towns
    }
    return result


def report(result: dict[str, object]) -> None:
    """The table, and the last line."""
    for name, value in result.items():
        out(f"{name:<28}{value}")
    out(json.dumps(result))


def out(words: str) -> None:
    """Writes to the terminal at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
