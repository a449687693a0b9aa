"""Runs the small house as processes and compares what was committed with what was applied."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import outbox
from kasane_kit.bus.tables import attempt, cursor, dead_letter, event_log
from kasane_kit.bus.tables import outbox as outbox_table
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition
from tests.faults.small_house import heard_by, said, small_house
from tests.support import own_processes

REPOSITORY = Path(__file__).parents[2]
TOWNS = {"292095": "290009", "012319": "010006"}
HEARD = {"cases": ("intake",), "resources": ("cases", "intake")}
STILL_SECONDS = 180.0
"""Longer than any time limit of the house; however slow a machine is, something moves within it."""
BUSINESS_EVENTS = ("intake.consultation.closed.v1", "cases.case.closed.v1")


def write_town_files(folder: Path) -> Path:
    """Two towns without plugins."""
    folder.mkdir()
    for code, prefecture in TOWNS.items():
        lines = [f'code = "{code}"', f'name = "町 {code}"', f'prefecture = "{prefecture}"']
        (folder / f"{code}.toml").write_text("\n".join(lines), "utf-8")
    return folder


def moving_until(done: Callable[[], bool], state: Callable[[], Any], seconds: float) -> bool:
    """Whether something was done before its state stayed the same for so long: a slow machine is no fault."""
    seen, deadline = None, time.monotonic() + seconds
    while not done():
        now = state()
        if now != seen:
            seen, deadline = now, time.monotonic() + seconds
        elif time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@dataclass
class Comparison:
    """What was applied of what was committed: how many, what is missing, what came twice, what is not in order."""

    events: int = 0
    lost: int = 0
    twice: int = 0
    holes: int = 0
    sentences: list[str] = field(default_factory=list)

    def add(self, where: str, said: Sequence[Any], applied: Sequence[Any]) -> None:
        """Counts how two lists that should be the same are not."""
        lost, strange = len(set(said) - set(applied)), len(set(applied) - set(said))
        twice = len(applied) - len(set(applied))
        self.lost += lost
        self.twice += twice
        self.sentences.append(
            f"{where}: {len(said)} said, {len(applied)} applied, "
            f"{lost} lost, {twice} twice, {strange} never said, or in another order"
        )


class RunningHouse:
    """The small house in one environment: its processes by name, and a view into its databases."""

    def __init__(
        self, folder: Path, environment: dict[str, str], towns: Sequence[str] = tuple(TOWNS)
    ) -> None:
        self.composition: Composition = small_house(environment)
        self.towns = towns
        self._folder = folder
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "LANG": "C.UTF-8",
            **environment,
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        *arguments: str,
        known_as: str = "",
        module: str = "tests.faults.small_house",
        **environment: str,
    ) -> None:
        """Starts ``<module> <verb> <name> …``; it is known by that name, or another, from then on."""
        name = known_as or arguments[1]
        self._processes[name] = own_processes.start(
            [sys.executable, "-m", module, *arguments],
            environment=self._environment | environment,
            log=self.log_of(name),
            folder=REPOSITORY,
        )

    @property
    def running(self) -> frozenset[str]:
        """The names of the processes that have not ended."""
        return frozenset(name for name, one in self._processes.items() if one.poll() is None)

    def kill(self, name: str) -> None:
        """SIGKILL, in the middle of whatever it does."""
        process = self._processes[name]
        assert process.poll() is None, f"{name} had ended: {own_processes.tail(self.log_of(name))}"
        own_processes.end(process, signal.SIGKILL)

    def stand_still(self, name: str) -> None:
        """SIGSTOP, in the middle of whatever it does."""
        self._processes[name].send_signal(signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """SIGCONT, as if no time had passed."""
        self._processes[name].send_signal(signal.SIGCONT)

    def end(self, name: str) -> int:
        """SIGTERM, as an operator does; returns the exit status."""
        own_processes.end(self._processes[name], signal.SIGTERM, patience=20)
        return self._processes[name].returncode

    def wait_for(self, name: str, *, seconds: float = STILL_SECONDS) -> None:
        """Returns when a process has ended by itself with status 0; it has to go on printing meanwhile."""
        process = self._processes[name]
        done = moving_until(
            lambda: process.poll() is not None, lambda: self.log_of(name).stat().st_size, seconds
        )
        own_processes.end(process, signal.SIGKILL)
        assert done, f"{name} stands still: {own_processes.tail(self.log_of(name))}"
        assert process.returncode == 0, own_processes.tail(self.log_of(name))

    def close(self) -> None:
        """Ends what still runs."""
        for process in self._processes.values():
            own_processes.end(process, signal.SIGKILL)
        self.composition.house.databases.dispose()

    def log_of(self, name: str) -> Path:
        """What a process printed, over all its lives."""
        return self._folder / f"{name}.log"

    def acknowledged(self, name: str) -> list[tuple[str, str]]:
        """(town, consultation) of each commit that a producer has told; a torn last line is none."""
        text = self.log_of(name).read_text()
        whole = text[: text.rfind("\n") + 1]
        return [
            (parts[0], parts[1])
            for line in whole.splitlines()
            if len(parts := line.split()) == 2 and parts[0] in TOWNS
        ]

    def heard(self, service: str) -> int:
        """How many events a consumer has written down in all towns."""
        return sum(self.heard_in(service, town) for town in self.towns)

    def heard_in(self, service: str, town: str) -> int:
        """How many events a consumer has written down in one town."""
        with self._reading(service, town) as connection:
            return connection.scalar(select(func.count()).select_from(heard_by(service))) or 0

    def wait_until_heard(self, service: str, many: int, *, seconds: float = STILL_SECONDS) -> None:
        """Returns when a consumer has written down so many; fails when for so long it wrote nothing down."""
        done = moving_until(
            lambda: self.heard(service) >= many, lambda: self.heard(service), seconds
        )
        assert done, f"{service} heard {self.heard(service)} of {many}\n{self._logs()}"

    def wait_until_settled(self, *, seconds: float = STILL_SECONDS) -> None:
        """Returns when every consumer stands where its producers' logs end; fails when nothing moved for so long."""
        done = moving_until(lambda: not self._unsettled(), self._unsettled, seconds)
        assert done, f"{self._unsettled()}\n{self._logs()}"

    def differences(self, producers: tuple[str, ...]) -> list[str]:
        """Where what was applied is not what was committed; empty when it is the same."""
        return self.compare(
            [told for name in producers for told in self.acknowledged(name)]
        ).sentences

    def compare(self, acknowledged: list[tuple[str, str]]) -> Comparison:
        """Everything that was told to a producer, committed, logged and applied, side by side."""
        found = Comparison()
        for town in self.towns:
            committed = self._committed(town)
            told = {one for code, one in acknowledged if code == town}
            for one in told - committed:
                found.lost += 1
                found.sentences.append(f"{town}: {one} was confirmed and is not there")
            for producer in ("intake", "cases"):
                for problem in self._log_problems(producer, town):
                    found.holes += 1
                    found.sentences.append(f"{town}: {problem}")
            in_log = [consultation for _, consultation in self._log("intake", town)]
            if sorted(in_log) != sorted(committed):
                found.add(f"{town}: the log of intake", sorted(committed), sorted(in_log))
            for consumer, heard_producers in HEARD.items():
                for producer in heard_producers:
                    logged = self._log(producer, town)
                    applied = self._applied(consumer, producer, town)
                    found.events += len(applied)
                    if applied != logged:
                        found.add(f"{town} {producer}→{consumer}", logged, applied)
                found.sentences += self._leftovers(consumer, town)
        return found

    def _unsettled(self) -> list[str]:
        waiting = []
        for town in self.towns:
            # A duplicate may still be in hand; its try is counted before it is looked at.
            waiting += [one for consumer in HEARD for one in self._leftovers(consumer, town)]
            for producer in ("intake", "cases"):
                with self._reading(producer, town) as connection:
                    if outbox.anything_waiting(connection):
                        waiting.append(f"{town}: {producer} has events without a number")
                    head = outbox.head(connection)
                for consumer, heard_producers in HEARD.items():
                    if head is None or producer not in heard_producers:
                        continue
                    with self._reading(consumer, town) as connection:
                        place = connection.scalar(
                            select(cursor.c.sequence).where(cursor.c.producer == producer)
                        )
                    if place != head.sequence:
                        waiting.append(
                            f"{town}: {consumer} at {place} of {producer}'s {head.sequence}"
                        )
        return waiting

    def _committed(self, town: str) -> set[str]:
        with self._reading("intake", town) as connection:
            return set(connection.scalars(select(said.c.consultation_id)))

    def _log(self, producer: str, town: str) -> list[tuple[str, str]]:
        """(event, consultation) of the business events in the order of their numbers."""
        with self._reading(producer, town) as connection:
            bodies = connection.scalars(
                select(event_log.c.body)
                .where(event_log.c.type.in_(BUSINESS_EVENTS))
                .order_by(event_log.c.sequence)
            )
            envelopes = [Envelope.from_json(body) for body in bodies]
        return [(envelope.id, envelope.data["consultation_id"]) for envelope in envelopes]

    def _applied(self, consumer: str, producer: str, town: str) -> list[tuple[str, str]]:
        table = heard_by(consumer)
        with self._reading(consumer, town) as connection:
            rows = connection.execute(
                select(table.c.event_id, table.c.consultation_id)
                .where(table.c.producer == producer)
                .order_by(table.c.position)
            )
            return [(row.event_id, row.consultation_id) for row in rows]

    def _log_problems(self, producer: str, town: str) -> Iterator[str]:
        with self._reading(producer, town) as connection:
            numbers = list(
                connection.scalars(select(event_log.c.sequence).order_by(event_log.c.sequence))
            )
            epochs = set(connection.scalars(select(event_log.c.epoch)))
            left = connection.scalar(select(func.count()).select_from(outbox_table))
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the log of {producer} has holes"
        if len(epochs) > 1:
            yield f"the log of {producer} has {len(epochs)} epochs"
        if left:
            yield f"{left} events of {producer} have no number"

    def _leftovers(self, consumer: str, town: str) -> list[str]:
        with self._reading(consumer, town) as connection:
            return [
                f"{town}: {consumer} has {count} rows in {table.name}"
                for table in (dead_letter, attempt)
                if (count := connection.scalar(select(func.count()).select_from(table)))
            ]

    @contextmanager
    def _reading(self, service: str, town: str) -> Iterator[Connection]:
        with (
            municipality_scope(town),
            self.composition.house.databases.reading(service) as connection,
        ):
            yield connection

    def _logs(self) -> str:
        return "\n".join(
            f"-- {name}\n{own_processes.tail(self.log_of(name), 15)}" for name in self._processes
        )
