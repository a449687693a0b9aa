"""Two workers with different skills at one visit: asked for, planned, checked, explained, mended."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import SetVisitWish
from kasane_outreach.domain.plan_check import PlanBreachKind, check_plan
from kasane_outreach.domain.plan_reasons import PlacedReason, why_left_out, why_placed
from kasane_outreach.domain.planning import (
    LeftOutReason,
    PauseSlot,
    PlanProblem,
    PlanVisit,
    PlanWorker,
    VisitPlan,
    VisitSlot,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.domain.planning_errors import SecondWorkerMissing
from kasane_outreach.domain.visit_wish import VisitWish
from kasane_outreach.handlers import set_visit_wish
from kasane_outreach.repository.planning.codec import dump_problem, load_problem
from kasane_outreach.repository.planning.portfolio import Portfolio
from kasane_outreach.repository.planning.repairing import repair
from kasane_outreach.repository.planning.suggesting import best_times
from tests.support.planning_problems import LUNCH, small, visit

NURSE, CARER, SOCIAL = frozenset({"nurse"}), frozenset({"carer"}), frozenset({"social_worker"})
Ask = Callable[..., OutreachRequested]


def house(*skills: frozenset[str], **changes: object) -> PlanProblem:
    """One worker for each set of skills, and one visit of two that needs a nurse and a social worker."""
    names = [f"worker-{number}" for number in range(1, len(skills) + 1)]
    wanted = visit(hands=2, skills=NURSE, second_skills=SOCIAL, **changes)
    return small(
        wanted,
        workers=tuple(
            PlanWorker(name, skills=some) for name, some in zip(names, skills, strict=True)
        ),
        shifts=tuple(WorkShift(name, 0, 540, 1020, 0, 0, (LUNCH,)) for name in names),
    )


def made(problem: PlanProblem, *workers: str) -> VisitPlan:
    """A plan in which these go together at ten."""
    return VisitPlan(
        tuple(VisitSlot("visit-1", worker, 0, 600, 45) for worker in workers),
        tuple(PauseSlot(one.worker, 0, 720, 60) for one in problem.shifts),
    )


@pytest.mark.parametrize(
    ("skills", "sound"),
    [
        ((NURSE, SOCIAL), True),
        ((SOCIAL, NURSE), True),
        ((NURSE | SOCIAL, NURSE), True),
        ((NURSE | SOCIAL, CARER), False),
        ((NURSE, NURSE), False),
        ((CARER, SOCIAL), False),
    ],
)
def test_a_pair_is_sound_when_each_of_the_two_has_the_skills_of_one_part(
    skills: tuple[frozenset[str], ...], sound: bool
) -> None:
    problem = house(*skills)

    found = {one.kind for one in check_plan(problem, made(problem, "worker-1", "worker-2"))}

    assert found == (set() if sound else {PlanBreachKind.NO_SKILL})


@pytest.mark.parametrize(
    "planners",
    [
        pytest.param(frozenset[str](), id="insertion"),
        pytest.param(frozenset({"annealing"}), id="annealing"),
        pytest.param(frozenset({"vroom", "pyvrp", "annealing"}), id="all"),
    ],
)
def test_every_planner_sends_one_of_each_and_says_so(planners: frozenset[str]) -> None:
    problem = house(NURSE, NURSE, CARER, SOCIAL)

    plan = Portfolio(problem, planners=planners).solve(0.2)

    assert check_plan(problem, plan) == ()
    workers = {slot.worker for slot in plan.slots}
    assert "worker-4" in workers
    assert len(workers & {"worker-1", "worker-2"}) == 1
    reasons = {one.reason for one in why_placed(problem, plan, plan.slots[0])}
    assert PlacedReason.SKILLS_TOGETHER in reasons
    assert PlacedReason.SKILLED not in reasons


def test_a_week_with_many_such_pairs_passes_the_checker() -> None:
    problem = house(NURSE, NURSE | CARER, CARER, SOCIAL | CARER, SOCIAL)
    needs = [(NURSE, CARER), (CARER, frozenset()), (SOCIAL, NURSE), (NURSE, None)]
    visits = tuple(
        PlanVisit(
            f"visit-{number}",
            number % 5,
            30,
            (VisitWindow(0, 540, 1020),),
            hands=2,
            skills=skills,
            second_skills=second,
        )
        for number, (skills, second) in enumerate(needs * 3)
    )
    asked = replace(problem, visits=visits)

    plan = Portfolio(asked).solve(0.5)

    assert check_plan(asked, plan) == ()
    assert plan.left_out == ()


@pytest.mark.parametrize(
    ("skills", "reason"),
    [
        ((NURSE, NURSE), LeftOutReason.NO_SKILL),
        ((CARER, CARER), LeftOutReason.NO_SKILL),
        ((NURSE, CARER), LeftOutReason.TWO_WORKERS),
    ],
)
def test_who_is_missing_is_named(skills: tuple[frozenset[str], ...], reason: LeftOutReason) -> None:
    problem = house(*skills)

    plan = Portfolio(problem, planners=frozenset()).solve(0)

    assert [one.reason for one in plan.left_out] == [reason]
    assert why_left_out(problem, problem.visits[0]) is reason


def test_the_two_have_to_work_on_the_same_day() -> None:
    both_days = (VisitWindow(0, 540, 1020), VisitWindow(1, 540, 1020))
    problem = house(NURSE, SOCIAL, windows=both_days)
    shifts = (problem.shifts[0], replace(problem.shifts[1], day=1))

    plan = Portfolio(replace(problem, shifts=shifts), planners=frozenset()).solve(0)

    assert [one.reason for one in plan.left_out] == [LeftOutReason.TWO_WORKERS]


def test_free_times_for_a_pair_name_two_who_complete_each_other() -> None:
    problem = house(NURSE, NURSE, SOCIAL)
    nothing = VisitPlan(())

    times = best_times(replace(problem, visits=()), nothing, problem.visits[0])

    assert times
    assert all("worker-3" in one.workers for one in times)


def test_a_worker_who_is_ill_is_replaced_by_somebody_with_the_same_skill() -> None:
    problem = house(NURSE, SOCIAL, NURSE, CARER)
    before = Portfolio(problem, planners=frozenset()).solve(0)
    nurse = next(one.worker for one in before.slots if one.worker != "worker-2")
    left = replace(problem, shifts=tuple(one for one in problem.shifts if one.worker != nurse))

    mended = repair(left, before)

    assert check_plan(left, mended.plan) == ()
    other = {"worker-1": "worker-3", "worker-3": "worker-1"}[nurse]
    assert {slot.worker for slot in mended.plan.slots} == {"worker-2", other}


def test_a_mended_plan_does_not_keep_a_pair_that_no_longer_knows_enough() -> None:
    problem = house(NURSE, SOCIAL, CARER)
    before = made(problem, "worker-1", "worker-3")

    mended = repair(problem, before)

    assert {slot.worker for slot in mended.plan.slots} == {"worker-1", "worker-2"}


def test_a_problem_with_pairs_comes_back_from_bytes_as_it_was() -> None:
    problem = house(NURSE, SOCIAL)

    assert load_problem(dump_problem(problem)) == problem
    both = replace(problem.visits[0], second_skills=None)
    assert load_problem(dump_problem(replace(problem, visits=(both,)))).visits[0] == both


def wish_form(**changes: str) -> dict[str, str]:
    return {"priority": "2", "skills": "保健師", "version": "0", **changes}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({}, None),
        ({"second_skills": "精神保健福祉士"}, frozenset({"精神保健福祉士"})),
        ({"second_differs": "1"}, frozenset[str]()),
    ],
    ids=["both-the-same", "another-skill", "anybody"],
)
def test_the_second_workers_skills_are_typed_and_shown_again(
    workbench: Workbench,
    coordinator: Actor,
    ask: Ask,
    typed: dict[str, str],
    kept: frozenset[str] | None,
) -> None:
    ask(two_person=True)
    visitor = workbench.visit_as(coordinator)

    answer = visitor.post("/households/request-1/wish", data=wish_form(**typed))

    assert answer.status_code == 303
    with workbench.reading() as connection:
        wish = queries.visit_wish(connection, coordinator, "request-1")
    assert wish.second_skills == kept
    shown = visitor.get("/households/request-1/wish").text
    assert ("精神保健福祉士" in shown) is bool(kept)


def test_nobody_is_asked_for_a_second_worker_where_one_goes_alone(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    page = workbench.visit_as(coordinator).get("/households/request-1/wish").text

    assert "second_skills" not in page
    with workbench.unit(coordinator) as uow, pytest.raises(SecondWorkerMissing):
        set_visit_wish(SetVisitWish(VisitWish("request-1", second_skills=SOCIAL), 0), uow)
    with workbench.reading() as connection:
        assert queries.visit_wish(connection, coordinator, "request-1").version == 0


def test_programs_write_the_second_workers_skills_too(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask(two_person=True)
    ask(request_id="request-2", case_id="case-2")
    caller: Visitor = workbench.visit_as(coordinator)
    body = {"skills": ["保健師"], "second_skills": ["精神保健福祉士"]}

    kept, refused = (
        caller.send_json(
            "PUT", f"/api/v1/households/{name}/wish", body, headers={"If-Match": '"0"'}
        )
        for name in ("request-1", "request-2")
    )

    assert kept.status_code == 200
    assert refused.status_code == 422
    assert "second_worker_missing" in refused.text
    with workbench.reading() as connection:
        wish = queries.visit_wish(connection, coordinator, "request-1")
    assert wish.second_skills == frozenset({"精神保健福祉士"})
