"""仙北市 at work: 各課 confirm first, the plan's years, PDCA."""

from collections.abc import Callable
from datetime import datetime

import pytest

from kasane_contracts.intake import ConsultationEscalated
from kasane_kit import clock
from kasane_kit.testing.workbench import Workbench
from tests.plugins.towns_at_work import bench_of, received, screened

Maker = Callable[..., Workbench]


def test_the_office_confirms_first_and_then_the_coordinator_is_consulted(
    make_workbench: Maker,
) -> None:
    bench = bench_of(make_workbench, "intake", "senboku")
    desk = bench.visit_as(bench.staff("receiver", office="health"))
    made = received(desk, "health")
    assert bench.said(ConsultationEscalated) == []

    screened(desk, made, False, False, 1)

    (said,) = bench.said(ConsultationEscalated)
    assert (said.target_role, said.escalation_level) == ("coordinator", "multi_agency")
    assert "重層的支援コーディネーター" in desk.get(f"/consultations/{made}").text


@pytest.mark.parametrize(
    ("day", "plan", "following"),
    [
        ("2025-03-31", "予定", "予定"),
        ("2025-04-01", "実施中", "予定"),
        ("2029-03-31", "実施中", "予定"),
        ("2029-04-01", "終了", "予定"),
    ],
)
def test_the_plan_runs_four_years_and_the_next_waits_until_the_city_says_so(
    make_workbench: Maker, day: str, plan: str, following: str
) -> None:
    bench = bench_of(make_workbench, "portal", "senboku")

    with clock.fixed(lambda: datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=clock.JAPAN)):
        page = bench.visit_as(bench.staff("receiver")).get("/town").text

    assert f'実施計画（第1期）</th>\n<td data-label="この町では"><strong>{plan}</strong>' in page
    assert (
        f'第5期仙北市地域福祉計画</th>\n<td data-label="この町では"><strong>{following}</strong>'
        in page
    )


def test_the_year_is_looked_back_on_by_pdca(make_workbench: Maker) -> None:
    bench = bench_of(make_workbench, "portal", "senboku")

    page = bench.visit_as(bench.staff("coordinator")).get("/evaluation?year=2026").text

    assert "PDCA" in page
