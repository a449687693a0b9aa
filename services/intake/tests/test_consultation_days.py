"""Plans 相談会, books them by telephone, moves and calls off, and sees who came."""

from collections.abc import Iterator
from datetime import date, time

import pytest

from kasane_contracts.intake import ConsultationReceived
from kasane_intake import queries
from kasane_intake.domain.consultation_day import DaySlot
from kasane_intake.domain.errors import DayCannotBeHeld, DayNotOffered
from kasane_kit import clock
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench
from tests.support.consultation_days import (
    DAY,
    HALF_PAST_TEN,
    LINK,
    NOW,
    booked,
    bookings,
    holder,
    planned,
)


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.fixed(lambda: NOW):
        yield


def test_a_day_is_typed_as_a_row_of_slots(workbench: Workbench) -> None:
    answer = holder(workbench).post(
        "/consultation-days/new",
        {
            "held_on": "令和8年12月10日",
            "starts_at": "１３：３０",
            "minutes": "50",
            "slots": "3",
            "seats": "1",
            "way": "face_to_face",
            "place": "架空会館",
        },
    )

    with workbench.reading() as connection:
        (line,) = queries.consultation_days(connection, DAY)
    assert answer.status_code == 303
    assert list(queries.slot_times(line.day).values()) == [
        "13:30–14:20",
        "14:20–15:10",
        "15:10–16:00",
    ]
    assert (line.day.office, line.free, line.day.public) == ("fukushi", 3, False)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts_at": "25:00"}, "starts_at"),
        ({"starts_at": "23:30"}, "starts_at"),
        ({"minutes": "0"}, "starts_at"),
        ({"slots": "0"}, "slots"),
        ({"seats": "99"}, "seats"),
        ({"place": ""}, "place"),
        ({"way": "online"}, "online_link"),
        ({"way": "online", "online_link": "javascript:alert(1)"}, "online_link"),
        ({"held_on": "令和8年2月30日"}, "held_on"),
    ],
)
def test_a_day_that_cannot_be_held_comes_back_with_what_was_typed(
    workbench: Workbench, typed: dict[str, str], field: str
) -> None:
    right = {
        "held_on": "2026-12-10",
        "starts_at": "13:30",
        "minutes": "50",
        "slots": "3",
        "seats": "1",
        "way": "face_to_face",
        "place": "架空会館",
    }

    answer = holder(workbench).post("/consultation-days/new", {**right, **typed})

    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    with workbench.reading() as connection:
        assert queries.consultation_days(connection, DAY) == []


def test_ikoma_holds_its_days_from_reiwa_5_and_not_before(make_workbench: BenchMaker) -> None:
    bench = make_workbench("intake", {TOWN: ("ikoma",)})

    with pytest.raises(DayNotOffered) as refusal:
        planned(bench, id="early", held_on=date(2023, 3, 31))
    planned(bench)

    assert "いこまる相談会" in str(refusal.value.facts["words"])
    with bench.reading() as connection:
        assert [
            line.day.id for line in queries.consultation_days(connection, date(2020, 1, 1))
        ] == ["day-1"]


def test_a_full_slot_is_refused_and_offers_the_waiting_list(workbench: Workbench) -> None:
    planned(workbench)
    booked(workbench)
    form = {"slot": "morning", "phone": "000", "name": "二人め"}
    staff = holder(workbench)

    refused = staff.post("/consultation-days/day-1/book", form)
    waiting = staff.post("/consultation-days/day-1/book", {**form, "may_wait": "1"})

    assert (refused.status_code, waiting.status_code) == (409, 303)
    assert "その枠は満席です。" in refused.text
    assert 'value="二人め"' in refused.text
    assert bookings(workbench) == {"森田 とし": ("booked", 1), "二人め": ("waiting", None)}


def test_a_cancelled_seat_goes_to_who_waits(workbench: Workbench) -> None:
    planned(workbench)
    first = booked(workbench)
    second = booked(workbench, name="二人め", may_wait="1")
    staff = holder(workbench)

    staff.post(f"/bookings/{first}/cancel", {"version": "1"})
    seated = staff.post(f"/bookings/{second}/move", {"version": "1", "slot": "morning"})

    assert seated.status_code == 303
    assert bookings(workbench) == {"二人め": ("booked", 1)}


def test_a_booking_moves_to_a_free_slot_and_not_to_a_full_one(workbench: Workbench) -> None:
    planned(workbench)
    first = booked(workbench)
    booked(workbench, "noon", name="二人め")
    staff = holder(workbench)

    moved = staff.post(f"/bookings/{first}/move", {"version": "1", "slot": "noon"})
    booked(workbench, name="三人め")
    full = staff.post(f"/bookings/{first}/move", {"version": "2", "slot": "morning"})
    stale = staff.post(f"/bookings/{first}/cancel", {"version": "1"})

    assert (moved.status_code, full.status_code, stale.status_code) == (303, 409, 412)
    assert bookings(workbench) == {
        "森田 とし": ("booked", 2),
        "二人め": ("booked", 1),
        "三人め": ("booked", 1),
    }


