"""A worker is ill: the proposal, accepting exactly what was shown, and what stays."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import ScheduleVisit, SetWorkerProfile
from kasane_outreach.domain.planning import WorkPause
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.time_of_day import parse_time
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.handlers import schedule_visit, set_worker_profile

DAY = date(2026, 11, 30)
Ask = Callable[..., OutreachRequested]


@pytest.fixture
def visitor(
    workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor, ask: Ask
) -> Visitor:
    """Two visits of the first worker on a day and one of the second; the coordinator at the browser."""
    profile = WorkerProfile(
        worker.account_id,
        hours={day: (540, 1020) for day in range(5)},
        pauses=(WorkPause(690, 810, 60),),
        start=Position(34.69, 135.70),
    )
    for one in (worker, second_worker):
        with workbench.unit(coordinator) as uow:
            set_worker_profile(
                SetWorkerProfile(replace(profile, account_id=one.account_id), 0), uow
            )
    given = ((1, "worker-1", "9:30"), (2, "worker-1", "14:00"), (3, "worker-2", "10:00"))
    for number, account_id, at in given:
        ask(request_id=f"request-{number}", case_id=f"case-{number}")
        book(workbench, coordinator, number, account_id, at)
    return workbench.visit_as(coordinator)


def book(bench: Workbench, actor: Actor, number: int, account_id: str, at: str) -> None:
    with bench.unit(actor) as uow:
        schedule_visit(
            ScheduleVisit(
                f"visit-{number}", f"request-{number}", DAY, parse_time(at), 45, (account_id,)
            ),
            uow,
        )


def day(bench: Workbench, actor: Actor) -> dict[str, tuple[str, str]]:
    """Worker and start of each household's visit on the day."""
    with bench.reading() as connection:
        lines = queries.visits_on(connection, actor, DAY)
    return {
        one.visit.request_id: (one.visit.workers[0], f"{one.visit.starts_at:%H:%M}")
        for one in lines
    }


def test_the_visits_of_an_absent_worker_go_to_a_colleague_and_nobody_else_moves(
    workbench: Workbench, visitor: Visitor, coordinator: Actor
) -> None:
    before = day(workbench, coordinator)

    shown = visitor.get("/plans/absent?on=2026-11-30&worker=worker-1").text

    assert "2件の訪問を振り分けます。ほかの1件はそのままです。" in shown
    assert day(workbench, coordinator) == before
    mark = re.search(r'name="shown" value="([0-9a-f]{64})"', shown)
    assert mark is not None
    form = {"on": "2026-11-30", "worker": "worker-1", "shown": mark[1]}
    assert visitor.post("/plans/absent", data=form).status_code == 303
    after = day(workbench, coordinator)
    assert {worker for worker, _at in after.values()} == {"worker-2"}
    assert after["request-3"] == before["request-3"]
    assert len(after) == 3


def test_what_changed_after_it_was_shown_is_not_carried_out(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    shown = visitor.get("/plans/absent?on=2026-11-30&worker=worker-1").text
    mark = re.search(r'name="shown" value="([0-9a-f]{64})"', shown)
    assert mark is not None
    ask(request_id="request-4", case_id="case-4")
    book(workbench, coordinator, 4, "worker-1", "16:00")
    before = day(workbench, coordinator)

    form = {"on": "2026-11-30", "worker": "worker-1", "shown": mark[1]}
    answer = visitor.post("/plans/absent", data=form)

    assert answer.status_code == 409
    assert "変わりました" in answer.text
    assert day(workbench, coordinator) == before


def test_a_day_without_visits_has_nothing_to_give_out(visitor: Visitor) -> None:
    page = visitor.get("/plans/absent?on=2026-12-02&worker=worker-1").text

    assert "この日に振り分ける訪問はありません。" in page
    assert visitor.get("/plans/absent?worker=nobody").status_code == 404
    assert visitor.post("/plans/absent", data={"worker": "worker-1"}).status_code == 422
