"""Two who change a telephone or a watch over a worker in one instant: neither undoes what the other did."""

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_outreach.commands import ScheduleVisit
from kasane_outreach.commands.door import StopDevice
from kasane_outreach.domain.check_in import CheckIn
from kasane_outreach.domain.door_device import DoorDevice
from kasane_outreach.handlers import schedule_visit
from kasane_outreach.handlers.door_days import alarm_overdue_check_ins, stop_device
from kasane_outreach.repository.door import CheckIns, DoorDevices
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres
from tests.support.sealed_telephone import SealedTelephone

pytestmark = pytest.mark.postgresql
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
def bench(
    make_workbench: BenchMaker, private_postgres: PrivatePostgres, tmp_path: Path, clock_at: Any
) -> Iterator[Workbench]:
    """A town on PostgreSQL with one visit of one worker today."""
    clock_at(MORNING)
    with on_postgres(make_workbench("outreach"), private_postgres, tmp_path) as found:
        found.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
        found.hear(OutreachRequested("request-1", "case-1", "person-1", "見守り", name="見本 花子"))
        with found.unit(office(found)) as uow:
            visit = ScheduleVisit(
                "visit-1", "request-1", date(2026, 11, 24), time(10), 45, ("worker-1",), False
            )
            schedule_visit(visit, uow)
        yield found


def office(bench: Workbench) -> Any:
    return bench.staff("coordinator", account_id="coordinator-1", name="調整 太郎")


def new_telephone(bench: Workbench) -> SealedTelephone:
    return SealedTelephone(
        bench, bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
    )


def telephone_of(bench: Workbench) -> SealedTelephone:
    found = new_telephone(bench)
    assert found.begin().status_code == 200
    found.round()
    return found


def meanwhile(
    patch: pytest.MonkeyPatch, where: type, name: str, act: Callable[[], None]
) -> list[threading.Thread]:
    """Lets somebody act once a row was read and before it is saved, and goes on after a second at the latest."""
    plain, begun = getattr(where, name), list[threading.Thread]()

    def changed(self: Any, *arguments: Any) -> Any:
        found = plain(self, *arguments)
        if not begun:
            begun.append(threading.Thread(target=copy_context().run, args=(act,)))
            begun[0].start()
            begun[0].join(1)
        return found

    patch.setattr(where, name, changed)
    return begun


@pytest.mark.parametrize("step", ["begin", "round"])
def test_a_telephone_that_is_stopped_while_it_asks_for_its_day_stays_stopped(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    telephone, coordinator = telephone_of(bench), office(bench)

    def stop() -> None:
        with bench.unit(coordinator) as uow:
            stop_device(StopDevice(telephone.id), uow)

    stopping = meanwhile(monkeypatch, DoorDevice, "begin", stop)
    getattr(telephone, step)()
    stopping[0].join()

    with bench.reading() as connection:
        assert DoorDevices(connection).get(telephone.id).stopped_by == "coordinator-1"


def test_a_worker_who_comes_out_while_the_alarm_is_given_is_out(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, clock_at: Any
) -> None:
    telephone = telephone_of(bench)
    check_in = telephone.write("check_in", "visit-1", {"minutes": 45})["id"]
    clock_at(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    out = telephone.wire("check_out", "visit-1", {"check_in": check_in})

    answers: list[str] = []
    coming = meanwhile(
        monkeypatch, CheckIn, "alarm", lambda: answers.append(telephone.send(out).json["outcome"])
    )
    with municipality_scope(TOWN):
        alarm_overdue_check_ins(bench.house, TOWN)
    coming[0].join()

    assert answers == ["accepted"]
    with bench.reading() as connection:
        found = CheckIns(connection).get(check_in)
    assert (found.ended_by, found.open) == ("worker-1", False)


def at_once(telephone: SealedTelephone, step: str) -> list[int]:
    """The answers to four of the same telephone that ask in one instant."""
    together, answers = threading.Barrier(4), list[int]()

    def ask() -> None:
        mine = new_telephone(telephone.bench)
        mine.id = telephone.id
        together.wait()
        answers.append(mine.visitor.send_json("POST", *step_of(mine, step)).status_code)

    threads = [threading.Thread(target=copy_context().run, args=(ask,)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def step_of(telephone: SealedTelephone, step: str) -> tuple[str, Any]:
    if step == "begin":
        return "/api/v1/door/devices", {"device_id": telephone.id}
    return f"/api/v1/door/devices/{telephone.id}/round", None


def test_a_new_telephone_that_asks_more_than_once_at_once_gets_its_day_and_its_round(
    bench: Workbench,
) -> None:
    telephone = new_telephone(bench)

    begun, rounds = at_once(telephone, "begin"), at_once(telephone, "round")

    assert (begun, rounds) == ([200] * 4, [200] * 4)
    with bench.reading() as connection:
        (kept,) = DoorDevices(connection).of("worker-1")
        handed = DoorDevices(connection).held_on(kept.id, date(2026, 11, 24))
    assert (kept.id, handed) == (telephone.id, {"visit-1"})
