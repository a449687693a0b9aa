"""Every rule about workers and days is kept by the planners and demanded by the checker."""

import math
from dataclasses import replace
from datetime import date

import jpholiday
import pytest

from kasane_outreach.domain.plan_check import PlanBreachKind, check_plan
from kasane_outreach.domain.plan_cost import plan_cost
from kasane_outreach.domain.plan_reasons import PlacedReason, why_placed
from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    VisitPlan,
    VisitSlot,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.visit_wish import VisitWish
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.repository.planning.portfolio import Portfolio
from kasane_outreach.repository.planning.repairing import repair
from tests.support.planning_problems import LINE, LUNCH, MONDAY, small, visit, week

Kind = PlanBreachKind
PLANNERS = [
    pytest.param(frozenset[str](), id="insertion"),
    pytest.param(frozenset({"annealing"}), id="annealing"),
    pytest.param(frozenset({"vroom", "pyvrp", "annealing"}), id="all"),
]
OFFICE = {day: (540, 1020) for day in range(5)}


def kinds(problem: PlanProblem, plan: VisitPlan) -> set[PlanBreachKind]:
    return {one.kind for one in check_plan(problem, plan)}


def many(number: int, place: int = 1, **changes: object) -> list[PlanVisit]:
    return [visit(f"visit-{one}", place, 30, **changes) for one in range(number)]


@pytest.mark.parametrize("planners", PLANNERS)
def test_nobody_makes_more_visits_a_day_than_they_may(planners: frozenset[str]) -> None:
    shift = WorkShift("worker-1", 0, 540, 1020, 0, 0, (LUNCH,), (), 3)
    problem = small(*many(5), shifts=(shift,))

    plan = Portfolio(problem, planners=planners).solve(0.2)

    assert len(plan.slots) == 3
    assert len(plan.left_out) == 2
    assert check_plan(problem, plan) == ()
    wider = replace(problem, shifts=(replace(shift, most_visits=0),))
    more = Portfolio(wider, planners=planners).solve(0.2)
    assert len(more.slots) == 5
    assert Kind.TOO_MANY_VISITS in kinds(problem, more)


@pytest.mark.parametrize("planners", PLANNERS)
def test_the_break_is_taken_between_its_times(planners: frozenset[str]) -> None:
    shift = WorkShift("worker-1", 0, 540, 1020, 0, 0, (LUNCH,))
    problem = small(*many(12), shifts=(shift,))

    plan = Portfolio(problem, planners=planners).solve(0.2)

    (pause,) = plan.pauses
    assert (pause.minutes, 690 <= pause.starts <= 750) == (60, True)
    assert all(slot.ends <= pause.starts or slot.starts >= pause.starts + 60 for slot in plan.slots)
    assert check_plan(problem, plan) == ()
    assert kinds(problem, replace(plan, pauses=())) == {Kind.PAUSE_MISSING}


@pytest.mark.parametrize("planners", PLANNERS)
def test_the_way_home_from_another_place_than_the_start_ends_within_the_hours(
    planners: frozenset[str],
) -> None:
    shift = WorkShift("worker-1", 0, 540, 660, 0, 4)
    problem = small(visit(place=1), shifts=(shift,))

    plan = Portfolio(problem, planners=planners).solve(0.1)

    # 0 to 1 is 10 minutes, 1 to the end place 4 is 30: done before 630 - 45.
    assert plan.slots[0].starts <= 585
    assert check_plan(problem, plan) == ()
    assert plan_cost(problem, plan).travel == 40
    late = replace(plan, slots=(replace(plan.slots[0], starts=586),))
    assert kinds(problem, late) == {Kind.OUTSIDE_SHIFT}


