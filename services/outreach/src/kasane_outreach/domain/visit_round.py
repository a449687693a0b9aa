"""A round: the visits of a day, planned together, shown, and accepted or planned anew."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kasane_outreach.domain.errors import RoundEmpty, RoundNotSound, RoundOutdated
from kasane_outreach.domain.round_check import check_round
from kasane_outreach.domain.routing import FixedVisit, PlannedStop, RoundPlan, RoundProblem


class RoundStatus(StrEnum):
    """Where a round stands."""

    PLANNED = "planned"
    ACCEPTED = "accepted"


@dataclass
class VisitRound:
    """A plan for a day with the problem that it answers; it becomes visits when it is accepted."""

    id: str
    on: date
    planned_by: str
    planned_at: datetime
    problem: RoundProblem
    plan: RoundPlan
    status: RoundStatus = RoundStatus.PLANNED
    version: int = 1

    @classmethod
    def propose(
        cls,
        *,
        round_id: str,
        planned_by: str,
        planned_at: datetime,
        problem: RoundProblem,
        plan: RoundPlan,
    ) -> "VisitRound":
        """A round to be looked at. Raises RoundNotSound when the checker finds a breach."""
        breaches = check_round(problem, plan)
        if breaches:
            raise RoundNotSound(breach=breaches[0].kind.value)
        return cls(round_id, problem.on, planned_by, planned_at, problem, plan)

    @property
    def worker_ids(self) -> tuple[str, ...]:
        """Those it was planned for."""
        return tuple(worker.id for worker in self.problem.workers)

    def stops_of(self, worker_id: str) -> tuple[PlannedStop, ...]:
        """The day of one worker, in order."""
        mine = [stop for stop in self.plan.stops if stop.worker_id == worker_id]
        return tuple(sorted(mine, key=lambda stop: stop.starts))

    def together(self) -> tuple[tuple[PlannedStop, ...], ...]:
        """The stops by visit, in the order of the day: two for a two-person visit."""
        groups: dict[str, list[PlannedStop]] = {}
        for stop in sorted(self.plan.stops, key=lambda one: (one.starts, one.visit_id)):
            groups.setdefault(stop.visit_id, []).append(stop)
        return tuple(tuple(group) for group in groups.values())

    def accept(self, fixed_now: tuple[FixedVisit, ...]) -> None:
        """Turns the plan into the day.

        Raises RoundEmpty, and RoundOutdated when it no longer fits.
        """
        if not self.plan.stops:
            raise RoundEmpty
        problem = self.problem
        now = RoundProblem(problem.on, problem.workers, problem.visits, fixed_now)
        if self.status is RoundStatus.ACCEPTED or check_round(now, self.plan):
            raise RoundOutdated
        self.status = RoundStatus.ACCEPTED
