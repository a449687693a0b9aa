"""Gives tests their fixtures: a bench for one service, and a clock that stands still."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from kasane_kit import clock
from kasane_kit.service import Service
from kasane_kit.tenancy import Town
from kasane_kit.testing.applications import Applications, Lent
from kasane_kit.testing.workbench import Visitor, Workbench, build_workbench
from kasane_kit.unit_of_work import House

BenchMaker = Callable[..., Workbench]
APPLICATIONS = Applications()
ASKED_AFTER_SECONDS = ("FROM town_barrier", "FROM key_in_use")
"""What a process believes for some seconds and then asks again: who counts questions would count a slow machine."""


@pytest.fixture
def make_workbench(tmp_path: Path) -> Iterator[BenchMaker]:
    """A function ``(service_name, plugins=None, prefectures=())`` that makes a bench; its files end with the test."""
    made: list[Workbench] = []
    borrowed: list[tuple[Service, Lent]] = []

    def borrow(service: Service, house: House) -> Flask:
        lent = APPLICATIONS.lend(service, house)
        borrowed.append((service, lent))
        return lent.app

    def make(
        service_name: str,
        plugins: Mapping[str, tuple[str, ...]] | None = None,
        prefectures: tuple[Town, ...] = (),
    ) -> Workbench:
        (point,) = entry_points(group="kasane.services", name=service_name)
        folder = tmp_path / f"{service_name}-{len(made)}"
        bench = build_workbench(point.load(), folder, plugins, prefectures)
        bench.make_app = borrow
        made.append(bench)
        return bench

    yield make
    for service, lent in borrowed:
        APPLICATIONS.give_back(service, lent)
    for bench in made:
        bench.house.databases.dispose()


@pytest.fixture
def workbench(request: pytest.FixtureRequest, make_workbench: BenchMaker) -> Workbench:
    """The bench of the service whose tests are running: the folder ``services/<name>/tests`` says which."""
    parts = request.path.parts
    return make_workbench(parts[parts.index("services") + 1])


@pytest.fixture
def clock_at() -> Iterator[Callable[[datetime], None]]:
    """A function that lets the house's clock stand at a moment until the test ends."""
    moment = [datetime.now(UTC)]
    with clock.fixed(lambda: moment[0]):
        yield lambda at: moment.__setitem__(0, at)


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """Lists the statements that databases are sent inside ``with statements() as said``.

    Left out is what a process believes for some seconds and asks only then again.
    """

    @contextmanager
    def listening() -> Iterator[list[str]]:
        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not any(asked in statement for asked in ASKED_AFTER_SECONDS):
                said.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return listening


@pytest.fixture
def asked_by(
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> Callable[[Visitor, str], list[str]]:
    """A function that lists what a page asks when a browser looks at it.

    Left out are the beginnings of transactions.
    """

    def look(browser: Visitor, path: str) -> list[str]:
        with statements() as said:
            answer = browser.get(path)
        assert answer.status_code == 200
        return [one for one in said if not one.startswith("BEGIN")]

    return look
