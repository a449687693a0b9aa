"""Visits of a day and of a household, as far as the viewer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import Connection, and_, or_, select

from kasane_kit.auth import Actor
from kasane_kit.keys import Unseal
from kasane_outreach import tables
from kasane_outreach.domain.contact_attempt import ContactAttempt
from kasane_outreach.domain.errors import VisitNotFound
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.visit import Visit, VisitStatus
from kasane_outreach.queries.sight import (
    assigned_to,
    names_of_workers,
    visit_visible_to,
    without_protected_address,
)
from kasane_outreach.repository import ContactAttempts, HouseholdsToReach, Visits, opened

STANDING = (VisitStatus.SCHEDULED.value, VisitStatus.COMPLETED.value, VisitStatus.NOT_MADE.value)


@dataclass(frozen=True)
class VisitLine:
    """A visit with its household, as far as the viewer may see it, and the names of its workers."""

    visit: Visit
    household: HouseholdToReach
    workers: tuple[str, ...]


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
    statement = select(v.id).where(v.on_day == on, v.status.in_(STANDING), visit_visible_to(viewer))
    if worker:
        statement = statement.where(assigned_to(worker))
    if after:
        same_start = and_(v.starts_at == after[0], v.id > after[1])
        statement = statement.where(or_(v.starts_at > after[0], same_start))
    ids = connection.scalars(statement.order_by(v.starts_at, v.id).limit(most)).all()
    return _lines(connection, Visits(connection).those(ids))


def visits_between(
    connection: Connection, viewer: Actor, first: date, last: date, *, most: int
) -> Sequence[VisitLine]:
    """The visits from one day to another that visits_on() shows of each day, in their order."""
    v = tables.visit.c
    ids = connection.scalars(
        select(v.id)
        .where(v.on_day.between(first, last), v.status.in_(STANDING), visit_visible_to(viewer))
        .order_by(v.on_day, v.starts_at, v.id)
        .limit(most)
    ).all()
    return _lines(connection, Visits(connection).those(ids))


def visit(
    connection: Connection, viewer: Actor, visit_id: str, unseal: Unseal | None = None
) -> VisitLine:
    """One visit; raises VisitNotFound when it is not open to the viewer.

    A protected address is in it only for a worker of this very visit, and only with ``unseal``, which opens
    its seal.
    """
    v = tables.visit.c
    allowed = connection.scalar(select(v.id).where(v.id == visit_id, visit_visible_to(viewer)))
    if allowed is None:
        raise VisitNotFound
    found = Visits(connection).get(visit_id)
    (line,) = _lines(connection, [found])
    if viewer.account_id in found.workers:
        household = HouseholdsToReach(connection).get(found.request_id)
        if unseal is not None:
            household.address = opened(household, unseal)
        return replace(line, household=household)
    return line


def scheduled_visit(connection: Connection, visit_id: str) -> VisitLine:
    """The visit that the caller has just scheduled, maybe for a colleague; no protected address."""
    (line,) = _lines(connection, [Visits(connection).get(visit_id)])
    return line


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