@pytest.mark.parametrize("planners", PLANNERS)
def test_who_goes_on_foot_is_planned_with_the_ways_on_foot(planners: frozenset[str]) -> None:
    slow = [[6 * way for way in row] for row in LINE]
    problem = small(
        visit(place=2, windows=(VisitWindow(0, 540, 640),)),
        workers=(PlanWorker("worker-1", "foot"), PlanWorker("worker-2", "car")),
        travel={"car": LINE, "foot": slow},
        shifts=tuple(WorkShift(f"worker-{number}", 0, 540, 1020, 0, 0) for number in (1, 2)),
    )

    plan = Portfolio(problem, planners=planners).solve(0.1)

    # On foot the way takes two hours: only the car arrives in time.
    assert [slot.worker for slot in plan.slots] == ["worker-2"]
    on_foot = replace(plan, slots=(replace(plan.slots[0], worker="worker-1"),))
    assert kinds(problem, on_foot) == {Kind.TOO_LITTLE_TIME}


@pytest.mark.parametrize("planners", PLANNERS)
def test_who_is_on_call_is_kept_free_for_urgent_visits(planners: frozenset[str]) -> None:
    workers = (PlanWorker("worker-1", on_call=True), PlanWorker("worker-2"))
    shifts = tuple(WorkShift(f"worker-{number}", 0, 540, 1020, 0, 0) for number in (1, 2))
    problem = small(*many(4), workers=workers, shifts=shifts)

    plan = Portfolio(problem, planners=planners).solve(0.2)

    assert {slot.worker for slot in plan.slots} == {"worker-2"}
    assert plan_cost(problem, plan).on_call == 0
    to_call = replace(plan, slots=(replace(plan.slots[0], worker="worker-1"), *plan.slots[1:]))
    assert plan_cost(problem, to_call).on_call == 60


def test_an_urgent_visit_goes_to_who_is_on_call_when_nobody_else_can_and_says_so() -> None:
    workers = (PlanWorker("worker-1", on_call=True), PlanWorker("worker-2"))
    shifts = tuple(WorkShift(f"worker-{number}", 0, 540, 640, 0, 0) for number in (1, 2))
    problem = small(visit(minutes=70), workers=workers, shifts=shifts)
    before = VisitPlan((VisitSlot("visit-1", "worker-2", 0, 550, 70),))
    urgent = visit("urgent", minutes=45, urgent=True)
    asked = replace(problem, visits=(*problem.visits, urgent))

    mended = repair(asked, before)

    (slot,) = mended.plan.by_visit()["urgent"]
    assert (slot.worker, mended.moved) == ("worker-1", ())
    assert plan_cost(asked, mended.plan).on_call == 0
    reasons = [one.reason for one in why_placed(asked, mended.plan, slot)]
    assert PlacedReason.ON_CALL in reasons


def test_hours_on_days_off_holidays_and_substitute_holidays() -> None:
    profile = WorkerProfile(
        "worker-1",
        hours=OFFICE,
        days_off=frozenset({date(2026, 12, 29)}),
        start=Position(34.69, 135.7),
    )
    always = replace(profile, works_on_holidays=True)
    substitute = date(2027, 3, 22)

    def hours(one: WorkerProfile, day: date) -> tuple[int, int] | None:
        return one.hours_on(day, holiday=jpholiday.is_holiday(day))

    # 21 March 2027 is a Sunday and 春分の日: the Monday behind it is 振替休日.
    assert (substitute.weekday(), jpholiday.is_holiday(substitute)) == (0, True)
    assert hours(profile, substitute) is None
    assert hours(always, substitute) == (540, 1020)
    assert hours(profile, date(2026, 11, 23)) is None
    assert hours(always, date(2026, 12, 29)) is None
    assert hours(profile, date(2026, 12, 28)) == (540, 1020)
    assert hours(profile, date(2027, 1, 1)) is None
    assert hours(profile, date(2027, 1, 2)) is None


