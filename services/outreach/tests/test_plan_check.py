"""The checker of visit plans, with planted violations, and what plans cost and say about themselves."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kasane_outreach.domain.plan_check import PlanBreachKind as Kind
from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.plan_cost import PlanCost, plan_cost
from kasane_outreach.domain.plan_reasons import PlacedBecause, PlacedReason, why_placed
from kasane_outreach.domain.planning import (
    Commitment,
    LeftOutReason,
    LeftOutVisit,
    PauseSlot,
    PlanProblem,
    PlanVisit,
    PlanWorker,
    ToldTime,
    VisitPlan,
    VisitSlot,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.repository.planning.portfolio import Portfolio
from tests.support.planning_problems import LINE, LUNCH, small, visit, week

PAUSE = PauseSlot("worker-1", 0, 720, 60)
SLOT = VisitSlot("visit-1", "worker-1", 0, 600, 45)
SECOND = replace(SLOT, worker="worker-2")
PAUSES = (PAUSE, replace(PAUSE, worker="worker-2"))


def plan(*slots: VisitSlot, pauses: tuple[PauseSlot, ...] = PAUSES) -> VisitPlan:
    return VisitPlan(slots, pauses)


def test_a_plan_that_can_be_carried_out_has_no_breach() -> None:
    assert check_plan(small(visit()), plan(SLOT)) == ()


@pytest.mark.parametrize(
    ("wanted", "made", "kind"),
    [
        (visit(), plan(SLOT, replace(SLOT, visit="visit-9", starts=900)), Kind.UNKNOWN_VISIT),
        (visit(), plan(replace(SLOT, worker="worker-9")), Kind.UNKNOWN_SHIFT),
        (visit(), plan(replace(SLOT, day=1)), Kind.UNKNOWN_SHIFT),
        (visit(), plan(), Kind.LOST),
        (visit(), plan(SLOT, replace(SLOT, starts=900)), Kind.TWICE),
        (
            visit(),
            plan(SLOT).naming((LeftOutVisit("visit-1", LeftOutReason.DAY_FULL),)),
            Kind.TWICE,
        ),
        (visit(), plan(replace(SLOT, minutes=44)), Kind.WRONG_LENGTH),
        (visit(hands=2), plan(SLOT), Kind.WRONG_HANDS),
        (visit(hands=2), plan(SLOT, SLOT), Kind.WRONG_HANDS),
        (visit(hands=2), plan(SLOT, replace(SECOND, starts=601)), Kind.NOT_TOGETHER),
        (visit(windows=(VisitWindow(0, 600, 644),)), plan(SLOT), Kind.OUTSIDE_WINDOW),
        (visit(windows=(VisitWindow(0, 601, 700),)), plan(SLOT), Kind.OUTSIDE_WINDOW),
        (visit(windows=(VisitWindow(1, 540, 1020),)), plan(SLOT), Kind.OUTSIDE_WINDOW),
        (visit(), plan(replace(SLOT, starts=549)), Kind.TOO_LITTLE_TIME),
        (visit(), plan(replace(SLOT, starts=966)), Kind.OUTSIDE_SHIFT),
        (visit(skills=frozenset({"nurse"})), plan(SECOND), Kind.NO_SKILL),
        (visit(agency="北栄町社会福祉協議会"), plan(SLOT), Kind.WRONG_AGENCY),
        (visit(sex="female"), plan(SLOT), Kind.WRONG_SEX),
        (visit(refused=frozenset({"worker-1"})), plan(SLOT), Kind.REFUSED_WORKER),
        (visit(), plan(SLOT, pauses=()), Kind.PAUSE_MISSING),
        (visit(), plan(SLOT, pauses=(replace(PAUSE, starts=680),)), Kind.PAUSE_MISSING),
        (visit(), plan(SLOT, pauses=(replace(PAUSE, minutes=59),)), Kind.PAUSE_MISSING),
        (visit(), plan(SLOT, pauses=(replace(PAUSE, starts=630),)), Kind.TOO_LITTLE_TIME),
        (visit(told=ToldTime(0, 605, ("worker-1",))), plan(SLOT), Kind.TOLD_MOVED),
        (visit(told=ToldTime(0, 600, ("worker-2",))), plan(SLOT), Kind.TOLD_MOVED),
    ],
)
def test_the_checker_finds_each_planted_breach(
    wanted: PlanVisit, made: VisitPlan, kind: Kind
) -> None:
    assert kind in {breach.kind for breach in check_plan(small(wanted), made)}


def test_the_way_on_from_an_accompanied_visit_begins_where_it_ended() -> None:
    first = visit(leave_place=4)
    second = VisitSlot("visit-2", "worker-1", 0, 660, 45)
    asked = small(first, visit("visit-2"))

    assert [one.kind for one in check_plan(asked, plan(SLOT, second))] == [Kind.TOO_LITTLE_TIME]
    assert check_plan(asked, plan(SLOT, replace(second, starts=675))) == ()


def test_a_break_does_not_shorten_the_way() -> None:
    asked = small(visit(), visit("visit-2", place=4))
    late = VisitSlot("visit-2", "worker-1", 0, 780, 45)
    pause = replace(PAUSE, starts=700)

    assert check_plan(asked, plan(SLOT, late, pauses=(pause,))) == ()
    early = replace(late, starts=734)
    moved = replace(PAUSE, starts=690, minutes=30)
    kinds = [one.kind for one in check_plan(asked, plan(SLOT, early, pauses=(moved,)))]
    assert kinds == [Kind.PAUSE_MISSING]
    assert Kind.TOO_LITTLE_TIME in {
        one.kind
        for one in check_plan(asked, plan(SLOT, replace(early, starts=704), pauses=(moved,)))
    }


def test_more_visits_than_the_worker_makes_are_found_and_a_commitment_counts() -> None:
    shift = WorkShift("worker-1", 0, 540, 1020, 0, 0, (), (Commitment("other", 900, 30, 1),), 2)
    asked = small(visit(), visit("visit-2"), shifts=(shift,))
    two = plan(SLOT, replace(SLOT, visit="visit-2", starts=660), pauses=())

    assert [one.kind for one in check_plan(asked, two)] == [Kind.TOO_MANY_VISITS]
    wider = replace(asked, shifts=(replace(shift, most_visits=3),))
    assert check_plan(wider, two) == ()


def test_two_told_times_that_people_set_too_close_are_their_matter() -> None:
    told = [
        visit(f"visit-{number}", place, told=ToldTime(0, starts, ("worker-1",)))
        for number, place, starts in ((1, 1, 600), (2, 4, 650))
    ]
    made = plan(SLOT, VisitSlot("visit-2", "worker-1", 0, 650, 45), pauses=())

    assert check_plan(small(*told), made) == ()


@cache
def solved(seed: int) -> tuple[PlanProblem, VisitPlan]:
    problem = week(40, seed)
    return problem, Portfolio(problem, planners=frozenset()).solve(0)


def _later(slot: VisitSlot, chance: Random) -> VisitSlot:
    return replace(slot, starts=slot.starts + 1440)


def _before_work(slot: VisitSlot, chance: Random) -> VisitSlot:
    return replace(slot, starts=chance.randrange(0, 540))


def _longer(slot: VisitSlot, chance: Random) -> VisitSlot:
    return replace(slot, minutes=slot.minutes + chance.randint(1, 60))


def _stranger(slot: VisitSlot, chance: Random) -> VisitSlot:
    return replace(slot, worker="nobody")


def _other_week(slot: VisitSlot, chance: Random) -> VisitSlot:
    return replace(slot, day=slot.day + 7)


@settings(max_examples=150)
@given(
    seed=st.integers(0, 3),
    spoil=st.sampled_from([_later, _before_work, _longer, _stranger, _other_week]),
    chance=st.randoms(use_true_random=False),
)
def test_whatever_is_planted_into_a_sound_plan_is_found(
    seed: int, spoil: Callable[[VisitSlot, Random], VisitSlot], chance: Random
) -> None:
    problem, sound = solved(seed)
    number = chance.randrange(len(sound.slots))
    slots = list(sound.slots)
    slots[number] = spoil(slots[number], chance)

    assert check_plan(problem, sound) == ()
    assert check_plan(problem, replace(sound, slots=tuple(slots))) != ()
    assert check_plan(problem, replace(sound, slots=tuple(sound.slots[:number]))) != ()
    assert check_plan(problem, replace(sound, pauses=sound.pauses[1:])) != ()


def test_the_cost_of_a_plan_is_named_part_by_part() -> None:
    asked = small(
        visit(due=-2, usual="worker-2", preferred=frozenset({"worker-2"}), language="vi"),
        visit("visit-2", penalty=700),
    )

    cost = plan_cost(asked, plan(SLOT))

    # One worker has all the work: 45²/480 − 45²/960.
    assert cost == PlanCost(20.0, 120.0, 30.0, 45**2 / 960, 40.0, 700.0)
    assert cost.total == 910 + 45**2 / 960


def test_every_slot_says_why_it_has_this_worker_and_time() -> None:
    first = visit(usual="worker-1", skills=frozenset({"nurse"}), due=0)
    told = visit("visit-2", place=3, told=ToldTime(0, 900, ("worker-1",)))
    later = VisitSlot("visit-2", "worker-1", 0, 900, 45)
    asked = small(first, told)
    made = plan(SLOT, later)

    assert why_placed(asked, made, SLOT) == (
        PlacedBecause(PlacedReason.ONLY_ABLE),
        PlacedBecause(PlacedReason.USUAL),
        PlacedBecause(PlacedReason.IN_TIME),
        PlacedBecause(PlacedReason.NEAR, 10),
    )
    assert why_placed(asked, made, later) == (PlacedBecause(PlacedReason.TOLD),)
    assert LINE[0][1] == 10
    assert LUNCH.minutes == 60


def test_sex_and_agency_are_read_from_the_worker() -> None:
    workers = (PlanWorker("worker-1", sex="female", agency="社協"), PlanWorker("worker-2"))
    asked = small(visit(sex="female", agency="社協"), workers=workers)

    assert check_plan(asked, plan(SLOT)) == ()
    assert {one.kind for one in check_plan(asked, plan(SECOND))} == {
        Kind.WRONG_SEX,
        Kind.WRONG_AGENCY,
    }
