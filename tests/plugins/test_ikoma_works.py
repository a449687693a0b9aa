"""生駒市 at work: a promoter and a head in every lead office, and what R6 only plans is not begun."""

from collections.abc import Callable

import pytest

from kasane_kit.testing.workbench import Workbench
from tests.plugins.towns_at_work import account, bench_of

LEAD = ("disability_welfare", "livelihood_support", "community_care", "health", "welfare_policy")


def test_each_lead_office_has_a_promoter_and_a_head_by_the_citys_names(
    make_workbench: Callable[..., Workbench],
) -> None:
    bench = bench_of(make_workbench, "portal", "ikoma")
    administrator = bench.visit_as(bench.staff("town_administrator"))

    answers = {
        (role, office): account(administrator, role, office)
        for role in ("contact", "responsible")
        for office in LEAD
    }

    assert set(answers.values()) == {303}
    page = administrator.get("/accounts").text
    assert page.count("いこまる推進員") >= len(LEAD)
    assert page.count("責任者") >= len(LEAD)


@pytest.mark.parametrize(("year", "planned"), [(2023, False), (2024, True)])
def test_the_questionnaire_stands_as_planned_from_r6_and_cannot_be_begun(
    make_workbench: Callable[..., Workbench], year: int, planned: bool
) -> None:
    bench = bench_of(make_workbench, "outreach", "ikoma")

    page = bench.visit_as(bench.staff("coordinator")).get(f"/campaigns?year={year}").text

    assert ("アンケート調査" in page) is planned
    assert "既存イベントへの参加" in page
    assert 'value="survey"' not in page
