"""Visits that workers ask for themselves, and visits that go to somebody else."""

from collections.abc import Callable
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import select

from kasane_contracts.outreach import (
    VisitCalledOff,
    VisitHandedOver,
    VisitRequestEnded,
    VisitsAskedFor,
)
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import tables
from kasane_outreach.repository import HouseholdsToReach, Visits

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]
NEW = {
    "name": "見本 次郎",
    "kana": "みほん じろう",
    "address": "奈良県生駒市東新町8番38号",
    "phone": "0743-00-0001",
    "purpose": "様子を見る",
    "reason": "新聞がたまっている",
    "by_when": "2026-11-30",
    "minutes": "30",
    "submission": "ask-1",
}


@pytest.fixture
def mine(workbench: Workbench, worker: Actor) -> Visitor:
    return workbench.visit_as(worker)


@pytest.fixture
def office(workbench: Workbench, coordinator: Actor) -> Visitor:
    return workbench.visit_as(coordinator)


def asked(visitor: Visitor, **changes: str) -> str:
    answer = visitor.post("/households/new", {**NEW, **changes})
    assert answer.status_code == 303, answer.text
    return answer.location.rsplit("/", 1)[1]


def schedule(visitor: Visitor, request_id: str, **changes: str) -> int:
    form = {
        "on": "2026-11-24",
        "starts_at": "10:00",
        "minutes": "45",
        "worker": "worker-1",
        "submission": f"s-{request_id}-{changes}",
        **changes,
    }
    return visitor.post(f"/households/{request_id}/visits/new", form).status_code


def the_visit(bench: Workbench, request_id: str) -> str:
    with bench.reading() as connection:
        return Visits(connection).of_household(request_id)[0].id


def test_a_worker_puts_somebody_without_a_case_on_the_list_once(
    workbench: Workbench, mine: Visitor
) -> None:
    request_id = asked(mine)
    again = asked(mine)

    assert again == request_id
    with workbench.reading() as connection:
        (found,) = HouseholdsToReach(connection).those([request_id])
    assert (found.name, found.case_id, found.asked_by) == ("見本 次郎", "", "worker-1")
    assert (found.by_when, found.minutes, found.status.value) == (date(2026, 11, 30), 30, "waiting")
    assert found.position is not None
    (event,) = workbench.said(VisitsAskedFor)
    assert (event.request_id, event.asked_by, event.by_when) == (
        request_id,
        "worker-1",
        date(2026, 11, 30),
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "お名前"),
        ({"address": ""}, "住所"),
        ({"minutes": "4"}, "時間は5分から480分までです"),
        ({"phone": "九〇"}, "電話番号は数字とハイフン"),
        ({"by_when": "2月30日"}, "日付"),
    ],
    ids=["name", "address", "minutes", "phone", "day"],
)
def test_a_form_with_a_mistake_asks_for_nothing_and_keeps_what_was_typed(
    workbench: Workbench, mine: Visitor, changed: dict[str, str], words: str
) -> None:
    answer = mine.post("/households/new", {**NEW, **changed})

    assert answer.status_code == 422
    assert words in answer.text
    assert "新聞がたまっている" in answer.text
    with workbench.reading() as connection:
        assert connection.execute(select(tables.household_to_reach)).all() == []


def test_a_protected_address_is_sealed_and_on_no_list(
    workbench: Workbench, mine: Visitor, worker: Actor
) -> None:
    request_id = asked(mine, address_protected="true")

    with workbench.reading() as connection:
        (row,) = connection.execute(select(tables.household_to_reach)).all()
    assert (row.address, row.latitude) == ("", None)
    assert "東新町" not in row.sealed_address
    assert "東新町" not in mine.get("/households").text
    assert schedule(mine, request_id) == 303
    assert "東新町" in mine.get(f"/visits/{the_visit(workbench, request_id)}").text


def test_who_neither_visits_nor_coordinates_asks_for_nothing(workbench: Workbench) -> None:
    receiver = workbench.visit_as(workbench.staff("receiver", account_id="desk-1"))

    assert receiver.get("/households/new").status_code == 403
    assert receiver.post("/households/new", NEW).status_code == 403


def test_a_request_for_one_agency_is_seen_by_who_asked_and_not_by_other_workers(
    workbench: Workbench, mine: Visitor, second_worker: Actor
) -> None:
    other = workbench.visit_as(second_worker)
    body = {
        "purpose": "様子を見る",
        "name": "見本 次郎",
        "address": "生駒市1-1",
        "agency": "nobody",
    }
    answer = mine.send_json("POST", "/api/v1/households", body)
    assert answer.status_code == 201, answer.text
    request_id = answer.json["id"]

    assert mine.get(f"/households/{request_id}").status_code == 200
    assert other.get(f"/households/{request_id}").status_code == 404


def test_another_visit_to_somebody_known_keeps_case_person_and_sealed_address(
    workbench: Workbench, mine: Visitor, ask: Ask
) -> None:
    ask(address="", visit_address="生駒市東新町8番38号", address_protected=True)

    answer = mine.post(
        "/households/new",
        {"like": "request-1", "purpose": "つづき", "minutes": "30", "submission": "again"},
    )

    assert answer.status_code == 303, answer.text
    request_id = answer.location.rsplit("/", 1)[1]
    with workbench.reading() as connection:
        (found,) = HouseholdsToReach(connection).those([request_id])
    assert (found.case_id, found.person_id, found.name) == ("case-1", "person-1", "見本 花子")
    assert found.address == ""
    assert found.address_protected
    assert schedule(mine, request_id) == 303
    assert "東新町8番38号" in mine.get(f"/visits/{the_visit(workbench, request_id)}").text


