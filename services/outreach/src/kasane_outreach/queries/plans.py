"""What the screens of visit plans read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, select

from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_outreach import tables
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.plan_cost import PlanCost, plan_cost
from kasane_outreach.domain.plan_reasons import PlacedBecause, why_placed
from kasane_outreach.domain.plan_run import PlanRun
from kasane_outreach.domain.planning import (
    Commitment,
    LeftOutVisit,
    PauseSlot,
    PlanVisit,
    PlanWeights,
    ToldTime,
    VisitPlan,
    VisitSlot,
)
from kasane_outreach.domain.planning_errors import PlanNotFound
from kasane_outreach.domain.travel import TravelTimes
from kasane_outreach.domain.visit_wish import VisitWish
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.queries.households import household
from kasane_outreach.queries.sight import household_visible_to, without_protected_address
from kasane_outreach.repository import (
    HouseholdsToReach,
    PlanRuns,
    PlanSettings,
    VisitWishes,
    WorkerProfiles,
)
from kasane_outreach.repository.plan_building import (
    NO_HOURS,
    NO_START,
    build_problem,
    days_from,
    request_of,
)
from kasane_outreach.repository.planning.suggesting import best_times

RECENT_DAYS, MOST_SHOWN, DAYS_OFFERED = 30, 20, 7


@dataclass(frozen=True)
class PlanLine:
    """One slot of a plan and why it is there; the household is None where it is not for the viewer to see."""

    slot: VisitSlot
    household: HouseholdToReach | None
    because: tuple[PlacedBecause, ...]
    together: bool


@dataclass(frozen=True)
class PlanDay:
    """What one worker does on one day: visits, breaks and what stands already, in their order."""

    day: date
    worker: str
    rows: tuple[PlanLine | PauseSlot | Commitment, ...]


@dataclass(frozen=True)
class PlanFile:
    """A plan as its page shows it; ``left_out`` and ``notes`` only tell of households that the viewer may see.

    ``whole`` says that the viewer may see every household that the plan goes to.
    """

    run: PlanRun
    days: tuple[PlanDay, ...]
    households: Mapping[str, HouseholdToReach]
    left_out: tuple[LeftOutVisit, ...]
    notes: Mapping[str, str]
    whole: bool
    cost: PlanCost
    progress: int


@dataclass(frozen=True)
class FreeTime:
    """A time that could be offered to a household."""

    day: date
    starts: int
    workers: tuple[str, ...]


def plan_file(connection: Connection, viewer: Actor, run_id: str) -> PlanFile:
    """One plan, open to coordinators, to who asked for it and to its workers; raises PlanNotFound.

    Of households that the viewer may not see it holds nothing but the times.
    """
    run = PlanRuns(connection).get(run_id)
    if not (viewer.has("coordinator") or viewer.account_id in (run.asked_by, *run.worker_ids)):
        raise PlanNotFound
    plan = run.plan or VisitPlan(())
    ids = {request_of(visit.id) for visit in run.problem.visits} | run.notes.keys()
    h = tables.household_to_reach.c
    found = HouseholdsToReach(connection).load(h.id.in_(ids), household_visible_to(viewer))
    households = {one.id: without_protected_address(one) for one in found}
    return PlanFile(
        run,
        _days(run, plan, households),
        households,
        tuple(one for one in plan.left_out if request_of(one.visit) in households),
        {
            one: note
            for one, note in run.notes.items()
            if one in households or note in (NO_HOURS, NO_START)
        },
        all(request_of(slot.visit) in households for slot in plan.slots),
        plan_cost(run.problem, plan),
        run.progress(clock.now()),
    )


def requests_open_to(connection: Connection, viewer: Actor) -> frozenset[str] | None:
    """The households on the list that the viewer may see, by request; None when that is every one."""
    if viewer.has("coordinator"):
        return None
    h = tables.household_to_reach.c
    return frozenset(connection.scalars(select(h.id).where(household_visible_to(viewer))))


def recent_plans(connection: Connection, viewer: Actor) -> tuple[PlanRun, ...]:
    """The plans of these weeks that the viewer may see, newest first."""
    runs = PlanRuns(connection)
    ids = runs.since(clock.today() - timedelta(days=RECENT_DAYS), MOST_SHOWN)
    found = (runs.get(run_id) for run_id in ids)
    sees_all, mine = viewer.has("coordinator"), viewer.account_id
    return tuple(run for run in found if sees_all or mine in (run.asked_by, *run.worker_ids))


def worker_profiles(
    connection: Connection, account_ids: Sequence[str]
) -> Mapping[str, WorkerProfile]:
    """The working hours that were written down, by account."""
    return WorkerProfiles(connection).those(account_ids)


def worker_profile(connection: Connection, account_id: str) -> WorkerProfile:
    """The working hours of one worker; empty when nobody wrote them down."""
    return WorkerProfiles(connection).get(account_id)


def plan_weights(connection: Connection) -> tuple[PlanWeights, int]:
    """The weights of the town's plans with their version; 0 for those of the product."""
    return PlanSettings(connection).read()


def visit_wish(connection: Connection, viewer: Actor, request_id: str) -> VisitWish:
    """What a household that the viewer may see needs and wishes; raises HouseholdNotFound."""
    household(connection, viewer, request_id)
    return VisitWishes(connection).get(request_id)


def free_times(
    connection: Connection, viewer: Actor, request_id: str, travel: TravelTimes
) -> tuple[FreeTime, ...]:
    """The three best free times for a household in the coming days; none when nobody can come.

    Raises HouseholdNotFound.
    """
    wanted = household(connection, viewer, request_id)
    if wanted.position is None:
        return ()
    days = days_from(clock.today() + timedelta(days=1), DAYS_OFFERED)
    workers = WorkerProfiles(connection).known()
    problem = build_problem(connection, days, workers, (wanted,), travel).problem
    once = _once(problem.visits)
    if once is None:
        return ()
    empty = replace(problem, visits=())
    return tuple(_free(days, one) for one in best_times(empty, VisitPlan(()), once))


def _once(visits: Sequence[PlanVisit]) -> PlanVisit | None:
    """One visit on any of the days, also for a household with a repetition."""
    windows = tuple(window for visit in visits for window in visit.windows)
    return replace(visits[0], windows=windows) if visits else None


def _free(days: Sequence[date], time: ToldTime) -> FreeTime:
    return FreeTime(days[time.day], time.starts, time.workers)


def _days(
    run: PlanRun, plan: VisitPlan, households: Mapping[str, HouseholdToReach]
) -> tuple[PlanDay, ...]:
    hands = {visit.id: visit.hands for visit in run.problem.visits}
    found = []
    for shift in sorted(run.problem.shifts, key=lambda one: (one.day, one.worker)):
        slots = sorted(
            (one for one in plan.slots if (one.worker, one.day) == (shift.worker, shift.day)),
            key=lambda one: one.starts,
        )
        lines = tuple(
            PlanLine(
                slot,
                households.get(request_of(slot.visit)),
                why_placed(run.problem, plan, slot),
                hands[slot.visit] > 1,
            )
            for slot in slots
        )
        pauses = tuple(
            one for one in plan.pauses if (one.worker, one.day) == (shift.worker, shift.day)
        )
        if lines:
            rows: list[PlanLine | PauseSlot | Commitment] = [*lines, *pauses, *shift.commitments]
            day = run.problem.days[shift.day]
            found.append(PlanDay(day, shift.worker, tuple(sorted(rows, key=_starts))))
    return tuple(found)


def _starts(row: PlanLine | PauseSlot | Commitment) -> int:
    return row.slot.starts if isinstance(row, PlanLine) else row.starts
