"""The planners of days and weeks: what they give passes the checker, and bad problems end in a sentence."""

from dataclasses import replace

import pytest

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.plan_cost import plan_cost
from kasane_outreach.domain.planning import (
    Commitment,
    LeftOutReason,
    PlanVisit,
    PlanWorker,
    ToldTime,
    VisitPlan,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.repository.planning import pyvrp_search, vroom_search
from kasane_outreach.repository.planning.annealing import Annealing, insert_all
from kasane_outreach.repository.planning.compiled import CompiledProblem
from kasane_outreach.repository.planning.portfolio import Portfolio
from kasane_outreach.repository.planning.suggesting import best_times
from kasane_outreach.repository.planning.tours import Tours
from tests.support.planning_problems import LINE, LUNCH, WHOLE_DAY, small, visit, week

PLANNERS = [
    pytest.param(frozenset[str](), id="insertion"),
    pytest.param(frozenset({"annealing"}), id="annealing"),
    pytest.param(frozenset({"vroom"}), id="vroom"),
    pytest.param(frozenset({"vroom", "pyvrp"}), id="vroom-then-pyvrp"),
    pytest.param(frozenset({"vroom", "pyvrp", "annealing"}), id="all"),
]


@pytest.mark.parametrize("planners", PLANNERS)
def test_every_plan_of_a_week_passes_the_checker_and_loses_no_visit(
    planners: frozenset[str],
) -> None:
    problem = week(60, seed=2)

    plan = Portfolio(problem, planners=planners).solve(0.6)

    placed, left = plan.by_visit().keys(), {one.visit for one in plan.left_out}
    assert check_plan(problem, plan) == ()
    assert placed | left == {one.id for one in problem.visits}
    assert placed & left == set()


def test_the_optional_planners_are_installed_where_tests_run() -> None:
    assert vroom_search.available()
    assert pyvrp_search.available()


def test_the_best_plan_is_never_worse_than_an_earlier_one() -> None:
    problem, heard = week(50, seed=4), []

    plan = Portfolio(problem, lambda _plan, cost, _seconds: heard.append(cost)).solve(1.0)

    assert heard == sorted(heard, reverse=True)
    assert plan_cost(problem, plan).total == heard[-1]


def test_whoever_stops_the_search_has_the_best_plan_so_far() -> None:
    problem, heard = week(30), []

    def hear(plan: VisitPlan, _cost: float, _seconds: float) -> None:
        heard.append(plan)

    plan = Portfolio(problem, hear, stop=lambda: bool(heard)).solve(60)

    assert check_plan(problem, plan) == ()
    assert plan == heard[-1]


def test_annealing_leaves_what_it_found_best() -> None:
    compiled = CompiledProblem(week(40, seed=6))
    tours = Tours(compiled)
    insert_all(tours, range(compiled.visits), lambda: False)
    before, ticks = tours.cost(), iter(range(10_000))

    best = Annealing(tours, 1, clock=lambda: float(next(ticks))).run(100, lambda: False, 1.0)

    assert best <= before
    assert tours.cost() == pytest.approx(best)


@pytest.mark.parametrize("planners", PLANNERS)
def test_two_workers_of_a_visit_start_together_around_their_breaks(
    planners: frozenset[str],
) -> None:
    wanted = visit(hands=2, windows=(VisitWindow(0, 700, 800),))

    plan = Portfolio(small(wanted), planners=planners).solve(0.2)

    assert {slot.worker for slot in plan.slots} == {"worker-1", "worker-2"}
    assert len({slot.starts for slot in plan.slots}) == 1
    assert check_plan(small(wanted), plan) == ()


@pytest.mark.parametrize("planners", PLANNERS)
def test_told_times_and_commitments_stay(planners: frozenset[str]) -> None:
    shift = WorkShift("worker-1", 0, 540, 1020, 0, 0, (LUNCH,), (Commitment("x", 540, 90, 4),))
    told = visit(place=3, told=ToldTime(0, 900, ("worker-1",)))
    problem = small(told, visit("visit-2"), shifts=(shift,))

    plan = Portfolio(problem, planners=planners).solve(0.2)

    starts = {slot.visit: slot.starts for slot in plan.slots}
    assert starts["visit-1"] == 900
    assert starts["visit-2"] >= 630 + LINE[4][1]
    assert check_plan(problem, plan) == ()


NOT_TODAY = (VisitWindow(0, 1030, 1100),)
BAD = [
    (visit(windows=()), LeftOutReason.NO_WINDOW),
    (visit(windows=NOT_TODAY), LeftOutReason.NOBODY_WORKS),
    (visit(minutes=500), LeftOutReason.LONGER_THAN_WINDOW),
    (visit(minutes=500, windows=(VisitWindow(0, 0, 1440),)), LeftOutReason.NOBODY_WORKS),
    (visit(skills=frozenset({"doctor"})), LeftOutReason.NO_SKILL),
    (visit(agency="どこにもない機関"), LeftOutReason.NO_AGENCY),
    (visit(sex="female"), LeftOutReason.WRONG_SEX),
    (visit(refused=frozenset({"worker-1", "worker-2"})), LeftOutReason.ALL_REFUSED),
    (visit(hands=2, skills=frozenset({"nurse"})), LeftOutReason.TWO_WORKERS),
    (visit(hands=3), LeftOutReason.TWO_WORKERS),
    (visit(minutes=475), LeftOutReason.DAY_FULL),
]


@pytest.mark.parametrize(
    ("wanted", "reason"), BAD, ids=[f"{number}-{reason}" for number, (_v, reason) in enumerate(BAD)]
)
def test_what_cannot_be_placed_is_named_with_its_reason(
    wanted: PlanVisit, reason: LeftOutReason
) -> None:
    problem = small(wanted, visit("visit-2"))

    plan = Portfolio(problem).solve(0.1)

    assert [(one.visit, one.reason) for one in plan.left_out] == [("visit-1", reason)]
    assert [slot.visit for slot in plan.slots] == ["visit-2"]


def test_a_visit_without_a_free_window_gets_the_nearest_possibilities() -> None:
    problem = small(visit(windows=NOT_TODAY))

    plan = Portfolio(problem).solve(0)

    assert plan.left_out[0].nearest == (
        ToldTime(0, 555, ("worker-1",)),
        ToldTime(0, 555, ("worker-2",)),
    )


def test_a_place_without_a_road_is_named_unreachable() -> None:
    nowhere = [
        [
            0 if here == there else 9_999 if 4 in (here, there) else way
            for there, way in enumerate(row)
        ]
        for here, row in enumerate(LINE)
    ]
    problem = small(visit(place=4), visit("visit-2"), travel={"car": nowhere})

    plan = Portfolio(problem).solve(0.2)

    assert [one.reason for one in plan.left_out] == [LeftOutReason.UNREACHABLE]
    assert [slot.visit for slot in plan.slots] == ["visit-2"]


@pytest.mark.parametrize("planners", PLANNERS)
def test_ways_that_break_the_triangle_inequality_give_a_sound_plan(
    planners: frozenset[str],
) -> None:
    crooked = [
        [0 if here == there else 7 + (here * 31 + there * 17) % 90 for there in range(5)]
        for here in range(5)
    ]
    wanted = [visit(f"visit-{number}", number % 5, 30) for number in range(10)]
    problem = small(*wanted, travel={"car": crooked})

    plan = Portfolio(problem, planners=planners).solve(0.3)

    assert check_plan(problem, plan) == ()
    assert len(plan.by_visit()) + len(plan.left_out) == 10


def test_two_visits_that_need_each_other_leave_one_out_with_the_reason() -> None:
    both = (VisitWindow(0, 600, 645),)
    problem = small(
        visit(windows=both, skills=frozenset({"nurse"})),
        visit("visit-2", windows=both, skills=frozenset({"nurse"})),
    )

    plan = Portfolio(problem).solve(0.2)

    assert len(plan.slots) == 1
    assert [one.reason for one in plan.left_out] == [LeftOutReason.DAY_FULL]
    assert plan.left_out[0].nearest != ()


def test_a_problem_without_visits_or_workers_gives_an_empty_plan() -> None:
    nobody = small(visit(), workers=(), shifts=())

    assert Portfolio(small()).solve(0.1).slots == ()
    assert [one.reason for one in Portfolio(nobody).solve(0.1).left_out] == [
        LeftOutReason.NOBODY_WORKS
    ]


def test_three_free_times_are_found_in_a_week_that_stands() -> None:
    problem = week(60, seed=3)
    plan = Portfolio(problem, planners=frozenset()).solve(0)
    new = PlanVisit("new", 5, 30, tuple(VisitWindow(day, 540, 1020) for day in range(5)))

    times = best_times(problem, plan, new)

    assert len(times) == 3
    for time in times:
        told = replace(new, told=time)
        with_new = replace(problem, visits=(*problem.visits, told))
        again = Portfolio(with_new, planners=frozenset()).solve(0)
        assert again.by_visit()["new"][0].starts == time.starts


def test_a_pair_is_offered_times_at_which_two_are_free() -> None:
    problem = small()
    new = visit("new", hands=2)

    times = best_times(problem, Portfolio(problem).solve(0), new)

    assert times == (ToldTime(0, 555, ("worker-1", "worker-2")),)


def test_a_pure_day_is_routed_by_pyvrp() -> None:
    shifts = tuple(WorkShift(f"worker-{number}", 0, 540, 1020, 0, 0) for number in (1, 2))
    wanted = [visit(f"visit-{number}", number % 5, 30, windows=WHOLE_DAY) for number in range(12)]
    problem = small(*wanted, shifts=shifts, travel={"car": LINE})
    problem = replace(problem, weights=replace(problem.weights, fairness=0))

    plan = Portfolio(problem).solve(0.5)

    assert check_plan(problem, plan) == ()
    assert plan_cost(problem, plan).travel == 80
    assert PlanWorker("worker-1").mode == "car"
