"""A visit plan goes to no household, and names none, that who looks at it may not see."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import AskForPlan, ScheduleVisit, SetWorkerProfile
from kasane_outreach.domain.planning_errors import AgencyOnlyByCoordinator
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.travel import StraightLine
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.handlers import ask_for_plan, schedule_visit, set_worker_profile
from kasane_outreach.handlers.plan_search import search_now
from kasane_outreach.repository import HouseholdsToReach, PlanRuns, Visits
from kasane_outreach.repository.plan_building import build_problem

Ask = Callable[..., OutreachRequested]
MONDAY = date(2026, 11, 30)
SECRET = "架空 花子"
HOURS = {
    "version": "1",
    "begins-0": "9:00",
    "ends-0": "17:00",
    "start_block": "東新町",
    "mode": "car",
}
FORM = {"starts_on": "2026-11-30", "days": "1", "workers": "worker-1", "seconds": "10"}


def written(bench: Workbench, coordinator: Actor, *workers: Actor, **facts: Any) -> None:
    for one in workers:
        profile = WorkerProfile(
            one.account_id, hours={0: (540, 1020)}, start=Position(34.69, 135.70), **facts
        )
        with bench.unit(coordinator) as uow:
            set_worker_profile(SetWorkerProfile(profile, 0), uow)


@pytest.fixture
def visitor(workbench: Workbench, coordinator: Actor, worker: Actor) -> Visitor:
    """A worker whose hours are written down, at the browser."""
    written(workbench, coordinator, worker, agency="nursing")
    return workbench.visit_as(worker)


def planned(bench: Workbench, run_id: str) -> None:
    with municipality_scope(TOWN):
        search_now(bench.house, TOWN, run_id)


def test_a_worker_plans_only_for_households_that_are_open_to_them(
    workbench: Workbench, visitor: Visitor, ask: Ask
) -> None:
    ask(name=SECRET, agency="nursing")
    ask(request_id="request-2", address="奈良県生駒市東新町8番38号")

    answer = visitor.post("/plans", data={**FORM, "submission": "s-1"})

    assert answer.status_code == 303
    run_id = answer.location.rsplit("/", 1)[1]
    with workbench.reading() as connection:
        run = PlanRuns(connection).get(run_id)
    assert ([one.id for one in run.problem.visits], run.notes) == (["request-2"], {})


def test_a_plan_of_the_coordinator_shows_a_worker_the_times_alone_of_other_households(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(name=SECRET, agency="nursing")
    ask(request_id="request-2", name="見えない 人", agency="nursing", address_protected=True)
    with workbench.unit(coordinator) as uow:
        ask_for_plan(AskForPlan("plan-1", MONDAY, 1, ("worker-1",), 1), uow)
    planned(workbench, "plan-1")

    page = visitor.get("/plans/plan-1").text
    told = visitor.get("/api/v1/plans/plan-1")

    assert "ほかの機関の訪問先" in page
    assert not [words for words in (SECRET, "見えない", "東新町", "request-") if words in page]
    assert [one["request_id"] for one in told.json["visits"]] == [""]
    assert told.json["notes"] == {}
    version = str(told.json["version"])
    assert visitor.post("/plans/plan-1/accept", {"version": version}).status_code == 403
    refused = visitor.send_json(
        "POST", "/api/v1/plans/plan-1/accept", headers={"If-Match": version}
    )
    assert refused.status_code == 403
    with workbench.reading() as connection:
        assert Visits(connection).of_household("request-1") == ()
    assert SECRET in workbench.visit_as(coordinator).get("/plans/plan-1").text


def test_a_worker_writes_their_hours_and_leaves_the_agency_to_a_coordinator(
    workbench: Workbench, visitor: Visitor, worker: Actor
) -> None:
    assert 'name="agency"' not in visitor.get("/workers/worker-1").text

    answer = visitor.post("/workers/worker-1", data={**HOURS, "agency": "another"})

    assert answer.status_code == 303
    with workbench.reading() as connection:
        found = queries.worker_profile(connection, "worker-1")
    assert (found.agency, found.version) == ("nursing", 2)
    other = WorkerProfile("worker-1", hours={0: (540, 1020)}, agency="another", start=found.start)
    with pytest.raises(AgencyOnlyByCoordinator), workbench.unit(worker) as uow:
        set_worker_profile(SetWorkerProfile(other, 2), uow)


def test_a_household_without_a_case_is_planned_on_a_day_of_other_such_households(
    workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor, ask: Ask
) -> None:
    written(workbench, coordinator, worker, second_worker)
    for request_id in ("request-1", "request-2"):
        ask(request_id=request_id, case_id="", address="奈良県生駒市東新町8番38号")
    visit = ScheduleVisit("visit-1", "request-1", MONDAY, time(10), 45, ("worker-1",), False)
    with workbench.unit(coordinator) as uow:
        schedule_visit(visit, uow)

    with workbench.reading() as connection:
        both = HouseholdsToReach(connection).those(["request-1", "request-2"])
        built = build_problem(connection, (MONDAY,), ("worker-1",), both, StraightLine())

    assert built.notes == {"request-1": "same_day"}
    assert [bool(one.windows) for one in built.problem.visits] == [False, True]
