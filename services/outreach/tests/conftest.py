"""What outreach's tests share: requests, workers and a day that stands still."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zlib import crc32

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Workbench

TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)

REQUEST = OutreachRequested(
    request_id="request-1",
    case_id="case-1",
    person_id="person-1",
    purpose="初回訪問",
    by_when=date(2026, 11, 27),
    name="見本 花子",
    address="奈良県生駒市東新町8番38号",
    reason="電話に出ない",
)


@pytest.fixture(autouse=True)
def standing_clock(clock_at: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """It is nine in the morning of 24 November 2026 in Japan; the function moves it."""
    clock_at(MORNING)
    return clock_at


@pytest.fixture
def worker(workbench: Workbench) -> Actor:
    """An outreach worker."""
    return workbench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")


@pytest.fixture
def second_worker(workbench: Workbench) -> Actor:
    """Another outreach worker."""
    return workbench.staff("outreach_worker", account_id="worker-2", name="訪問 二郎")


@pytest.fixture
def coordinator(workbench: Workbench) -> Actor:
    """A coordinator."""
    return workbench.staff("coordinator", account_id="coordinator-1", name="調整 太郎")


@pytest.fixture
def ask(workbench: Workbench) -> Callable[..., OutreachRequested]:
    """A function that lets a case ask for outreach, with changes to the usual request.

    Another request leads to another person's house, unless they are given.
    """

    def say(**changes: object) -> OutreachRequested:
        if changes.get("request_id", REQUEST.request_id) != REQUEST.request_id:
            number = crc32(str(changes["request_id"]).encode()) % 900 + 100
            changes.setdefault("person_id", f"person-{number}")
            changes.setdefault("address", f"奈良県生駒市東新町8番{number}号")
        event = replace(REQUEST, **changes)  # type: ignore[arg-type]
        workbench.hear(event)
        return event

    return say
