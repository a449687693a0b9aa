"""Rounds: planned, kept, accepted."""

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import AcceptRound, PlanRound
from kasane_outreach.domain.errors import DayIsPast, RoundOutdated
from kasane_outreach.domain.routing import RoundPlan, RoundProblem
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.domain.visit_round import RoundStatus, VisitRound
from kasane_outreach.handlers.scheduling import must_be_workers, say_scheduled, visit_to
from kasane_outreach.handlers.subjects import ROUND
from kasane_outreach.repository import (
    HouseholdsToReach,
    VisitRounds,
    fixed_visits,
    hold_days,
    round_solver,
)


def solve_round(problem: RoundProblem) -> RoundPlan:
    """Lets the planner of this installation think; no transaction is open meanwhile."""
    return round_solver().solve(problem)


def plan_round(command: PlanRound, uow: UnitOfWork) -> str:
    """Keeps a plan that the checker found sound, to be looked at and accepted; returns the
    round's id.
    """
    if command.problem.on < clock.today():
        raise DayIsPast
    must_be_workers([worker.id for worker in command.problem.workers], uow)
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
    hold_days(uow.connection, [visit_round.on])
    visit_round.accept(fixed_visits(uow.connection, visit_round.on, visit_round.worker_ids))
    rounds.save(visit_round, command.version)
    uow.record("outreach.round.accepted", ROUND, visit_round.id)
    for stops in visit_round.together():
        household = households.get(stops[0].visit_id)
        if not household.ready_for_round:
            raise RoundOutdated
        visit = visit_to(
            household,
            new_id(),
            visit_round.on,
            time_at(stops[0].starts),
            stops[0].minutes,
            tuple(stop.worker_id for stop in stops),
            visit_round.id,
        )
        say_scheduled(visit, household, uow)
    uow.commit()