def test_a_repetition_goes_on_over_the_end_of_the_year_and_in_years_without_29_february() -> None:
    weekly = VisitWish("request-1", repeat="FREQ=WEEKLY", repeat_from=date(2026, 12, 24))
    leap = VisitWish("request-1", repeat="FREQ=YEARLY", repeat_from=date(2028, 2, 29))
    monthly = VisitWish("request-1", repeat="FREQ=MONTHLY", repeat_from=date(2026, 12, 31))

    assert weekly.due_days(date(2026, 12, 28), date(2027, 1, 10)) == (
        date(2026, 12, 31),
        date(2027, 1, 7),
    )
    assert leap.due_days(date(2028, 1, 1), date(2032, 12, 31)) == (
        date(2028, 2, 29),
        date(2029, 2, 28),
        date(2030, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
    )
    assert monthly.due_days(date(2027, 1, 1), date(2027, 4, 30)) == (
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    )


def test_priority_decides_who_is_left_out_and_its_weight_how_much_that_counts() -> None:
    only = (VisitWindow(0, 600, 645),)
    shift = WorkShift("worker-1", 0, 540, 1020, 0, 0)
    low, high = (VisitWish(f"request-{one}", priority=one) for one in (1, 3))
    asked = small(
        visit("low", penalty=low.penalty, windows=only),
        visit("high", penalty=high.penalty, windows=only),
        shifts=(shift,),
    )

    plan = Portfolio(asked).solve(0.1)

    assert [slot.visit for slot in plan.slots] == ["high"]
    assert plan_cost(asked, plan).left_out == 500


def test_more_weight_on_fairness_spreads_the_visits() -> None:
    near = tuple(
        WorkShift(f"worker-{number}", 0, 540, 1020, start, start)
        for number, start in ((1, 1), (2, 4))
    )
    thrifty = small(*many(6), shifts=near, weights=PlanWeights(travel=10, fairness=0))
    fair = replace(thrifty, weights=PlanWeights(travel=1, fairness=10))

    alone = Portfolio(thrifty).solve(0.2)
    shared = Portfolio(fair).solve(0.2)

    assert {slot.worker for slot in alone.slots} == {"worker-1"}
    assert sorted(slot.worker for slot in shared.slots).count("worker-2") >= 2


def test_the_plan_of_a_week_in_ikoma_with_pairs_breaks_and_preferences_passes_the_checker() -> None:
    problem = week(80, seed=11)
    wished = tuple(
        replace(one, preferred=frozenset({"worker-0"}), language="vi") if number % 4 == 0 else one
        for number, one in enumerate(problem.visits)
    )
    problem = replace(problem, visits=wished)

    plan = Portfolio(problem).solve(1.5)

    assert check_plan(problem, plan) == ()
    placed = plan.by_visit()
    pairs = [one for one in problem.visits if one.hands == 2 and one.id in placed]
    assert pairs
    assert all(
        len({(slot.day, slot.starts) for slot in placed[one.id]}) == 1
        and len({slot.worker for slot in placed[one.id]}) == 2
        for one in pairs
    )
    working = {(slot.worker, slot.day) for slot in plan.slots}
    assert {(pause.worker, pause.day) for pause in plan.pauses} == working
    liked = [one for one in wished if one.preferred and one.id in placed]
    met = [one for one in liked if "worker-0" in {slot.worker for slot in placed[one.id]}]
    assert met
    assert len(problem.days) == 5
    assert problem.days[0] == MONDAY
    assert problem.travel[TravelMode.CAR.value][0][0] == 0
    assert math.isfinite(plan_cost(problem, plan).total)


@pytest.mark.parametrize("planners", PLANNERS)
def test_visits_begin_at_times_that_people_remember_where_the_day_lets_them(
    planners: frozenset[str],
) -> None:
    odd = [[7 * abs(here - there) for there in range(5)] for here in range(5)]
    shift = WorkShift("worker-1", 0, 540, 1020, 0, 0)
    easy = small(visit(place=1), visit("visit-2", 2), shifts=(shift,), travel={"car": odd})
    tight = replace(easy, visits=(visit(place=1, windows=(VisitWindow(0, 540, 593),)),))

    plan = Portfolio(easy, planners=planners).solve(0.1)
    forced = Portfolio(tight, planners=planners).solve(0.1)

    assert all(slot.starts % 5 == 0 for slot in plan.slots)
    assert check_plan(easy, plan) == ()
    # From 9:07 to 9:08 there is no multiple of five minutes: the way takes seven, the window ends at 9:53.
    assert [slot.starts for slot in forced.slots] == [547]
    assert check_plan(tight, forced) == ()
