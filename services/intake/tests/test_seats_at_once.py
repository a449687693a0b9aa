"""No seat of a 相談会 is given twice, also when eight people book at the same moment, on both databases."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from kasane_intake.app import service as intake
from kasane_intake.commands.consultation_days import BookSlot, PlanDay
from kasane_intake.domain.consultation_day import ConsultationDay, DaySlot, MeetingWay
from kasane_intake.domain.errors import SlotFull
from kasane_intake.handlers.consultation_days import book_slot, plan_day
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.db import Databases, MigrationSource, upgrade
from kasane_kit.db.engine import open_engine
from kasane_kit.keys import KeyRing
from kasane_kit.plugins import PluginHouse
from kasane_kit.tenancy import Town, municipality_scope
from kasane_kit.testing.workbench import TOWN, GivenTowns, Workbench
from kasane_kit.unit_of_work import House, UnitOfWork
from tests.support.private_postgres import PrivatePostgres

DAY = date(2026, 12, 10)
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
KEY = b"k" * 32
LINK = "https://online.example/room-7"


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.fixed(lambda: NOW):
        yield


def race(house: House, people: int) -> list[str]:
    """What became of people who book the three seats of one slot at the same moment, each in a thread."""
    slot = DaySlot("race", time(9, 0), time(10, 0), 3)
    actor = platform_actor("intake", TOWN)
    day = ConsultationDay("day-1", "", DAY, MeetingWay.ONLINE, "", LINK, False, False, (slot,))
    with municipality_scope(TOWN), UnitOfWork(house, "intake", actor) as uow:
        plan_day(PlanDay(day), uow, house.plugins.hooks_for(TOWN))
    together, outcomes = threading.Barrier(people), []

    def book(number: int) -> None:
        together.wait(30)
        try:
            with (
                clock.fixed(lambda: NOW),
                municipality_scope(TOWN),
                UnitOfWork(house, "intake", actor) as uow,
            ):
                made, _ = book_slot(BookSlot(f"b{number}", "race", f"{number}"), uow, KEY)
            outcomes.append(f"seat {made.seat}")
        except SlotFull:
            outcomes.append("full")

    threads = [threading.Thread(target=book, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


EXPECTED = ["full", "full", "full", "full", "full", "seat 1", "seat 2", "seat 3"]


def test_no_seat_is_given_twice_when_eight_book_at_once_on_sqlite(workbench: Workbench) -> None:
    assert race(workbench.house, 8) == EXPECTED


def test_no_seat_is_given_twice_when_eight_book_at_once_on_postgresql(
    private_postgres: PrivatePostgres, tmp_path: Path
) -> None:
    name = "intake_booking_race"
    private_postgres.psql(f"DROP DATABASE IF EXISTS {name}")
    private_postgres.psql(f"CREATE DATABASE {name}")
    url = make_url(private_postgres.dsn_of(name)).set(drivername="postgresql+psycopg")

    class OneDatabase:
        def url(self, service: str, municipality: str) -> Any:
            return url

        def log_url(self, producer: str, municipality: str) -> Any:
            return url

    engine = open_engine(url)
    with engine.connect() as connection:
        upgrade(connection, MigrationSource(intake.migrations))
        connection.commit()
    engine.dispose()
    directory = GivenTowns(Town(TOWN, "生駒市", "290009", ()))
    keys = KeyRing(tmp_path / "keys")
    keys.ensure("signing", TOWN)
    house = House(Databases(OneDatabase(), keys), keys, directory, PluginHouse(directory))
    try:
        assert race(house, 8) == EXPECTED
    finally:
        house.databases.dispose()
