"""Two people give one worker, or one household, a visit in the same instant; on both databases."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_outreach import queries
from kasane_outreach.app import service
from kasane_outreach.commands import ScheduleVisit
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.handlers import schedule_visit
from kasane_outreach.repository import Visits
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

DAY = date(2026, 11, 26)
REQUEST = OutreachRequested(
    request_id="request-1",
    case_id="case-1",
    person_id="person-1",
    purpose="初回訪問",
    name="見本 花子",
)


@pytest.fixture
def on_postgresql(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Workbench]:
    """A bench whose town is kept by PostgreSQL."""
    plain = build_workbench(service, tmp_path)
    with on_postgres(plain, private_postgres, tmp_path) as bench:
        yield bench
    plain.house.databases.dispose()


@pytest.fixture(params=["workbench", pytest.param("on_postgresql", marks=pytest.mark.postgresql)])
def bench(request: pytest.FixtureRequest) -> Workbench:
    """The bench on SQLite and on PostgreSQL."""
    found: Workbench = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked at the day waits for the other to have looked too, or for half a second."""
    both = threading.Barrier(2)
    look = Visits.scheduled_on

    def look_and_wait(self: Visits, day: date) -> object:
        found = look(self, day)
        try:
            both.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            return found
        return found

    monkeypatch.setattr(Visits, "scheduled_on", look_and_wait)


def book_at_once(bench: Workbench, actor: Actor, *wanted: ScheduleVisit) -> list[str]:
    """Books from one thread each; returns what each got: scheduled, or the code of the refusal."""
    answers: list[str] = []

    def book(command: ScheduleVisit) -> None:
        try:
            with bench.unit(actor) as uow:
                schedule_visit(command, uow)
            answers.append("scheduled")
        except OutreachRefusal as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=book, args=(one,)) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def wanted(request_id: str, worker: str, hour: int = 10) -> ScheduleVisit:
    return ScheduleVisit(new_id(), request_id, DAY, time(hour), 45, (worker,))


@pytest.mark.usefixtures("meeting")
def test_one_worker_is_not_given_two_visits_in_the_same_instant(bench: Workbench) -> None:
    coordinator = bench.staff("coordinator", account_id="coordinator-1", name="調整 太郎")
    bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
    bench.hear(REQUEST)
    bench.hear(replace(REQUEST, request_id="request-2", case_id="case-2", person_id="person-2"))

    answers = book_at_once(
        bench, coordinator, wanted("request-1", "worker-1"), wanted("request-2", "worker-1")
    )

    assert answers == ["scheduled", "worker_busy"]
    with bench.reading() as connection:
        assert len(queries.visits_on(connection, coordinator, DAY)) == 1


@pytest.mark.usefixtures("meeting")
def test_two_agencies_that_book_one_house_at_once_see_each_other(bench: Workbench) -> None:
    coordinator = bench.staff("coordinator", account_id="coordinator-1", name="調整 太郎")
    bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
    bench.staff("outreach_worker", account_id="worker-2", name="訪問 二郎")
    bench.hear(REQUEST)
    bench.hear(replace(REQUEST, request_id="request-2"))

    answers = book_at_once(
        bench, coordinator, wanted("request-1", "worker-1"), wanted("request-2", "worker-2", 14)
    )

    assert answers == ["same_day_visit", "scheduled"]
