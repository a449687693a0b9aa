"""The office and somebody without an account change a booking or its day in the same instant, on PostgreSQL."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from kasane_contracts.intake import BookingsWaiting
from kasane_intake.commands.consultation_days import BookSlot, CancelDay, ChangeBooking, PlanDay
from kasane_intake.domain.consultation_day import Booking, ConsultationDay, DaySlot, MeetingWay
from kasane_intake.domain.receipt import Receipt
from kasane_intake.handlers.consultation_days import book_slot, cancel_day, move_booking, plan_day
from kasane_intake.repository.consultation_days import Bookings, ConsultationDays
from kasane_kit import clock
from kasane_kit.testing.workbench import TOWN, Workbench
from tests.support.meanwhile import Meanwhile
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres
from tests.support.public_form import key_of, open_form

pytestmark = pytest.mark.postgresql
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HELD_ON = date(2026, 12, 10)
OTHER = (DaySlot("three", time(13), time(14), 1),)
SLOTS = (DaySlot("one", time(10), time(11), 2), DaySlot("two", time(11), time(12), 1))


@pytest.fixture
def town(
    workbench: Workbench, private_postgres: PrivatePostgres, tmp_path: Path
) -> Iterator[Workbench]:
    """A town with an open form and a 相談会 of two slots."""
    day = ConsultationDay(
        "day-1",
        "fukushi",
        HELD_ON,
        MeetingWay.FACE_TO_FACE,
        "会議室",
        "",
        True,
        False,
        SLOTS,
    )
    with on_postgres(workbench, private_postgres, tmp_path) as bench, clock.fixed(lambda: NOW):
        with open_form(bench).unit(bench.staff("coordinator")) as uow:
            plan_day(PlanDay(day), uow, bench.hooks)
        yield bench


def change(bench: Workbench, handler: Any, command: Any) -> None:
    """What somebody of the office does."""
    with clock.fixed(lambda: NOW), bench.unit(bench.staff("coordinator")) as uow:
        handler(command, uow)


def booked(bench: Workbench, booking_id: str) -> Receipt:
    """The receipt of somebody who books the first slot through the public form."""
    command = BookSlot(booking_id, "one", "架空 花子", phone="000-1111-2222", form_id=booking_id)
    with bench.unit(bench.staff("coordinator")) as uow:
        _, receipt = book_slot(command, uow, key_of(bench))
    assert receipt is not None
    return receipt


def kept(bench: Workbench, booking_id: str) -> Booking:
    """The booking as it is kept."""
    with bench.reading() as connection:
        return Bookings(connection).get(booking_id)


def test_what_a_sender_adds_while_the_office_moves_the_booking_is_kept(
    town: Workbench, meanwhile: Meanwhile
) -> None:
    receipt, client = booked(town, "b1"), town.app.test_client()
    page = client.get(f"/{TOWN}/soudan/receipt").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    form = {**hidden, "number": receipt.number, "word": receipt.word, "addition": "車いすです。"}
    meanwhile(
        Bookings, "by_receipt", lambda: change(town, move_booking, ChangeBooking("b1", 1, "two"))
    )

    answer = client.post(f"/{TOWN}/soudan/receipt", data=form)

    after = kept(town, "b1")
    assert answer.status_code == 200
    assert (after.slot_id, after.note, after.version) == ("two", "車いすです。", 3)


@pytest.mark.parametrize("moved", [False, True])
def test_who_gets_a_seat_while_the_day_is_called_off_is_told_or_refused(
    town: Workbench, meanwhile: Meanwhile, moved: bool
) -> None:
    another = ConsultationDay(
        "day-2", "fukushi", HELD_ON, MeetingWay.FACE_TO_FACE, "会議室", "", True, False, OTHER
    )
    with town.unit(town.staff("coordinator")) as uow:
        plan_day(PlanDay(another), uow, town.hooks)
    booked(town, "b1")
    others = meanwhile(
        ConsultationDays, "of_slot", lambda: change(town, cancel_day, CancelDay("day-2", 1))
    )

    if moved:
        change(town, move_booking, ChangeBooking("b1", 1, "three"))
    else:
        with town.unit(town.staff("coordinator")) as uow:
            book_slot(BookSlot("b2", "three", "架空 花子"), uow, b"")

    others[0].join()
    said = [event for event in town.said(BookingsWaiting) if event.day_id == "day-2"]
    assert said[-1] == BookingsWaiting("day-2", "fukushi", HELD_ON, 1, called_off=True)
