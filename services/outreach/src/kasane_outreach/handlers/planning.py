"""Visit plans: asked for, searched, stopped, accepted; working hours and wishes written down."""

import os
from dataclasses import replace

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import (
    AcceptPlan,
    AskForPlan,
    SetPlanWeights,
    SetVisitWish,
    SetWorkerProfile,
    StopPlan,
)
from kasane_outreach.domain.errors import DayIsPast
from kasane_outreach.domain.household_to_reach import ReachStatus
from kasane_outreach.domain.plan_run import (
    MOST_DAYS,
    MOST_PLANNED,
    MOST_SECONDS,
    PlanRun,
    VisitPlanStatus,
)
from kasane_outreach.domain.planning_errors import (
    AgencyOnlyByCoordinator,
    PlanEmpty,
    PlanOutdated,
    SecondWorkerMissing,
    TooMuchToPlan,
)
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.domain.weight_bounds import bounded
from kasane_outreach.handlers.scheduling import must_be_workers, say_scheduled, visit_to
from kasane_outreach.handlers.subjects import HOUSEHOLD, PLAN, PROFILE, WEIGHTS
from kasane_outreach.repository import (
    HouseholdsToReach,
    PlanRuns,
    PlanSettings,
    VisitWishes,
    WorkerProfiles,
    hold_days,
)
from kasane_outreach.repository.plan_building import (
    build_problem,
    days_from,
    request_of,
    to_plan,
)
from kasane_outreach.repository.travel import travel_times

TRAVEL_SETTING = "KASANE_OUTREACH_TRAVEL"


def ask_for_plan(command: AskForPlan, uow: UnitOfWork) -> str:
    """Keeps what is to be planned until a worker process searches; returns the id of the plan."""
    if command.starts_on < clock.today():
        raise DayIsPast
    if not (1 <= command.days <= MOST_DAYS and 1 <= command.seconds <= MOST_SECONDS):
        raise TooMuchToPlan(days=MOST_DAYS, visits=MOST_PLANNED)
    must_be_workers(command.workers, uow)
    days = days_from(command.starts_on, command.days)
    households = to_plan(uow.connection, days, command.requests)
    travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
    built = build_problem(uow.connection, days, command.workers, households, travel)
    if not built.problem.workers or not built.problem.visits:
        raise PlanEmpty
    if len(built.problem.visits) > MOST_PLANNED:
        raise TooMuchToPlan(days=MOST_DAYS, visits=MOST_PLANNED)
    run = PlanRun(
        id=command.run_id,
        starts_on=command.starts_on,
        asked_by=uow.actor.account_id,
        asked_at=clock.now(),
        seconds=command.seconds,
        problem=built.problem,
        notes=dict(built.notes),
    )
    PlanRuns(uow.connection).add(run)
    uow.record("outreach.plan.asked", PLAN, run.id)
    uow.commit()
    return run.id


def stop_plan(command: StopPlan, uow: UnitOfWork) -> None:
    """Asks the search to end with what it has; a plan that is ready already stays as it is."""
    runs = PlanRuns(uow.connection)
    run = runs.get(command.run_id, to_change=True)
    if run.status in (VisitPlanStatus.WAITING, VisitPlanStatus.SEARCHING):
        run.stop_asked = True
        runs.save(run)
    uow.record("outreach.plan.stopped", PLAN, run.id)
    uow.commit()


def accept_plan(command: AcceptPlan, uow: UnitOfWork) -> None:
    """Turns a plan into visits and says so for each; accepting twice changes nothing.

    Raises PlanNotReady, and PlanOutdated when a household no longer waits or a day has changed.
    """
    runs, households = PlanRuns(uow.connection), HouseholdsToReach(uow.connection)
    run = runs.get(command.run_id, to_change=True)
    if run.status is VisitPlanStatus.ACCEPTED:
        return
    if run.starts_on < clock.today():
        raise DayIsPast
    days = run.problem.days
    hold_days(uow.connection, days)
    wanted = {request_of(slot.visit) for slot in run.plan.slots} if run.plan else set()
    found = {one.id: one for one in households.those(sorted(wanted))}
    now = build_problem(
        uow.connection,
        days,
        run.worker_ids,
        tuple(found.values()),
        travel_times(os.environ.get(TRAVEL_SETTING, "")),
    ).problem
    named = {slot.visit for slot in run.plan.slots} if run.plan else set()
    if named - {visit.id for visit in now.visits}:
        raise PlanOutdated
    plan = run.accept(replace(now, visits=tuple(one for one in now.visits if one.id in named)))
    runs.save(run, command.version)
    uow.record("outreach.plan.accepted", PLAN, run.id)
    for visit_name, slots in plan.by_visit().items():
        household = found[request_of(visit_name)]
        taken = visit_name == household.id and household.status is not ReachStatus.WAITING
        if not household.open or household.hides_address or taken:
            raise PlanOutdated
        visit = visit_to(
            household,
            new_id(),
            days[slots[0].day],
            time_at(slots[0].starts),
            slots[0].minutes,
            tuple(slot.worker for slot in slots),
            run.id,
        )
        say_scheduled(visit, household, uow)
    uow.commit()


def set_worker_profile(command: SetWorkerProfile, uow: UnitOfWork) -> None:
    """Writes down when and how a worker goes round.

    Raises AgencyOnlyByCoordinator when anybody else changes for which agency.
    """
    profile, profiles = command.profile, WorkerProfiles(uow.connection)
    must_be_workers([profile.account_id], uow)
    before = profiles.get(profile.account_id)
    if profile.agency != before.agency and not uow.actor.has("coordinator"):
        raise AgencyOnlyByCoordinator
    profiles.save(profile, command.version)
    uow.record("outreach.worker_profile.set", PROFILE, profile.account_id)
    uow.commit()


def set_visit_wish(command: SetVisitWish, uow: UnitOfWork) -> None:
    """Writes down what a household needs and wishes of its visits.

    Raises SecondWorkerMissing when a second worker needs something and one goes alone.
    """
    household = HouseholdsToReach(uow.connection).get(command.wish.request_id)
    if command.wish.second_skills is not None and not household.two_person:
        raise SecondWorkerMissing
    must_be_workers([*command.wish.preferred, *command.wish.refused], uow)
    VisitWishes(uow.connection).save(command.wish, command.version)
    uow.record("outreach.visit_wish.set", HOUSEHOLD, household.id)
    uow.commit()


def set_plan_weights(command: SetPlanWeights, uow: UnitOfWork) -> None:
    """Keeps the weights of the town's next plans; raises WeightOutOfBounds and ChangedMeanwhile."""
    PlanSettings(uow.connection).save(bounded(command.weights), command.version)
    uow.record("outreach.plan_weights.set", WEIGHTS, uow.actor.municipality)
    uow.commit()
