"""Planning problems for the tests: a small one to change by hand, and generated weeks."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    VisitWindow,
    WorkPause,
    WorkShift,
)
from kasane_outreach.domain.position import TravelMode, travel_minutes
from kasane_outreach.repository import blocks_of

MONDAY = date(2026, 11, 30)
LUNCH = WorkPause(690, 810, 60)
WHOLE_DAY = (VisitWindow(0, 540, 1020),)
LINE = [[10 * abs(here - there) for there in range(5)] for here in range(5)]
"""Five places on a line, ten minutes from one to the next; workers start at place 0."""


def visit(name: str = "visit-1", place: int = 1, minutes: int = 45, **changes: object) -> PlanVisit:
    """A visit that may be made at any time of the first day, with changes."""
    return replace(PlanVisit(name, place, minutes, WHOLE_DAY), **changes)  # type: ignore[arg-type]


def small(*visits: PlanVisit, **changes: object) -> PlanProblem:
    """Two workers with a break on one day, nine to five."""
    problem = PlanProblem(
        days=(MONDAY,),
        workers=(PlanWorker("worker-1", skills=frozenset({"nurse"})), PlanWorker("worker-2")),
        shifts=tuple(
            WorkShift(f"worker-{number}", 0, 540, 1020, 0, 0, (LUNCH,)) for number in (1, 2)
        ),
        visits=visits,
        travel={"car": LINE},
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def week(visits: int, seed: int = 1, days: int = 5) -> PlanProblem:
    """A week in 生駒市: skills, days to choose from, breaks, two-person visits, usual workers, most visits."""
    chance = Random(seed)
    points = [block.position for block in blocks_of("生駒市")]
    travel = {
        mode.value: [[travel_minutes(here, there, mode) for there in points] for here in points]
        for mode in TravelMode
    }
    skills = ("nurse", "social_worker", "sign_language")
    workers, shifts = [], []
    for number in range(max(2, visits // (days * 5))):
        name = f"worker-{number}"
        mine = frozenset(one for one in skills if chance.random() < 0.6)
        mode = "car" if chance.random() < 0.9 else "foot"
        workers.append(PlanWorker(name, mode, mine, chance.choice(("female", "male"))))
        base = chance.randrange(len(points))
        shifts += [
            WorkShift(name, day, 540, 1020, base, base, (LUNCH,), (), 8) for day in range(days)
        ]
    hours = ((540, 1020), (540, 720), (780, 1020), (600, 720))
    wanted = []
    for number in range(visits):
        open_days = sorted(chance.sample(range(days), chance.randint(1, days)))
        windows = tuple(VisitWindow(day, *chance.choice(hours)) for day in open_days)
        usual = f"worker-{chance.randrange(len(workers))}" if chance.random() < 0.3 else ""
        wanted.append(
            PlanVisit(
                f"visit-{number}",
                chance.randrange(len(points)),
                chance.choice((30, 45, 60)),
                windows,
                hands=2 if chance.random() < 0.1 else 1,
                skills=frozenset({chance.choice(skills)}) if chance.random() < 0.3 else frozenset(),
                refused=frozenset({"worker-1"}) if chance.random() < 0.1 else frozenset(),
                usual=usual,
                due=chance.choice((None, 2)),
                penalty=chance.choice((500, 1500, 4500)),
            )
        )
    dates = tuple(MONDAY + timedelta(day) for day in range(days))
    return PlanProblem(dates, tuple(workers), tuple(shifts), tuple(wanted), travel, PlanWeights())
