"""北栄町 at work: sixty-three associations, five corporations, the psychiatric one once it has begun."""

from collections.abc import Callable
from datetime import date

import pytest

from kasane_kit.testing.workbench import Workbench
from tests.plugins.towns_at_work import account, bench_of
from tests.support.campaigns import press

Maker = Callable[..., Workbench]
FIVE = (
    "outreach_corporation_1",
    "outreach_corporation_2",
    "outreach_corporation_3",
    "social_welfare_council",
    "outreach_corporation_5",
)


def test_each_of_the_five_corporations_has_its_own_account_to_visit(make_workbench: Maker) -> None:
    bench = bench_of(make_workbench, "portal", "hokuei")
    administrator = bench.visit_as(bench.staff("town_administrator"))

    answers = [account(administrator, "outreach_worker", office) for office in FIVE]

    assert answers == [303] * 5
    page = administrator.get("/accounts").text
    for name in ("仁厚会", "誠医会", "中部福祉会", "北栄町社協", "みのり福祉会"):
        assert name in page


def test_the_survey_of_all_households_shows_each_of_sixty_three_associations(
    make_workbench: Maker,
) -> None:
    bench = bench_of(make_workbench, "outreach", "hokuei")
    office = bench.visit_as(bench.staff("coordinator", account_id="c1"))
    head = bench.visit_as(bench.staff("responsible", account_id="h1"))
    begun = office.post("/campaigns/runs", {"campaign": "household_survey", "year": "2026"})
    run = begun.location.rsplit("/", 1)[1]
    lines = "\n".join(f"第{number}自治会,仁厚会,{number}番1" for number in range(1, 64))
    assert office.post(f"/campaigns/runs/{run}/list", {"lines": lines}).status_code == 303
    ground = {
        "source": "住民基本台帳（令和8年4月）",
        "legal_ground": "個人情報保護法69条2項2号：町の中で利用する場合",
        "keep_until": "2028-03-31",
    }
    office.post(f"/campaigns/runs/{run}/ground", ground)
    assert press(head, f"/campaigns/runs/{run}", "/approve").status_code == 303

    page = office.get(f"/campaigns/runs/{run}").text

    assert [number for number in range(1, 64) if f"第{number}自治会" not in page] == []


@pytest.mark.parametrize("begun", [False, True])
def test_the_psychiatric_corporation_is_named_to_who_plans_a_visit_once_it_has_begun(
    make_workbench: Maker, begun: bool
) -> None:
    settings = {
        "psychiatric_corporation": "見本の医療法人",
        "started": {"psychiatric_visits": date(2025, 4, 1)} if begun else {},
    }
    bench = bench_of(make_workbench, "portal", "hokuei", settings)
    page = bench.visit_as(bench.staff("receiver")).get("/town").text
    administrator = bench.visit_as(bench.staff("town_administrator"))

    assert ("見本の医療法人" in page) is begun
    assert account(administrator, "outreach_worker", "psychiatric_corporation") == (
        303 if begun else 422
    )
