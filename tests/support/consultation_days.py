"""A 相談会 of a town, the office that holds it, and its bookings."""

from datetime import UTC, date, datetime, time
from typing import Any

from kasane_intake import queries
from kasane_intake.commands.consultation_days import PlanDay
from kasane_intake.domain.consultation_day import ConsultationDay, DaySlot, MeetingWay
from kasane_intake.handlers.consultation_days import plan_day
from kasane_kit.testing.workbench import Visitor, Workbench

DAY = date(2026, 12, 10)
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HALF_PAST_TEN = datetime(2026, 12, 10, 1, 30, tzinfo=UTC)
LINK = "https://online.example/room-7"
SLOTS = (
    DaySlot("morning", time(10, 0), time(10, 50), 1),
    DaySlot("noon", time(11, 0), time(11, 50), 2),
)


def planned(bench: Workbench, **changes: Any) -> ConsultationDay:
    """An online day of 福祉課 with a slot for one and a slot for two."""
    facts: dict[str, Any] = {
        "id": "day-1",
        "office": "fukushi",
        "held_on": DAY,
        "way": MeetingWay.ONLINE,
        "place": "",
        "online_link": LINK,
        "public": True,
        "cancelled": False,
        "slots": SLOTS,
    }
    day = ConsultationDay(**{**facts, **changes})
    with bench.unit(bench.staff("coordinator")) as uow:
        plan_day(PlanDay(day), uow, bench.hooks)
    return day


def holder(bench: Workbench) -> Visitor:
    """A browser of the office that holds the day."""
    return bench.visit_as(bench.staff("receiver", office="fukushi"))


def booked(bench: Workbench, slot: str = "morning", **about: Any) -> str:
    """The id of a booking made by telephone."""
    form = {"slot": slot, "phone": "000-1111-2222", "name": "森田 とし", **about}
    answer = holder(bench).post("/consultation-days/day-1/book", form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].rpartition("booked=")[2])


def bookings(bench: Workbench) -> dict[str, tuple[str, int | None]]:
    """State and seat of every booking that is not cancelled, by name."""
    with bench.reading() as connection:
        line = queries.consultation_day(connection, "day-1")
    return {
        one.name: (one.status.value, one.seat)
        for slot in line.slots
        for one in (*slot.seated, *slot.waiting)
    }
