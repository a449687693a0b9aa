"""The people of a journey: one who calls the API, one who sits before a browser, and patience for events."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.sync_api import Browser, Locator, Page

from tests.journeys.houses import PASSWORD, House
from tests.support.chromium import DESKTOP, PHONE, axe, open_page
from tests.support.own_processes import again, wait_until

T = TypeVar("T")

PATIENCE_SECONDS = 180.0
EVERYWHERE = {
    "intake": "consultations",
    "cases": "cases",
    "resources": "human-services",
    "outreach": "visits",
}


def eventually(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, as soon as it finds something; fails naming what never came."""
    found: list[T] = []

    def looked() -> bool:
        found[:] = [one for one in (look(),) if one]
        return bool(found)

    assert wait_until(again(looked), seconds=PATIENCE_SECONDS), f"it never came: {what}"
    return found[0]


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
    """A staff member before a browser; every page that is seen is also checked by axe-core."""

    def __init__(
        self,
        browser: Browser,
        house: House,
        municipality: str,
        login_name: str,
        *,
        phone: bool = False,
        address: str = "",
    ) -> None:
        """``address`` is where this browser finds the house, when it is not the house's own."""
        self._opened = open_page(browser, PHONE if phone else DESKTOP, touch=phone)
        self.page: Page = self._opened.__enter__()
        self.house = house
        self.home = address or house.address
        self.town = municipality
        self._phone = phone
        self._checked: set[str] = set()
        self.page.goto(f"{self.home}/portal/{municipality}/sign-in")
        self.fill(login_name=login_name, password=PASSWORD)
        self.submit("サインイン")

    def go(self, service: str, path: str) -> None:
        """Opens a page of the town; waits until the service knows the account."""
        address = f"{self.home}/{service}/{self.town}/{path}"
        eventually(lambda: "/sign-in" not in self._visit(address), f"{address} open to me")
        self.look()

    def follow(self, words: str) -> None:
        """Follows the first link with these words."""
        self.press(self.page.get_by_role("link", name=words).first)

    def fill(self, **fields: object) -> None:
        """Fills in fields by name: text, a choice, True for a box, a list for several boxes."""
        for name, value in fields.items():
            self._fill_one(name, value)

    def fill_named(self, fields: dict[str, object]) -> None:
        """Like `fill` for names that are no Python names."""
        for name, value in fields.items():
            self._fill_one(name, value)

    def choose(self, name: str, words: str) -> None:
        """Chooses by the words a person reads, whether the field is a list or a group of buttons."""
        field = self.page.locator(f'main [name="{name}"]')
        if field.first.evaluate("e => e.tagName") == "SELECT":
            value = field.locator("option", has_text=words).first.get_attribute("value")
            field.select_option(value)
        else:
            self.page.locator(f'label:has([name="{name}"])', has_text=words).locator(
                "input"
            ).first.check()

    def submit(self, words: str) -> None:
        """Presses the button with these words in the main part and waits for the next page."""
        self.press(self.page.locator("main").get_by_role("button", name=words, exact=False).first)

    def press(self, found: Locator) -> None:
        """Presses a link or a button that leads to another page and waits for that page."""
        with self.page.expect_navigation():
            found.click()
        self.look()

    def sees(self, words: str) -> bool:
        """Whether the words stand in the main part of the page."""
        return words in self.page.locator("main").inner_text()

    def address(self) -> str:
        """Where the browser is behind the town, without query."""
        return self.page.url.split(f"/{self.town}/", 1)[1].split("?")[0].split("#")[0]

    def look(self) -> None:
        """Checks a kind of page once: no accessibility violation, nothing wider than the screen."""
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", self.page.url.split("?")[0])
        if kind in self._checked:
            return
        self._checked.add(kind)
        shape = self.page.evaluate(SHAPE)
        if (kind, self._phone, shape) not in _accessible:
            assert axe(self.page) == [], kind
            _accessible.add((kind, self._phone, shape))
        wider = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert not wider, f"{kind} is wider than the screen"

    def leave(self) -> None:
        """Closes the browser's page."""
        self._opened.__exit__(None, None, None)

    def _visit(self, address: str) -> str:
        self.page.goto(address)
        return self.page.url

    def _fill_one(self, name: str, value: object) -> None:
        found = self.page.locator(f'main [name="{name}"]')
        kind = found.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind == "select":
            found.select_option(str(value))
        elif kind in ("radio", "checkbox"):
            wanted = value if isinstance(value, list) else [value]
            for one in wanted:
                boxes = (
                    found
                    if one is True
                    else self.page.locator(f'main [name="{name}"][value="{one}"]')
                )
                boxes.first.check()
        else:
            found.first.fill(str(value))


# What axe-core looks at, without the words: every kind of element under its parent with its class and
# attributes, the order of the headings, and how often an id stands twice.
SHAPE = """() => {
  const told = (e) => [e.tagName, e.className, ...[...e.attributes].map((a) =>
    /^(role|type|lang|scope|tabindex|aria-(?!labelledby|describedby|controls|owns))/.test(a.name)
      ? `${a.name}=${a.value}` : a.name + (a.value.trim() ? "" : "=")).sort()].join(" ");
  const all = [...document.querySelectorAll("*")];
  const ids = all.map((e) => e.id).filter(Boolean);
  const kinds = new Set(all.map((e) => {
    const named = e.textContent.trim() ? "" : " (empty)";
    return `${e.parentElement ? told(e.parentElement) : ""} > ${told(e)}${named}`;
  }));
  const headings = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((e) => e.tagName);
  return [...kinds].sort().join("\\n") + headings.join() + (ids.length - new Set(ids).size);
}"""
# The shapes of pages in which axe-core found nothing, in this test process.
_accessible: set[tuple[str, bool, str]] = set()

SignIn = Callable[..., Desk]


@contextmanager
def desks(browser: Browser, house: House) -> Iterator[SignIn]:
    """A function that puts somebody of a town before a browser; all leave together."""
    taken: list[Desk] = []

    def enter(
        municipality: str, login_name: str, *, phone: bool = False, address: str = ""
    ) -> Desk:
        taken.append(Desk(browser, house, municipality, login_name, phone=phone, address=address))
        return taken[-1]

    yield enter
    for desk in taken:
        desk.leave()


def _read(response: Any) -> Any:
    text = response.read().decode()
    return json.loads(text) if text and "json" in response.headers.get("Content-Type", "") else text
