"""Plays every misfortune under load and compares everything after each; the last line is one JSON object.

python -m tests.faults.drill --seed 7 --rounds 1 --only broker_wiped relay_killed
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pika
from sqlalchemy.exc import DBAPIError

from kasane_runtime import broker, databases
from kasane_runtime.processes import settle
from tests.faults.conftest import drop_our_databases
from tests.faults.ground import SERVICES, Ground
from tests.faults.load import Load
from tests.faults.misfortunes import MISFORTUNES, ON_A_SMALL_DISK, ON_THREE_BROKERS, SPACIOUS
from tests.faults.running_house import Comparison, RunningHouse, write_town_files
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.small_house import say_one
from tests.support import own_processes
from tests.support.faulty_line import FaultyLine
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

SETTLE_SECONDS = 120
IN_HAND_SECONDS = 5
SMALL_DISK = "12m"
LARGER_DISK = "64m"
NOT_PLAYED = "{} was not played: only root may mount a small disk, and not everywhere"
EMBEDDED = ("embedded_process_killed", "embedded_disk_full")
TOWN = "292095"
WORKERS = tuple((service, number) for service in SERVICES for number in (1, 2))


@dataclass(frozen=True)
class Outcome:
    """What one misfortune left behind; ``seconds`` is how long the house took to catch up."""

    name: str
    confirmed: int
    refused: int
    seconds: float
    found: Comparison


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 when anything was lost, came twice, is missing in between or is not in order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--rounds", type=int, default=1, help="how often every misfortune comes")
    parser.add_argument("--only", nargs="*", default=[], help="names of misfortunes")
    chosen = parser.parse_args(arguments)
    wanted = chosen.only or [*MISFORTUNES, *EMBEDDED]
    unknown = set(wanted) - {*MISFORTUNES, *EMBEDDED}
    if unknown:
        parser.error(f"no such misfortune: {', '.join(sorted(unknown))}")
    say(f"seed {chosen.seed}")
    say(f"{'misfortune':<38}{'confirmed':>10}{'refused':>8}{'applied':>9}{'caught up':>11}")
    outcomes = []
    try:
        for turn in range(chosen.rounds):
            outcomes += play(wanted, chosen.seed + turn)
    finally:
        own_processes.dismiss_guard()
    result = {
        "faults": len(outcomes),
        "lost": sum(one.found.lost for one in outcomes),
        "twice": sum(one.found.twice for one in outcomes),
        "holes": sum(one.found.holes for one in outcomes),
        "differences": sum(len(one.found.sentences) for one in outcomes),
        "confirmed": sum(one.confirmed for one in outcomes),
        "applied": sum(one.found.events for one in outcomes),
        "worst_catch_up_s": round(max((one.seconds for one in outcomes), default=0), 1),
        "seed": chosen.seed,
    }
    say(json.dumps(result))
    return 1 if result["differences"] else 0


def play(wanted: list[str], seed: int) -> Iterator[Outcome]:
    """One misfortune after the other in one house; after a difference the next begins with a new one."""
    apart = {*EMBEDDED, *ON_A_SMALL_DISK, *ON_THREE_BROKERS}
    yield from play_on_servers([name for name in wanted if name not in apart], seed)
    yield from play_on_servers(
        [name for name in wanted if name in ON_THREE_BROKERS], seed, brokers=3
    )
    for name in wanted:
        if name in ON_A_SMALL_DISK:
            with small_disk(SPACIOUS) as disk:
                if disk is None:
                    say(NOT_PLAYED.format(name))
                else:
                    yield from play_on_servers([name], seed, disk)
        if name in EMBEDDED:
            with TemporaryDirectory(prefix="kasane-faults-") as folder:
                act = process_killed if name == EMBEDDED[0] else disk_full
                if (outcome := act(seed, Path(folder))) is not None:
                    yield told(outcome)


def play_on_servers(
    names: list[str], seed: int, disk: SmallDisk | None = None, brokers: int = 1
) -> Iterator[Outcome]:
    """Those of the distributed mode, in turn; with a disk the database lies on it."""
    if not names:
        return
    waiting = list(names)
    with running_servers(disk.folder if disk else None, brokers) as (postgres, rabbit, *others):
        while waiting:
            with on_servers(seed, postgres, rabbit) as ground:
                ground.disk, ground.neighbours = disk, others
                before = Comparison()
                while waiting:
                    outcome = after(ground, waiting.pop(0), before)
                    yield told(outcome)
                    before = replace(outcome.found, events=before.events + outcome.found.events)
                    if outcome.found.sentences:
                        break


@contextmanager
def on_servers(seed: int, postgres: PrivatePostgres, rabbit: PrivateRabbit) -> Iterator[Ground]:
    """An empty house of the distributed mode with two workers of each service, all of them at work."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kasane-faults-")))
        house = RunningHouse(
            folder,
            {
                "KASANE_MODE": "distributed",
                "KASANE_KEYS": str(folder / "keys"),
                "KASANE_TOWN_FILES": str(write_town_files(folder / "towns")),
                "KASANE_DATABASE_URL": postgres.dsn,
                "KASANE_ADMIN_DATABASE_URL": postgres.dsn,
                "KASANE_BROKER_URL": rabbit.url,
            },
        )
        stack.callback(house.close)
        empty(postgres, rabbit, house)
        databases.migrate_postgres(house.composition)
        broker.declare(rabbit.url, broker.queues(house.composition.services))
        lines = FaultyLine(rabbit.port), FaultyLine(postgres.port)
        for line in lines:
            stack.callback(line.close)
        ground = Ground(
            *(house, Load(house.composition, seed), postgres, rabbit, *lines),
            draw=random.Random(seed),
        )
        for worker in WORKERS:
            ground.start_worker(*worker)
        say_one(house.composition, TOWN, "first", 0)
        house.wait_until_heard("resources", 2)
        yield ground


