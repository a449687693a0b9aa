"""What becomes of a day when a worker is ill: their visits go to others or to other days, all others stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from sqlalchemy import Connection

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.planning import PlanProblem, VisitPlan, VisitSlot
from kasane_outreach.domain.planning_errors import PlanOutdated
from kasane_outreach.domain.travel import TravelTimes
from kasane_outreach.domain.visit import Visit
from kasane_outreach.repository.households import HouseholdsToReach
from kasane_outreach.repository.plan_building import build_problem, days_from
from kasane_outreach.repository.planning.repairing import repair
from kasane_outreach.repository.planning_records import WorkerProfiles
from kasane_outreach.repository.visits import Visits

DAYS_LOOKED_AT = 5


@dataclass(frozen=True)
class MendedVisit:
    """A visit that cannot be made as it stands, and its new slots; none when it has to wait."""

    visit: Visit
    slots: tuple[VisitSlot, ...]


@dataclass(frozen=True)
class MendedDay:
    """The change as it would be carried out; ``others`` is how many visits of these days stay as they are."""

    days: tuple[date, ...]
    visits: tuple[MendedVisit, ...]
    others: int

    @property
    def mark(self) -> str:
        """Changes with everything that is shown, so that nothing else than what was seen is accepted."""
        seen = [(one.visit.id, one.visit.version, one.slots) for one in self.visits]
        return sha256(repr((self.days, seen)).encode()).hexdigest()


def mend_day(connection: Connection, on: date, account_id: str, travel: TravelTimes) -> MendedDay:
    """Gives out anew the visits of the worker on that day: best on the same day, else on the days after.

    Every other visit stays. A two-person visit is given out anew with both workers.
    """
    days = days_from(on, DAYS_LOOKED_AT)
    visits = Visits(connection)
    due = [one for day in days for one in visits.scheduled_on(day) if one.due]
    affected = [one for one in due if one.on == on and account_id in one.workers]
    built = build_problem(
        connection,
        days,
        WorkerProfiles(connection).known(),
        HouseholdsToReach(connection).those([one.request_id for one in affected]),
        travel,
        frozenset(one.id for one in affected),
    )
    problem = _without(built.problem, account_id, affected)
    mended = repair(problem, VisitPlan(()))
    if check_plan(problem, mended.plan):
        raise PlanOutdated
    placed = mended.plan.by_visit()
    return MendedDay(
        days,
        tuple(MendedVisit(one, placed.get(one.request_id, ())) for one in affected),
        len(due) - len(affected),
    )


def _without(problem: PlanProblem, account_id: str, affected: Sequence[Visit]) -> PlanProblem:
    """The problem with the worker at home on the first day, each visit wanted on that day at its own length."""
    minutes = {one.request_id: one.minutes for one in affected}
    return replace(
        problem,
        shifts=tuple(one for one in problem.shifts if (one.worker, one.day) != (account_id, 0)),
        visits=tuple(
            replace(one, due=0, minutes=minutes[one.id], usual="") for one in problem.visits
        ),
    )
