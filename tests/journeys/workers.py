"""The people of a journey: one who calls the API, one who sits before a browser, and patience for events."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page

from tests.journeys.houses import PASSWORD, House
from tests.support.chromium import DESKTOP, PHONE, open_page

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
EVERYWHERE = {
    "intake": "consultations",
    "cases": "cases",
    "resources": "human-services",
    "outreach": "visits",
}


def eventually(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, as soon as it finds something; fails naming what never came."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"it never came: {what}"
        time.sleep(0.1)


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any
    headers: dict[str, str]


class ApiWorker:
    """A staff member whose program calls the API with a bearer token."""

    def __init__(self, house: House, municipality: str, login_name: str) -> None:
        self._house = house
        self._town = municipality
        self._token = ""
        answer = self.call(
            "POST", "portal", "sessions", {"login_name": login_name, "password": PASSWORD}
        )
        assert answer.status in (200, 201), answer
        self._token = answer.body["token"]
        for service, path in EVERYWHERE.items() if municipality != "host" else ():
            eventually(
                lambda service=service, path=path: self.call("GET", service, path).status != 401,
                f"{login_name} known to {service}",
            )

    def call(
        self, method: str, service: str, path: str, body: Any = None, version: int | None = None
    ) -> Answer:
        """One call; `version` becomes If-Match."""
        request = urllib.request.Request(
            f"{self._house.address}/{service}/{self._town}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
        )
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if version is not None:
            request.add_header("If-Match", f'"{version}"')
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, _read(response), dict(response.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _read(error), dict(error.headers))

    def get(self, service: str, path: str) -> Any:
        """What a GET gives; fails when it is not 200."""
        answer = self.call("GET", service, path)
        assert answer.status == 200, answer
        return answer.body

    def post(self, service: str, path: str, body: Any) -> Any:
        """What a POST gives; fails when it is refused."""
        answer = self.call("POST", service, path, body)
        assert answer.status in (200, 201), answer
        return answer.body

    def put(self, service: str, path: str, body: Any, version: int) -> Any:
        """What a PUT on a version gives; fails when it is refused."""
        answer = self.call("PUT", service, path, body, version)
        assert answer.status == 200, answer
        return answer.body


class Desk:
    """A staff member before a browser."""

    def __init__(
        self, browser: Browser, house: House, municipality: str, login_name: str, *, phone: bool = False
    ) -> None:
        self._opened = open_page(browser, PHONE if phone else DESKTOP, touch=phone)
        self.page: Page = self._opened.__enter__()
        self.house = house
        self.town = municipality
        self.page.goto(f"{house.address}/portal/{municipality}/sign-in")
        self.page.fill("[name=login_name]", login_name)
        self.page.fill("[name=password]", PASSWORD)
        self.press("サインイン")

    def go(self, service: str, path: str) -> None:
        """Opens a page of the town."""
        self.page.goto(f"{self.house.address}/{service}/{self.town}/{path}")

    def press(self, words: str) -> None:
        """Presses the button with these words and waits for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=False).first.click()

    def sees(self, words: str) -> bool:
        """Whether the words stand on the page."""
        return self.page.get_by_text(words).first.is_visible()

    def path(self) -> str:
        """Where the browser is, without host and town."""
        return self.page.url.split(f"/{self.town}/", 1)[1].split("?")[0].split("#")[0]

    def leave(self) -> None:
        """Closes the browser's page."""
        self._opened.__exit__(None, None, None)


def _read(response: Any) -> Any:
    text = response.read().decode()
    return json.loads(text) if text and "json" in response.headers.get("Content-Type", "") else text
