"""The small house in its next release: one column more, and a second version of an event beside the first.

python -m tests.upgrades.next_release work cases
python -m tests.upgrades.next_release migrate expand
python -m tests.upgrades.next_release requeue resources
"""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert

from kasane_contracts import registry
from kasane_contracts.cases import CaseClosed
from kasane_contracts.intake import ConsultationClosed
from kasane_kit.bus import dead_letters
from kasane_kit.config import Settings
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime import databases
from kasane_runtime.compose import Composition, compose
from kasane_runtime.processes import work
from tests.faults import small_house

FOLDER = "NEXT_RELEASE_CASES"
LATER = "cases, second version"

HEARD = Table(
    "cases_small_heard",
    MetaData(),
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String(64), nullable=False),
    Column("producer", String(32), nullable=False),
    Column("consultation_id", String(64), nullable=False),
    Column("told", Text, nullable=False),
)


@dataclass(frozen=True)
class CaseClosedFully:
    """What the second version says more."""

    case_id: str
    consultation_id: str
    told: str


def cases_hears(event: ConsultationClosed, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes down more than before, and says both versions."""
    uow.connection.execute(
        insert(HEARD).values(
            event_id=uow.causation_id,
            producer="intake",
            consultation_id=event.consultation_id,
            told="all of it",
        )
    )
    uow.record("cases.consultation.heard", "consultation", event.consultation_id)
    uow.publish(CaseClosed(event.outcome, event.consultation_id, "closed"))
    uow.publish(CaseClosedFully(event.outcome, event.consultation_id, "all of it"))


def resources_hears_fully(event: CaseClosedFully, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes the second version down as a producer of its own."""
    small_house.write_down("resources", LATER, event.consultation_id, uow)


def next_services() -> dict[str, Service]:
    """The three services as they are next; registers the second version in this process."""
    registry.event("cases.case.closed", version=2, subject="case_id")(CaseClosedFully)
    before = small_house.SERVICES
    resources = before["resources"]
    return {
        **before,
        "cases": replace(
            before["cases"],
            root=Path(os.environ[FOLDER]),
            says=(CaseClosed, CaseClosedFully),
            hears={ConsultationClosed: cases_hears},
        ),
        "resources": replace(
            resources, hears={**resources.hears, CaseClosedFully: resources_hears_fully}
        ),
    }


def requeue(composition: Composition, service: str) -> None:
    """Gives every parked event back, as the operator does after the switch."""
    for town in composition.directory.towns():
        with municipality_scope(town.code):
            with composition.house.databases.reading(service) as connection:
                letters = dead_letters.list_letters(connection, 10_000)
            for letter in letters:
                composition.deliveries[service].requeue(letter.id)


def main(arguments: list[str]) -> int:
    """Does one thing in the next release."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    composition = compose(Settings.from_env(dict(os.environ)), next_services())
    verb, *rest = arguments
    if verb == "work":
        return work(composition, rest[0])
    if verb == "migrate":
        expand_only = rest[0] == "expand"
        databases.migrate(composition, logging.warning, expand_only=expand_only)
    if verb == "requeue":
        requeue(composition, rest[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
