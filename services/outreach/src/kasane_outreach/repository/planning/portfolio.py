"""Plans with everything that is installed, one planner started from the other; the best plan that the checker accepts
wins, and nobody sees whose it was.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.plan_cost import plan_cost
from kasane_outreach.domain.planning import PlanProblem, VisitPlan
from kasane_outreach.repository.planning import pyvrp_search, vroom_search
from kasane_outreach.repository.planning.adopting import adopt
from kasane_outreach.repository.planning.annealing import (
    Annealing,
    absent_of,
    first_order,
    insert_all,
)
from kasane_outreach.repository.planning.compiled import CompiledProblem
from kasane_outreach.repository.planning.suggesting import name_left_out
from kasane_outreach.repository.planning.tours import Tours

log = logging.getLogger("kasane.outreach")

SEED = 20230401
LARGE_DAY = 250
WARM, AFTER, POLISH = 1.0, 0.2, 0.05
"""How hot the annealing begins: from a first plan, after another planner, at the end."""
VROOM_SHARE, FIRST_SHARE, DAYS_SHARE = 0.3, 0.85, 0.92
"""What of the time VROOM may take, and when the first annealing and PyVRP's days are over."""
TIRED_SHARE = 0.3
"""After so much of the time without a better day PyVRP begins anew."""
MOST_SLOWNESS = 40.0

Told = Callable[[VisitPlan, float, float], None]
"""Hears of each better plan: the plan, its cost, and the seconds since the beginning."""


@dataclass
class _Best:
    cost: float
    plan: VisitPlan
    tours: Tours


class Portfolio:
    """Plans a problem in a given time. ``clock`` counts that time; ``planners`` names what may be used."""

    def __init__(
        self,
        problem: PlanProblem,
        told: Told | None = None,
        stop: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        planners: frozenset[str] = frozenset({"vroom", "pyvrp", "annealing"}),
    ) -> None:
        self.problem = problem
        self._told = told
        self._stop = stop
        self._clock = clock
        self._use = set(planners)
        if not vroom_search.available():
            self._use.discard("vroom")
        if not pyvrp_search.available():
            self._use.discard("pyvrp")
        self._begin, self._wall = 0.0, 0.0
        self._best: _Best | None = None

    def solve(self, seconds: float) -> VisitPlan:
        """The best plan found in about ``seconds``; it passed the checker and names all that it leaves out."""
        self._begin, self._wall = self._clock(), time.monotonic()
        compiled = CompiledProblem(self.problem)
        tours = Tours(compiled)
        insert_all(tours, first_order(compiled, absent_of(tours)), self._stop)
        self._offer(tours, "insertion")
        if self.problem.visits and self.problem.shifts and seconds > 0:
            if self._pure(compiled):
                self._route(compiled, seconds)
            else:
                self._week(seconds)
        return self._kept.plan

    @property
    def _kept(self) -> _Best:
        if self._best is None:
            raise RuntimeError("no plan passed the checker; nothing is shown")
        return self._best

    def _pure(self, c: CompiledProblem) -> bool:
        """Whether it is one day of plain routing, where PyVRP alone is first."""
        plain = all(
            hands == 1 and sum(len(spans) for spans in windows.values()) <= 1
            for hands, windows in zip(c.hands, c.windows, strict=True)
        )
        days = {shift.day for shift in self.problem.shifts}
        given = any(c.pauses) or any(c.fixed) or self.problem.weights.fairness
        return plain and len(days) == 1 and not given and "pyvrp" in self._use

    def _route(self, c: CompiledProblem, seconds: float) -> None:
        day = c.day_of[0]
        large = c.visits > LARGE_DAY and "vroom" in self._use
        if large:
            self._vroom(0.25 * seconds)
        stop, number = self._until(seconds), 0
        while not stop():
            # One beginning leads into a dead end now and then: whoever finds nothing better begins anew.
            orders = pyvrp_search.search(
                self._kept.tours,
                (day,),
                stop,
                cold=not large or number > 0,
                seed=pyvrp_search.SEED + number,
                tired=self._patience(TIRED_SHARE * seconds),
            )
            if not orders:
                return
            self._offer(adopt(self._kept.tours, orders, self._stop), "pyvrp")
            number += 1

    def _week(self, seconds: float) -> None:
        visits = len(self.problem.visits)
        quick = vroom_search.quickest(visits) <= VROOM_SHARE * seconds
        started = "vroom" in self._use and (quick or "annealing" not in self._use)
        if started and not self._stop():
            self._vroom(VROOM_SHARE * seconds)
        if "annealing" in self._use:
            others = "pyvrp" in self._use
            self._anneal((FIRST_SHARE if others else 1.0) * seconds, AFTER if started else WARM)
        if "pyvrp" in self._use:
            self._days((DAYS_SHARE if "annealing" in self._use else 1.0) * seconds)
        if "annealing" in self._use:
            self._anneal(seconds, POLISH)

    def _anneal(self, until: float, warm: float) -> None:
        left = until - self._passed()
        if left <= 0 or self._stop():
            return
        tours = self._kept.tours.copy()

        def better() -> None:
            self._offer(tours.copy(), "annealing")

        Annealing(tours, SEED, self._clock).run(left, self._stop, warm, better)
        self._offer(tours, "annealing")

    def _vroom(self, seconds: float) -> None:
        level = vroom_search.exploration(len(self.problem.visits), seconds)
        orders = vroom_search.search(self._kept.tours, seconds * self._slowness(), level)
        self._offer(adopt(self._kept.tours, orders, self._stop), "vroom")

    def _days(self, until: float) -> None:
        days = sorted({shift.day for shift in self.problem.shifts})
        for number, day in enumerate(days):
            left = until - self._passed()
            if left <= 0 or self._stop():
                return
            stop = self._until(self._passed() + left / (len(days) - number))
            orders = pyvrp_search.search(self._kept.tours, (day,), stop)
            if orders:
                self._offer(adopt(self._kept.tours, orders, self._stop), "pyvrp")

    def _patience(self, seconds: float) -> Callable[[int], bool]:
        """Says when no better cost was heard for so long."""
        best, since = float("inf"), self._passed()

        def tired(cost: int) -> bool:
            nonlocal best, since
            if cost < best:
                best, since = cost, self._passed()
            return self._passed() - since > seconds

        return tired

    def _until(self, seconds: float) -> Callable[[], bool]:
        return lambda: self._passed() >= seconds or self._stop()

    def _passed(self) -> float:
        return self._clock() - self._begin

    def _slowness(self) -> float:
        """How many seconds of the wall, which is what VROOM counts, one second of the clock takes here."""
        passed = self._passed()
        walled = time.monotonic() - self._wall
        return min(MOST_SLOWNESS, max(1.0, walled / passed)) if passed > 0 else 1.0

    def _offer(self, tours: Tours, planner: str) -> None:
        """Keeps the plan when the checker accepts it and it costs less than the best so far."""
        found = tours.plan(planner)
        cost = plan_cost(self.problem, found).total
        if self._best is not None and cost >= self._best.cost - 1e-9:
            return
        plan = name_left_out(self.problem, found)
        breaches = check_plan(self.problem, plan)
        if breaches:
            log.warning("a plan of %s did not pass the check: %s", planner, breaches[0].kind)
            return
        self._best = _Best(cost, plan, tours)
        if self._told is not None:
            self._told(plan, cost, self._passed())
