"""Every answer of the whole house carries the headers: also those that no service made."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from kasane_kit.config import Settings
from kasane_kit.web.headers import ONLY_BY_HTTPS, SECURITY_HEADERS, GuardedAnswers
from kasane_runtime.compose import compose, make_app

TOWNS = Path(__file__).parents[3] / "deploy" / "towns"
ADDRESSES = {
    "/": 302,
    "/nothing": 404,
    "/../nothing": 404,
    "/portal/nothing": 404,
    "/portal/-/kit/kasane.css": 200,
    "/portal/-/kit/nothing.css": 404,
    "/portal/292095/": 302,
    "/portal/292095/api/v1/tasks": 401,
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A house with keys and without databases."""
    return {"KASANE_VAR": str(tmp_path / "var"), "KASANE_TOWN_FILES": str(TOWNS)}


def client(environment: dict[str, str]) -> Client:
    composition = compose(Settings.from_env(environment))
    composition.house.keys.ensure("signing")
    return Client(make_app(composition, "portal"))


def test_redirects_errors_files_and_the_front_door_carry_every_header(
    environment: dict[str, str],
) -> None:
    visitor = client(environment)

    answers = {address: visitor.get(address, buffered=True) for address in ADDRESSES}

    assert {address: answer.status_code for address, answer in answers.items()} == ADDRESSES
    assert {
        address: missing
        for address, answer in answers.items()
        if (missing := {*SECURITY_HEADERS, "Cache-Control"} - set(answer.headers.keys()))
    } == {}
    assert [
        a for a, answer in answers.items() if set(ONLY_BY_HTTPS) & set(answer.headers.keys())
    ] == []


def test_where_the_house_is_reached_by_https_no_browser_asks_otherwise_for_a_year(
    environment: dict[str, str],
) -> None:
    visitor = client({**environment, "KASANE_SECURE_COOKIES": "1"})

    said = {
        visitor.get(address, buffered=True).headers.get("Strict-Transport-Security")
        for address in ADDRESSES
    }

    assert said == {"max-age=31536000"}


def test_an_error_that_nobody_caught_is_an_answer_without_its_text() -> None:
    def broken(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        raise RuntimeError("canary")

    answer = Client(GuardedAnswers(broken, by_https=False)).get("/")

    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert set(SECURITY_HEADERS) <= set(answer.headers.keys())


def test_what_an_application_says_of_itself_stays() -> None:
    def own(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("content-security-policy", "default-src 'none'")])
        return [b""]

    answer = Client(GuardedAnswers(own, by_https=False)).get("/")

    assert answer.headers.getlist("Content-Security-Policy") == ["default-src 'none'"]
