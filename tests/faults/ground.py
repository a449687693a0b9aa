"""The ground on which things go wrong: two workers of each service between lines that may fail."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import MessageCodes, outbox
from kasane_kit.tenancy import municipality_scope
from tests.faults.load import Load
from tests.faults.running_house import TOWNS, RunningHouse
from tests.faults.small_disk import SmallDisk
from tests.support.faulty_line import FaultyLine
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

SERVICES = ("intake", "cases", "resources")


@dataclass
class Ground:
    """What a fault may touch. The workers reach both servers over the lines, the producers do not."""

    house: RunningHouse
    load: Load
    postgres: PrivatePostgres
    rabbit: PrivateRabbit
    broker_line: FaultyLine
    database_line: FaultyLine
    draw: random.Random
    disk: SmallDisk | None = None
    neighbours: Sequence[PrivateRabbit] = ()

    def start_worker(self, service: str, number: int, **environment: str) -> None:
        """One of the workers of a service, known as ``<service>-<number>``."""
        self.house.start(
            *("work", service),
            known_as=f"{service}-{number}",
            KASANE_BROKER_URL=self.rabbit.url.replace(
                f":{self.rabbit.port}/", f":{self.broker_line.port}/"
            ),
            KASANE_DATABASE_URL=self.postgres.dsn.replace(
                f":{self.postgres.port}/", f":{self.database_line.port}/"
            ),
            **environment,
        )

    def kill_and_restart(self, service: str, number: int, **environment: str) -> None:
        """SIGKILL in the middle of whatever the worker does, then a new one."""
        self.house.kill(f"{service}-{number}")
        self.start_worker(service, number, **environment)

    def some_time(self, shortest: float, longest: float) -> None:
        """Lets the load go on for a random while."""
        time.sleep(self.draw.uniform(shortest, longest))

    @contextmanager
    def standing_still(self, *workers: str) -> Iterator[None]:
        """SIGSTOP, and SIGCONT at the end."""
        for worker in workers:
            self.house.stand_still(worker)
        try:
            yield
        finally:
            for worker in workers:
                self.house.wake(worker)

    def some_of_the_log(self, town: str, most: int) -> list[Envelope]:
        """The last events of intake in a town, oldest first."""
        databases = self.house.composition.house.databases
        with municipality_scope(town), databases.reading("intake") as connection:
            head = outbox.head(connection)
            if head is None:
                return []
            return list(outbox.read_log(connection, head.epoch, max(0, head.sequence - most), most))

    def ask_another_broker(self, than: PrivateRabbit) -> None:
        """The workers' line leads to another of the three, and what is open on it breaks."""
        left = [one for one in (self.rabbit, *self.neighbours) if one is not than]
        self.broker_line.target = self.draw.choice(left).port
        self.broker_line.reset()

    @property
    def asked_broker(self) -> PrivateRabbit:
        """The one to which the workers' line leads."""
        asked = self.broker_line.target
        return next(one for one in (self.rabbit, *self.neighbours) if one.port == asked)

    @property
    def codes(self) -> MessageCodes:
        """What makes a message one of the house."""
        return MessageCodes(self.house.composition.house.keys)

    def towns(self) -> tuple[str, ...]:
        """Both towns."""
        return tuple(TOWNS)