def test_who_asked_ends_it_and_the_visits_to_come_fall_through(
    workbench: Workbench, mine: Visitor, second_worker: Actor
) -> None:
    request_id = asked(mine)
    assert schedule(mine, request_id) == 303
    other = workbench.visit_as(second_worker)
    end = {"end_reason": "本人から断りの電話", "version": "2"}

    refused = other.post(f"/households/{request_id}/end", end)
    no_reason = mine.post(f"/households/{request_id}/end", {"version": "2"})
    done = mine.post(f"/households/{request_id}/end", end)
    again = mine.post(f"/households/{request_id}/end", {**end, "version": "3"})

    assert [one.status_code for one in (refused, no_reason, done, again)] == [403, 422, 303, 409]
    assert "頼んだ職員と調整役だけです" in refused.text
    assert "本人から断りの電話" in mine.get(f"/households/{request_id}").text
    assert [one.request_id for one in workbench.said(VisitRequestEnded)] == [request_id]
    assert len(workbench.said(VisitCalledOff)) == 1
    with workbench.reading() as connection:
        assert Visits(connection).of_household(request_id)[0].status.value == "cancelled"


def test_what_a_case_asked_for_is_not_ended_here(
    workbench: Workbench, office: Visitor, ask: Ask
) -> None:
    ask()

    answer = office.send_json(
        "POST", "/api/v1/households/request-1/end", {"reason": "x"}, headers={"If-Match": '"1"'}
    )

    assert answer.status_code == 409
    assert "ケースから頼まれた" in answer.json["title"]


# Handing over


def test_a_visit_goes_to_another_worker_at_the_same_time(
    workbench: Workbench, office: Visitor, mine: Visitor, second_worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(office, "request-1")
    visit_id = the_visit(workbench, "request-1")

    answer = office.post(f"/visits/{visit_id}/hand-over", {"worker": "worker-2", "version": "1"})

    assert answer.status_code == 303, answer.text
    (event,) = workbench.said(VisitHandedOver)
    assert (event.visit_id, event.workers, event.on) == (
        visit_id,
        ("worker-2",),
        date(2026, 11, 24),
    )
    assert mine.get(f"/visits/{visit_id}").status_code == 404
    assert workbench.visit_as(second_worker).get(f"/visits/{visit_id}").status_code == 200


def test_handing_over_is_refused_where_it_changes_nothing_or_cannot_be(
    workbench: Workbench, office: Visitor, mine: Visitor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2", person_id="person-2", address="生駒市元町1-1")
    schedule(office, "request-1")
    schedule(office, "request-2", worker="worker-2", starts_at="10:30")
    visit_id = the_visit(workbench, "request-1")
    path = f"/visits/{visit_id}/hand-over"

    same = office.post(path, {"worker": "worker-1", "version": "1"})
    busy = office.post(path, {"worker": "worker-2", "version": "1"})
    nobody = office.post(path, {"worker": "nobody", "version": "1"})
    stale = office.post(path, {"worker": "coordinator-1", "version": "7"})
    office.post(f"/visits/{visit_id}/cancel", {"reason": "入院", "version": "1"})
    gone = office.post(path, {"worker": "coordinator-1", "version": "2"})

    assert [one.status_code for one in (same, busy, nobody, stale, gone)] == [
        409,
        409,
        422,
        412,
        409,
    ]
    assert "すでにその職員の担当です" in same.text
    assert "訪問 二郎さんには、10:30からの別の訪問があります" in busy.text
    assert workbench.said(VisitHandedOver) == []
    with workbench.reading() as connection:
        assert Visits(connection).of_household("request-1")[0].workers == ("worker-1",)


def test_two_must_stay_two_when_a_visit_is_handed_over(
    workbench: Workbench, office: Visitor, ask: Ask
) -> None:
    ask(two_person=True)
    schedule(office, "request-1", second_worker="worker-2")
    visit_id = the_visit(workbench, "request-1")

    answer = office.send_json(
        "POST",
        f"/api/v1/visits/{visit_id}/hand-over",
        {"workers": ["coordinator-1"]},
        headers={"If-Match": '"1"'},
    )

    assert answer.status_code in (409, 422)
    assert "2人の職員が必要です" in answer.json["title"]


def test_the_former_workers_calendar_cancels_and_the_new_ones_has_it(
    workbench: Workbench, office: Visitor, mine: Visitor, second_worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(office, "request-1")
    visit_id = the_visit(workbench, "request-1")
    feeds = [_feed(visitor) for visitor in (mine, workbench.visit_as(second_worker))]
    client = workbench.app.test_client()

    def events() -> list[list[tuple[str, int]]]:
        return [
            [
                (str(event["STATUS"]), int(event["SEQUENCE"]))
                for event in Calendar.from_ical(client.get(feed).data).walk("VEVENT")
            ]
            for feed in feeds
        ]

    before = events()
    office.post(f"/visits/{visit_id}/hand-over", {"worker": "worker-2", "version": "1"})
    after = events()
    office.post(f"/visits/{visit_id}/hand-over", {"worker": "worker-1", "version": "2"})

    assert before == [[("CONFIRMED", 1)], []]
    assert after == [[("CANCELLED", 2)], [("CONFIRMED", 2)]]
    assert events() == [[("CONFIRMED", 3)], [("CANCELLED", 3)]]


def _feed(visitor: Visitor) -> str:
    page = visitor.post("/calendars", {"whose": "mine"}).text
    return page.split("http://localhost", 1)[1].split(".ics", 1)[0] + ".ics"
