"""What visits by hand and accepted rounds share: a visit with workers, said to everybody."""

from collections.abc import Iterable
from datetime import date, time

from kasane_contracts import outreach as events
from kasane_kit.auth import accounts
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.domain.errors import WorkersMissing
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.visit import VISITING_FUNCTIONS, Visit
from kasane_outreach.handlers.subjects import VISIT
from kasane_outreach.repository import HouseholdsToReach, Visits


def visit_to(
    household: HouseholdToReach,
    visit_id: str,
    on: date,
    starts_at: time,
    minutes: int,
    workers: tuple[str, ...],
    round_id: str = "",
) -> Visit:
    """A visit to a household; it is scheduled by ``say_scheduled``."""
    return Visit(
        id=visit_id,
        request_id=household.id,
        case_id=household.case_id,
        person_id=household.person_id,
        on=on,
        starts_at=starts_at,
        minutes=minutes,
        workers=workers,
        two_person=household.two_person,
        round_id=round_id,
    )


def say_scheduled(visit: Visit, household: HouseholdToReach, uow: UnitOfWork) -> None:
    """Adds the visit, marks its household as scheduled, and says so."""
    household.visit_scheduled()
    HouseholdsToReach(uow.connection).save(household)
    Visits(uow.connection).add(visit)
    uow.record("outreach.visit.scheduled", VISIT, visit.id)
    uow.publish(
        events.VisitScheduled(
            visit_id=visit.id,
            request_id=visit.request_id,
            case_id=visit.case_id,
            worker_id=visit.workers[0],
            on=visit.on,
            starts_at=f"{visit.starts_at:%H:%M}",
            minutes=visit.minutes,
            second_worker_id=visit.workers[1] if len(visit.workers) > 1 else "",
            person_id=visit.person_id,
        )
    )


def say_cancelled(visit: Visit, uow: UnitOfWork, basis: str = "") -> None:
    """Writes down that a visit fell through, and says so."""
    uow.record("outreach.visit.cancelled", VISIT, visit.id, basis=basis)
    uow.publish(events.VisitCalledOff(visit.id, visit.request_id, visit.case_id))


def must_be_workers(account_ids: Iterable[str], uow: UnitOfWork) -> None:
    """Raises WorkersMissing unless every account is active and may be sent to a door."""
    for account_id in account_ids:
        known = accounts.find(uow.connection, account_id)
        if known is None or not known.active or not VISITING_FUNCTIONS & set(known.functions):
            raise WorkersMissing
