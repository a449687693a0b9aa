"""What a program gets at the entrance."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kasane_contracts import intake
from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.portal import StaffAccountChanged
from kasane_kit import clock
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Workbench
from kasane_portal.handlers.telling import tell_counts

PASSWORD = "correct horse battery"
TOWN = "292095"
API = f"/{TOWN}/api/v1"
NEW = {
    "login_name": "s0777",
    "display_name": "窓口 一",
    "password": PASSWORD,
    "roles": ["receiver"],
    "office": "tax_window",
}


@pytest.fixture
def bench(make_workbench: Callable[..., Workbench]) -> Workbench:
    """The portal with 生駒市's plugin and an administrator."""
    bench = make_workbench("portal", {TOWN: ("ikoma",)})
    make(bench, "admin", "town_administrator")
    return bench


def make(bench: Workbench, login_name: str, role: str, town: str = TOWN) -> None:
    bench.service.commands["create_account"](
        bench.house,
        town,
        login_name=login_name,
        display_name="管理 花子",
        password=PASSWORD,
        roles=[role],
    )


class Program:
    """A program that signed in and sends its token."""

    def __init__(self, client: FlaskClient, login_name: str, town: str = TOWN) -> None:
        self.client, self.town = client, town
        answer = open_session(client, login_name, town=town)
        self.headers = {"Authorization": f"Bearer {answer.get_json()['token']}"}

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        return self.client.open(
            f"/{self.town}/api/v1{path}",
            method=method,
            json=json,
            headers={**self.headers, **headers},
        )


def open_session(
    client: FlaskClient, login_name: str, password: str = PASSWORD, town: str = TOWN
) -> TestResponse:
    return client.post(
        f"/{town}/api/v1/sessions", json={"login_name": login_name, "password": password}
    )


@pytest.fixture
def admin(bench: Workbench) -> Program:
    return Program(bench.app.test_client(), "admin")


def test_a_program_signs_in_without_a_cookie(bench: Workbench) -> None:
    answer = open_session(bench.app.test_client(), "admin")

    assert answer.status_code == 201
    assert sorted(answer.get_json()) == ["expires_in", "token"]
    assert answer.get_json()["expires_in"] == 900
    assert "kasane_session" not in str(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_that_was_signed_out_opens_nothing_more(bench: Workbench, admin: Program) -> None:
    other = Program(bench.app.test_client(), "admin")
    assert admin.call("GET", "/tasks").status_code == 200

    assert admin.call("DELETE", "/sessions/current").status_code == 204

    assert admin.call("GET", "/tasks").status_code == 401
    assert admin.call("DELETE", "/sessions/current").status_code == 401
    assert other.call("GET", "/tasks").status_code == 200
    assert bench.said(AuditEntryRecorded)[-1].action == "portal.session.closed"


@pytest.mark.parametrize("login_name", ["admin", "nobody"])
def test_wrong_credentials_are_one_problem(bench: Workbench, login_name: str) -> None:
    answer = open_session(bench.app.test_client(), login_name, "wrong wrong")

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["type"] == "urn:kasane:problem:wrong_credentials"


def test_the_sixth_try_says_when_to_come_again(bench: Workbench) -> None:
    client = bench.app.test_client()
    for _ in range(5):
        open_session(client, "admin", "wrong wrong")

    answer = open_session(client, "admin")

    assert answer.status_code == 429
    assert 890 <= int(answer.headers["Retry-After"]) <= 900
    assert answer.get_json()["type"] == "urn:kasane:problem:throttled"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["login_name", "password"]),
        ({"login_name": "", "password": 1}, ["login_name", "password"]),
        ({"login_name": "admin", "password": PASSWORD, "town": "012319"}, ["town"]),
    ],
)
def test_malformed_credentials_name_their_fields(
    bench: Workbench, body: dict[str, Any], names: list[str]
) -> None:
    answer = bench.app.test_client().post(f"{API}/sessions", json=body)

    assert answer.status_code == 422
    assert sorted(answer.get_json()["errors"]) == names


def test_a_browser_with_a_session_needs_its_form_token(bench: Workbench) -> None:
    visitor = bench.visit_as(bench.staff("town_administrator"))

    without = visitor.client.post(f"{API}/accounts", json=NEW)
    given = visitor.send_json("POST", "/api/v1/accounts", NEW)

    assert (without.status_code, given.status_code) == (403, 201)


def test_an_account_is_made_once_for_one_idempotency_key(bench: Workbench, admin: Program) -> None:
    answers = [
        admin.call("POST", "/accounts", NEW, **{"Idempotency-Key": "once"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[0].headers["ETag"] == '"1"'
    assert "password" not in answers[0].text
    assert len(bench.said(StaffAccountChanged)) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"roles": []}, 422),
        ({"roles": ["king"]}, 422),
        ({"roles": ["prefecture_operator"]}, 422),
        ({"office": "moon"}, 422),
        ({"login_name": "職員"}, 422),
        ({"login_name": "admin"}, 409),
        ({"password": "short"}, 422),
        ({"functions": ["coordinator"]}, 422),
    ],
)
def test_an_unfit_account_is_refused(
    bench: Workbench, admin: Program, change: dict[str, Any], status: int
) -> None:
    answer = admin.call("POST", "/accounts", {**NEW, **change})

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert len(bench.said(StaffAccountChanged)) == 1


