"""What a person can do in outreach; each handler is one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

from kasane_contracts import outreach as events
from kasane_kit import clock
from kasane_kit.auth import accounts
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import (
    AcceptRound,
    CancelVisit,
    NoteContactDetails,
    PlaceHousehold,
    PlanRound,
    PutOnList,
    RecordVisit,
    ScheduleVisit,
)
from kasane_outreach.domain.contact_attempt import ContactAttempt
from kasane_outreach.domain.errors import (
    AlreadyRecorded,
    DayIsPast,
    HouseholdClosed,
    RoundOutdated,
    SameDayVisit,
    VisitNotFound,
    WorkerBusy,
    WorkersMissing,
)
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.routing import RoundPlan, RoundProblem
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.domain.town_block import find_block
from kasane_outreach.domain.visit import VISITING_FUNCTIONS, Visit, VisitRecord
from kasane_outreach.domain.visit_round import RoundStatus, VisitRound
from kasane_outreach.repository import (
    ContactAttempts,
    HouseholdsToReach,
    VisitRounds,
    Visits,
    blocks_of,
    fixed_visits,
    round_solver,
)

HOUSEHOLD, VISIT, ROUND = "household_to_reach", "visit", "visit_round"


def put_on_list(command: PutOnList, uow: UnitOfWork, hooks: Any) -> None:
    """Puts a household on the list, on the map if its address names a town block; the delivery
    commits.

    A request heard before changes nothing. A protected address is not put on the map (I-10).
    """
    households = HouseholdsToReach(uow.connection)
    if households.knows(command.request_id):
        return
    values = {name: value for name, value in vars(command).items() if name != "request_id"}
    household = HouseholdToReach(id=command.request_id, heard_at=clock.now(), **values)
    town = hooks.town.name
    block = find_block(household.address, town, blocks_of(town))
    if block is not None and not household.address_protected:
        household.place(block.position, block.name)
    households.add(household)
    uow.record("outreach.household.put_on_list", HOUSEHOLD, household.id, basis="case")


def close_case(case_id: str, uow: UnitOfWork, reason: str) -> None:
    """Closes the requests of a case and cancels its visits from today on; the delivery commits.

    A visit of an earlier day may have been made and not yet written down: its record is still
    taken.
    """
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    for household in households.of_case(case_id):
        if household.open:
            household.close()
            households.save(household)
            uow.record("outreach.household.closed", HOUSEHOLD, household.id, basis="case_closed")
    for visit in visits.due_of_case(case_id):
        if visit.on >= clock.today():
            visit.cancel(reason)
            visits.save(visit)
            uow.record("outreach.visit.cancelled", VISIT, visit.id, basis="case_closed")


def change_protection(
    person_id: str, uow: UnitOfWork, *, protected: bool, phone_too: bool = False
) -> None:
    """Hides a person's address everywhere but from the workers of their visits, or shows it again.

    The telephone number goes the same way when it is protected too.

    What was on the map is taken off it, and stays off until somebody places it anew; the delivery
    commits.
    """
    households = HouseholdsToReach(uow.connection)
    for household in households.of_person(person_id):
        before = (household.address_protected, household.phone_protected)
        household.protect_address(protected=protected, phone_too=phone_too)
        if before != (household.address_protected, household.phone_protected):
            households.save(household)
            uow.record("outreach.household.protected", HOUSEHOLD, household.id, basis="case")


def place_household(command: PlaceHousehold, uow: UnitOfWork) -> None:
    """Puts a household on the map as a person says."""
    households = HouseholdsToReach(uow.connection)
    household = households.get(command.request_id)
    household.place(command.position, command.town_block)
    households.save(household, command.version)
    uow.record("outreach.household.placed", HOUSEHOLD, household.id)
    uow.commit()


def note_contact_details(command: NoteContactDetails, uow: UnitOfWork) -> None:
    """Writes down the reading of the name and the telephone number."""
    households = HouseholdsToReach(uow.connection)
    household = households.get(command.request_id)
    household.note_contact_details(command.kana, command.phone)
    households.save(household, command.version)
    uow.record("outreach.household.contact_details_noted", HOUSEHOLD, household.id)
    uow.commit()


def schedule_visit(command: ScheduleVisit, uow: UnitOfWork) -> str:
    """Gives a household a visit by hand and says so; returns its id.

    Raises WorkerBusy when a worker has another visit then, and SameDayVisit when somebody
    goes there on that day already and the person has not said that it is meant.
    """
    if command.on < clock.today():
        raise DayIsPast
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    household = households.get(command.request_id)
    if not household.open:
        raise HouseholdClosed
    _must_be_workers(command.workers, uow)
    visit = _visit_to(
        household, command.visit_id, command.on, command.starts_at, command.minutes, command.workers
    )
    that_day = visits.scheduled_on(command.on)
    if not command.despite_same_day and any(other.case_id == visit.case_id for other in that_day):
        raise SameDayVisit(on=command.on)
    for other in that_day:
        if other.due and visit.overlaps(other):
            busy = sorted(set(visit.workers) & set(other.workers))[0]
            raise WorkerBusy(worker=_name_of(busy, uow), at=f"{other.starts_at:%H:%M}")
    _say_scheduled(visit, household, uow)
    uow.commit()
    return visit.id


def cancel_visit(command: CancelVisit, uow: UnitOfWork) -> None:
    """Takes a visit out of the day; the household waits again unless another visit is due."""
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    visit = visits.get(command.visit_id, to_change=True)
    with _naming_who_recorded(uow):
        visit.cancel(command.reason)
    visits.save(visit, command.version)
    household = households.get(visit.request_id)
    household.visit_cancelled(others_due=_others_due(visit, visits))
    households.save(household)
    uow.record("outreach.visit.cancelled", VISIT, visit.id)
    uow.commit()


def record_visit(command: RecordVisit, uow: UnitOfWork) -> None:
    """Writes down what came of a visit and says so; the very same record again changes nothing.

    Only an assigned worker or a coordinator records. A visit made before its day counts on
    the day it was made.
    """
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
        return
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
    uow.commit()


def solve_round(problem: RoundProblem) -> RoundPlan:
    """Lets the planner of this installation think; no transaction is open meanwhile."""
    return round_solver().solve(problem)


def plan_round(command: PlanRound, uow: UnitOfWork) -> str:
    """Keeps a plan that the checker found sound, to be looked at and accepted; returns the
    round's id.
    """
    if command.problem.on < clock.today():
        raise DayIsPast
    _must_be_workers([worker.id for worker in command.problem.workers], uow)
    visit_round = VisitRound.propose(
        round_id=command.round_id,
        planned_by=uow.actor.account_id,
        planned_at=clock.now(),
        problem=command.problem,
        plan=command.plan,
    )
    VisitRounds(uow.connection).add(visit_round)
    uow.record("outreach.round.planned", ROUND, visit_round.id)
    uow.commit()
    return visit_round.id


def accept_round(command: AcceptRound, uow: UnitOfWork) -> None:
    """Turns a plan into visits and says so for each; accepting twice changes nothing.

    Raises RoundOutdated when a household is no longer waiting or a worker's day has changed.
    """
    rounds, households = VisitRounds(uow.connection), HouseholdsToReach(uow.connection)
    visit_round = rounds.get(command.round_id)
    if visit_round.status is RoundStatus.ACCEPTED:
        return
    if visit_round.on < clock.today():
        raise DayIsPast
    visit_round.accept(fixed_visits(uow.connection, visit_round.on, visit_round.worker_ids))
    rounds.save(visit_round, command.version)
    uow.record("outreach.round.accepted", ROUND, visit_round.id)
    for stops in visit_round.together():
        household = households.get(stops[0].visit_id)
        if not household.ready_for_round:
            raise RoundOutdated
        visit = _visit_to(
            household,
            new_id(),
            visit_round.on,
            time_at(stops[0].starts),
            stops[0].minutes,
            tuple(stop.worker_id for stop in stops),
            visit_round.id,
        )
        _say_scheduled(visit, household, uow)
    uow.commit()


def _visit_to(
    household: HouseholdToReach,
    visit_id: str,
    on: date,
    starts_at: time,
    minutes: int,
    workers: tuple[str, ...],
    round_id: str = "",
) -> Visit:
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


def _say_scheduled(visit: Visit, household: HouseholdToReach, uow: UnitOfWork) -> None:
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
        )
    )


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


def _must_be_workers(account_ids: Iterable[str], uow: UnitOfWork) -> None:
    for account_id in account_ids:
        known = accounts.find(uow.connection, account_id)
        if known is None or not known.active or not VISITING_FUNCTIONS & set(known.functions):
            raise WorkersMissing


@contextmanager
def _naming_who_recorded(uow: UnitOfWork) -> Iterator[None]:
    """Puts the name of the one who recorded the visit into the refusal, instead of the account."""
    try:
        yield
    except AlreadyRecorded as refusal:
        raise AlreadyRecorded(by=_name_of(str(refusal.facts["by"]), uow)) from None


def _name_of(account_id: str, uow: UnitOfWork) -> str:
    known = accounts.find(uow.connection, account_id)
    return known.display_name if known else account_id
