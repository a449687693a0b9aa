"""Watching over people without consent: on a basis, by one worker, read by few."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from kasane_contracts.cases import CaseClosed
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import tables
from kasane_outreach.repository.watching import Watches

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]
WATCH = {
    "watcher": "worker-1",
    "every_days": "7",
    "what": "新聞がたまっていないか",
    "basis": "支援会議の決定 令和8年11月20日",
    "submission": "watch-1",
}


@pytest.fixture
def watch_id(workbench: Workbench, coordinator: Actor, ask: Ask) -> str:
    """The first worker looks every seven days from today."""
    ask()
    answer = workbench.visit_as(coordinator).post("/households/request-1/watches/new", WATCH)
    assert answer.status_code == 303, answer.text
    return answer.location.rsplit("/", 1)[1]


def next_on(bench: Workbench, watch_id: str) -> date:
    with bench.reading() as connection:
        return Watches(connection).get(watch_id).next_on


def test_watching_needs_a_basis_and_a_worker_of_the_town(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    office = workbench.visit_as(coordinator)

    answers = [
        office.post("/households/request-1/watches/new", {**WATCH, **changed}).status_code
        for changed in ({"basis": ""}, {"what": ""}, {"watcher": "nobody"}, {"every_days": "2"})
    ]

    assert answers == [422, 422, 422, 422]
    with workbench.reading() as connection:
        assert Watches(connection).open_ones() == ()


def test_only_a_coordinator_assigns(workbench: Workbench, worker: Actor, ask: Ask) -> None:
    ask()

    answer = workbench.visit_as(worker).post("/households/request-1/watches/new", WATCH)

    assert answer.status_code == 403


def test_what_the_watcher_saw_is_sealed_and_read_by_watcher_and_coordinator_alone(
    workbench: Workbench, worker: Actor, second_worker: Actor, coordinator: Actor, watch_id: str
) -> None:
    mine: Visitor = workbench.visit_as(worker)
    report = {"words": "カーテンが三日閉まったまま", "worrying": "true"}
    assert mine.post(f"/watches/{watch_id}", report).status_code == 303
    other = workbench.visit_as(second_worker)

    seen = [
        visitor.get(f"/watches/{watch_id}") for visitor in (mine, workbench.visit_as(coordinator))
    ]
    refused = [other.get(f"/watches/{watch_id}"), other.post(f"/watches/{watch_id}", report)]

    assert ["カーテン" in page.text for page in seen] == [True, True]
    assert [page.status_code for page in refused] == [404, 404]
    assert "見本" not in other.get("/watches").text
    with workbench.reading() as connection:
        (row,) = connection.execute(select(tables.watch_report)).all()
    assert "カーテン".encode() not in row.sealed
    assert next_on(workbench, watch_id) == date(2026, 12, 1)


def test_a_coordinator_does_not_report_for_the_watcher(
    workbench: Workbench, coordinator: Actor, watch_id: str
) -> None:
    answer = workbench.visit_as(coordinator).post(f"/watches/{watch_id}", {"words": "見た"})

    assert answer.status_code == 404
    assert next_on(workbench, watch_id) == date(2026, 11, 24)


def test_a_day_that_passed_without_a_report_is_marked(
    workbench: Workbench, worker: Actor, watch_id: str, clock_at: Callable[..., None]
) -> None:
    clock_at(datetime(2026, 11, 26, 0, 0, tzinfo=UTC))

    assert "日を過ぎています" in workbench.visit_as(worker).get("/watches").text


def test_the_end_of_the_case_ends_the_watching(
    workbench: Workbench, worker: Actor, watch_id: str
) -> None:
    workbench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた"))

    assert "見守りはありません" in workbench.visit_as(worker).get("/watches").text
    with workbench.reading() as connection:
        assert Watches(connection).get(watch_id).end_reason == "ケースが終わったため"
