"""The job that searches visit plans: begins what waits, keeps what is found, takes over what was cut off."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork, reading
from kasane_outreach.commands import AskForPlan
from kasane_outreach.domain.plan_run import SILENT_SECONDS, VisitPlanStatus
from kasane_outreach.domain.planning import PlanProblem
from kasane_outreach.handlers.planning import ask_for_plan
from kasane_outreach.handlers.subjects import PLAN
from kasane_outreach.repository import PlanRuns, WorkerProfiles
from kasane_outreach.repository.planning.search_process import Search, SearchProcess

SERVICE = "outreach"
MOST_AT_ONCE = 2
SAY_EVERY = timedelta(seconds=SILENT_SECONDS / 3)


class PlanSearches:
    """The searches of this process, each in a child process; a worker that is killed takes its children along.

    Called again and again as a job. Another worker takes over what has been silent.
    """

    def __init__(self, start: Callable[[PlanProblem, float], Search] = SearchProcess) -> None:
        self._start = start
        self._running: dict[tuple[str, str], Search] = {}
        self._said: dict[tuple[str, str], datetime] = {}

    def look_after(self, house: House, municipality: str) -> None:
        """Does what is to be done now for the plans of a town; returns at once."""
        with reading(house, SERVICE) as connection:
            open_ids = PlanRuns(connection).open_ids()
        for town, run_id in [key for key in self._running if key[0] == municipality]:
            if run_id not in open_ids:
                self._running.pop((town, run_id)).end()
        for run_id in open_ids:
            if (municipality, run_id) in self._running:
                self._hear(house, municipality, run_id)
            elif len(self._running) < MOST_AT_ONCE:
                self._begin(house, municipality, run_id)

    def processes(self) -> tuple[int, ...]:
        """The process numbers of what is being searched."""
        return tuple(search.process for search in self._running.values())

    def end(self) -> None:
        """Ends every search of this process; another worker begins them again."""
        while self._running:
            self._running.popitem()[1].end()

    def wait(self, seconds: float) -> None:
        """Waits until one of the searches ends, at most so long."""
        for search in self._running.values():
            search.wait(seconds)

    def _begin(self, house: House, municipality: str, run_id: str) -> None:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            runs = PlanRuns(uow.connection)
            run = runs.get(run_id, to_change=True)
            if not run.free_to_search(clock.now()):
                return
            if run.stop_asked:
                run.status = VisitPlanStatus.READY
            else:
                run.status, run.begun_at, run.heard_at = (
                    VisitPlanStatus.SEARCHING,
                    clock.now(),
                    clock.now(),
                )
            runs.save(run)
            uow.record("outreach.plan.searched", PLAN, run_id)
            uow.commit()
        if run.status is VisitPlanStatus.SEARCHING:
            self._running[municipality, run_id] = self._start(run.problem, run.seconds)
            self._said[municipality, run_id] = clock.now()

    def _hear(self, house: House, municipality: str, run_id: str) -> None:
        search = self._running[municipality, run_id]
        over = search.over
        found = search.heard()
        with reading(house, SERVICE) as connection:
            state = PlanRuns(connection).state(run_id)
        quiet = clock.now() - self._said[municipality, run_id] < SAY_EVERY
        if quiet and not found and not over and not (state and state[1]):
            return
        self._said[municipality, run_id] = clock.now()
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            runs = PlanRuns(uow.connection)
            run = runs.get(run_id, to_change=True)
            for plan, cost in found:
                run.better(plan, cost)
            stopping = run.stop_asked and run.plan is not None
            run.heard_at = clock.now()
            if stopping or over:
                run.status = VisitPlanStatus.READY
            runs.save(run)
            uow.record("outreach.plan.searched", PLAN, run_id)
            uow.commit()
        if run.status is VisitPlanStatus.READY:
            self._running.pop((municipality, run_id)).end()


def plan_now(
    house: House, municipality: str, *, starts_on: date, days: int, workers: str, seconds: int
) -> str:
    """Plans some days at once, for the operator's command line; ``workers`` are account ids with commas.

    Without workers it plans for all whose hours are written down. Returns the id of the plan, to be looked at and
    accepted on its page; nothing is scheduled.
    """
    with municipality_scope(municipality):
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            chosen = tuple(one.strip() for one in workers.split(",") if one.strip())
            command = AskForPlan(
                new_id(), starts_on, days, chosen or WorkerProfiles(uow.connection).known(), seconds
            )
            run_id = ask_for_plan(command, uow)
        search_now(house, municipality, run_id)
    return run_id


def search_now(house: House, municipality: str, run_id: str) -> None:
    """Searches a plan in the caller's own time; the job of a worker lets it alone meanwhile."""
    searches = PlanSearches()
    while True:
        searches.look_after(house, municipality)
        with reading(house, SERVICE) as connection:
            state = PlanRuns(connection).state(run_id)
        if state is None or state[0] in (VisitPlanStatus.READY, VisitPlanStatus.ACCEPTED):
            return
        searches.wait(1.0)
