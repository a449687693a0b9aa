"""Planning and checking rounds, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from kasane_outreach.domain.errors import RoundEmpty, RoundNotSound, RoundOutdated
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.round_check import BreachKind, check_round
from kasane_outreach.domain.routing import (
    FixedVisit,
    PlannedStop,
    RoundPlan,
    RoundProblem,
    RoundSolver,
    RoundVisit,
    RoundWorker,
    Unplaced,
    UnplacedReason,
)
from kasane_outreach.domain.visit_round import RoundStatus, VisitRound
from kasane_outreach.repository import blocks_of, round_solver
from kasane_outreach.repository.insertion import InsertionSolver
from kasane_outreach.repository.round_solver import PyvrpSolver

DAY = date(2026, 11, 25)
HERE = Position(34.70, 135.70)
NEAR = Position(34.71, 135.70)
FIRST = RoundWorker("worker-1", 540, 1020, HERE)
SECOND = RoundWorker("worker-2", 540, 1020, HERE)
VISIT = RoundVisit("visit-1", NEAR, 45)
PAIR = RoundVisit("visit-1", NEAR, 45, two_person=True)
SOLVERS = [pytest.param(InsertionSolver(), id="insertion"), pytest.param(PyvrpSolver(), id="pyvrp")]


def problem(*visits: RoundVisit, **changes: object) -> RoundProblem:
    values = {"on": DAY, "workers": (FIRST, SECOND), "visits": visits, **changes}
    return RoundProblem(**values)  # type: ignore[arg-type]


def stop(worker: str = "worker-1", starts: int = 600, visit: str = "visit-1") -> PlannedStop:
    return PlannedStop(visit, worker, starts, 45)


def generated(seed: int, visits: int, workers: int) -> RoundProblem:
    chance = Random(seed)
    blocks = blocks_of("生駒市")
    wanted = []
    for number in range(visits):
        earliest = chance.choice([0, 540, 600, 780])
        wanted.append(
            RoundVisit(
                f"visit-{number}",
                chance.choice(blocks).position,
                chance.choice([30, 45, 60]),
                earliest,
                chance.choice([1440, earliest + 180]),
                two_person=chance.random() < 0.25,
            )
        )
    people = tuple(
        RoundWorker(
            f"worker-{number}",
            540 + 30 * (number % 2),
            1020 - 60 * (number % 3),
            blocks[0].position,
            TravelMode.FOOT if number == 3 else TravelMode.CAR,
        )
        for number in range(workers)
    )
    fixed = (FixedVisit("fixed-1", "worker-0", 660, 60, blocks[5].position),)
    return RoundProblem(DAY, people, tuple(wanted), fixed)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("seed", range(6))
def test_every_plan_passes_the_checker_and_loses_no_visit(solver: RoundSolver, seed: int) -> None:
    asked = generated(seed, visits=14, workers=4)

    plan = solver.solve(asked)

    placed = {one.visit_id for one in plan.stops}
    left = {one.visit_id for one in plan.unplaced}
    assert check_round(asked, plan) == ()
    assert placed | left == {visit.id for visit in asked.visits}
    assert placed & left == set()


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_same_problem_gives_the_same_plan(solver: RoundSolver) -> None:
    asked = generated(7, visits=12, workers=3)

    assert solver.solve(asked) == solver.solve(asked)


def test_the_searched_plan_is_never_worse_than_the_plain_one() -> None:
    asked = generated(3, visits=20, workers=3)

    plain, searched = InsertionSolver().solve(asked), PyvrpSolver().solve(asked)

    assert len(searched.unplaced) <= len(plain.unplaced)
    assert isinstance(round_solver(), PyvrpSolver)


@pytest.mark.parametrize("solver", SOLVERS)
def test_two_persons_start_together(solver: RoundSolver) -> None:
    later = replace(SECOND, starts=600)

    plan = solver.solve(problem(PAIR, workers=(FIRST, later)))

    assert {one.worker_id for one in plan.stops} == {"worker-1", "worker-2"}
    assert [one.starts for one in plan.stops] == [603, 603]
    assert plan.unplaced == ()


@pytest.mark.parametrize("solver", SOLVERS)
def test_what_cannot_be_placed_is_named_with_its_reason(solver: RoundSolver) -> None:
    long_day = tuple(RoundVisit(f"long-{number}", NEAR, 240) for number in range(2))
    night = RoundVisit("night", NEAR, 30, earliest=1200)
    asked = problem(*long_day, night, replace(PAIR, id="pair"), workers=(FIRST,))

    plan = solver.solve(asked)

    reasons = {one.visit_id: one.reason for one in plan.unplaced}
    assert reasons["night"] is UnplacedReason.OUTSIDE_HOURS
    assert reasons["pair"] is UnplacedReason.TWO_WORKERS_NEEDED
    assert [reasons.get("long-0"), reasons.get("long-1")].count(UnplacedReason.NO_TIME_LEFT) == 1
    assert len(plan.stops) == 1


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_visit_that_stands_is_planned_around(solver: RoundSolver) -> None:
    fixed = FixedVisit("fixed-1", "worker-1", 540, 420, None)
    asked = problem(VISIT, workers=(FIRST,), fixed=(fixed,))

    plan = solver.solve(asked)

    assert [one.starts for one in plan.stops] == [963]
    assert check_round(asked, plan) == ()


@pytest.mark.parametrize("solver", SOLVERS)
def test_two_visits_that_a_person_set_too_close_do_not_stop_the_plan(solver: RoundSolver) -> None:
    far = Position(34.90, 135.70)
    fixed = (
        FixedVisit("fixed-1", "worker-1", 540, 60, far),
        FixedVisit("fixed-2", "worker-1", 600, 60, HERE),
    )
    asked = problem(VISIT, workers=(FIRST,), fixed=fixed)

    plan = solver.solve(asked)

    assert [one.starts for one in plan.stops] == [663]
    assert check_round(asked, plan) == ()


@pytest.mark.parametrize("solver", SOLVERS)
def test_nobody_to_send_leaves_everything_unplaced(solver: RoundSolver) -> None:
    plan = solver.solve(problem(VISIT, workers=()))

    assert plan.stops == ()
    assert plan.unplaced == (Unplaced("visit-1", UnplacedReason.OUTSIDE_HOURS),)


@pytest.mark.parametrize(
    ("wanted", "plan", "kind"),
    [
        (VISIT, RoundPlan((stop(visit="visit-9"),)), BreachKind.UNKNOWN_VISIT),
        (VISIT, RoundPlan((stop("worker-9"),)), BreachKind.UNKNOWN_WORKER),
        (VISIT, RoundPlan(()), BreachKind.LOST),
        (VISIT, RoundPlan((stop(), stop(starts=700))), BreachKind.TWICE),
        (
            VISIT,
            RoundPlan((stop(),), (Unplaced("visit-1", UnplacedReason.NO_TIME_LEFT),)),
            BreachKind.TWICE,
        ),
        (VISIT, RoundPlan((replace(stop(), minutes=30),)), BreachKind.WRONG_DURATION),
        (replace(VISIT, latest=630), RoundPlan((stop(),)), BreachKind.OUTSIDE_WINDOW),
        (replace(VISIT, earliest=630), RoundPlan((stop(),)), BreachKind.OUTSIDE_WINDOW),
        (VISIT, RoundPlan((stop(starts=542),)), BreachKind.OUTSIDE_HOURS),
        (VISIT, RoundPlan((stop(starts=973),)), BreachKind.OUTSIDE_HOURS),
        (PAIR, RoundPlan((stop(),)), BreachKind.WRONG_WORKERS),
        (PAIR, RoundPlan((stop(), stop("worker-1"))), BreachKind.WRONG_WORKERS),
        (PAIR, RoundPlan((stop(), stop("worker-2", 601))), BreachKind.NOT_TOGETHER),
    ],
)
def test_the_checker_finds_each_breach(
    wanted: RoundVisit, plan: RoundPlan, kind: BreachKind
) -> None:
    breaches = check_round(problem(wanted), plan)

    assert kind in {breach.kind for breach in breaches}


def test_the_checker_finds_too_little_time_for_the_way() -> None:
    there = RoundVisit("visit-2", Position(34.75, 135.70), 45)
    plan = RoundPlan((stop(), stop(starts=650, visit="visit-2")))

    breaches = check_round(problem(VISIT, there), plan)

    assert [breach.kind for breach in breaches] == [BreachKind.TOO_LITTLE_TIME]


def proposed(plan: RoundPlan) -> VisitRound:
    return VisitRound.propose(
        round_id="round-1",
        planned_by="worker-1",
        planned_at=datetime(2026, 11, 24, tzinfo=UTC),
        problem=problem(VISIT),
        plan=plan,
    )


def test_a_plan_with_a_breach_is_not_kept() -> None:
    with pytest.raises(RoundNotSound):
        proposed(RoundPlan((stop(starts=541),)))


def test_a_round_is_accepted_only_while_it_fits_the_day() -> None:
    visit_round = proposed(RoundPlan((stop(),)))

    with pytest.raises(RoundOutdated):
        visit_round.accept((FixedVisit("fixed-1", "worker-1", 610, 30, None),))
    assert visit_round.status is RoundStatus.PLANNED
    visit_round.accept(())

    assert visit_round.status is RoundStatus.ACCEPTED
    assert visit_round.stops_of("worker-1") == (stop(),)


def test_a_round_without_a_placed_visit_is_not_accepted() -> None:
    nothing = RoundPlan((), (Unplaced("visit-1", UnplacedReason.NO_TIME_LEFT),))

    with pytest.raises(RoundEmpty):
        proposed(nothing).accept(())
