"""Times a page through the application, then its own statements alone through psycopg.

Those bring sealed cells with their wrapped keys as they lie there, and open none: opening is the page's work.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from tests.benchmarks.bare_writing import Renewal
from tests.benchmarks.installation import Seat
from tests.benchmarks.pages import Known, Page

# What waits for the end of a transaction goes out in one statement, the house's own rows with the others.
TOGETHER = "WITH w0 AS (INSERT"
# What the house does beside the page's own statements: who looks, the trace of the look, events, double submits.
_INTO = re.compile(r"INSERT INTO (\w+)")
_OF_THE_HOUSE = re.compile(
    r"\b(account_projection|audit_entry|audit_head|outbox|event_log|idempotency_key|town_projection)\b"
)
Said = tuple[str, Any, bool]


@dataclass
class Times:
    """Milliseconds of one page at one size: through the application, and its bare statements."""

    page: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @staticmethod
    def at(values: list[float], share: float) -> float:
        """The smallest time that so many of the requests did not exceed."""
        ranked = sorted(values)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


class WrongAnswer(RuntimeError):
    """A page answered something else than it should, so nothing was measured."""


class Stopwatch:
    """Runs one page after the other; every answer is checked, every time is kept."""

    def __init__(self) -> None:
        self._said: list[Said] = []
        self._bare: dict[tuple[str, str], psycopg.Connection] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Notes the statements of the requests inside."""

        def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
            if not _is_of_the_house(statement):
                self._said.append((statement, values, many))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", note)
            for connection in self._bare.values():
                connection.close()
            self._bare.clear()

    def request(self, page: Page, seat: Seat, known: Known, turn: int, dsn: str, to: Times) -> None:
        """One request, and at once the same statements for the same people without the application."""
        self._said.clear()
        start = time.perf_counter()
        answer = page.ask(seat, known, turn)
        to.page.append(1000 * (time.perf_counter() - start))
        if answer.status_code != page.expected:
            words = answer.get_data(as_text=True)
            raise WrongAnswer(f"{seat.town}: {answer.status_code}\n{words[:4000]}")
        connection = self._connection(dsn, page.service)
        said = list(self._said)
        (end,) = connection.execute("SELECT position FROM audit_head").fetchone() or (0,)
        new = Renewal(end)
        if page.expected == 303:
            said = _with_new_ids(said, new)
        start = time.perf_counter()
        with connection.transaction(), connection.cursor() as cursor:
            for statement, values, many in said:
                if many:
                    cursor.executemany(statement, values)
                else:
                    cursor.execute(statement, values)
                if cursor.description:
                    cursor.fetchall()
        to.bare.append(1000 * (time.perf_counter() - start))
        # The cells of the copies are plain, and no page reads a plain text where everything is sealed.
        connection.execute("DELETE FROM intake.intake_consultation WHERE id = ANY(%s)", [new.ids])

    def _connection(self, dsn: str, service: str) -> psycopg.Connection:
        key = (dsn, service)
        if key not in self._bare:
            self._bare[key] = psycopg.connect(
                dsn, options=f"-csearch_path={service}", autocommit=True
            )
        return self._bare[key]


def _is_of_the_house(statement: str) -> bool:
    """Whether the page has nothing of its own in it; what goes out together may be of both."""
    if statement.startswith(TOGETHER):
        return all(_OF_THE_HOUSE.search(table) for table in _INTO.findall(statement))
    return bool(_OF_THE_HOUSE.search(statement))


def _with_new_ids(said: list[Said], new: Renewal) -> list[Said]:
    """The same rows under other ids, so that they can be written beside the first."""
    return [
        (statement, [new.row(v) for v in values] if many else new.row(values), many)
        for statement, values, many in said
    ]