def test_an_account_is_changed_as_it_was_read(bench: Workbench, admin: Program) -> None:
    account_id = admin.call("POST", "/accounts", NEW).get_json()["id"]
    read = admin.call("GET", f"/accounts/{account_id}")
    changed = {"display_name": "窓口 二", "roles": ["contact"], "office": "", "active": True}

    first = admin.call(
        "PUT", f"/accounts/{account_id}", changed, **{"If-Match": read.headers["ETag"]}
    )
    again = admin.call(
        "PUT", f"/accounts/{account_id}", changed, **{"If-Match": read.headers["ETag"]}
    )
    without = admin.call("PUT", f"/accounts/{account_id}", changed)

    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert first.get_json()["functions"] == ["contact"]
    assert (again.status_code, without.status_code) == (412, 428)
    assert len(bench.said(StaffAccountChanged)) == 3


def test_accounts_come_in_pages(admin: Program) -> None:
    for number in range(3):
        admin.call("POST", "/accounts", {**NEW, "login_name": f"s{number:03}"})

    first = admin.call("GET", "/accounts?limit=3").get_json()
    second = admin.call("GET", f"/accounts?limit=3&cursor={first['next_cursor']}").get_json()

    assert [a["login_name"] for a in first["items"]] == ["admin", "s000", "s001"]
    assert [a["login_name"] for a in second["items"]] == ["s002"]
    assert second["next_cursor"] == ""


def test_an_account_that_is_not_there_is_not_found(admin: Program) -> None:
    assert admin.call("GET", "/accounts/nobody").status_code == 404


def test_staff_and_strangers_manage_no_accounts(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    staff = Program(bench.app.test_client(), "s0412")

    assert staff.call("POST", "/accounts", NEW).status_code == 403
    assert bench.app.test_client().get(f"{API}/accounts").status_code == 401
    assert len(bench.said(StaffAccountChanged)) == 2


def test_my_tasks_are_those_of_my_role(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    make(bench, "s0777", "receiver")
    day = date(2026, 11, 21)
    bench.hear(
        intake.ConsultationReceived(
            "c1", "2026-000001", "window", "tax", day, (), urgent=True, target_role="coordinator"
        )
    )

    coordinator = Program(bench.app.test_client(), "s0412").call("GET", "/tasks").get_json()
    receiver = Program(bench.app.test_client(), "s0777").call("GET", "/tasks").get_json()

    assert coordinator["items"] == [
        {
            "kind": "consultation",
            "subject_id": "c1",
            "standing": "urgent",
            "due_on": None,
            "urgent": True,
            "consultation_id": "c1",
            "case_id": "",
            "number": "2026-000001",
        }
    ]
    assert receiver["items"] == []


def tell(bench: Workbench, moment: datetime) -> None:
    """The end of a month has come: every town's counts are told."""
    for town in (TOWN, "012319"):
        with clock.fixed(lambda: moment), municipality_scope(town):
            tell_counts(bench.house, town)


def test_the_overview_hides_small_numbers_and_is_for_the_host(bench: Workbench) -> None:
    make(bench, "kencho", "prefecture_operator", "host")
    bench.hear(intake.ConsultationReceived("c1", "n1", "window", "tax", date(2026, 11, 21), ()))
    tell(bench, datetime(2026, 12, 1, tzinfo=UTC))
    operator = Program(bench.app.test_client(), "kencho", "host")

    table = operator.call("GET", "/overview?year=2026").get_json()

    assert [town["code"] for town in table["towns"]] == ["012319", TOWN]
    assert table["towns"][1]["counts"]["consultation_received"] == {
        "value": None,
        "hidden": True,
        "through": "2026-11",
    }
    assert table["totals"]["consultation_received"] == {"at_least": 1, "exact": False}
    assert operator.call("GET", "/overview?year=abc").status_code == 422
    assert operator.call("GET", "/tasks").get_json() == {"items": []}


def test_the_overview_is_closed_to_a_town(bench: Workbench, admin: Program) -> None:
    assert admin.call("GET", "/overview").status_code == 403
    assert bench.said(AuditEntryRecorded)[-1].action == "portal.overview.read.refused"


def test_a_token_of_one_town_opens_no_other(admin: Program) -> None:
    answer = admin.client.get("/012319/api/v1/accounts", headers=admin.headers)
    invented = admin.client.get("/012319/api/v1/accounts/nobody", headers=admin.headers)

    assert (answer.status_code, invented.status_code) == (401, 401)
    assert "items" not in answer.json
