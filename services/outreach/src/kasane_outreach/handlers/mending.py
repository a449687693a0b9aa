"""Days that do not go as planned: what a worker cannot visit is given out anew, as it was shown."""

import os

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.mending import MendDay
from kasane_outreach.domain.errors import DayIsPast
from kasane_outreach.domain.planning_errors import PlanEmpty, PlanOutdated
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.handlers.planning import TRAVEL_SETTING
from kasane_outreach.handlers.scheduling import say_scheduled, visit_to
from kasane_outreach.handlers.subjects import VISIT
from kasane_outreach.repository import HouseholdsToReach, Visits, hold_days
from kasane_outreach.repository.mending import DAYS_LOOKED_AT, mend_day
from kasane_outreach.repository.plan_building import days_from
from kasane_outreach.repository.travel import travel_times


def give_out_anew(command: MendDay, uow: UnitOfWork, reason: str) -> None:
    """Cancels the worker's visits of the day with the reason and schedules them as they were shown.

    What found no place waits again. Raises PlanOutdated when anything is not as it was shown, and then changes nothing.
    """
    if command.on < clock.today():
        raise DayIsPast
    hold_days(uow.connection, days_from(command.on, DAYS_LOOKED_AT))
    travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
    mended = mend_day(uow.connection, command.on, command.account_id, travel)
    if not mended.visits:
        raise PlanEmpty
    if mended.mark != command.shown:
        raise PlanOutdated
    visits, households = Visits(uow.connection), HouseholdsToReach(uow.connection)
    for one in mended.visits:
        one.visit.cancel(reason)
        visits.save(one.visit)
        uow.record("outreach.visit.cancelled", VISIT, one.visit.id)
        household = households.get(one.visit.request_id)
        others = visits.of_household(household.id)
        household.visit_cancelled(others_due=any(other.due for other in others))
        households.save(household)
        if one.slots:
            visit = visit_to(
                household,
                new_id(),
                mended.days[one.slots[0].day],
                time_at(one.slots[0].starts),
                one.slots[0].minutes,
                tuple(slot.worker for slot in one.slots),
            )
            say_scheduled(visit, household, uow)
    uow.commit()
