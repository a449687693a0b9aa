"""A visit plan on its way: asked for, searched by the worker process, looked at, accepted or left."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.planning import PlanProblem, VisitPlan
from kasane_outreach.domain.planning_errors import PlanEmpty, PlanNotReady, PlanOutdated

SILENT_SECONDS = 15
"""A search that has said nothing for so long was cut off; the next worker begins it again from its best plan."""
MOST_DAYS, MOST_PLANNED, MOST_SECONDS, USUAL_SECONDS = 14, 2000, 600, 20


class VisitPlanStatus(StrEnum):
    """Where a visit plan stands."""

    WAITING = "waiting"
    SEARCHING = "searching"
    READY = "ready"
    ACCEPTED = "accepted"


@dataclass
class PlanRun:
    """One plan of some days for some workers; ``plan`` is the best so far, and every one passed the checker.

    ``notes`` are the households that could not even be asked about, with the code of the reason.
    """

    id: str
    starts_on: date
    asked_by: str
    asked_at: datetime
    seconds: int
    problem: PlanProblem
    notes: dict[str, str]
    plan: VisitPlan | None = None
    cost: float = 0.0
    status: VisitPlanStatus = VisitPlanStatus.WAITING
    stop_asked: bool = False
    begun_at: datetime | None = None
    heard_at: datetime | None = None
    version: int = 1

    @property
    def worker_ids(self) -> tuple[str, ...]:
        """Those it is planned for."""
        return tuple(worker.id for worker in self.problem.workers)

    def free_to_search(self, now: datetime) -> bool:
        """Whether a worker process may take it: nobody has, or who had it is silent."""
        if self.status is VisitPlanStatus.WAITING:
            return True
        silent = self.heard_at is None or now - self.heard_at > timedelta(seconds=SILENT_SECONDS)
        return self.status is VisitPlanStatus.SEARCHING and silent

    def progress(self, now: datetime) -> int:
        """How much of the time is over, in per cent."""
        if self.status in (VisitPlanStatus.READY, VisitPlanStatus.ACCEPTED):
            return 100
        if self.begun_at is None:
            return 0
        return min(99, int(100 * (now - self.begun_at).total_seconds() / max(1, self.seconds)))

    def better(self, plan: VisitPlan, cost: float) -> bool:
        """Takes a plan when it is sound and costs less than the best so far."""
        if (self.plan is not None and cost >= self.cost) or check_plan(self.problem, plan):
            return False
        self.plan, self.cost = plan, cost
        return True

    def accept(self, now: PlanProblem) -> VisitPlan:
        """The plan to carry out, judged by the days as they are now, ``now`` having the placed visits alone.

        Raises PlanEmpty, PlanNotReady and PlanOutdated.
        """
        if self.status is not VisitPlanStatus.READY or self.plan is None:
            raise PlanNotReady
        if not self.plan.slots:
            raise PlanEmpty
        if check_plan(now, self.plan.naming(())):
            raise PlanOutdated
        self.status = VisitPlanStatus.ACCEPTED
        return self.plan
