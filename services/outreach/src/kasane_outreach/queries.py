"""What outreach's screens read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, true

from kasane_kit.auth import AccountFacts, Actor, accounts
from kasane_outreach import tables
from kasane_outreach.commands import AskForRound
from kasane_outreach.domain.contact_attempt import ContactAttempt
from kasane_outreach.domain.errors import HouseholdNotFound, RoundNotFound, VisitNotFound
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.routing import (
    RoundProblem,
    RoundVisit,
    RoundWorker,
    Unplaced,
    UnplacedReason,
)
from kasane_outreach.domain.town_block import TownBlock
from kasane_outreach.domain.visit import VISITING_FUNCTIONS, Visit, VisitStatus
from kasane_outreach.domain.visit_round import VisitRound
from kasane_outreach.repository import (
    ContactAttempts,
    HouseholdsToReach,
    VisitRounds,
    Visits,
    blocks_of,
    fixed_visits,
)

STANDING = (VisitStatus.SCHEDULED.value, VisitStatus.COMPLETED.value, VisitStatus.NOT_MADE.value)


@dataclass(frozen=True)
class VisitLine:
    """A visit with its household, as far as the viewer may see it, and the names of its workers."""

    visit: Visit
    household: HouseholdToReach
    workers: tuple[str, ...]


@dataclass(frozen=True)
class WaitingHousehold:
    """A household that waits for a visit, and why a round cannot take it, if so."""

    household: HouseholdToReach
    reason: UnplacedReason | None


def households(
    connection: Connection,
    viewer: Actor,
    *,
    status: str = "",
    after: tuple[date | None, str] | None = None,
    most: int = 50,
) -> tuple[HouseholdToReach, ...]:
    """Households that the viewer may see, the nearest date first, without protected addresses.

    ``after`` is (by_when, id) of the last one shown.
    """
    h = tables.household_to_reach.c
    statement = select(h.id).where(_household_visible_to(viewer))
    wanted = h.status == status if status else h.status != ReachStatus.CLOSED.value
    statement = statement.where(wanted)
    if after:
        undated = and_(h.by_when.is_(None), h.id > after[1])
        if after[0]:
            same_day = and_(h.by_when == after[0], h.id > after[1])
            statement = statement.where(or_(h.by_when > after[0], same_day, h.by_when.is_(None)))
        else:
            statement = statement.where(undated)
    ids = connection.scalars(
        statement.order_by(h.by_when.is_(None), h.by_when, h.id).limit(most)
    ).all()
    return tuple(without_protected_address(one) for one in HouseholdsToReach(connection).those(ids))


def count_households(connection: Connection, viewer: Actor) -> Mapping[str, int]:
    """How many households the viewer may see, by status."""
    h = tables.household_to_reach.c
    counts = dict.fromkeys((status.value for status in ReachStatus), 0)
    rows = connection.execute(
        select(h.status, func.count()).where(_household_visible_to(viewer)).group_by(h.status)
    )
    return counts | {status: count for status, count in rows}


def household(connection: Connection, viewer: Actor, request_id: str) -> HouseholdToReach:
    """One household without a protected address; raises HouseholdNotFound when it is not open
    to the viewer.
    """
    h = tables.household_to_reach.c
    allowed = connection.scalar(
        select(h.id).where(h.id == request_id, _household_visible_to(viewer))
    )
    if allowed is None:
        raise HouseholdNotFound
    return without_protected_address(HouseholdsToReach(connection).get(request_id))


def visits_of_household(connection: Connection, request_id: str) -> tuple[Visit, ...]:
    """All visits of a household that the viewer has opened, by day."""
    return Visits(connection).of_household(request_id)


def attempts_of(connection: Connection, request_id: str) -> tuple[ContactAttempt, ...]:
    """The visits at which nobody was met."""
    return ContactAttempts(connection).of_household(request_id)


def visits_on(
    connection: Connection,
    viewer: Actor,
    on: date,
    *,
    worker: str = "",
    after: tuple[time, str] | None = None,
    most: int = 100,
) -> Sequence[VisitLine]:
    """The visits of a day that the viewer may see, in their order, without protected addresses.

    Cancelled ones are left out. ``worker`` narrows to one worker; ``after`` is (start, id) of
    the last one shown.
    """
    v = tables.visit.c
    statement = select(v.id).where(
        v.on_day == on, v.status.in_(STANDING), _visit_visible_to(viewer)
    )
    if worker:
        statement = statement.where(_assigned_to(worker))
    if after:
        same_start = and_(v.starts_at == after[0], v.id > after[1])
        statement = statement.where(or_(v.starts_at > after[0], same_start))
    ids = connection.scalars(statement.order_by(v.starts_at, v.id).limit(most)).all()
    return _lines(connection, Visits(connection).those(ids))


def visit(connection: Connection, viewer: Actor, visit_id: str) -> VisitLine:
    """One visit; raises VisitNotFound when it is not open to the viewer.

    A protected address is in it only for a worker of this very visit.
    """
    v = tables.visit.c
    allowed = connection.scalar(select(v.id).where(v.id == visit_id, _visit_visible_to(viewer)))
    if allowed is None:
        raise VisitNotFound
    found = Visits(connection).get(visit_id)
    (line,) = _lines(connection, [found])
    if viewer.account_id in found.workers:
        return replace(line, household=HouseholdsToReach(connection).get(found.request_id))
    return line


def scheduled_visit(connection: Connection, visit_id: str) -> VisitLine:
    """The visit that the caller has just scheduled, maybe for a colleague; no protected address."""
    (line,) = _lines(connection, [Visits(connection).get(visit_id)])
    return line


def same_day_visits(connection: Connection, case_id: str, on: date) -> tuple[Visit, ...]:
    """Who else goes to the household of a case on a day."""
    return tuple(one for one in Visits(connection).scheduled_on(on) if one.case_id == case_id)


def workers(connection: Connection) -> tuple[AccountFacts, ...]:
    """Those who can be sent: outreach workers and coordinators."""
    everyone = accounts.everyone(connection)
    return tuple(one for one in everyone if VISITING_FUNCTIONS & set(one.functions))


def names_of_workers(connection: Connection) -> Mapping[str, str]:
    """Display names by account, for showing."""
    return {one.account_id: one.display_name for one in accounts.everyone(connection)}


def town_blocks(town: str) -> tuple[TownBlock, ...]:
    """The town blocks that can be chosen as a place."""
    return blocks_of(town)


def waiting_households(connection: Connection, viewer: Actor) -> Sequence[WaitingHousehold]:
    """The households that wait for a visit, those a round can take first."""
    h = tables.household_to_reach.c
    found = HouseholdsToReach(connection).load(
        _household_visible_to(viewer), h.status == ReachStatus.WAITING.value
    )
    lines = [WaitingHousehold(without_protected_address(one), _left_out(one)) for one in found]
    return sorted(lines, key=lambda line: line.reason is not None)


def round_problem(
    connection: Connection, viewer: Actor, wanted: AskForRound
) -> tuple[RoundProblem, tuple[Unplaced, ...]]:
    """The problem for the planner, and the households that it cannot even be asked about, with
    the reason.

    Raises HouseholdNotFound when one is not open to the viewer.
    """
    h = tables.household_to_reach.c
    ids = [one.request_id for one in wanted.visits]
    found = {
        one.id: one
        for one in HouseholdsToReach(connection).load(_household_visible_to(viewer), h.id.in_(ids))
    }
    visits: list[RoundVisit] = []
    left_out: list[Unplaced] = []
    for one in wanted.visits:
        if one.request_id not in found:
            raise HouseholdNotFound
        household = found[one.request_id]
        reason = _left_out(household)
        if reason is not None or household.position is None:
            left_out.append(Unplaced(household.id, reason or UnplacedReason.NO_POSITION))
            continue
        visits.append(
            RoundVisit(
                household.id,
                household.position,
                one.minutes,
                one.earliest,
                one.latest,
                household.two_person,
            )
        )
    problem = RoundProblem(
        on=wanted.on,
        workers=tuple(
            RoundWorker(one.account_id, one.starts, one.ends, wanted.start, one.mode)
            for one in wanted.workers
        ),
        visits=tuple(visits),
        fixed=fixed_visits(connection, wanted.on, [one.account_id for one in wanted.workers]),
    )
    return problem, tuple(left_out)


def visit_round(connection: Connection, viewer: Actor, round_id: str) -> VisitRound:
    """One round, open to coordinators, to who planned it, and to its workers; raises
    RoundNotFound.
    """
    found = VisitRounds(connection).get(round_id)
    if not _round_visible_to(viewer, found):
        raise RoundNotFound
    return found


def rounds_on(connection: Connection, viewer: Actor, on: date) -> tuple[VisitRound, ...]:
    """The rounds of a day that the viewer may see."""
    return tuple(one for one in VisitRounds(connection).on(on) if _round_visible_to(viewer, one))


def households_of_round(
    connection: Connection, visit_round: VisitRound
) -> Mapping[str, HouseholdToReach]:
    """The households of a round that the viewer has opened, by id, without protected addresses."""
    plan = visit_round.plan
    ids = {stop.visit_id for stop in plan.stops} | {one.visit_id for one in plan.unplaced}
    found = HouseholdsToReach(connection).those(sorted(ids))
    return {one.id: without_protected_address(one) for one in found}


def same_day_of_round(
    connection: Connection, visit_round: VisitRound
) -> Mapping[str, tuple[Visit, ...]]:
    """Other visits to the same cases on the day of a round, by household, without its own
    visits.
    """
    households = households_of_round(connection, visit_round)
    that_day = Visits(connection).scheduled_on(visit_round.on)
    return {
        one.id: tuple(
            visit
            for visit in that_day
            if visit.case_id == one.case_id and visit.round_id != visit_round.id
        )
        for one in households.values()
    }


def without_protected_address(household: HouseholdToReach) -> HouseholdToReach:
    """The household as lists, maps and rounds may show it (I-10)."""
    if not household.address_protected:
        return household
    phone = "" if household.phone_protected else household.phone
    return replace(household, address="", phone=phone, position=None, town_block="")


def _left_out(household: HouseholdToReach) -> UnplacedReason | None:
    if household.address_protected:
        return UnplacedReason.ADDRESS_PROTECTED
    if household.status is not ReachStatus.WAITING:
        return UnplacedReason.NOT_WAITING
    return UnplacedReason.NO_POSITION if household.position is None else None


def _lines(connection: Connection, found: Sequence[Visit]) -> Sequence[VisitLine]:
    reached = HouseholdsToReach(connection).those([one.request_id for one in found])
    by_id = {one.id: without_protected_address(one) for one in reached}
    names = names_of_workers(connection)
    return [
        VisitLine(
            one, by_id[one.request_id], tuple(names.get(worker, worker) for worker in one.workers)
        )
        for one in found
    ]


def _assigned_to(account_id: str) -> ColumnElement[bool]:
    w = tables.visit_worker.c
    return exists().where(w.visit_id == tables.visit.c.id, w.account_id == account_id)


def _visit_visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all visits, everybody else those that are theirs."""
    return true() if viewer.has("coordinator") else _assigned_to(viewer.account_id)


def _household_visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all; others what their office or role was asked to visit, and what
    they visit.

    An outreach worker also sees what is assigned to no agency.
    """
    if viewer.has("coordinator"):
        return true()
    h, v, w = tables.household_to_reach.c, tables.visit.c, tables.visit_worker.c
    agencies = [name for name in (viewer.office, *viewer.roles) if name]
    if viewer.has("outreach_worker"):
        agencies.append("")
    visited = exists().where(
        v.request_id == h.id, w.visit_id == v.id, w.account_id == viewer.account_id
    )
    return or_(h.agency.in_(agencies), visited)


def _round_visible_to(viewer: Actor, visit_round: VisitRound) -> bool:
    mine = viewer.account_id in (visit_round.planned_by, *visit_round.worker_ids)
    return viewer.has("coordinator") or mine