def test_who_came_has_a_consultation_with_one_press(workbench: Workbench) -> None:
    planned(workbench)
    booking_id = booked(workbench, note="眠れない。", do_not_contact="夜")
    staff = holder(workbench)

    answer = staff.post(f"/bookings/{booking_id}/kept", {"version": "1"})
    again = staff.post(f"/bookings/{booking_id}/kept", {"version": "1"})

    (said,) = workbench.said(ConsultationReceived)
    assert (answer.status_code, again.status_code) == (303, 412)
    assert (said.channel, said.story, said.desk) == ("event", "眠れない。", "fukushi")
    assert "連絡してはいけません：夜" in staff.get(f"/consultations/{said.consultation_id}").text
    assert bookings(workbench) == {"森田 とし": ("kept", 1)}


def test_who_did_not_come_is_written_down_without_a_word_and_may_come_later(
    workbench: Workbench,
) -> None:
    planned(workbench)
    booking_id = booked(workbench)

    with clock.fixed(lambda: HALF_PAST_TEN):
        staff = holder(workbench)
        shown = staff.get("/consultation-days/day-1").text
        staff.post(f"/bookings/{booking_id}/missed", {"version": "1"})
        state = bookings(workbench)
        later = staff.post(f"/bookings/{booking_id}/kept", {"version": "2"})

    assert f"/bookings/{booking_id}/missed" in shown
    assert state == {"森田 とし": ("missed", 1)}
    assert later.status_code == 303
    assert len(workbench.said(ConsultationReceived)) == 1


def test_nobody_missed_a_slot_that_has_not_begun_and_its_seat_can_still_be_freed(
    workbench: Workbench,
) -> None:
    planned(workbench)
    booking_id = booked(workbench)
    staff = holder(workbench)

    shown = staff.get("/consultation-days/day-1").text
    page = staff.post(f"/bookings/{booking_id}/missed", {"version": "1"})
    program = staff.send_json(
        "PUT",
        f"/api/v1/bookings/{booking_id}/outcome",
        {"outcome": "missed"},
        headers={"If-Match": '"1"'},
    )
    freed = staff.post(f"/bookings/{booking_id}/cancel", {"version": "1"})

    assert f"/bookings/{booking_id}/missed" not in shown
    assert "来られなかったとは残していません。" in page.text
    assert [answer.status_code for answer in (page, program, freed)] == [409, 409, 303]
    assert program.json["type"] == "urn:kasane:problem:slot_not_begun"


def test_another_office_books_but_does_not_see_who_booked_nor_the_entrance(
    workbench: Workbench,
) -> None:
    planned(workbench)
    booking_id = booked(workbench)
    other = workbench.visit_as(workbench.staff("receiver", office="zei"))

    page = other.get("/consultation-days/day-1")
    made = other.post("/consultation-days/day-1/book", {"slot": "noon", "phone": "000"})

    assert page.status_code == 200
    assert "森田" not in page.text
    assert LINK not in page.text
    assert other.get("/consultation-days/day-1/list").status_code == 404
    assert other.post(f"/bookings/{booking_id}/cancel", {"version": "1"}).status_code == 404
    assert made.status_code == 303
    assert bookings(workbench)["森田 とし"] == ("booked", 1)


def test_the_list_for_the_day_names_everybody_in_the_order_of_the_clock(
    workbench: Workbench,
) -> None:
    planned(workbench)
    booked(workbench, "noon", name="二人め", do_not_contact="職場")
    booked(workbench)

    page = holder(workbench).get("/consultation-days/day-1/list").text

    assert page.index("10:00–10:50") < page.index("森田 とし") < page.index("二人め")
    assert "職場" in page


def test_a_day_called_off_takes_no_booking_and_keeps_the_ones_it_had(workbench: Workbench) -> None:
    planned(workbench)
    booked(workbench)
    staff = holder(workbench)

    staff.post("/consultation-days/day-1/cancel", {"version": "1"})
    refused = staff.post("/consultation-days/day-1/book", {"slot": "noon", "phone": "000"})

    assert refused.status_code == 404
    assert bookings(workbench) == {"森田 とし": ("booked", 1)}
    assert "予約の方に知らせてください" in staff.get("/consultation-days/day-1").text


def test_the_api_plans_books_and_settles(workbench: Workbench) -> None:
    staff = holder(workbench)
    day = staff.send_json(
        "POST",
        "/api/v1/consultation-days",
        {
            "held_on": "2026-12-10",
            "way": "online",
            "online_link": LINK,
            "slots": [{"starts_at": "10:00", "ends_at": "10:50", "seats": 1}],
        },
    )
    slot = day.json["slots"][0]["id"]
    made = staff.send_json("POST", "/api/v1/bookings", {"slot_id": slot, "name": "森田 とし"})
    full = staff.send_json("POST", "/api/v1/bookings", {"slot_id": slot})
    settled = staff.send_json(
        "PUT",
        f"/api/v1/bookings/{made.json['id']}/outcome",
        {"outcome": "kept"},
        headers={"If-Match": '"1"'},
    )

    assert (day.status_code, made.status_code, full.status_code) == (201, 201, 409)
    assert full.json["type"] == "urn:kasane:problem:slot_full"
    assert settled.json["status"] == "kept"
    assert (
        staff.send_json("GET", "/api/v1/consultation-days").json["items"][0]["slots"][0]["free"]
        == 0
    )


def test_a_day_without_slots_or_with_slots_that_end_before_they_begin_cannot_be_held(
    workbench: Workbench,
) -> None:
    with pytest.raises(DayCannotBeHeld):
        planned(workbench, slots=())
    with pytest.raises(DayCannotBeHeld):
        planned(workbench, slots=(DaySlot("x", time(11, 0), time(11, 0), 1),))
