"""What outreach's tests share: requests, workers and a day that stands still."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zlib import crc32

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from tests.support.campaigns import GROUND, LISTED, begun, press, surveying

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


@pytest.fixture
def ikoma(make_workbench: BenchMaker) -> Workbench:
    """生駒市, which has said that the survey began."""
    return surveying(make_workbench, {"started": {"survey": date(2026, 10, 1)}})


@pytest.fixture
def office(ikoma: Workbench) -> Visitor:
    """The coordinator who makes the list."""
    return ikoma.visit_as(ikoma.staff("coordinator", account_id="coordinator-1", name="調整 太郎"))


@pytest.fixture
def head(ikoma: Workbench) -> Visitor:
    """The head of the office, who approves it."""
    return ikoma.visit_as(ikoma.staff("responsible", account_id="head-1", name="課長 花"))


@pytest.fixture
def run_id(ikoma: Workbench, office: Visitor) -> str:
    """A run with its list, receivers and ground, to be approved."""
    run_id = begun(office, "survey")
    assert office.post(f"/campaigns/runs/{run_id}/list", {"lines": LISTED}).status_code == 303
    for one in ("就労支援の受け皿が用意されている", "訪問相談の受け皿が用意されている"):
        office.post(f"/campaigns/runs/{run_id}/receivers", {"precondition": one})
    assert office.post(f"/campaigns/runs/{run_id}/ground", GROUND).status_code == 303
    return run_id


@pytest.fixture
def sent(run_id: str, office: Visitor, head: Visitor) -> dict[str, str]:
    """The codes of the letters of the first wave, by name."""
    assert press(head, f"/campaigns/runs/{run_id}", "/approve").status_code == 303
    assert press(office, f"/campaigns/runs/{run_id}", "/waves").status_code == 303
    page = office.get(f"/campaigns/runs/{run_id}/letters").text
    names = re.findall(r"(見本 .郎) 様", page)
    codes = re.findall(r"<strong>([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})</strong>", page)
    return dict(zip(names, codes, strict=True))


@pytest.fixture
def hokuei(make_workbench: BenchMaker) -> Workbench:
    """北栄町 (on the bench's code)."""
    return make_workbench("outreach", {TOWN: ("household-survey", "hokuei")})


@pytest.fixture
def visiting(hokuei: Workbench) -> tuple[Visitor, str]:
    """A visitor, and a run of two areas whose list is approved."""
    office = hokuei.visit_as(hokuei.staff("coordinator", account_id="coordinator-1"))
    head = hokuei.visit_as(hokuei.staff("responsible", account_id="head-1"))
    run_id = begun(office, "household_survey")
    lines = "みなみ区,仁厚会,1番1\nみなみ区,仁厚会,1番2\nきた区,みのり福祉会,5番1"
    office.post(f"/campaigns/runs/{run_id}/list", {"lines": lines})
    office.post(f"/campaigns/runs/{run_id}/ground", GROUND)
    assert press(head, f"/campaigns/runs/{run_id}", "/approve").status_code == 303
    worker: Actor = hokuei.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
    return hokuei.visit_as(worker), run_id
