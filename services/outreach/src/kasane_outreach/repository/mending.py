"""What becomes of planned days when something happens: told and locked visits stay, few others move.

Before anything is changed, what people set by hand and no planner could keep is found and left alone. Then each visit
that what happened hits looks for a place: first at its own time, then on its own day, then on the days after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_outreach.domain.disruption import (
    LONGEST_DETOUR,
    MOST_CLOSED_DAYS,
    Disruption,
    DisruptionKind,
    VisitPin,
)
from kasane_outreach.domain.errors import AddressProtected
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.planning import (
    LeftOutReason,
    LeftOutVisit,
    PlanProblem,
    PlanVisit,
    VisitPlan,
    VisitSlot,
    VisitWindow,
)
from kasane_outreach.domain.planning_errors import (
    DisruptionUnclear,
    NoRoomLeft,
    PlanOutdated,
    PositionMissing,
)
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.town_block import TownBlock
from kasane_outreach.domain.travel import RememberedWays, TravelTimes
from kasane_outreach.domain.visit import Visit
from kasane_outreach.repository.closing_roads import ClosedRoads, closed_roads
from kasane_outreach.repository.households import HouseholdsToReach
from kasane_outreach.repository.plan_building import (
    BuiltProblem,
    build_problem,
    days_from,
    request_of,
)
from kasane_outreach.repository.planning.repairing import repair
from kasane_outreach.repository.planning_records import WorkerProfiles
from kasane_outreach.repository.visits import Visits

DAYS_LOOKED_AT = 5
URGENT_TIMES, FREED_MARGIN = 3, 30
AT_ITS_TIME, ON_ITS_DAY, ANY_DAY = range(3)
MOST_LOOKS = 4


@dataclass(frozen=True)
class MendedVisit:
    """A visit that changes, and its new slots; none when it has to wait. ``told`` were told the old time."""

    visit: Visit
    slots: tuple[VisitSlot, ...]
    told: bool


@dataclass(frozen=True)
class MendedDay:
    """The change as it would be carried out; ``others`` is how many visits of these days stay as they are.

    ``hit`` cannot be made as they stand, ``moved`` make room; ``added`` are households with the slots they get.
    """

    disruption: Disruption
    days: tuple[date, ...]
    hit: tuple[MendedVisit, ...]
    moved: tuple[MendedVisit, ...]
    added: tuple[tuple[HouseholdToReach, tuple[VisitSlot, ...]], ...]
    others: int

    @property
    def changes(self) -> tuple[MendedVisit, ...]:
        """Every visit that does not stay as it is."""
        return (*self.hit, *self.moved)

    @property
    def mark(self) -> str:
        """Changes with everything that is shown, so that nothing else than what was seen is accepted."""
        seen = [(one.visit.id, one.visit.version, one.slots) for one in self.changes]
        new = [(household.id, household.version, slots) for household, slots in self.added]
        return sha256(repr((self.disruption, self.days, seen, new)).encode()).hexdigest()


def days_of(disruption: Disruption) -> tuple[date, ...]:
    """The days that may change: those of a closed road, else the day and the ones after it."""
    closed = disruption.kind is DisruptionKind.ROAD_CLOSED
    return days_from(disruption.on, disruption.days if closed else DAYS_LOOKED_AT)


def mend(
    connection: Connection,
    disruption: Disruption,
    travel: TravelTimes,
    blocks: Sequence[TownBlock],
) -> MendedDay:
    """What would become of the visits; nothing is changed. ``blocks`` are the town's, to know where a closed one is.

    A visit that has begun stays with who makes it, whatever happens.

    Raises DisruptionUnclear, NotAVisitTime for a visit that cannot take so long, NoRoomLeft for one that has to be
    added and finds no place, and PlanOutdated when no sound plan was found.
    """
    points = {block.name: block.position for block in blocks}
    return _Mending(connection, disruption, travel, points).mended()


class _Mending:
    def __init__(
        self,
        connection: Connection,
        disruption: Disruption,
        travel: TravelTimes,
        points: Mapping[str, Position],
    ) -> None:
        self._connection = connection
        self._happened = disruption
        self._travel = RememberedWays(travel)
        self._points = points
        self._days = days_of(disruption)
        visits = Visits(connection)
        due = [one for day in self._days for one in visits.scheduled_on(day) if one.due]
        self._due = {one.id: one for one in due}
        now = clock.now().astimezone(clock.JAPAN)
        self._begun = {
            one.id
            for one in due
            if one.on < now.date() or (one.on == now.date() and one.starts_at <= now.time())
        }
        self._workers = WorkerProfiles(connection).known()
        self._must_make_sense()

    def mended(self) -> MendedDay:
        own = self._happened.visit_id
        gone = {own} if self._happened.kind is DisruptionKind.VISIT_CANCELLED else set()
        fixed = {
            one.id for one in self._due.values() if one.pin is not VisitPin.NONE or one.id == own
        } - gone
        fixed |= self._unplannable() | self._begun
        fixed |= self._people_set(fixed, gone)
        closed = self._closed()
        hit = self._struck(fixed, closed)
        plan = self._rearranged(fixed - hit, gone, hit, closed)
        return self._told(plan, gone, hit)

    def _must_make_sense(self) -> None:
        happened = self._happened
        needs_visit = (DisruptionKind.VISIT_CANCELLED, DisruptionKind.VISIT_OVERRUN)
        visit = self._due.get(happened.visit_id)
        wrong = {
            DisruptionKind.WORKER_ABSENT: not happened.worker,
            DisruptionKind.VISIT_ADDED: not happened.request_id,
            DisruptionKind.ROAD_CLOSED: happened.block not in self._points
            or not 1 <= happened.days <= MOST_CLOSED_DAYS
            or not 0 <= happened.minutes <= LONGEST_DETOUR,
        }
        missing = visit is None or visit.on != happened.on
        if (happened.kind in needs_visit and missing) or wrong.get(happened.kind, False):
            raise DisruptionUnclear
        if happened.kind is DisruptionKind.VISIT_OVERRUN and visit is not None:
            replace(visit).take_longer(happened.minutes)

    def _unplannable(self) -> set[str]:
        """Visits that no plan can hold: a protected address, no position, a worker without hours."""
        found = HouseholdsToReach(self._connection).those(
            sorted({one.request_id for one in self._due.values()})
        )
        known = {one.id for one in found if one.position is not None and not one.hides_address}
        return {
            one.id
            for one in self._due.values()
            if one.request_id not in known or not set(one.workers) <= set(self._workers)
        }

    def _people_set(self, fixed: set[str], gone: set[str]) -> set[str]:
        """What would move although nothing happened: people set it so, and it stays so."""
        found: set[str] = set()
        for _again in range(MOST_LOOKS):
            loose = self._due.keys() - fixed - found - gone
            problem = self._ask(loose, gone).problem
            problem = _narrowed(problem, dict.fromkeys(loose, ON_ITS_DAY), self._before(loose))
            calm = repair(problem, self._before(loose))
            new = {*calm.moved, *calm.dropped}
            if not new:
                break
            found |= new
        return found

    def _struck(self, fixed: set[str], closed: ClosedRoads | None) -> set[str]:
        """Visits that would stay, and cannot because of what happened."""
        happened = self._happened
        if happened.kind is DisruptionKind.WORKER_ABSENT:
            return {
                one.id
                for one in self._due.values()
                if one.on == happened.on and happened.worker in one.workers
            } - self._begun
        if happened.kind is DisruptionKind.VISIT_OVERRUN:
            late = self._due[happened.visit_id]
            ends = late.ends + happened.minutes
            built = self._ask(self._due.keys() - {late.id}, set()).problem
            return {
                one.id
                for one in self._due.values()
                if one.id in fixed
                and one.id != late.id
                and one.on == late.on
                and set(one.workers) & set(late.workers)
                and late.starts <= one.starts < ends + _way(built, late, one)
            }
        if closed is None:
            return set()
        now, was = self._ask(set(), set(), closed).problem, self._ask(set(), set()).problem
        return closed.struck(self._due, fixed, now, was) - self._begun

    def _closed(self) -> ClosedRoads | None:
        if self._happened.kind is not DisruptionKind.ROAD_CLOSED:
            return None
        point = self._points[self._happened.block]
        return closed_roads(self._connection, self._happened, self._travel, point)

    def _rearranged(
        self, fixed: set[str], gone: set[str], hit: set[str], closed: ClosedRoads | None
    ) -> VisitPlan:
        loose = self._due.keys() - fixed - gone
        reach = {one: AT_ITS_TIME if one in hit else ON_ITS_DAY for one in loose}
        built = self._ask(loose, gone, closed)
        problem = self._with_what_happened(built.problem)
        before = self._before(loose - hit)
        waiting = {one.id for one in problem.visits} - loose - {self._happened.request_id}
        while True:
            narrow = _narrowed(problem, reach, self._before(loose))
            # Who waits moves nobody; who lost a place does when nothing else is left, or to keep a time that was told.
            modest = waiting | {
                one for one in hit if reach[one] < ANY_DAY and not self._keeps(one, reach[one])
            }
            left = tuple(LeftOutVisit(one, LeftOutReason.DAY_FULL) for one in sorted(modest))
            mended = repair(narrow, before.naming(left))
            homeless = {
                one.visit
                for one in mended.plan.left_out
                if one.visit in reach and reach[one.visit] < ANY_DAY
            }
            if not homeless:
                break
            reach |= {one: reach[one] + 1 for one in homeless}
        if check_plan(narrow, mended.plan):
            raise PlanOutdated
        self._must_have_room(mended.plan)
        return mended.plan

    def _keeps(self, visit_id: str, reach: int) -> bool:
        return self._due[visit_id].pin is not VisitPin.NONE and reach == AT_ITS_TIME

    def _must_have_room(self, plan: VisitPlan) -> None:
        wanted = self._happened.request_id
        if self._happened.kind is DisruptionKind.VISIT_ADDED and wanted not in plan.by_visit():
            raise NoRoomLeft

    def _ask(
        self, loose: Sequence[str] | set[str], gone: set[str], closed: ClosedRoads | None = None
    ) -> BuiltProblem:
        """The problem with the loose visits to be given out; what is gone stands in nobody's way."""
        again = [self._due[one] for one in sorted({*loose, *gone})]
        built = build_problem(
            self._connection,
            self._days,
            self._workers,
            self._households(),
            closed or self._travel,
            again,
        )
        kept = tuple(one for one in built.problem.visits if one.id not in gone)
        return replace(built, problem=replace(built.problem, visits=kept))

    def _households(self) -> tuple[HouseholdToReach, ...]:
        happened, households = self._happened, HouseholdsToReach(self._connection)
        if happened.kind is DisruptionKind.VISIT_ADDED:
            (household,) = households.those([happened.request_id]) or (None,)
            if household is None or not household.open:
                raise DisruptionUnclear
            if household.hides_address:
                raise AddressProtected
            if household.position is None:
                raise PositionMissing
            return (household,)
        if happened.fill:
            return tuple(one for one in households.load() if one.status is ReachStatus.WAITING)
        return ()

    def _with_what_happened(self, problem: PlanProblem) -> PlanProblem:
        happened = self._happened
        if happened.kind is DisruptionKind.WORKER_ABSENT:
            away = (happened.worker, 0)
            shifts = tuple(one for one in problem.shifts if (one.worker, one.day) != away)
            return replace(problem, shifts=shifts)
        if happened.kind is DisruptionKind.VISIT_OVERRUN:
            late = self._due[happened.visit_id]
            shifts = tuple(
                replace(
                    shift,
                    commitments=tuple(
                        replace(one, minutes=late.minutes + happened.minutes)
                        if one.id == late.id
                        else one
                        for one in shift.commitments
                    ),
                )
                for shift in problem.shifts
            )
            return replace(problem, shifts=shifts)
        if happened.kind is DisruptionKind.VISIT_ADDED:
            return _with_added(problem, happened.request_id)
        if happened.fill:
            return _filling(problem, self._due[happened.visit_id], set(self._due))
        return problem

    def _before(self, loose: Sequence[str] | set[str]) -> VisitPlan:
        return VisitPlan(
            tuple(
                VisitSlot(one.id, worker, (one.on - self._days[0]).days, one.starts, one.minutes)
                for one in (self._due[name] for name in sorted(loose))
                for worker in one.workers
            )
        )

    def _told(self, plan: VisitPlan, gone: set[str], hit: set[str]) -> MendedDay:
        placed = plan.by_visit()
        left = {one.visit for one in plan.left_out}
        changed = []
        for visit in self._due.values():
            slots = placed.get(visit.id, ())
            if not slots and visit.id not in hit | left:
                continue
            at_its_time = bool(slots) and (
                self._days[slots[0].day] == visit.on and slots[0].starts == visit.starts
            )
            if at_its_time and set(visit.workers) == {one.worker for one in slots}:
                continue
            told = visit.pin is VisitPin.TOLD and not at_its_time
            changed.append(MendedVisit(visit, slots, told))
        asked = self._households()
        added = [(one, placed[one.id]) for one in asked if one.id in placed]
        added.sort(key=lambda one: (one[1][0].day, one[1][0].starts))
        return MendedDay(
            self._happened,
            self._days,
            tuple(one for one in changed if one.visit.id in hit or not one.slots),
            tuple(one for one in changed if one.visit.id not in hit and one.slots),
            tuple(added),
            len(self._due) - len(changed) - len(gone),
        )


