"""Days that do not go as planned: visits are rearranged as it was shown, and what was told keeps its time."""

import os

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.mending import MendDay, PinVisit
from kasane_outreach.domain.disruption import DisruptionKind, VisitPin
from kasane_outreach.domain.errors import DayIsPast
from kasane_outreach.domain.planning import VisitSlot
from kasane_outreach.domain.planning_errors import PlanEmpty, PlanOutdated
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.domain.town_block import TownBlock
from kasane_outreach.domain.visit import Visit
from kasane_outreach.handlers.planning import TRAVEL_SETTING
from kasane_outreach.handlers.scheduling import say_cancelled, say_scheduled, visit_to
from kasane_outreach.handlers.subjects import VISIT
from kasane_outreach.repository import HouseholdsToReach, Visits, hold_days
from kasane_outreach.repository.mending import MendedDay, days_of, mend
from kasane_outreach.repository.travel import travel_times


def mend_days(command: MendDay, blocks: tuple[TownBlock, ...], uow: UnitOfWork) -> None:
    """Cancels and schedules anew what changes, exactly as it was shown.

    What found no place waits again. Raises PlanOutdated when anything is not as it was shown, PlanEmpty when nothing
    is to be done, and what ``mend`` raises; nothing is changed then.
    """
    happened = command.disruption
    if happened.on < clock.today():
        raise DayIsPast
    hold_days(uow.connection, days_of(happened))
    travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
    mended = mend(uow.connection, happened, travel, blocks)
    own = happened.kind in (DisruptionKind.VISIT_CANCELLED, DisruptionKind.VISIT_OVERRUN)
    if not (mended.changes or mended.added or own):
        raise PlanEmpty
    if mended.mark != command.shown:
        raise PlanOutdated
    visits = Visits(uow.connection)
    if happened.kind is DisruptionKind.VISIT_CANCELLED:
        _cancel(visits.get(happened.visit_id, to_change=True), command.reason, uow)
    if happened.kind is DisruptionKind.VISIT_OVERRUN:
        late = visits.get(happened.visit_id, to_change=True)
        late.take_longer(happened.minutes)
        visits.save(late)
        uow.record("outreach.visit.lengthened", VISIT, late.id)
    for one in mended.changes:
        _cancel(one.visit, command.reason, uow, wanted=True)
    for one in mended.changes:
        if one.slots:
            kept = (mended.days[one.slots[0].day], one.slots[0].starts)
            same_time = kept == (one.visit.on, one.visit.starts)
            pin = one.visit.pin if same_time else VisitPin.NONE
            _schedule(mended, one.visit.request_id, one.slots, pin, uow)
    for household, slots in mended.added:
        _schedule(mended, household.id, slots, VisitPin.NONE, uow)
    uow.commit()


def pin_visit(command: PinVisit, uow: UnitOfWork) -> None:
    """Notes whether the visit keeps its time when others are rearranged."""
    visits = Visits(uow.connection)
    visit = visits.get(command.visit_id, to_change=True)
    visit.keep_at_its_time(command.pin)
    visits.save(visit, command.version)
    uow.record("outreach.visit.pinned", VISIT, visit.id)
    uow.commit()


def _cancel(visit: Visit, reason: str, uow: UnitOfWork, *, wanted: bool = False) -> None:
    visits, households = Visits(uow.connection), HouseholdsToReach(uow.connection)
    visit.cancel(reason)
    visits.save(visit)
    say_cancelled(visit, uow)
    household = households.get(visit.request_id)
    others = visits.of_household(household.id)
    household.visit_cancelled(others_due=any(other.due for other in others), wanted=wanted)
    households.save(household)


def _schedule(
    mended: MendedDay,
    request_id: str,
    slots: tuple[VisitSlot, ...],
    pin: VisitPin,
    uow: UnitOfWork,
) -> None:
    household = HouseholdsToReach(uow.connection).get(request_id)
    visit = visit_to(
        household,
        new_id(),
        mended.days[slots[0].day],
        time_at(slots[0].starts),
        slots[0].minutes,
        tuple(slot.worker for slot in slots),
    )
    visit.pin = pin
    say_scheduled(visit, household, uow)
