"""The fixtures of the private servers and the browser, and what is done without their programs.

A test that asks for one of these fixtures gets the marker of the program by itself. A marked test
may open sockets to 127.0.0.1; no other test may open any. Under xdist each worker has a PostgreSQL
and a browser of its own, and all tests of RabbitMQ go to one worker (`--dist loadgroup`), so that a
test may kill a server nobody else is using.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Page

from tests.support import own_processes
from tests.support.chromium import DESKTOP, PHONE, open_chromium, open_page
from tests.support.missing import (
    PROGRAMS,
    Program,
    find_chromium,
    find_epmd,
    find_postgres_folder,
    find_rabbitmq_folder,
    services_are_required,
)
from tests.support.own_processes import LOOPBACK
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

MARKER_OF_FIXTURE = {
    "private_postgres": "postgresql",
    "private_rabbitmq": "rabbitmq",
    "chromium": "browser",
    "node_provider": "npm",
}
MISSING = "kasane_missing_program"

_servers: dict[str, PrivatePostgres | PrivateRabbit] = {}


@pytest.fixture(scope="session")
def private_postgres() -> Iterator[PrivatePostgres]:
    """A PostgreSQL of this test process, running at the start of every test that asks for it.

    Its databases stay from test to test: make one under a name of your own.
    """
    folder = find_postgres_folder()
    if folder is None:
        _do_without(PROGRAMS["postgresql"])
    server = PrivatePostgres(folder)
    try:
        server.start()
        _servers["postgresql"] = server
        yield server
    finally:
        _servers.pop("postgresql", None)
        server.close()


@pytest.fixture(scope="session")
def private_rabbitmq() -> Iterator[PrivateRabbit]:
    """A RabbitMQ of this test process, running at the start of every test that asks for it.

    Its queues stay from test to test: declare under a name of your own, or wipe().
    """
    folder, epmd = find_rabbitmq_folder(), find_epmd()
    if folder is None or epmd is None:
        _do_without(PROGRAMS["rabbitmq"])
    broker = PrivateRabbit(folder, epmd)
    try:
        broker.start()
        _servers["rabbitmq"] = broker
        yield broker
    finally:
        _servers.pop("rabbitmq", None)
        broker.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser of this test process, open until the tests end.

    While it is open, asyncio.run() does not work in the same process.
    """
    program = find_chromium()
    if program is None:
        _do_without(PROGRAMS["browser"])
    with open_chromium(program) as browser:
        yield browser


@pytest.fixture
def desktop_page(chromium: Browser) -> Iterator[Page]:
    """A fresh page of 1280 by 900, in Japanese, in Tokyo's time."""
    with open_page(chromium, DESKTOP, touch=False) as page:
        yield page


@pytest.fixture
def phone_page(chromium: Browser) -> Iterator[Page]:
    """A fresh page of 390 by 844 with touch, in Japanese, in Tokyo's time."""
    with open_page(chromium, PHONE, touch=True) as page:
        yield page


def _do_without(program: Program) -> NoReturn:
    if services_are_required():
        pytest.fail(program.reason, pytrace=False)
    pytest.skip(program.reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the markers its fixtures imply, and what follows from the markers."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            marker = MARKER_OF_FIXTURE.get(fixture)
            if marker and not item.get_closest_marker(marker):
                item.add_marker(marker)
        if any(item.get_closest_marker(marker) for marker in PROGRAMS):
            item.add_marker(pytest.mark.allow_hosts([LOOPBACK]))
        for marker in ("rabbitmq", "npm"):
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.xdist_group(marker))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test whose program is missing, and noted for the summary."""
    for marker, program in PROGRAMS.items():
        if item.get_closest_marker(marker) and not program.installed:
            item.user_properties.append((MISSING, marker))
            _do_without(program)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Start again what an earlier test stopped and did not start."""
    for marker, server in _servers.items():
        if item.get_closest_marker(marker):
            server.start()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """End the summary with what could not run here and how to get it."""
    yield
    missing = Counter(
        marker
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, marker in getattr(report, "user_properties", ())
        if name == MISSING and report.when == "setup"
    )
    if not missing:
        return
    terminalreporter.section("足りないプログラム / missing programs", yellow=True)
    for marker, count in sorted(missing.items()):
        for sentence in PROGRAMS[marker].notice:
            terminalreporter.line(sentence.format(count=count))


def pytest_unconfigure() -> None:
    """Leave no process and no folder behind, whatever happened."""
    own_processes.dismiss_guard()
