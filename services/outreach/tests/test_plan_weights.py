"""The weights of a town's plans: seen by those who plan, changed by the coordinator within bounds, and back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import SetPlanWeights
from kasane_outreach.domain.planning import PlanWeights
from kasane_outreach.domain.planning_errors import WeightOutOfBounds
from kasane_outreach.domain.travel import StraightLine
from kasane_outreach.handlers import set_plan_weights
from kasane_outreach.repository.plan_building import build_problem

USUAL = {
    "travel": "1",
    "lateness": "60",
    "continuity": "30",
    "fairness": "1",
    "preference": "20",
    "priority": "1",
    "on_call": "60",
}
Ask = Callable[..., OutreachRequested]


@pytest.fixture
def visitor(workbench: Workbench, coordinator: Actor) -> Visitor:
    return workbench.visit_as(coordinator)


def weights(bench: Workbench) -> tuple[PlanWeights, int]:
    with bench.reading() as connection:
        return queries.plan_weights(connection)


def test_the_coordinator_changes_weights_and_goes_back_to_the_default(
    workbench: Workbench, visitor: Visitor
) -> None:
    page = visitor.get("/plans/weights").text
    assert "0から300まで。はじめの値は30です。" in page
    assert "はじめの値に戻す" not in page

    changed = {**USUAL, "continuity": "120", "priority": "3", "version": "0"}
    assert visitor.post("/plans/weights", data=changed).status_code == 303

    assert weights(workbench) == (PlanWeights(continuity=120, priority=3), 1)
    again = visitor.get("/plans/weights?saved=1").text
    assert "保存しました。次に作る計画から使います。" in again
    assert "はじめの値に戻す" in again
    assert visitor.post("/plans/weights", data={"reset": "1", "version": "1"}).status_code == 303
    assert weights(workbench) == (PlanWeights(), 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"travel": "0"}, "重みは1から10までの数で書いてください。"),
        ({"lateness": "601"}, "重みは0から600までの数で書いてください。"),
        ({"priority": "0"}, "重みは1から10までの数で書いてください。"),
        ({"fairness": "-1"}, "重みは0から10までの数で書いてください。"),
    ],
)
def test_weights_out_of_bounds_are_refused_and_nothing_changes(
    workbench: Workbench, visitor: Visitor, changes: dict[str, str], sentence: str
) -> None:
    answer = visitor.post("/plans/weights", data={**USUAL, **changes, "version": "0"})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert weights(workbench) == (PlanWeights(), 0)


def test_no_number_is_named_at_its_field(workbench: Workbench, visitor: Visitor) -> None:
    answer = visitor.post("/plans/weights", data={**USUAL, "travel": "重い", "version": "0"})

    assert answer.status_code == 422
    assert weights(workbench) == (PlanWeights(), 0)


def test_a_worker_sees_the_weights_and_cannot_change_them(
    workbench: Workbench, worker: Actor
) -> None:
    other = workbench.visit_as(worker)

    assert "変えられるのは調整役だけです。" in other.get("/plans/weights").text
    assert other.post("/plans/weights", data={**USUAL, "version": "0"}).status_code == 403
    assert weights(workbench) == (PlanWeights(), 0)


def test_who_changes_weights_that_somebody_else_changed_is_told(visitor: Visitor) -> None:
    assert visitor.post("/plans/weights", data={**USUAL, "version": "0"}).status_code == 303
    assert visitor.post("/plans/weights", data={**USUAL, "version": "0"}).status_code == 412


def test_the_next_plan_is_made_with_the_weights_of_the_town(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    chosen = PlanWeights(lateness=5, priority=4)
    with workbench.unit(coordinator) as uow:
        set_plan_weights(SetPlanWeights(chosen, 0), uow)

    with workbench.reading() as connection:
        household = queries.household(connection, coordinator, "request-1")
        built = build_problem(connection, (date(2026, 11, 30),), (), (household,), StraightLine())

    assert built.problem.weights == chosen
    assert [one.penalty for one in built.problem.visits] == [4 * 1500]
    with pytest.raises(WeightOutOfBounds), workbench.unit(coordinator) as uow:
        set_plan_weights(SetPlanWeights(replace(chosen, travel=11), 1), uow)
