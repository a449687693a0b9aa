"""春日井市 at work: a commissioner's report, three steps of outreach, the way up of an issue, heads by year."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from kasane_contracts.intake import ConsultationReceived
from kasane_kit import clock
from kasane_kit.testing.workbench import Workbench
from kasane_plugin_api import CommunityLevel
from kasane_resources.commands.community import HandUpIssue, JoinNetwork, RaiseIssue
from kasane_resources.handlers import community as handlers
from kasane_resources.queries import community as queries
from tests.plugins.towns_at_work import bench_of, received

Maker = Callable[..., Workbench]


@pytest.mark.parametrize(("route", "told"), [("commissioner", "coordinator"), ("neighbour", "")])
def test_a_commissioners_report_reaches_the_coordinator_without_a_screening(
    make_workbench: Maker, route: str, told: str
) -> None:
    bench = bench_of(make_workbench, "intake", "kasugai")
    desk = bench.visit_as(bench.staff("receiver", office="disability_welfare"))

    received(desk, "disability_welfare", reception={"route": route})

    (said,) = bench.said(ConsultationReceived)
    assert (said.target_role, said.route) == (told, route)


def test_outreach_shows_its_three_steps_in_order(make_workbench: Maker) -> None:
    bench = bench_of(make_workbench, "outreach", "kasugai")

    page = bench.visit_as(bench.staff("outreach_worker")).get("/campaigns?year=2026").text

    places = [
        page.index(words) for words in ("情報収集", "事前調整（必要に応じて", "家庭訪問、同行")
    ]
    assert places == sorted(places)


def test_an_issue_goes_from_the_care_meeting_of_its_area_up_to_the_council(
    make_workbench: Maker,
) -> None:
    bench = bench_of(make_workbench, "resources", "kasugai")
    raised = RaiseIssue(
        "issue-1",
        "community_relations",
        "集まる場がない",
        CommunityLevel.DISTRICT,
        ("1",),
        "worker",
    )
    with bench.unit(bench.staff("coordinator")) as uow:
        handlers.raise_issue(raised, uow, bench.hooks)
    with bench.reading() as connection:
        first = queries.issue(connection, "issue-1").body
    with bench.unit(bench.staff("coordinator")) as uow:
        handlers.hand_up_issue(HandUpIssue("issue-1", "市全体のこと", 1), uow, bench.hooks)

    page = bench.visit_as(bench.staff("coordinator")).get("/community/issues/issue-1").text
    with bench.reading() as connection:
        last = queries.issue(connection, "issue-1").body
    assert (first, last) == ("community_care_meeting", "community_care_council")
    assert "地域包括ケア推進協議会" in page


def test_the_two_platforms_keep_their_members_apart(make_workbench: Maker) -> None:
    bench = bench_of(make_workbench, "resources", "kasugai")
    east = JoinNetwork("m1", "platform_east", "地域食堂A", (), date(2025, 6, 1))
    joined = (
        east,
        *(
            replace(east, member_id=one, network="platform_west", name=f"団体{one}")
            for one in ("m2", "m3")
        ),
    )
    for one in joined:
        with bench.unit(bench.staff("coordinator")) as uow:
            handlers.join_network(one, uow, bench.hooks)

    on = date(2026, 11, 21)
    networks = {one.code: one for one in bench.hooks.community_networks(on=on)}
    with bench.reading() as connection:
        groups = {
            code: queries.network_file(connection, networks[code], on).counts[0].groups
            for code in ("platform_east", "platform_west")
        }
    assert groups == {"platform_east": 1, "platform_west": 2}


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2022-06-01", "2名"), ("2023-06-01", "3.5名"), ("2024-06-01", "3名"), ("2025-06-01", "4名")],
)
def test_the_page_shows_the_headcount_of_the_day_with_its_decimal(
    make_workbench: Maker, day: str, shown: str
) -> None:
    bench = bench_of(make_workbench, "portal", "kasugai")

    with clock.fixed(lambda: datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=clock.JAPAN)):
        page = bench.visit_as(bench.staff("receiver")).get("/town").text

    posts = page[page.index('id="roles"') : page.index('id="bodies"')]
    assert [one for one in ("2名", "3.5名", "3名", "4名") if f">{one}<" in posts] == [shown]
    bodies = page[page.index('id="bodies"') :]
    functions = (
        "個別課題の解決",
        "ネットワークの構築",
        "地域生活課題の発見",
        "資源開発",
        "政策形成",
    )
    assert [one for one in functions if one not in bodies] == []
