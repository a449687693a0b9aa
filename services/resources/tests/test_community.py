"""Community building: an issue finds its body and its answer goes back; who came is a number."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from kasane_contracts.cases import CommunityIssueRaised
from kasane_contracts.resources import CommunityIssueAnswered
from kasane_kit import clock
from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_plugin_api import CommunityLevel
from kasane_resources.app import service
from kasane_resources.commands.community import (
    AnswerIssue,
    CancelGathering,
    CountGathering,
    HandUpIssue,
    JoinNetwork,
    Leave,
    PlanGathering,
    RaiseIssue,
    RegisterPartner,
    RouteIssue,
)
from kasane_resources.domain.community import (
    CommunityIssue,
    GatheringKind,
    IssueOutcome,
    ParticipantKind,
)
from kasane_resources.domain.errors import (
    BodyUnknown,
    ChangedMeanwhile,
    DatesBackward,
    IssueOver,
    MemberOver,
    NumberOutOfRange,
    ResourcesRefusal,
    StepNotNext,
    WordsIdentify,
    WordsMissing,
)
from kasane_resources.handlers import community as handlers
from kasane_resources.queries import community as queries

RAISED = CommunityIssueRaised(
    "issue-1", "withdrawal_truancy", "neighbourhood", date(2026, 11, 2), ("上種",), None
)
NOON = datetime(2026, 12, 5, 13, 0, tzinfo=clock.JAPAN)
FORUM = PlanGathering(
    "g1", GatheringKind.GATHERING, "地域の集い", NOON, NOON + timedelta(hours=2), public=True
)


@pytest.fixture
def hokuei(tmp_path: Path) -> Workbench:
    return build_workbench(service, tmp_path, {"292095": ("hokuei",)})


@pytest.fixture
def kasugai(tmp_path: Path) -> Workbench:
    return build_workbench(service, tmp_path, {"292095": ("kasugai",)})


def run(bench: Workbench, handler: Callable[..., Any], command: Any) -> Any:
    with bench.unit(bench.staff("coordinator")) as uow:
        return handler(command, uow, bench.hooks)


def issue_of(bench: Workbench) -> CommunityIssue:
    with bench.reading() as connection:
        return queries.issue(connection, "issue-1")


def refused(bench: Workbench, refusal: type[ResourcesRefusal], act: Callable[[], Any]) -> None:
    before = issue_of(bench)

    with pytest.raises(refusal):
        act()

    assert issue_of(bench) == before
    assert bench.said(CommunityIssueAnswered) == []


def test_three_layers_carry_an_issue_up_and_the_answer_goes_back(hokuei: Workbench) -> None:
    hokuei.hear(RAISED)
    hokuei.hear(RAISED)
    assert issue_of(hokuei).body == "neighbourhood_meeting"

    run(hokuei, handlers.hand_up_issue, HandUpIssue("issue-1", "自治会だけでは足りない", 1))
    assert (issue_of(hokuei).level, issue_of(hokuei).body) == ("district", "second_layer_council")
    run(hokuei, handlers.hand_up_issue, HandUpIssue("issue-1", "町全体のこと", 2))
    assert (issue_of(hokuei).level, issue_of(hokuei).body) == ("town", "")
    refused(
        hokuei,
        StepNotNext,
        lambda: run(hokuei, handlers.hand_up_issue, HandUpIssue("issue-1", "さらに上", 3)),
    )
    answer = AnswerIssue("issue-1", IssueOutcome.ACTIVITY, "月1回、集まる場を開く", 3)
    refused(hokuei, WordsMissing, lambda: run(hokuei, handlers.answer_issue, answer))
    run(hokuei, handlers.route_issue, RouteIssue("issue-1", "officers_meeting", 3))
    run(hokuei, handlers.answer_issue, replace(answer, version=4))

    (said,) = hokuei.said(CommunityIssueAnswered)
    assert (said.issue_id, said.body, said.outcome, said.answer) == (
        "issue-1",
        "事業担当者連絡会",
        "activity",
        "月1回、集まる場を開く",
    )
    assert [step.kind.value for step in issue_of(hokuei).steps] == [
        "raised", "routed", "handed_up", "routed", "handed_up", "routed", "answered",
    ]  # fmt: skip
    with pytest.raises(IssueOver):
        run(hokuei, handlers.answer_issue, replace(answer, version=5))


def test_where_the_document_names_no_body_somebody_chooses(workbench: Workbench) -> None:
    workbench.hear(RAISED)

    assert (issue_of(workbench).body, issue_of(workbench).status.value) == ("", "raised")
    refused(
        workbench,
        BodyUnknown,
        lambda: run(workbench, handlers.route_issue, RouteIssue("issue-1", "nobody", 1)),
    )
    page = workbench.visit_as(workbench.staff("coordinator")).get("/community/issues/issue-1").text
    assert "市町村の資料に、地域課題を受ける会議体の定めはありません。" in page
    assert "10世帯未満" in page


@pytest.mark.parametrize(
    ("town", "kind", "level", "body"),
    [
        ("yonago", "gaps", CommunityLevel.TOWN, "multi_agency_conference"),
        ("yonago", "worker", CommunityLevel.TOWN, ""),
        ("eniwa", "worker", CommunityLevel.DISTRICT, "area_council"),
        ("kasugai", "worker", CommunityLevel.DISTRICT, "community_care_meeting"),
        ("kasugai", "worker", CommunityLevel.TOWN, "community_care_council"),
        ("ikoma", "worker", CommunityLevel.NEIGHBOURHOOD, "community_project"),
    ],
)
def test_each_town_sends_an_issue_where_its_document_says(
    tmp_path: Path, town: str, kind: str, level: CommunityLevel, body: str
) -> None:
    bench = build_workbench(service, tmp_path, {"292095": (town,)})

    raised = RaiseIssue("issue-1", "community_relations", "集まる場がない", level, (), kind)
    run(bench, handlers.raise_issue, raised)

    assert issue_of(bench).body == body


@pytest.mark.parametrize("words", ["佐藤さんの家の前", "元町1丁目2番のごみ"])
def test_an_issue_that_points_to_somebody_is_not_kept(workbench: Workbench, words: str) -> None:
    with pytest.raises(WordsIdentify):
        run(workbench, handlers.raise_issue, RaiseIssue("x", "housing", words, CommunityLevel.TOWN))

    with workbench.reading() as connection:
        assert queries.issues(connection, waiting=True) == []


def test_who_came_is_counted_by_kind_and_new_ties_are_kept(workbench: Workbench) -> None:
    run(workbench, handlers.plan_gathering, FORUM)
    came = {ParticipantKind.RESIDENT: 12, ParticipantKind.COMPANY: 3, ParticipantKind.SCHOOL: 0}

    for wrong in (
        CountGathering("g1", 1, {ParticipantKind.RESIDENT: -1}),
        CountGathering("g1", 1, came, 10_001),
    ):
        with pytest.raises(NumberOutOfRange):
            run(workbench, handlers.count_gathering, wrong)
    run(workbench, handlers.count_gathering, CountGathering("g1", 1, came, 4))
    with pytest.raises(ChangedMeanwhile):
        run(workbench, handlers.count_gathering, CountGathering("g1", 1, {}, 0))

    with workbench.reading() as connection:
        one = queries.gathering(connection, "g1")
    assert (one.attendance, one.present, one.new_ties) == (
        {ParticipantKind.RESIDENT: 12, ParticipantKind.COMPANY: 3},
        15,
        4,
    )


def test_nobody_is_counted_at_a_gathering_that_was_cancelled(workbench: Workbench) -> None:
    run(workbench, handlers.plan_gathering, FORUM)
    run(workbench, handlers.cancel_gathering, CancelGathering("g1", 1))
    who = workbench.visit_as(workbench.staff("coordinator"))

    counted = who.post("/community/gatherings/g1/attendance", {"version": "2", "resident": "25"})

    assert (counted.status_code, "取りやめになっています" in counted.text) == (409, True)
    with workbench.reading() as connection:
        assert queries.gathering(connection, "g1").attendance == {}


def test_the_public_calendar_needs_no_account_and_holds_public_gatherings_only(
    workbench: Workbench,
) -> None:
    run(workbench, handlers.plan_gathering, FORUM)
    inner = replace(FORUM, gathering_id="g2", title="打ち合わせ", public=False)
    run(workbench, handlers.plan_gathering, inner)
    run(workbench, handlers.cancel_gathering, CancelGathering("g1", 1))

    feed = workbench.app.test_client().get("/292095/community/public.ics")

    assert (feed.status_code, feed.content_type) == (200, "text/calendar; charset=utf-8")
    (event,) = Calendar.from_ical(feed.data).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["STATUS"]), event["SEQUENCE"]) == (
        "地域の集い",
        "CANCELLED",
        1,
    )
    assert event.decoded("DTSTART") == NOON
    staff = workbench.visit_as(workbench.staff("receiver")).get("/community/gatherings.ics")
    assert len(Calendar.from_ical(staff.data).walk("VEVENT")) == 2
    assert workbench.app.test_client().get("/292095/community/gatherings.ics").status_code == 302


def test_a_gathering_that_cannot_be_is_refused(kasugai: Workbench) -> None:
    for wrong, refusal in (
        (replace(FORUM, ends_at=NOON), DatesBackward),
        (replace(FORUM, course="basic"), BodyUnknown),
        (replace(FORUM, body="nobody"), BodyUnknown),
        (replace(FORUM, title="佐藤さんを囲む会"), WordsIdentify),
    ):
        with pytest.raises(refusal):
            run(kasugai, handlers.plan_gathering, wrong)

    with kasugai.reading() as connection:
        assert queries.gatherings(connection) == []


def test_a_group_with_several_activities_is_counted_at_each_and_once_as_a_group(
    kasugai: Workbench,
) -> None:
    join = JoinNetwork("m1", "food_drive", "こども食堂A", ("meals", "pantry"), date(2025, 6, 1))
    run(kasugai, handlers.join_network, join)
    only = replace(join, member_id="m2", name="団体B", activities=("pantry",))
    run(kasugai, handlers.join_network, only)
    for wrong in (replace(join, network="x"), replace(join, activities=("flying",))):
        with pytest.raises(BodyUnknown):
            run(kasugai, handlers.join_network, replace(wrong, member_id="m3"))
    run(kasugai, handlers.leave, Leave("m2", date(2026, 3, 31)))
    with pytest.raises(MemberOver):
        run(kasugai, handlers.leave, Leave("m2", date(2026, 5, 1)))

    network, *_ = kasugai.hooks.community_networks(on=date(2026, 11, 21))
    with kasugai.reading() as connection:
        file = queries.network_file(connection, network, date(2026, 11, 21))
    assert [
        (c.year, c.groups, c.by_activity["meals"], c.by_activity["pantry"]) for c in file.counts
    ] == [(2026, 1, 1, 1), (2025, 2, 1, 2), (2024, 0, 0, 0)]
    page = kasugai.visit_as(kasugai.staff("coordinator")).get("/community/networks").text
    assert "複数の内容を実施する活動団体を、それぞれに計上しています" in page


def test_training_of_a_year_is_attendance_by_kind_and_cancelled_is_not_counted(
    kasugai: Workbench,
) -> None:
    lesson = replace(
        FORUM, kind=GatheringKind.TRAINING, course="joint_training", part="第1部", public=False
    )
    for number, count in (("t1", 20), ("t2", 15), ("t3", 99)):
        run(kasugai, handlers.plan_gathering, replace(lesson, gathering_id=number))
        came = {ParticipantKind.PROFESSIONAL: count}
        run(kasugai, handlers.count_gathering, CountGathering(number, 1, came, 2))
    run(kasugai, handlers.cancel_gathering, CancelGathering("t3", 2))

    with kasugai.reading() as connection:
        (counts,) = queries.attendance(connection, 2026)
        assert queries.attendance(connection, 2025) == []
    assert (counts.course, counts.sessions, counts.present, counts.new_ties) == (
        "joint_training",
        2,
        35,
        4,
    )


def test_a_town_without_a_network_is_told_so_and_what_would_stand_there(
    workbench: Workbench,
) -> None:
    page = workbench.visit_as(workbench.staff("coordinator")).get("/community/networks").text

    assert "団体のネットワーク（フードドライブなど）がまだ登録されていません" in page
    assert "町の資料にネットワークの定めがありません" in page


def test_the_pages_take_what_is_typed_and_keep_it_when_it_is_wrong(kasugai: Workbench) -> None:
    who = kasugai.visit_as(kasugai.staff("coordinator"))
    for path in ("", "/gatherings", "/networks", "/partners", "/training"):
        assert who.get(f"/community{path}").status_code == 200

    wrong = {"theme": "housing", "title": "佐藤さんの家", "level": "town"}
    refused_page = who.post("/community/issues", wrong)
    assert (refused_page.status_code, "佐藤さんの家" in refused_page.text) == (422, True)
    right = {"theme": "housing", "title": "買い物の足がない", "level": "district", "areas": "東"}
    assert who.post("/community/issues", right).status_code == 303
    assert "買い物の足がない" in who.get("/community").text
    forum = {
        "kind": "gathering",
        "title": "つどい",
        "starts_at": "2026-12-05T13:00",
        "ends_at": "2026-12-05T12:00",
    }
    assert who.post("/community/gatherings", forum).status_code == 422
    assert (
        who.post("/community/gatherings", {**forum, "ends_at": "2026-12-05T15:00"}).status_code
        == 303
    )
    with kasugai.reading() as connection:
        (one,) = queries.gatherings(connection)
    counted = who.post(
        f"/community/gatherings/{one.id}/attendance", {"version": "1", "resident": "7"}
    )
    assert counted.status_code == 303
    member = {"food_drive-name": "団体C", "food_drive-activities": ["meals"]}
    assert who.post("/community/networks/food_drive/members", member).status_code == 422
    member["food_drive-since"] = "令和8年4月1日"
    assert who.post("/community/networks/food_drive/members", member).status_code == 303
    partner = {"name": "見本信用金庫", "offers": "見守り", "since": "令和7年4月1日"}
    assert who.post("/community/partners", partner).status_code == 303
    assert "見本信用金庫" in who.get("/community/partners").text


def test_partners_leave_on_a_day_and_stay_readable(workbench: Workbench) -> None:
    run(
        workbench,
        handlers.register_partner,
        RegisterPartner("p1", "見本商店", "場所を貸す", "", date(2025, 4, 1)),
    )
    run(workbench, handlers.leave, Leave("p1", date(2026, 3, 31)))

    with workbench.reading() as connection:
        (one,) = queries.partners(connection)
    assert (one.name, one.until) == ("見本商店", date(2026, 3, 31))


@pytest.mark.parametrize("year", ["0000", "1999", "9999"])
def test_a_year_of_which_nothing_can_be_known_shows_the_nearest_one(
    workbench: Workbench, year: str
) -> None:
    who = workbench.visit_as(workbench.staff("coordinator"))

    assert who.get(f"/community/training?year={year}").status_code == 200
    shown = who.get(f"/api/v1/community/training?year={year}").json["year"]
    assert shown == (2026 if year == "9999" else 2000)


@pytest.mark.parametrize("year", ["0001", "1867", "9999"])
def test_a_gathering_in_a_year_that_nobody_means_is_refused_in_a_sentence(
    workbench: Workbench, year: str
) -> None:
    who = workbench.visit_as(workbench.staff("coordinator"))
    day = f"{year}-12-05T13:00"
    asked = {"kind": "gathering", "title": "つどい", "starts_at": day, "ends_at": day}

    page = who.post("/community/gatherings", asked)
    sent = {**asked, "starts_at": f"{day}:00+09:00", "ends_at": f"{day}:00+09:00"}
    program = who.send_json("POST", "/api/v1/community/gatherings", sent)

    assert (page.status_code, program.status_code) == (422, 422)
    assert "1868年1月25日（明治元年）から" in page.text
    assert day in page.text
    assert set(json.loads(program.text)["errors"]) == {"starts_at", "ends_at"}
    with workbench.reading() as connection:
        assert queries.gatherings(connection) == []


def test_the_api_raises_routes_answers_and_counts(workbench: Workbench) -> None:
    who = workbench.visit_as(workbench.staff("coordinator"))
    made = who.send_json(
        "POST",
        "/api/v1/community/issues",
        {"theme": "housing", "title": "空き家が増えた", "level": "town"},
    )
    assert made.status_code == 201
    path = f"/api/v1/community/issues/{made.json['id']}"

    def put(step: str, body: Any) -> Any:
        etag = who.get(path).headers["ETag"]
        return who.send_json("PUT", f"{path}/{step}", body, headers={"If-Match": etag})

    assert put("body", {"body": "multi_agency_conference"}).json["status"] == "routed"
    assert put("level", {"reason": "上へ"}).status_code == 409
    answered = put("answer", {"outcome": "watched", "answer": "様子を見る"})
    assert answered.json["outcome"] == "watched"
    gathering = {
        "kind": "gathering",
        "title": "つどい",
        "starts_at": "2026-12-05T13:00:00+09:00",
        "ends_at": "2026-12-05T15:00:00+09:00",
    }
    planned = who.send_json("POST", "/api/v1/community/gatherings", gathering)
    counted = who.send_json(
        "PUT",
        f"/api/v1/community/gatherings/{planned.json['id']}/attendance",
        {"attendance": {"resident": 3}, "new_ties": 1},
        headers={"If-Match": planned.headers["ETag"]},
    )
    assert (counted.json["attendance"], counted.json["new_ties"]) == ({"resident": 3}, 1)


def test_the_api_keeps_a_networks_members_and_counts_each_activity(kasugai: Workbench) -> None:
    who = kasugai.visit_as(kasugai.staff("coordinator"))
    path = "/api/v1/community/networks/food_drive/members"
    group = {"name": "こども食堂A", "activities": ["meals", "pantry"], "since": "2026-06-01"}

    joined = who.send_json("POST", path, group)
    assert (joined.status_code, joined.json["activities"]) == (201, ["meals", "pantry"])
    for wrong in ({**group, "activities": []}, {**group, "leader": "佐藤"}, {"name": "x"}):
        assert who.send_json("POST", path, wrong).status_code == 422
    assert who.send_json("POST", path, {**group, "activities": ["flying"]}).status_code == 422
    assert who.send_json("POST", path.replace("food_drive", "x"), group).status_code == 422

    network = next(
        one
        for one in who.get("/api/v1/community/networks").json["items"]
        if one["code"] == "food_drive"
    )
    assert (network["code"], network["multi_counted"], len(network["members"])) == (
        "food_drive",
        True,
        1,
    )
    counts = {one["year"]: one for one in network["counts"]}
    assert (counts[2026]["groups"], counts[2026]["by_activity"]["pantry"]) == (1, 1)
    assert counts[2025]["groups"] == 0
    leaving = f"/api/v1/community/networks/members/{joined.json['id']}/leaving"
    assert who.send_json("PUT", leaving, {"until": "2026-05-31"}).status_code == 409
    assert who.send_json("PUT", leaving, {"until": "2026-10-31"}).json["until"] == "2026-10-31"
    nobody = leaving.replace(joined.json["id"], "nobody")
    assert who.send_json("PUT", nobody, {"until": "2026-10-31"}).status_code == 404


def test_the_api_registers_partners_and_says_when_they_leave(workbench: Workbench) -> None:
    who = workbench.visit_as(workbench.staff("coordinator"))
    partner = {"name": "見本信用金庫", "offers": "見守り", "since": "2025-04-01"}

    made = who.send_json("POST", "/api/v1/community/partners", partner)
    assert (made.status_code, made.json["until"]) == (201, None)
    assert who.send_json("POST", "/api/v1/community/partners", {"name": "x"}).status_code == 422
    leaving = f"/api/v1/community/partners/{made.json['id']}/leaving"
    left = who.send_json("PUT", leaving, {"until": "2026-03-31"})
    assert (left.status_code, left.json["until"]) == (200, "2026-03-31")
    assert who.send_json("PUT", leaving, {"until": "2026-04-30"}).status_code == 409
    (one,) = who.get("/api/v1/community/partners").json["items"]
    assert (one["name"], one["offers"], one["until"]) == ("見本信用金庫", "見守り", "2026-03-31")


def test_the_api_gives_training_by_course_and_kind_and_cancels_a_gathering(
    kasugai: Workbench,
) -> None:
    who = kasugai.visit_as(kasugai.staff("coordinator"))
    lesson = {
        "kind": "training",
        "title": "合同研修",
        "starts_at": "2026-10-05T13:00:00+09:00",
        "ends_at": "2026-10-05T15:00:00+09:00",
        "course": "joint_training",
    }
    made = [who.send_json("POST", "/api/v1/community/gatherings", lesson) for _ in range(2)]
    for one in made:
        who.send_json(
            "PUT",
            f"/api/v1/community/gatherings/{one.json['id']}/attendance",
            {"attendance": {"professional": 12, "resident": 3}, "new_ties": 2},
            headers={"If-Match": one.headers["ETag"]},
        )
    path = f"/api/v1/community/gatherings/{made[1].json['id']}/cancellation"
    assert who.send_json("PUT", path, {}, headers={"If-Match": '"1"'}).status_code == 412
    assert who.send_json("PUT", path, {}, headers={"If-Match": '"2"'}).json["cancelled"] is True

    training = who.get("/api/v1/community/training?year=2026").json
    counted = next(one for one in training["courses"] if one["code"] == "joint_training")
    assert (counted["sessions"], counted["present"], counted["by_kind"], counted["new_ties"]) == (
        1,
        15,
        {"professional": 12, "resident": 3},
        2,
    )
    empty = who.get("/api/v1/community/training?year=2020").json
    assert {one["present"] for one in empty["courses"]} == {0}
