"""Visits by hand: scheduled, cancelled, recorded."""

from collections.abc import Iterator
from contextlib import contextmanager

from kasane_contracts import outreach as events
from kasane_kit import clock
from kasane_kit.auth import accounts
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import CancelVisit, HandOverVisit, RecordVisit, ScheduleVisit
from kasane_outreach.domain.contact_attempt import ContactAttempt
from kasane_outreach.domain.disruption import VisitPin
from kasane_outreach.domain.errors import (
    AlreadyRecorded,
    DayIsPast,
    HouseholdClosed,
    SameDayVisit,
    VisitNotFound,
    WorkerBusy,
)
from kasane_outreach.domain.visit import Visit, VisitRecord
from kasane_outreach.handlers.scheduling import (
    must_be_workers,
    say_cancelled,
    say_scheduled,
    visit_to,
)
from kasane_outreach.handlers.subjects import VISIT
from kasane_outreach.repository import (
    ContactAttempts,
    HouseholdsToReach,
    Visits,
    hold_days,
    same_house_on,
)


def schedule_visit(command: ScheduleVisit, uow: UnitOfWork) -> str:
    """Gives a household a visit by hand, locked at the time that a person chose, and says so; returns its id.

    Raises WorkerBusy when a worker has another visit then, and SameDayVisit when somebody
    goes there on that day already and the person has not said that it is meant.
    """
    if command.on < clock.today():
        raise DayIsPast
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    household = households.get(command.request_id)
    if not household.open:
        raise HouseholdClosed
    must_be_workers(command.workers, uow)
    visit = visit_to(
        household, command.visit_id, command.on, command.starts_at, command.minutes, command.workers
    )
    visit.pin = VisitPin.LOCKED
    hold_days(uow.connection, [command.on])
    if not command.despite_same_day and same_house_on(uow.connection, household, command.on):
        raise SameDayVisit(on=command.on)
    _must_be_free(visit, visits, uow)
    say_scheduled(visit, household, uow)
    uow.commit()
    return visit.id


def hand_over_visit(command: HandOverVisit, uow: UnitOfWork) -> None:
    """Gives a visit to other workers and says so; their day has to allow it.

    Raises WorkersMissing, WorkerBusy, SameWorkers, VisitCancelled and AlreadyRecorded.
    """
    visits = Visits(uow.connection)
    visit = visits.get(command.visit_id, to_change=True)
    must_be_workers(command.workers, uow)
    with _naming_who_recorded(uow):
        visit.hand_over(command.workers)
    hold_days(uow.connection, [visit.on])
    _must_be_free(visit, visits, uow)
    visits.save(visit, command.version)
    uow.record("outreach.visit.handed_over", VISIT, visit.id)
    uow.publish(
        events.VisitHandedOver(
            visit_id=visit.id,
            request_id=visit.request_id,
            case_id=visit.case_id,
            on=visit.on,
            workers=visit.workers,
            person_id=visit.person_id,
        )
    )
    uow.commit()


def _must_be_free(visit: Visit, visits: Visits, uow: UnitOfWork) -> None:
    for other in visits.scheduled_on(visit.on):
        if other.id != visit.id and other.due and visit.overlaps(other):
            busy = sorted(set(visit.workers) & set(other.workers))[0]
            raise WorkerBusy(worker=name_of(busy, uow), at=f"{other.starts_at:%H:%M}")


def cancel_visit(command: CancelVisit, uow: UnitOfWork) -> None:
    """Takes a visit out of the day; the household waits again unless it was reached or another visit is due.

    The very same cancellation again changes nothing. Raises VisitCancelled and AlreadyRecorded.
    """
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    visit = visits.get(command.visit_id, to_change=True)
    with _naming_who_recorded(uow):
        if not visit.cancel(command.reason):
            return
    visits.save(visit, command.version)
    household = households.get(visit.request_id)
    household.visit_cancelled(others_due=_others_due(visit, visits))
    households.save(household)
    say_cancelled(visit, uow)
    uow.commit()


def record_visit(command: RecordVisit, uow: UnitOfWork) -> None:
    """Writes down what came of a visit and says so; the very same record again changes nothing.

    Only an assigned worker or a coordinator records. A visit made before its day counts on
    the day it was made.
    """
    if write_record(command, uow):
        uow.commit()


def write_record(command: RecordVisit, uow: UnitOfWork) -> bool:
    """Does what ``record_visit`` does in the caller's transaction; False where nothing changed."""
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    visit = visits.get(command.visit_id, to_change=True)
    if uow.actor.account_id not in visit.workers and not uow.actor.has("coordinator"):
        raise VisitNotFound
    record = VisitRecord(
        result=command.result,
        made_on=min(visit.on, clock.today()),
        recorded_by=uow.actor.account_id,
        recorded_at=clock.now(),
        note=command.note,
        consent_heard=command.consent_heard,
        accompanied_to=command.accompanied_to,
        next_wish=command.next_wish,
        submission=command.submission,
    )
    with _naming_who_recorded(uow):
        written = visit.write_record(record)
    if not written:
        return False
    visits.save(visit, command.version)
    household = households.get(visit.request_id)
    household.visited(record.result, others_due=_others_due(visit, visits))
    households.save(household)
    uow.record("outreach.visit.recorded", VISIT, visit.id)
    if record.result.contact_made:
        uow.publish(
            events.VisitCompleted(
                visit_id=visit.id,
                request_id=visit.request_id,
                case_id=visit.case_id,
                person_id=visit.person_id,
                on=record.made_on,
                result=record.result.value,
                consent_heard=record.consent_heard,
                note=record.note,
            )
        )
    else:
        _count_attempt(visit, record, household.attempts, uow)
    return True


def _count_attempt(visit: Visit, record: VisitRecord, number: int, uow: UnitOfWork) -> None:
    attempt = ContactAttempt(
        visit_id=visit.id,
        request_id=visit.request_id,
        number=number,
        on=record.made_on,
        result=record.result,
        note=record.note,
        recorded_by=record.recorded_by,
        recorded_at=record.recorded_at,
    )
    ContactAttempts(uow.connection).add(attempt)
    uow.publish(
        events.ContactNotMade(
            visit_id=visit.id,
            request_id=visit.request_id,
            case_id=visit.case_id,
            person_id=visit.person_id,
            on=attempt.on,
            result=attempt.result.value,
            attempt=attempt.number,
            note=attempt.note,
        )
    )


def _others_due(visit: Visit, visits: Visits) -> bool:
    return any(
        other.due and other.id != visit.id for other in visits.of_household(visit.request_id)
    )


@contextmanager
def _naming_who_recorded(uow: UnitOfWork) -> Iterator[None]:
    """Puts the name of the one who recorded the visit into the refusal, instead of the account."""
    try:
        yield
    except AlreadyRecorded as refusal:
        raise AlreadyRecorded(by=name_of(str(refusal.facts["by"]), uow)) from None


def name_of(account_id: str, uow: UnitOfWork) -> str:
    """How an account is called; an unknown one by its id."""
    known = accounts.find(uow.connection, account_id)
    return known.display_name if known else account_id