def _way(problem: PlanProblem, here: Visit, there: Visit) -> int:
    """The minutes between two visits by what their worker travels with; 0 where a place is not known."""
    places = {one.id: one for one in problem.visits}
    shared = set(here.workers) & set(there.workers)
    for shift in problem.shifts:
        for one in shift.commitments:
            if one.id == here.id and shift.worker in shared and one.place is not None:
                mode = next(who.mode for who in problem.workers if who.id == shift.worker)
                to = places.get(there.id)
                return problem.travel[mode][one.place][to.place] if to else 0
    return 0


def _narrowed(problem: PlanProblem, reach: Mapping[str, int], before: VisitPlan) -> PlanProblem:
    """Each visit with the windows that it may use now; where it stands is always one of them."""
    stood = {visit: slots[0] for visit, slots in before.by_visit().items()}
    changed = []
    for visit in problem.visits:
        if visit.id not in reach:
            changed.append(visit)
            continue
        at = stood[visit.id]
        own = VisitWindow(at.day, at.starts, at.ends)
        wished = {
            AT_ITS_TIME: (),
            ON_ITS_DAY: tuple(one for one in visit.windows if one.day == at.day),
            ANY_DAY: visit.windows,
        }[reach[visit.id]]
        inside = any(
            one.day == own.day and one.earliest <= own.earliest and own.latest <= one.latest
            for one in wished
        )
        changed.append(replace(visit, windows=wished if inside else (own, *wished)))
    return replace(problem, visits=tuple(changed))


