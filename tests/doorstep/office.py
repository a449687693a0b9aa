"""The office of the door-step's tests: real handlers on SQLite, workers, visits, and a bad line to them."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_outreach import tables
from kasane_outreach.app import service
from kasane_outreach.commands import CancelVisit, RecordVisit
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.door_item import DoorItem, VisitAddendum
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.visit import Visit
from kasane_outreach.handlers import cancel_visit, record_visit
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.door import DoorItems, VisitPapers
from tests.doorstep.backup import OutreachBackup

HOUSEHOLD: dict[str, Any] = {
    "name": "見本 花子",
    "address": "奈良県生駒市東新町8番38号",
    "reason": "電話に出ない",
    "purpose": "初回訪問",
    "phone": "0743-00-0000",
    "heard_at": datetime(2026, 11, 23, tzinfo=UTC),
}


@dataclass
class Office:
    """What people at the office do while a worker is on the way."""

    bench: Workbench
    worker: Actor
    other: Actor
    coordinator: Actor
    backup: OutreachBackup

    def new_visits(self, count: int) -> list[str]:
        """Visits of the worker today, each to a household of its own; one transaction."""
        made = []
        for _ in range(count):
            number = uuid.uuid4().hex[:12]
            made.append(
                Visit(
                    id=str(uuid.uuid4()),
                    request_id=f"request-{number}",
                    case_id=f"case-{number}",
                    person_id=f"person-{number}",
                    on=clock.today(),
                    starts_at=time(9, len(made)),
                    minutes=45,
                    workers=(self.worker.account_id,),
                )
            )
        with self.bench.unit(self.coordinator) as uow:
            # Those of an earlier day of the test are over, so that a round stays as long as a real one.
            over = clock.today() - timedelta(days=1)
            uow.connection.execute(update(tables.visit).values(on_day=over))
            for visit in made:
                ids = (visit.request_id, visit.case_id, visit.person_id)
                HouseholdsToReach(uow.connection).add(HouseholdToReach(*ids, **HOUSEHOLD))
                Visits(uow.connection).add(visit)
            uow.record("outreach.visit.scheduled", "visit", made[0].id)
            uow.commit()
        return [visit.id for visit in made]

    def visit(self, visit_id: str) -> Visit:
        """A visit as it stands."""
        with self.bench.reading() as connection:
            return Visits(connection).those([visit_id])[0]

    def items(self, visit_id: str) -> dict[str, DoorItem]:
        """What the office knows of things sent about a visit, by number."""
        with self.bench.reading() as connection:
            return {item.id: item for item in DoorItems(connection).of_visit(visit_id)}

    def addenda(self, visit_id: str) -> tuple[VisitAddendum, ...]:
        """The words added to a visit."""
        with self.bench.reading() as connection:
            return VisitPapers(connection).addenda_of(visit_id)

    def record(self, visit_id: str) -> None:
        """Somebody at the office records the visit, if it is still to be recorded."""
        visit = self.visit(visit_id)
        if visit.due:
            # What arrives from the door at the same moment may be first.
            with suppress(OutreachRefusal), self.bench.unit(self.coordinator) as uow:
                command = RecordVisit(visit_id, VisitResult.ABSENT, visit.version, "電話で聞いた")
                record_visit(command, uow)

    def hand_over(self, visit_id: str) -> None:
        """The visit goes to another worker, if it is still to be made."""
        with suppress(OutreachRefusal), self.bench.unit(self.coordinator) as uow:
            visits = Visits(uow.connection)
            visit = visits.get(visit_id)
            if visit.due:
                visit.workers = (self.other.account_id,)
                visits.save(visit)
                uow.record("outreach.visit.scheduled", "visit", visit_id)
                uow.commit()

    def give_back(self, visit_id: str) -> None:
        """The visit goes to the worker again, if it is still to be made."""
        with suppress(OutreachRefusal), self.bench.unit(self.coordinator) as uow:
            visits = Visits(uow.connection)
            visit = visits.get(visit_id)
            if visit.due:
                visit.workers = (self.worker.account_id,)
                visits.save(visit)
                uow.record("outreach.visit.scheduled", "visit", visit_id)
                uow.commit()

    def cancel(self, visit_id: str) -> None:
        """The visit is cancelled, if it is still to be made."""
        visit = self.visit(visit_id)
        if visit.due:
            with suppress(OutreachRefusal), self.bench.unit(self.coordinator) as uow:
                cancel_visit(CancelVisit(visit_id, "入院したため", visit.version), uow)


def open_office(folder: Path) -> Office:
    """An office with two workers and a coordinator."""
    bench = build_workbench(service, folder)
    return Office(
        bench,
        bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子"),
        bench.staff("outreach_worker", account_id="worker-2", name="訪問 二郎"),
        bench.staff("coordinator", account_id="coordinator-1", name="調整 太郎"),
        OutreachBackup(bench),
    )


def moment() -> datetime:
    """A moment of a working day."""
    return datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
