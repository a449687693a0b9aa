"""What is committed in one process is heard by the relay of another, without asking for it again and again."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from kasane_kit.db import Bell, Databases, listen
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from kasane_runtime import databases
from kasane_runtime.compose import Composition, Wake
from kasane_runtime.processes import Worker
from tests.faults.conftest import drop_our_databases
from tests.faults.running_house import TOWNS, write_town_files
from tests.faults.small_house import say_one, small_house
from tests.support import own_processes
from tests.support.private_postgres import PrivatePostgres

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]
TOWN, OTHER_TOWN = TOWNS


@pytest.fixture
def house(tmp_path: Path, private_postgres: PrivatePostgres) -> Iterator[Composition]:
    """The small house on its own databases, no worker at work."""
    drop_our_databases(private_postgres)
    composition = small_house(
        {
            "KASANE_MODE": "distributed",
            "KASANE_KEYS": str(tmp_path / "keys"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
            "KASANE_DATABASE_URL": private_postgres.dsn,
            "KASANE_ADMIN_DATABASE_URL": private_postgres.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
    )
    databases.migrate_postgres(composition)
    yield composition
    composition.house.databases.dispose()


def listening(house: Composition, service: str, heard: set[str], stop: threading.Event):
    thread = threading.Thread(target=listen, args=(house.house.databases, service, heard.add, stop))
    thread.start()
    return thread


def rings_until_heard(bell: Bell, service: str, town: str, heard: set[str]) -> bool:
    """The ear may not be open yet at the first ring; nobody promises that every ring is heard."""

    def rung() -> Iterator[bool]:
        while True:
            bell.ring(service, town)
            yield town in heard

    return own_processes.wait_until(rung(), seconds=240)


def test_the_relay_of_a_service_hears_its_towns_and_no_other_service(house: Composition):
    intake, cases = set[str](), set[str]()
    stop = threading.Event()
    threads = [
        listening(house, "intake", intake, stop),
        listening(house, "cases", cases, stop),
    ]
    bell = Bell(house.house.databases)
    try:
        assert rings_until_heard(bell, "cases", OTHER_TOWN, cases)
        assert rings_until_heard(bell, "intake", TOWN, intake)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert (intake, cases) == ({TOWN}, {OTHER_TOWN})


@pytest.mark.parametrize(("towns", "listens"), [(TOWN, False), (f"host,{TOWN}", True), ("", True)])
def test_a_worker_of_single_towns_does_not_knock_at_the_host_s_database(
    house: Composition, towns: str, listens: bool
):
    settings = replace(house.settings, served_towns=tuple(towns.split(",")) if towns else ())
    worker = Worker(replace(house, settings=settings), "intake")

    assert ("intake-ear" in {thread.name for thread in worker._threads}) is listens


def test_a_commit_rings_after_it_and_its_transaction_says_nothing(house: Composition):
    heard = set[str]()
    stop = threading.Event()
    thread = listening(house, "intake", heard, stop)
    statements: list[str] = []
    with municipality_scope(TOWN):
        engine = house.house.databases._engine("intake")
    event.listen(
        engine, "before_cursor_execute", lambda *given: statements.append(given[2].lower())
    )
    numbers = iter(range(10_000))

    def said() -> Iterator[bool]:
        for number in numbers:
            say_one(house, TOWN, "one", number)
            yield TOWN in heard

    try:
        assert own_processes.wait_until(said(), seconds=240)
    finally:
        stop.set()
        thread.join()

    assert statements
    assert not any("notify" in statement for statement in statements)


def test_a_cut_line_is_said_and_the_connection_is_not_used_again(
    house: Composition, private_postgres: PrivatePostgres
):
    heard = set[str]()
    ended = threading.Event()

    def hears() -> None:
        try:
            listen(house.house.databases, "intake", heard.add, threading.Event())
        except Exception:
            ended.set()

    threading.Thread(target=hears, daemon=True).start()
    assert rings_until_heard(Bell(house.house.databases), "intake", TOWN, heard)

    private_postgres.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )

    assert ended.wait(30)
    stop = threading.Event()
    thread = listening(house, "intake", heard, stop)
    assert rings_until_heard(Bell(house.house.databases), "intake", OTHER_TOWN, heard)
    stop.set()
    thread.join()


def test_a_bell_that_was_rung_before_a_fork_rings_in_the_child(house: Composition):
    heard = set[str]()
    stop = threading.Event()
    bell = Bell(house.house.databases)
    bell.ring("intake", TOWN)
    parent = bell._signal
    bell._pid = os.getpid() + 1

    thread = listening(house, "intake", heard, stop)
    try:
        assert rings_until_heard(bell, "intake", OTHER_TOWN, heard)
    finally:
        stop.set()
        thread.join()

    assert bell._signal is not parent


def test_a_bell_that_nobody_can_hear_disturbs_nobody():
    class Away(Databases):
        def __init__(self) -> None:
            super().__init__(SqliteAddresses(Path()), KeyRing(Path()))
            self.asked = threading.Event()

        def asking(self, service: str):
            self.asked.set()
            raise OSError("the server is away")

    away = Away()
    wake = Wake(Bell(away))

    wake(TOWN, "intake")

    assert away.asked.wait(30)
    assert wake.wait(0) == {TOWN}
    away.dispose()


def test_a_worker_does_not_ring_for_its_own_relay():
    class Rung:
        def __init__(self) -> None:
            self.rings: list[tuple[str, str]] = []

        def ring(self, service: str, municipality: str) -> None:
            self.rings.append((service, municipality))

    rung = Rung()
    wake = Wake(rung)
    wake.relayed_here("intake")

    wake(TOWN, "intake")
    wake(TOWN, "cases")
    wake("")

    assert rung.rings == [("cases", TOWN)]
    assert wake.wait(0) == {TOWN, ""}