def _with_added(problem: PlanProblem, request_id: str) -> PlanProblem:
    """The household that has to be visited, once, on the first day, before all that can wait."""
    asked = [one for one in problem.visits if request_of(one.id) == request_id]
    others = tuple(one for one in problem.visits if request_of(one.id) != request_id)
    if not asked:
        raise NoRoomLeft
    today = tuple(window for one in asked for window in one.windows if window.day == 0)
    urgent = replace(
        asked[0],
        id=request_id,
        windows=today,
        due=0,
        urgent=True,
        penalty=URGENT_TIMES * max(one.penalty for one in problem.visits),
    )
    return replace(problem, visits=(*others, urgent))


def _filling(problem: PlanProblem, cancelled: Visit, due: set[str]) -> PlanProblem:
    """Households that wait may have the time that the cancelled visit leaves, with its workers only."""
    others = frozenset(one.id for one in problem.workers) - set(cancelled.workers)
    free = (cancelled.starts - FREED_MARGIN, cancelled.ends + FREED_MARGIN)

    def freed(visit: PlanVisit) -> PlanVisit:
        windows = tuple(
            VisitWindow(0, max(one.earliest, free[0]), min(one.latest, free[1]))
            for one in visit.windows
            if one.day == 0 and one.earliest < free[1] and free[0] < one.latest
        )
        return replace(visit, windows=windows, refused=visit.refused | others)

    visits = tuple(one if one.id in due else freed(one) for one in problem.visits)
    return replace(problem, visits=visits)
