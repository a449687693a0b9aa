"""Two services of which one says and one writes down, as processes: as little business as there can be.

python -m tests.benchmarks.bus_house intake
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from kasane_contracts.intake import ConsultationClosed
from kasane_kit.auth import Actor
from kasane_kit.config import Settings
from kasane_kit.service import Heard, Together
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime.compose import Composition, compose
from kasane_runtime.processes import work
from tests.faults.small_house import heard_by, said, small_service

HEARD = heard_by("cases")


def hears(heard: Sequence[Heard], uow: UnitOfWork, _hooks: Any) -> None:
    """One row for each event."""
    uow.connection.execute(
        insert(HEARD),
        [
            {
                "event_id": one.event_id,
                "producer": "intake",
                "consultation_id": one.event.consultation_id,
            }
            for one in heard
        ],
    )


def bus_house(environment: dict[str, str]) -> Composition:
    """Intake says, cases hears."""
    services = {
        "cases": small_service("cases", (), {ConsultationClosed: Together(hears)}),
        "intake": small_service("intake", (ConsultationClosed,), {}),
    }
    return compose(Settings.from_env(environment), services)


def say(composition: Composition, town: str, ids: Sequence[str]) -> None:
    """Business rows and their events in one transaction."""
    actor = Actor("account-1", "職員 一郎", town)
    with municipality_scope(town), UnitOfWork(composition.house, "intake", actor) as uow:
        rows = [{"consultation_id": one, "said_by": "bench"} for one in ids]
        uow.connection.execute(insert(said), rows)
        for one in ids:
            uow.publish(ConsultationClosed(one, "closed"))
        uow.connection.commit()
        uow.tell()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    sys.exit(work(bus_house(dict(os.environ)), sys.argv[1]))
