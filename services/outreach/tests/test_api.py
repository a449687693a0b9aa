"""Outreach's JSON API."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kasane_contracts.outreach import ContactNotMade, VisitScheduled
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach.repository import HouseholdsToReach, VisitRounds, Visits

pytestmark = pytest.mark.usefixtures("worker", "second_worker")
Ask = Callable[..., object]
VISIT = {
    "request_id": "request-1",
    "on": "2026-11-24",
    "starts_at": "10:00",
    "minutes": 45,
    "workers": ["worker-1"],
}
ROUND = {
    "on": "2026-11-25",
    "start": {"town_block": "東新町"},
    "workers": [{"account_id": "worker-1", "starts": "09:00", "ends": "17:00"}],
    "visits": [{"request_id": "request-1", "minutes": 45}],
}


@pytest.fixture
def caller(workbench: Workbench, coordinator: Actor) -> Visitor:
    """A program that acts for a coordinator."""
    return workbench.visit_as(coordinator)


def send(caller: Visitor, path: str, body: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return caller.send_json("POST", f"/api/v1{path}", body, headers=named)


def test_households_come_in_pages_by_date(caller: Visitor, ask: Ask) -> None:
    ask(request_id="c", case_id="case-3", by_when=None)
    ask(request_id="a", case_id="case-1", by_when=date(2026, 11, 25))
    ask(request_id="b", case_id="case-2", by_when=date(2026, 11, 26))
    seen, cursor = [], ""

    for _page in range(3):
        answer = caller.get(f"/api/v1/households?limit=1&cursor={cursor}").json
        seen += [one["id"] for one in answer["items"]]
        cursor = answer["next_cursor"]

    assert seen == ["a", "b", "c"]
    assert cursor == ""
    assert caller.get("/api/v1/households?cursor=WyJ4IiwieSJd").status_code == 400


def test_a_protected_address_is_in_no_answer_but_the_workers(
    workbench: Workbench, caller: Visitor, worker: Actor, ask: Ask
) -> None:
    ask(address_protected=True)
    visit = send(caller, "/visits", VISIT)
    visit_id = visit.json["id"]

    answers = [
        visit.text,
        caller.get("/api/v1/households").text,
        caller.get("/api/v1/households/request-1").text,
        caller.get("/api/v1/visits?on=2026-11-24").text,
        caller.get(f"/api/v1/visits/{visit_id}").text,
    ]
    mine = workbench.visit_as(worker)

    assert ["8番38号" in answer for answer in answers] == [False] * 5
    assert "8番38号" not in mine.get("/api/v1/visits").text
    assert mine.get(f"/api/v1/visits/{visit_id}").json["address"] == "奈良県生駒市東新町8番38号"


def test_a_visit_is_scheduled_once_per_key_and_recorded_once(
    workbench: Workbench, caller: Visitor, ask: Ask
) -> None:
    ask()

    first = send(caller, "/visits", VISIT, Idempotency_Key="k-1")
    again = send(caller, "/visits", VISIT, Idempotency_Key="k-1")
    path = f"/visits/{first.json['id']}"
    body = {"result": "absent", "note": "返事なし"}
    without = send(caller, f"{path}/record", body)
    recorded = send(caller, f"{path}/record", body, If_Match='"1"', Idempotency_Key="r-1")
    repeated = send(caller, f"{path}/record", body, If_Match='"1"', Idempotency_Key="r-1")
    other = send(caller, f"{path}/record", body, If_Match='"2"', Idempotency_Key="r-2")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.json["starts_at"] == "10:00"
    assert without.status_code == 428
    assert (recorded.status_code, repeated.status_code, other.status_code) == (200, 200, 409)
    assert recorded.json["record"]["result"] == "absent"
    assert other.content_type == "application/problem+json"
    assert len(workbench.said(VisitScheduled)) == 1
    assert [one.attempt for one in workbench.said(ContactNotMade)] == [1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minute": 30}, "minute"),
        ({"minutes": "many"}, "minutes"),
        ({"minutes": 1}, "minutes"),
        ({"starts_at": "morning"}, "starts_at"),
        ({"on": "soon"}, "on"),
        ({"workers": []}, "workers"),
        ({"workers": "worker-1"}, "workers"),
    ],
)
def test_a_malformed_visit_is_refused_with_the_field(
    workbench: Workbench, caller: Visitor, ask: Ask, changes: dict[str, Any], field: str
) -> None:
    ask()

    answer = send(caller, "/visits", {**VISIT, **changes})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert workbench.said(VisitScheduled) == []


def test_a_cancelled_visit_says_why(workbench: Workbench, caller: Visitor, ask: Ask) -> None:
    ask()
    visit_id = send(caller, "/visits", VISIT).json["id"]

    empty = send(caller, f"/visits/{visit_id}/cancel", {"reason": ""}, If_Match='"1"')
    done = send(caller, f"/visits/{visit_id}/cancel", {"reason": "本人から連絡"}, If_Match='"1"')

    assert (empty.status_code, done.status_code) == (422, 200)
    with workbench.reading() as connection:
        assert Visits(connection).get(visit_id).cancel_reason == "本人から連絡"


def test_visits_come_in_pages_by_time(caller: Visitor, ask: Ask) -> None:
    for number, start in enumerate(("11:00", "09:00")):
        ask(request_id=f"request-{number}", case_id=f"case-{number}")
        send(caller, "/visits", {**VISIT, "request_id": f"request-{number}", "starts_at": start})

    first = caller.get("/api/v1/visits?limit=1").json
    second = caller.get(f"/api/v1/visits?limit=1&cursor={first['next_cursor']}").json

    assert [one["starts_at"] for one in (*first["items"], *second["items"])] == ["09:00", "11:00"]
    assert second["next_cursor"] == ""
    assert caller.get("/api/v1/visits?cursor=nonsense").status_code == 400


def test_a_household_is_placed_with_its_version(
    workbench: Workbench, caller: Visitor, ask: Ask
) -> None:
    ask(address="どこか")
    path = "/api/v1/households/request-1/place"

    def put(body: dict[str, Any], version: str = '"1"') -> int:
        headers = {"If-Match": version}
        return caller.send_json("PUT", path, body, headers=headers).status_code

    wrong = [
        put({}),
        put({"latitude": 34.7}),
        put({"latitude": 1, "longitude": 2}),
        put({"town_block": "見知らぬ町"}),
        put({"town_block": "東新町", "latitude": 34.7, "longitude": 135.7}),
        put({"lat": 34.7, "lng": 135.7}),
    ]

    assert wrong == [422] * 6
    assert put({"town_block": "東新町"}) == 200
    assert put({"town_block": "壱分町"}) == 412
    with workbench.reading() as connection:
        assert HouseholdsToReach(connection).get("request-1").town_block == "東新町"


def test_a_round_is_planned_and_accepted(workbench: Workbench, caller: Visitor, ask: Ask) -> None:
    ask()

    planned = send(caller, "/rounds", ROUND, Idempotency_Key="k-1")
    path = f"/rounds/{planned.json['id']}"
    without = send(caller, f"{path}/accept", None)
    accepted = send(caller, f"{path}/accept", None, If_Match='"1"')

    assert planned.status_code == 201
    assert planned.json["stops"] == [
        {"request_id": "request-1", "worker_id": "worker-1", "starts_at": "09:00", "minutes": 45}
    ]
    assert without.status_code == 428
    assert (accepted.status_code, accepted.json["status"]) == (200, "accepted")
    assert caller.get(f"/api/v1{path}").json == accepted.json
    assert len(workbench.said(VisitScheduled)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"time_windows": []},
        {"workers": []},
        {"visits": []},
        {"start": {}},
        {"workers": [{"account_id": "worker-1", "starts": "17:00", "ends": "09:00"}]},
        {"workers": [{"account_id": "nobody", "starts": "09:00", "ends": "17:00"}]},
        {"visits": [{"request_id": "request-1", "minutes": 45, "time_window": ["9", "10"]}]},
        {"visits": [{"request_id": "request-1", "minutes": 45, "latest": "00:30"}]},
        {"on": "2026-11-01"},
    ],
)
def test_a_malformed_round_is_refused_and_not_kept(
    workbench: Workbench, caller: Visitor, ask: Ask, changes: dict[str, Any]
) -> None:
    ask()

    answer = send(caller, "/rounds", {**ROUND, **changes})

    assert answer.status_code == 422
    with workbench.reading() as connection:
        assert VisitRounds(connection).on(date(2026, 11, 25)) == ()
        assert VisitRounds(connection).on(date(2026, 11, 1)) == ()


def test_a_round_for_an_unknown_household_is_not_found(caller: Visitor, ask: Ask) -> None:
    ask()

    answer = send(caller, "/rounds", {**ROUND, "visits": [{"request_id": "nobody", "minutes": 30}]})

    assert answer.status_code == 404


def test_a_contact_reads_nothing_of_others_and_plans_nothing(
    workbench: Workbench, ask: Ask
) -> None:
    ask()
    contact = workbench.visit_as(workbench.staff("contact"))

    assert contact.get("/api/v1/households").json == {"items": [], "next_cursor": ""}
    assert contact.get("/api/v1/households/request-1").status_code == 404
    assert send(contact, "/visits", VISIT).status_code == 403
    assert send(contact, "/rounds", ROUND).status_code == 403
    assert workbench.said(VisitScheduled) == []
