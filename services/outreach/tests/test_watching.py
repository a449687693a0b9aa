"""Watching over people without consent: on a basis, by one worker, read by few."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from kasane_contracts.cases import CaseClosed
from kasane_contracts.outreach import WatchDue, WatchEnded
from kasane_kit.auth import Actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach import tables
from kasane_outreach.handlers.watching import tell_days_of_watching
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


def test_a_report_sent_twice_is_kept_once(
    workbench: Workbench, worker: Actor, watch_id: str
) -> None:
    mine = workbench.visit_as(worker)
    report = {"words": "カーテンが開いていた", "submission": "report-1"}

    sent = [mine.post(f"/watches/{watch_id}", report).status_code for _ in range(2)]
    by_program = [
        mine.send_json(
            "POST",
            f"/api/v1/watches/{watch_id}/reports",
            {"words": "明かりがついた"},
            headers={"Idempotency-Key": "report-2"},
        ).status_code
        for _ in range(2)
    ]

    assert (sent, by_program) == ([303, 303], [201, 201])
    page = mine.get(f"/watches/{watch_id}").text
    assert (page.count("カーテンが開いていた"), page.count("明かりがついた")) == (1, 1)


def test_what_was_written_for_a_watching_that_ended_is_shown_again_and_not_kept(
    workbench: Workbench, worker: Actor, watch_id: str
) -> None:
    mine = workbench.visit_as(worker)
    workbench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた"))

    answer = mine.post(f"/watches/{watch_id}", {"words": "窓が割れていました", "worrying": "true"})

    assert answer.status_code == 409
    assert "この見守りは終わっています。" in answer.text
    assert "窓が割れていました</textarea>" in answer.text
    assert "報告する</button>" not in answer.text
    with workbench.reading() as connection:
        assert connection.execute(select(tables.watch_report)).all() == []


def test_who_ends_a_request_ends_its_watching_too(
    workbench: Workbench, coordinator: Actor, worker: Actor
) -> None:
    office, mine = workbench.visit_as(coordinator), workbench.visit_as(worker)
    asked = mine.post(
        "/households/new",
        {
            "name": "見本 花子",
            "address": "奈良県生駒市東新町8番38号",
            "purpose": "見守り",
            "minutes": "45",
            "submission": "request",
        },
    )
    request_id = asked.location.rsplit("/", 1)[1].split("?")[0]
    made = office.post(f"/households/{request_id}/watches/new", WATCH)
    watch_id = made.location.rsplit("/", 1)[1]

    ended = mine.post(f"/households/{request_id}/end", {"end_reason": "転居", "version": "1"})

    assert ended.status_code == 303, ended.text
    with workbench.reading() as connection:
        watch = Watches(connection).get(watch_id)
    assert (watch.ended_on, watch.end_reason) == (date(2026, 11, 24), "転居")
    assert [one.assignment_id for one in workbench.said(WatchEnded)] == [watch_id]


# What others are told


def told(bench: Workbench) -> list[tuple[str, str, date]]:
    return [(one.watcher, one.assigned_by, one.due_on) for one in bench.said(WatchDue)]


def test_the_day_is_told_when_somebody_is_asked_and_after_each_report(
    workbench: Workbench, worker: Actor, watch_id: str
) -> None:
    workbench.visit_as(worker).post(f"/watches/{watch_id}", {"words": "変わりない"})

    assert told(workbench) == [
        ("worker-1", "coordinator-1", date(2026, 11, 24)),
        ("worker-1", "coordinator-1", date(2026, 12, 1)),
    ]


def test_the_end_is_told_once(workbench: Workbench, coordinator: Actor, watch_id: str) -> None:
    office = workbench.visit_as(coordinator)
    for _ in range(2):
        office.post(f"/watches/{watch_id}/end", {"reason": "入院"})
    workbench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた"))

    assert [one.assignment_id for one in workbench.said(WatchEnded)] == [watch_id]


def test_watching_from_before_is_told_of_once_by_the_job(
    workbench: Workbench, watch_id: str
) -> None:
    with workbench.unit(workbench.staff("coordinator", account_id="coordinator-1")) as uow:
        uow.connection.execute(update(tables.watch_assignment).values(told_for=None))
        uow.record("outreach.watch.told", "watch_assignment", watch_id)
        uow.commit()

    for _ in range(2):
        with municipality_scope(TOWN):
            tell_days_of_watching(workbench.house, TOWN)

    assert len(told(workbench)) == 2


def test_the_api_asks_reports_and_ends_and_shows_nobody_elses(
    workbench: Workbench, worker: Actor, second_worker: Actor, coordinator: Actor, ask: Ask
) -> None:
    ask()
    office, mine = workbench.visit_as(coordinator), workbench.visit_as(worker)
    body = {
        "request_id": "request-1",
        "watcher": "worker-1",
        "every_days": 7,
        "what": "夜の明かり",
        "basis": "支援会議",
    }

    asked = office.send_json("POST", "/api/v1/watches", body)
    wrong = office.send_json("POST", "/api/v1/watches", {**body, "every_days": 0})
    path = f"/api/v1/watches/{asked.json['id']}"
    report = mine.send_json("POST", f"{path}/reports", {"words": "明かりがついた"})
    other = workbench.visit_as(second_worker).send_json("GET", path)
    ended = office.send_json("POST", f"{path}/end", {"reason": "入院"})

    assert [one.status_code for one in (asked, wrong, report, other, ended)] == [
        201,
        422,
        201,
        404,
        200,
    ]
    assert (report.json["next_on"], ended.json["end_reason"]) == ("2026-12-01", "入院")
    assert "明かり" not in str({**report.json, "what": ""})
    assert mine.send_json("GET", "/api/v1/watches").json["items"] == []
