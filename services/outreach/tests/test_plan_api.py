"""Visit plans, working hours and wishes in the JSON API."""

from collections.abc import Callable
from typing import Any

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench

Ask = Callable[..., OutreachRequested]
PROFILE: dict[str, Any] = {
    "hours": [{"weekday": day, "starts": "09:00", "ends": "17:00"} for day in range(5)],
    "pauses": [{"earliest": "11:30", "latest": "13:30", "minutes": 60}],
    "days_off": ["2026-12-01"],
    "start_block": "東新町",
    "most_visits": 6,
}


@pytest.fixture
def caller(workbench: Workbench, coordinator: Actor, worker: Actor) -> Visitor:
    """A program that acts for a coordinator, in a town with one worker."""
    assert worker.account_id == "worker-1"
    return workbench.visit_as(coordinator)


def put(caller: Visitor, path: str, body: Any, version: int = 0) -> Any:
    return caller.send_json("PUT", f"/api/v1{path}", body, headers={"If-Match": f'"{version}"'})


def test_a_plan_is_asked_for_read_and_stopped(caller: Visitor, ask: Ask) -> None:
    ask()
    assert put(caller, "/workers/worker-1/profile", PROFILE).json["version"] == 1
    body = {"starts_on": "2026-11-30", "days": 2, "workers": ["worker-1"]}

    made = caller.send_json("POST", "/api/v1/plans", body, headers={"Idempotency-Key": "k"})
    again = caller.send_json("POST", "/api/v1/plans", body, headers={"Idempotency-Key": "k"})

    assert (made.status_code, again.json["id"]) == (201, made.json["id"])
    read = caller.get(f"/api/v1/plans/{made.json['id']}").json
    assert (read["status"], read["visits"], read["notes"]) == ("waiting", [], {})
    path = f"/api/v1/plans/{made.json['id']}"
    accepted = caller.send_json("POST", path + "/accept", headers={"If-Match": '"1"'})
    assert accepted.status_code == 409
    assert caller.send_json("POST", path + "/stop").status_code == 200


def test_a_wish_is_written_down_once_for_each_version(caller: Visitor, ask: Ask) -> None:
    ask()
    body = {
        "times": [{"weekday": 2, "earliest": "10:00", "latest": "12:00"}],
        "repeat": "FREQ=WEEKLY",
        "repeat_from": "2026-11-25",
        "accompany_block": "東新町",
        "preferred": ["worker-1"],
    }

    assert put(caller, "/households/request-1/wish", body).json == {"id": "request-1", "version": 1}
    assert put(caller, "/households/request-1/wish", body).status_code == 412
    assert put(caller, "/households/request-1/wish", body, 1).json["version"] == 2
    assert put(caller, "/households/request-9/wish", body).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/workers/worker-1/profile", {**PROFILE, "time_windows": []}),
        ("/workers/worker-1/profile", {**PROFILE, "start_block": "どこか"}),
        ("/workers/worker-1/profile", {**PROFILE, "most_visits": 41}),
        (
            "/workers/worker-1/profile",
            {**PROFILE, "hours": [{"weekday": 0, "starts": "17:00", "ends": "09:00"}]},
        ),
        ("/households/request-1/wish", {"prority": 3}),
        ("/households/request-1/wish", {"repeat": "FREQ=HOURLY", "repeat_from": "2026-11-25"}),
        ("/households/request-1/wish", {"preferred": ["worker-1"], "refused": ["worker-1"]}),
        ("/households/request-1/wish", {"preferred": ["nobody"]}),
    ],
    ids=["key", "block", "count", "hours", "typo", "rule", "both", "nobody"],
)
def test_what_cannot_be_read_is_refused_and_not_kept(
    caller: Visitor, ask: Ask, path: str, body: dict[str, Any]
) -> None:
    ask()

    assert put(caller, path, body).status_code == 422

    good = PROFILE if "profile" in path else {}
    assert put(caller, path, good).json["version"] == 1


def test_a_worker_writes_only_their_own_hours(
    workbench: Workbench, caller: Visitor, second_worker: Actor
) -> None:
    other = workbench.visit_as(second_worker)

    assert put(other, "/workers/worker-1/profile", PROFILE).status_code == 404
    assert put(other, "/workers/worker-2/profile", PROFILE).status_code == 200
    assert put(caller, "/workers/worker-1/profile", PROFILE).status_code == 200