def after(ground: Ground, name: str, before: Comparison) -> Outcome:
    """Load, misfortune, load, stop, catch up, and everything compared since the house was empty."""
    house, load = ground.house, ground.load
    confirmed, refused = len(load.confirmed), load.refused
    load.start()
    ground.some_time(0.5, 1.5)
    MISFORTUNES[name](ground)
    healed = time.monotonic()
    ground.some_time(0.5, 1.5)
    load.stop()
    problem = ""
    try:
        house.wait_until_settled(seconds=SETTLE_SECONDS)
    except AssertionError as error:
        problem = f"not caught up after {SETTLE_SECONDS} s: {error}"
    seconds = time.monotonic() - healed
    found = house.compare(load.confirmed)
    if found.sentences:
        # A duplicate that came just now counts as a try until it was looked at; a loss stays one.
        time.sleep(IN_HAND_SECONDS)
        found = house.compare(load.confirmed)
    found.events -= before.events
    names = {f"{service}-{number}" for service, number in WORKERS}
    found.sentences += [f"{one} ended by itself" for one in sorted(names - house.running)]
    found.sentences += [problem] if problem else []
    return Outcome(name, len(load.confirmed) - confirmed, load.refused - refused, seconds, found)


def process_killed(seed: int, folder: Path) -> Outcome:
    """The one process of the embedded mode is killed at random moments of the delivery."""
    draw = random.Random(f"{seed}-embedded")
    house = embedded(folder, folder / "var")
    names = [f"life-{number}" for number in range(1, 9)]
    for turn, name in enumerate(names):
        house.start("embedded", name, "5000")
        house.wait_until_heard("resources", 30 * (turn + 1))
        time.sleep(draw.uniform(0, 0.7))
        house.kill(name)
    began = time.monotonic()
    settle(house.composition)
    seconds = time.monotonic() - began
    told_of = [one for name in names for one in house.acknowledged(name)]
    found = house.compare(told_of)
    house.close()
    return Outcome("embedded_process_killed", len(told_of), 0, seconds, found)


def disk_full(seed: int, folder: Path) -> Outcome | None:
    """The embedded mode on a small disk in memory, filled until nothing can be written."""
    with small_disk(SMALL_DISK) as disk:
        if disk is None:
            say(NOT_PLAYED.format("embedded_disk_full"))
            return None
        house = embedded(folder, disk.folder / "var")
        draw = random.Random(f"{seed}-disk")
        confirmed, refused = [], 0
        while refused < 20:
            number = len(confirmed) + refused
            try:
                confirmed.append((TOWN, say_one(house.composition, TOWN, "full", number)))
                if draw.random() < 0.2:
                    settle(house.composition)
            except Exception as error:
                if not isinstance(error, DBAPIError | OSError) and "disk" not in str(error):
                    say(f"refused with {error!r}")
                refused += 1
        disk.set_size(LARGER_DISK)
        began = time.monotonic()
        confirmed.append((TOWN, say_one(house.composition, TOWN, "roomy", 0)))
        settle(house.composition)
        seconds = time.monotonic() - began
        found = house.compare(confirmed)
        house.close()
    return Outcome("embedded_disk_full", len(confirmed), refused, seconds, found)


def embedded(folder: Path, var: Path) -> RunningHouse:
    """The small house on SQLite files, migrated."""
    towns = str(write_town_files(folder / "towns"))
    house = RunningHouse(folder, {"KASANE_VAR": str(var), "KASANE_TOWN_FILES": towns})
    databases.migrate_sqlite(house.composition)
    return house


@contextmanager
def running_servers(
    within: Path | None, brokers: int
) -> Iterator[tuple[PrivatePostgres | PrivateRabbit, ...]]:
    """A PostgreSQL, its data ``within`` a folder where one is told, and so many RabbitMQ as one cluster.

    Ends with a sentence where the programs are missing.
    """
    programs = find_postgres_folder(), find_rabbitmq_folder(), find_epmd()
    if None in programs:
        raise SystemExit(
            "PostgreSQL or RabbitMQ is not installed; nothing was tried; make services"
        )
    with ExitStack() as stack:
        postgres = PrivatePostgres(programs[0], within=within)
        stack.callback(postgres.close)
        postgres.start()
        rabbits: list[PrivateRabbit] = []
        for _ in range(brokers):
            beside = rabbits[0] if rabbits else None
            rabbits.append(PrivateRabbit(programs[1], programs[2], beside=beside))
            stack.callback(rabbits[-1].close)
            rabbits[-1].start()
        yield postgres, *rabbits


def empty(postgres: PrivatePostgres, rabbit: PrivateRabbit, house: RunningHouse) -> None:
    """Leaves nothing of an earlier house on the servers."""
    postgres.start()
    rabbit.start()
    drop_our_databases(postgres)
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        for shape in broker.queues(house.composition.services):
            connection.channel().queue_delete(shape.name)


def told(outcome: Outcome) -> Outcome:
    """Prints a line of the table, and what is wrong under it."""
    say(
        f"{outcome.name:<38}{outcome.confirmed:>10}{outcome.refused:>8}"
        f"{outcome.found.events:>9}{outcome.seconds:>9.1f} s"
    )
    for sentence in outcome.found.sentences:
        say(f"  ✗ {sentence}")
    return outcome


def say(words: str) -> None:
    """Writes to the terminal at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
