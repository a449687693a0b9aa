"""A house of three small services that can be run as real processes, and killed.

Intake says that a consultation was closed. Cases hears it, writes it down and says that a case was
closed. Resources hears both. So every event of intake must be found once in cases, and twice, in
two streams, in resources.

    python -m tests.faults.small_house work cases
    python -m tests.faults.small_house produce <name> <how many>
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from kasane_contracts.cases import CaseClosed
from kasane_contracts.intake import ConsultationClosed
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.config import Settings
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime.compose import Composition, compose
from kasane_runtime.processes import EmbeddedLoop, work

ROOT = Path(__file__).parent / "small_services"
SUBJECTS = 7
WRONG_HOURS = "SMALL_HOUSE_WRONG_HOURS"

metadata = MetaData()
said = Table(
    "intake_small_said",
    metadata,
    Column("consultation_id", String(64), primary_key=True),
    Column("said_by", String(64), nullable=False),
)


@cache
def heard_by(service: str) -> Table:
    """What a service wrote down of each event, in the order of its own commits.

    Made once for each service: a second making would take the columns away under a thread that is using them.
    """
    return Table(
        f"{service}_small_heard",
        metadata,
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("event_id", String(64), nullable=False),
        Column("producer", String(32), nullable=False),
        Column("consultation_id", String(64), nullable=False),
    )


# Made here, before there are threads.
for _service in ("cases", "resources"):
    heard_by(_service)


class SmallRefusal(Exception):
    """The small services refuse nothing."""


def cases_hears(event: ConsultationClosed, uow: UnitOfWork, _hooks: Any) -> None:
    write_down("cases", "intake", event.consultation_id, uow)
    uow.publish(CaseClosed(event.outcome, event.consultation_id, "closed"))


def resources_hears_intake(event: ConsultationClosed, uow: UnitOfWork, _hooks: Any) -> None:
    write_down("resources", "intake", event.consultation_id, uow)


def resources_hears_cases(event: CaseClosed, uow: UnitOfWork, _hooks: Any) -> None:
    write_down("resources", "cases", event.consultation_id, uow)


def write_down(service: str, producer: str, consultation_id: str, uow: UnitOfWork) -> None:
    uow.connection.execute(
        insert(heard_by(service)).values(
            event_id=uow.causation_id, producer=producer, consultation_id=consultation_id
        )
    )
    uow.record(f"{service}.consultation.heard", "consultation", consultation_id)


def small_service(name: str, says: tuple[type, ...], hears: dict[type, Any]) -> Service:
    return Service(
        name=name,
        package="tests.faults.small_house",
        root=ROOT / name,
        pages=(),
        api=(),
        permissions=(),
        says=says,
        hears=hears,
        tables=(),
        refusal=SmallRefusal,
    )


SERVICES = {
    "cases": small_service("cases", (CaseClosed,), {ConsultationClosed: cases_hears}),
    "intake": small_service("intake", (ConsultationClosed,), {}),
    "resources": small_service(
        "resources",
        (),
        {ConsultationClosed: resources_hears_intake, CaseClosed: resources_hears_cases},
    ),
}


def small_house(environment: dict[str, str]) -> Composition:
    """The three services with the adapters that the environment asks for."""
    return compose(Settings.from_env(environment), SERVICES)


def say_one(
    composition: Composition, municipality: str, name: str, number: int, *, linger: float = 0
) -> str:
    """One business transaction of intake with its event; returns the id once it is committed.

    ``linger`` is how many seconds it stays open after the event was written.
    """
    consultation_id = f"{name}-{number:05d}"
    actor = Actor("account-1", "職員 一郎", municipality)
    with (
        municipality_scope(municipality),
        UnitOfWork(composition.house, "intake", actor) as uow,
    ):
        uow.connection.execute(insert(said).values(consultation_id=consultation_id, said_by=name))
        uow.record("intake.consultation.closed", "consultation", consultation_id)
        uow.publish(ConsultationClosed(consultation_id, f"case-{number % SUBJECTS}"))
        time.sleep(linger)
        uow.commit()
    return consultation_id


def produce(composition: Composition, name: str, many: int) -> None:
    """Commits in all towns in turn and tells of each commit after it, on a line of its own."""
    towns = [town.code for town in composition.directory.towns()]
    for number in range(many):
        municipality = towns[number % len(towns)]
        done = say_one(composition, municipality, name, number)
        sys.stdout.write(f"{municipality} {done}\n")
        sys.stdout.flush()


def set_clock_wrong(hours: float) -> None:
    """Lets the clock of the house be wrong in this process; those of the servers stay right."""
    right = clock.now

    def wrong() -> datetime:
        return right() + timedelta(hours=hours)

    clock.now = wrong


def main(arguments: list[str]) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    set_clock_wrong(float(os.environ.pop(WRONG_HOURS, 0)))
    composition = small_house(dict(os.environ))
    verb, name, *rest = arguments
    if verb == "work":
        return work(composition, name)
    if verb == "embedded":
        EmbeddedLoop(composition).start()
    produce(composition, name, int(rest[0]))
    if verb == "embedded":
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
