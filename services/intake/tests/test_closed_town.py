"""A town that is being moved confirms nothing that it did not keep: bookings and messages are refused in words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from kasane_contracts.intake import ConsultationReceived
from kasane_intake import tables
from kasane_intake.commands.consultation_days import PlanDay
from kasane_intake.domain.consultation_day import ConsultationDay, DaySlot, MeetingWay
from kasane_intake.handlers.consultation_days import plan_day
from kasane_kit import clock
from kasane_kit.testing.workbench import Workbench
from tests.support.closed_town import closed
from tests.support.public_form import WORDS, Passerby, desk, open_form, receipt_of

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
MOVING = "別の機械へ移しています"
SLOTS = (DaySlot("one", time(9, 0), time(10, 0), 1), DaySlot("two", time(10, 0), time(11, 0), 1))
BOOK = "/consultation-days/day-1/book"


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.fixed(lambda: NOW):
        yield


@pytest.fixture
def town(workbench: Workbench) -> Workbench:
    """A town with an open form and a day with two seats."""
    open_form(workbench)
    facts = ("day-1", "fukushi", date(2026, 12, 10), MeetingWay.FACE_TO_FACE, "架空会館", "")
    with workbench.unit(workbench.staff("coordinator")) as uow:
        plan_day(PlanDay(ConsultationDay(*facts, False, False, SLOTS)), uow, workbench.hooks)
    return workbench


def rows(bench: Workbench, table: object) -> int:
    with bench.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


@pytest.mark.parametrize("wait", [{}, {"may_wait": "1"}], ids=["seat", "waiting list"])
def test_no_booking_is_confirmed_that_was_not_kept(town: Workbench, wait: dict[str, str]) -> None:
    staff = desk(town)
    form = {"slot": "one", "phone": "000-1111-2222", "name": "森田 とし", **wait}
    before = len(town.said())
    with closed(town):
        refused = staff.post(BOOK, form)
    assert (refused.status_code, MOVING in refused.text) == (503, True)
    assert (rows(town, tables.booking), len(town.said())) == (0, before)

    later = staff.post(BOOK, form)

    assert (later.status_code, rows(town, tables.booking)) == (303, 1)


def test_a_booking_does_not_move_and_keeps_its_seat(town: Workbench) -> None:
    staff = desk(town)
    made = staff.post(BOOK, {"slot": "one", "phone": "000-1111-2222", "name": "森田 とし"})
    booking_id = made.headers["Location"].rpartition("booked=")[2]
    move = {"slot": "two", "version": "1"}
    with closed(town):
        refused = staff.post(f"/bookings/{booking_id}/move", move)
    with town.reading() as connection:
        assert connection.scalar(select(tables.booking.c.slot_id)) == "one"
    assert (refused.status_code, MOVING in refused.text) == (503, True)

    later = staff.post(f"/bookings/{booking_id}/move", move)

    with town.reading() as connection:
        assert connection.scalar(select(tables.booking.c.slot_id)) == "two"
    assert later.status_code == 303


@pytest.mark.parametrize("shut", [(), ("intake_web_message",)], ids=["town", "messages alone"])
def test_no_receipt_is_given_for_words_that_were_not_kept(
    town: Workbench, shut: tuple[str, ...]
) -> None:
    passerby = Passerby(town, NOW)
    with closed(town, *shut):
        refused = passerby.send(WORDS)
    assert (refused.status_code, MOVING in refused.text) == (503, True)
    assert "i-receipt" not in refused.text
    assert (rows(town, tables.web_message), town.said(ConsultationReceived)) == (0, [])

    later = passerby.send(WORDS)

    assert (later.status_code, rows(town, tables.web_message)) == (200, 1)
    assert len(receipt_of(later)) == 2
