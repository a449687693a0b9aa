"""Gaps: raised as a community issue by count and theme only, closed by hand with what was developed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kasane_contracts.cases import SupportNeedIdentified
from kasane_contracts.resources import CommunityIssueAnswered, GapClosed
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_plugin_api import CommunityLevel
from kasane_resources import queries
from kasane_resources.app import service
from kasane_resources.commands import PublishHumanService
from kasane_resources.commands.community import AnswerIssue
from kasane_resources.commands.gaps import CloseGap, RaiseGaps
from kasane_resources.domain.community import IssueOutcome
from kasane_resources.domain.errors import (
    AreaPointsToSomebody,
    GapNotFound,
    GapOver,
    HumanServiceNotFound,
    NoOpenGaps,
    ResourcesRefusal,
    TooFewGaps,
)
from kasane_resources.domain.gap import Gap, GapTheme
from kasane_resources.domain.human_service import HumanServiceEntry, Visibility
from kasane_resources.handlers import community as issue_handlers
from kasane_resources.handlers import gaps as handlers
from kasane_resources.handlers import publish_human_service
from kasane_resources.queries import community
from kasane_resources.repository import Gaps
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

NEED = SupportNeedIdentified(
    "n1", "case-1", "p1", "housing", 52, "東新町", description="家の中に物が積まれて歩けない"
)


@pytest.fixture
def yonago(tmp_path: Path) -> Workbench:
    return build_workbench(service, tmp_path, {"292095": ("yonago",)})


def hear_needs(bench: Workbench, areas: dict[str, int], category: str = "housing") -> None:
    for area, count in areas.items():
        for number in range(count):
            need_id = f"{category}-{area}-{number}"
            bench.hear(replace(NEED, need_id=need_id, category=category, area=area))


def gaps_of(bench: Workbench) -> list[Gap]:
    with bench.reading() as connection:
        return list(queries.gaps(connection, bench.staff("coordinator")))


def themes_of(bench: Workbench) -> list[GapTheme]:
    with bench.reading() as connection:
        return list(queries.gap_themes(connection))


def run(bench: Workbench, handler, command):
    with bench.unit(bench.staff("coordinator")) as uow:
        return handler(command, uow, bench.hooks)


def developed(bench: Workbench) -> str:
    entry = HumanServiceEntry(name="片づけ応援隊", organization_name="架空の会")
    return str(run(bench, publish_human_service, PublishHumanService(new_id(), entry)))


def refused(bench: Workbench, refusal: type[ResourcesRefusal], handler, command) -> None:
    before = gaps_of(bench)

    with pytest.raises(refusal):
        run(bench, handler, command)

    assert gaps_of(bench) == before
    assert bench.said(GapClosed) == []
    with bench.reading() as connection:
        assert community.issues(connection, waiting=True) == []


def test_open_gaps_become_one_issue_of_theme_place_and_number_with_the_body_of_the_town(
    yonago: Workbench,
) -> None:
    hear_needs(yonago, {"東新町": 7, "": 4})

    issue_id = run(
        yonago, handlers.raise_gaps, RaiseGaps(new_id(), "housing", CommunityLevel.TOWN, "東新町")
    )

    with yonago.reading() as connection:
        issue = community.issue(connection, issue_id)
    assert (issue.kind, issue.theme, issue.title, issue.level, issue.areas, issue.households) == (
        "gaps", "housing", "", "town", (), 11,
    )  # fmt: skip
    assert issue.body == "multi_agency_conference"
    assert {gap.issue_id for gap in gaps_of(yonago)} == {issue_id}
    assert themes_of(yonago) == [GapTheme("housing", 11, 0, ())]
    again = RaiseGaps(new_id(), "housing", CommunityLevel.TOWN)
    with pytest.raises(NoOpenGaps):
        run(yonago, handlers.raise_gaps, again)


def test_an_issue_of_a_place_takes_its_own_gaps_and_a_small_number_is_not_said(
    workbench: Workbench,
) -> None:
    hear_needs(workbench, {"東新町": 3, "西町": 2})

    command = RaiseGaps("issue-1", "housing", CommunityLevel.DISTRICT, "東新町")
    run(workbench, handlers.raise_gaps, command)

    with workbench.reading() as connection:
        issue = community.issue(connection, "issue-1")
    assert (issue.areas, issue.households) == (("東新町",), None)
    assert themes_of(workbench) == [GapTheme("housing", 5, 2, (("西町", 2),))]
    page = workbench.visit_as(workbench.staff("coordinator")).get("/community/issues/issue-1").text
    assert "10件未満" in page
    assert "件数だけ" not in page


@pytest.mark.parametrize(
    ("level", "area", "refusal"),
    [
        (CommunityLevel.DISTRICT, "西町", TooFewGaps),
        (CommunityLevel.NEIGHBOURHOOD, "東新町1-2", AreaPointsToSomebody),
        (CommunityLevel.DISTRICT, "どこか", NoOpenGaps),
        (CommunityLevel.DISTRICT, "", NoOpenGaps),
    ],
)
def test_too_few_or_a_place_like_a_house_is_not_raised(
    workbench: Workbench, level: CommunityLevel, area: str, refusal: type[ResourcesRefusal]
) -> None:
    hear_needs(workbench, {"西町": 2, "東新町1-2": 3})

    refused(workbench, refusal, handlers.raise_gaps, RaiseGaps("i1", "housing", level, area))

    assert [theme.places for theme in themes_of(workbench)] == [()]


def test_a_category_without_open_gaps_raises_nothing(workbench: Workbench) -> None:
    hear_needs(workbench, {"西町": 1})

    command = RaiseGaps("i1", "taxes_utilities", CommunityLevel.TOWN)
    refused(workbench, NoOpenGaps, handlers.raise_gaps, command)


def test_a_gap_is_closed_with_the_entry_that_was_developed_and_the_case_hears_of_it(
    workbench: Workbench,
) -> None:
    workbench.hear(NEED)
    (gap,) = gaps_of(workbench)
    service_id = developed(workbench)

    run(workbench, handlers.close_gap, CloseGap(gap.id, service_id))

    (said,) = workbench.said(GapClosed)
    assert said == GapClosed(gap.id, "n1", service_id, "片づけ応援隊", clock.today())
    (closed,) = gaps_of(workbench)
    assert (closed.resolved_on, closed.developed_id, closed.developed) == (
        clock.today(),
        service_id,
        "片づけ応援隊",
    )
    assert closed.resolved_by_name == workbench.staff("coordinator").display_name
    assert themes_of(workbench) == []
    with pytest.raises(GapOver):
        run(workbench, handlers.close_gap, CloseGap(gap.id, service_id))
    assert len(workbench.said(GapClosed)) == 1


def test_what_is_not_in_the_directory_closes_no_gap(workbench: Workbench) -> None:
    workbench.hear(NEED)
    (gap,) = gaps_of(workbench)

    refused(workbench, HumanServiceNotFound, handlers.close_gap, CloseGap(gap.id, "nothing"))
    refused(workbench, GapNotFound, handlers.close_gap, CloseGap("nothing", "nothing"))


def test_the_same_need_again_leaves_what_a_person_closed_and_the_issue_it_was_raised_with(
    workbench: Workbench,
) -> None:
    hear_needs(workbench, {"東新町": 1, "西町": 1})
    run(workbench, handlers.raise_gaps, RaiseGaps("i1", "housing", CommunityLevel.TOWN))
    by_hand = next(gap for gap in gaps_of(workbench) if gap.area == "東新町")
    run(workbench, handlers.close_gap, CloseGap(by_hand.id, developed(workbench)))
    before = {gap.id: gap for gap in gaps_of(workbench)}

    hear_needs(workbench, {"東新町": 1, "西町": 1})

    assert {gap.id: gap for gap in gaps_of(workbench)} == before
    assert {gap.issue_id for gap in before.values()} == {"i1"}


def test_the_pages_raise_gaps_show_the_answer_and_close_with_what_was_made(
    workbench: Workbench,
) -> None:
    hear_needs(workbench, {"東新町": 3, "西町": 1})
    who = workbench.visit_as(workbench.staff("coordinator"))
    listed = who.get("/gaps").text
    assert "まだ上げていないもの" in listed
    assert who.get("/gaps/raise/nothing").status_code == 404
    form = who.get("/gaps/raise/housing").text
    assert "東新町" in form
    assert "西町" not in form
    assert "物が積まれて" not in form

    assert who.post("/gaps/raise/housing", {"where": "district:西町"}).status_code == 422
    assert who.post("/gaps/raise/housing", {}).status_code == 422
    assert who.post("/gaps/raise/housing", {"where": "town"}).status_code == 303

    with workbench.reading() as connection:
        (issue,) = community.issues(connection, waiting=True)
    run(
        workbench,
        issue_handlers.route_issue,
        issue_handlers.RouteIssue(issue.id, "multi_agency_conference", issue.version),
    )
    reply = AnswerIssue(issue.id, IssueOutcome.ACTIVITY, "片づけの応援隊をつくる", 2)
    run(workbench, issue_handlers.answer_issue, reply)
    assert len(workbench.said(CommunityIssueAnswered)) == 1
    gap = gaps_of(workbench)[0]
    assert "片づけの応援隊をつくる" in who.get(f"/gaps/{gap.id}").text

    service_id = developed(workbench)
    path = f"/gaps/{gap.id}/close?q=片づけ"
    assert who.post(path, {"human_service_id": "nothing"}).status_code == 422
    assert who.post(path, {"human_service_id": service_id}).status_code == 303
    page = who.get(f"/gaps/{gap.id}").text
    assert "片づけ応援隊" in page
    assert "困りごとのあったケースに、この資源が届いています。" in page
    assert who.get("/gaps/nothing").status_code == 404


def test_who_only_receives_neither_raises_nor_closes(workbench: Workbench) -> None:
    workbench.hear(NEED)
    (gap,) = gaps_of(workbench)
    who = workbench.visit_as(workbench.staff("receiver"))

    assert who.get("/gaps").status_code == 403
    assert who.post("/gaps/raise/housing", {"where": "town"}).status_code == 403
    assert who.post(f"/gaps/{gap.id}/close", {"human_service_id": "x"}).status_code == 403
    assert gaps_of(workbench) == [gap]


@pytest.mark.postgresql
def test_two_who_raise_the_same_gaps_at_once_make_one_issue(
    private_postgres: PrivatePostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_themes = Gaps.themes
    command = RaiseGaps("i2", "housing", CommunityLevel.TOWN)
    with on_postgres(build_workbench(service, tmp_path), private_postgres, tmp_path) as bench:
        hear_needs(bench, {"東新町": 3})

        def somebody_else_is_faster(gaps: Gaps) -> list[GapTheme]:
            found = read_themes(gaps)
            monkeypatch.setattr(Gaps, "themes", read_themes)
            run(bench, handlers.raise_gaps, replace(command, issue_id="i1"))
            return found

        monkeypatch.setattr(Gaps, "themes", somebody_else_is_faster)
        with pytest.raises(NoOpenGaps):
            run(bench, handlers.raise_gaps, command)

        with bench.reading() as connection:
            assert [one.id for one in community.issues(connection, waiting=True)] == ["i1"]
        assert {gap.issue_id for gap in gaps_of(bench)} == {"i1"}


def test_what_is_for_supporters_only_is_neither_taken_from_nor_named_to_others(
    workbench: Workbench,
) -> None:
    workbench.hear(NEED)
    (gap,) = gaps_of(workbench)
    entry = HumanServiceEntry(name="片づけ応援隊", visibility=Visibility.SUPPORTERS_ONLY)
    service_id = run(workbench, publish_human_service, PublishHumanService(new_id(), entry))
    worker = workbench.visit_as(workbench.staff("coordinator"))
    administrator = workbench.visit_as(workbench.staff("town_administrator"))
    path, body = f"/api/v1/gaps/{gap.id}/closing", {"human_service_id": service_id}

    assert administrator.send_json("PUT", path, body).status_code == 404
    assert gaps_of(workbench) == [gap]
    assert worker.send_json("PUT", path, body).json["developed"] == "片づけ応援隊"
    assert "片づけ応援隊" in worker.get("/gaps").text
    for page in ("/gaps", f"/gaps/{gap.id}", "/api/v1/gaps"):
        shown = administrator.get(page)
        assert (shown.status_code, "片づけ応援隊" in shown.text) == (200, False)


def test_the_api_lists_raises_and_closes(workbench: Workbench) -> None:
    hear_needs(workbench, {"東新町": 3})
    who = workbench.visit_as(workbench.staff("coordinator"))

    listed = who.get("/api/v1/gaps").json
    assert listed["themes"] == [
        {"category": "housing", "open": 3, "to_raise": 3, "places": ["東新町"]}
    ]
    assert listed["items"][0]["recorded_on"] == date.isoformat(clock.today())
    body = {"category": "housing", "level": "district", "area": "東新町"}
    raised = who.send_json("POST", "/api/v1/gaps/issues", body)
    assert (raised.status_code, raised.json["households"], raised.json["areas"]) == (
        201,
        None,
        ["東新町"],
    )
    assert who.send_json("POST", "/api/v1/gaps/issues", body).status_code == 409
    wrong = {**body, "household": "佐藤"}
    assert who.send_json("POST", "/api/v1/gaps/issues", wrong).status_code == 422
    service_id = developed(workbench)
    path = f"/api/v1/gaps/{listed['items'][0]['id']}/closing"
    closed = who.send_json("PUT", path, {"human_service_id": service_id})
    assert (closed.status_code, closed.json["developed"]) == (200, "片づけ応援隊")
