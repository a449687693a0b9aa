"""Somebody without an account before a town's form, and the desk that reads it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import TestResponse

from kasane_intake import queries
from kasane_intake.commands.public_form import SetPublicForm
from kasane_intake.domain.public_form import PublicForm
from kasane_intake.handlers.public_form import set_public_form
from kasane_kit import clock
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

OPEN = PublicForm(enabled=True, office="fukushi", phone="000-0000-9999")
KEY = b"k" * 32
WORDS: dict[str, Any] = {
    "story": "眠れません。",
    "contact_way": "phone",
    "contact": "000-1111-2222",
}


@dataclass
class Passerby:
    """Somebody without an account, with a browser and a clock of their own."""

    bench: Workbench
    moment: datetime = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    address: str = "192.0.2.7"

    def __post_init__(self) -> None:
        self.client = self.bench.app.test_client()

    def open(self, path: str = "/soudan") -> TestResponse:
        """What the page shows."""
        with clock.fixed(lambda: self.moment):
            return self.client.get(f"/{TOWN}{path}", environ_base={"REMOTE_ADDR": self.address})

    def send(
        self, words: dict[str, Any], path: str = "/soudan", *, after: float = 60, opened: str = ""
    ) -> TestResponse:
        """Opens the page, fills it in for ``after`` seconds, and sends it."""
        page = self.open(path).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        if opened:
            hidden["opened"] = opened
        self.moment += timedelta(seconds=after)
        with clock.fixed(lambda: self.moment):
            return self.client.post(
                f"/{TOWN}{path}",
                data={**hidden, **words},
                environ_base={"REMOTE_ADDR": self.address},
            )


def desk(bench: Workbench, office: str = "fukushi") -> Visitor:
    """A browser of the desk that reads the form."""
    return bench.visit_as(bench.staff("receiver", office=office))


def receipt_of(answer: TestResponse) -> tuple[str, str]:
    """The number and the words on the page that was shown after sending."""
    number, word = re.findall(r'class="i-receipt">([^<]+)<', answer.text)
    return number, word


def queue(bench: Workbench, status: str = "waiting") -> list[Any]:
    """The lines of the queue."""
    with bench.reading() as connection:
        return list(
            queries.web_messages(connection, bench.staff("receiver", office="fukushi"), status)
        )


def key_of(bench: Workbench) -> bytes:
    """The town's key for the public form."""
    return bench.house.keys.derived(TOWN, "intake-public-form")


def open_form(bench: Workbench) -> Workbench:
    """The town with its form open and read by 福祉課."""
    with bench.unit(bench.staff("coordinator")) as uow:
        set_public_form(SetPublicForm(OPEN), uow, ())
    return bench
