"""Rosters, the evaluation of a year and the way of its report, as the towns' rules have them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kasane_contracts import intake
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_portal.domain.errors import RosterFull, SeatKindUnknown, TermUnfit
from kasane_portal.domain.roster import Seat, check_seat

BenchMaker = Callable[..., Workbench]
KINDS = (
    "学識経験者",
    "地域住民の代表者",
    "地域福祉分野関係者",
    "高齢者福祉分野関係者",
    "障がい福祉分野関係者",
    "児童福祉又は教育分野関係者",
    "医療相談機関関係者",
    "ケアラー等経験者",
)
FIRST, LAST = date(2025, 4, 1), date(2027, 3, 31)


def seat(number: int, **changes: Any) -> Seat:
    values = {
        "body": "review_panel",
        "kind": KINDS[number % 8],
        "name": f"委員 {number}",
        "officer": "",
        "first_day": FIRST,
        "last_day": LAST,
    }
    return Seat(id=f"s{number}", **{**values, **changes})


def check(one: Seat, *others: Seat) -> None:
    check_seat(one, others, most=12, kinds=KINDS, officers=("座長", "副座長"), years=2)


def test_twelve_sit_and_the_thirteenth_does_not() -> None:
    eleven = [seat(number) for number in range(11)]
    check(seat(11), *eleven)

    with pytest.raises(RosterFull):
        check(seat(12), *eleven, seat(11))

    check(seat(12, first_day=date(2027, 4, 1), last_day=date(2029, 3, 31)), *eleven, seat(11))


def test_a_full_day_inside_the_term_refuses_too() -> None:
    later = [seat(number, first_day=date(2026, 4, 1)) for number in range(12)]

    with pytest.raises(RosterFull):
        check(seat(12), *later)


def test_a_term_is_two_years_and_longer_only_with_a_reason() -> None:
    check(seat(1))
    with pytest.raises(TermUnfit):
        check(seat(1, last_day=date(2027, 4, 1)))
    with pytest.raises(TermUnfit):
        check(seat(1, last_day=date(2025, 3, 31)))

    check(seat(1, last_day=date(2028, 3, 31), extension_reason="事業の実施に必要なため"))


def test_a_term_from_a_leap_day_ends_before_the_first_of_march() -> None:
    check(seat(1, first_day=date(2028, 2, 29), last_day=date(2030, 2, 28)))
    with pytest.raises(TermUnfit):
        check(seat(1, first_day=date(2028, 2, 29), last_day=date(2030, 3, 1)))


def test_a_post_has_one_holder_and_only_the_kinds_of_the_rules_sit() -> None:
    with pytest.raises(SeatKindUnknown):
        check(seat(1, officer="座長"), seat(2, officer="座長"))
    for wrong in ({"officer": "会長"}, {"kind": "市長"}):
        with pytest.raises(SeatKindUnknown):
            check(seat(1, **wrong))


@pytest.fixture
def eniwa(make_workbench: BenchMaker) -> Workbench:
    return make_workbench("portal", {"292095": ("eniwa",)})


@pytest.fixture
def officer(eniwa: Workbench) -> Visitor:
    return eniwa.visit_as(eniwa.staff("coordinator", name="調整 たけし"))


def posted(visitor: Visitor, path: str, prefix: str, **values: str) -> Any:
    form = {f"{prefix}-{name}": value for name, value in values.items()}
    return visitor.post(path, {"submission": new_id(), **form})


def seated(visitor: Visitor, how_many: int) -> None:
    for number in range(how_many):
        answer = posted(
            visitor,
            "/rosters/review_panel/seats",
            "review_panel",
            name=f"委員 {number}",
            kind=KINDS[number % 8],
            officer="",
            first_day="2025-04-01",
            last_day="2027-03-31",
            extension_reason="",
        )
        assert answer.status_code == 303, answer.text


def frozen(visitor: Visitor, reason: str = "", seen: int = 0) -> Any:
    if not seen:
        state = {"metric": "panel_limit", "period": "2026/11", "typed": "12"}
        visitor.post("/figures/stated", {"submission": new_id(), **state})
    form = {"submission": new_id(), "seen": str(seen), "reason": reason}
    return visitor.post("/reports/2026/versions", form)


def reported(visitor: Visitor, body: str, present: int, members: int = 20, version: int = 1) -> Any:
    return posted(
        visitor,
        "/evaluation/reports?year=2026",
        "report",
        body=body,
        version=str(version),
        held_on="2026-11-20",
        members=str(members),
        present=str(present),
        opinion="",
    )


def test_with_twelve_members_seven_make_a_quorum_and_six_do_not(officer: Visitor) -> None:
    seated(officer, 12)
    assert frozen(officer).status_code == 303

    refused = reported(officer, "review_panel", 6)
    assert refused.status_code == 422
    assert "出席が足りないため、会議は成り立っていません" in refused.text

    assert reported(officer, "review_panel", 7).status_code == 303
    page = officer.get("/evaluation?year=2026").text
    assert "構成員12名のうち7名が出席" in page


def test_a_report_goes_before_its_bodies_in_order_and_once_to_each(officer: Visitor) -> None:
    seated(officer, 12)
    frozen(officer)

    early = reported(officer, "welfare_council", 10)
    assert early.status_code == 422
    assert "この会議体の番ではありません" in early.text
    assert reported(officer, "review_panel", 12).status_code == 303
    assert reported(officer, "review_panel", 12).status_code == 422
    assert reported(officer, "welfare_council", 10).status_code == 303
    assert reported(officer, "coordination_meeting", 10).status_code == 303

    assert "会議体に報告したことを書く" not in officer.get("/evaluation?year=2026").text


def test_a_body_receives_a_frozen_version_and_a_later_one_again(officer: Visitor) -> None:
    seated(officer, 12)
    page = officer.get("/evaluation?year=2026").text
    assert "会議体に渡すのは、固定した版です。まだ固定していません。" in page
    assert reported(officer, "review_panel", 12).status_code == 422
    frozen(officer)
    assert reported(officer, "review_panel", 12).status_code == 303

    assert frozen(officer, reason="参加者の数を直した", seen=1).status_code == 303

    assert reported(officer, "welfare_council", 9, version=1).status_code == 422
    assert reported(officer, "welfare_council", 9, version=2).status_code == 303
    page = officer.get("/evaluation?year=2026").text
    assert "第1版を受け取っています。そのあと第2版が固定されました。" in page
    assert "第2版を受け取りました" in page
    assert reported(officer, "review_panel", 12, version=2).status_code == 303
    assert "第1版を受け取っています" not in officer.get("/evaluation?year=2026").text


def test_a_body_with_a_roster_and_nobody_in_office_is_told_in_a_sentence(officer: Visitor) -> None:
    frozen(officer)

    answer = reported(officer, "review_panel", 7)

    assert answer.status_code == 422
    said = "令和8年11月20日に任期のある委員が、この会議体の名簿に一人もいません"
    assert said in answer.text


def test_agencies_comment_on_an_item_and_every_comment_stays(officer: Visitor) -> None:
    def said(agency: str, words: str, item: str = "understanding") -> Any:
        form = {"item": item, "agency": agency, "words": words}
        return posted(officer, "/evaluation/remarks?year=2026", "remark", **form)

    assert said("社会福祉協議会", "研修のあと、相談が早くなった").status_code == 303
    assert said("地域包括支援センター", "回数を増やしてほしい").status_code == 303
    assert said("", "だれの声か分からない").status_code == 422
    assert said("社会福祉協議会", "ない項目に", item="nothing").status_code == 422

    page = officer.get("/evaluation?year=2026").text
    assert "研修のあと、相談が早くなった" in page
    assert "回数を増やしてほしい" in page
    assert "だれの声か分からない" not in page


def test_an_action_goes_from_plan_to_next_step_and_keeps_what_was_written(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("portal", {"292095": ("hokuei",)})
    officer = bench.visit_as(bench.staff("responsible"))

    def written(action_id: str, title: str = "つながる会議", **more: str) -> Any:
        parts = {"plan": "年4回開く", "done": "", "found": "", "next_step": "", **more}
        form = {"action_id": action_id, "title": title, **parts}
        return posted(officer, "/evaluation/actions?year=2026", "action", **form)

    assert written("", title=" ").status_code == 422
    assert written("", plan="").status_code == 422
    assert written("not-there").status_code == 422
    assert written("").status_code == 303
    (action,) = re.findall(r'<option value="([0-9a-f-]{36})"', officer.get("/evaluation").text)
    assert written(action, done="2回開いた", found="参加が増えた").status_code == 303

    page = officer.get("/evaluation?year=2026").text
    assert "2回開いた" in page
    assert "2回めの記録（前のものも残っています）" in page
    assert page.count("年4回開く") == 1


def test_the_roster_tells_which_kinds_nobody_represents_and_who_left(officer: Visitor) -> None:
    seated(officer, 7)
    page = officer.get("/evaluation").text
    assert "いま7名（定員12名以内、任期2年）" in page
    assert "いま、この分類の方がいません：ケアラー等経験者" in page

    (first, *_rest) = re.findall(r'/rosters/seats/([^/"]+)/leave', page)
    assert officer.post(f"/rosters/seats/{first}/leave").status_code == 303
    assert officer.post("/rosters/seats/nobody/leave").status_code == 404


def test_the_logic_model_takes_numbers_for_its_eight_indicators(officer: Visitor) -> None:
    def entered(result: str, item: str = "understanding") -> Any:
        return posted(
            officer, "/evaluation/entries?year=2026", "entry", item=item, result=result, words=""
        )

    for wrong in ("たくさん", "○"):
        assert entered(wrong).status_code == 422
    assert entered("82.5").status_code == 303
    assert entered("85").status_code == 303

    page = officer.get("/evaluation?year=2026").text
    assert "<strong>85%</strong>" in page
    assert "2回めの記録（前のものも残っています）" in page
    assert page.count("○%") + page.count("○件") + page.count("○回") + page.count("○名") == 8


def test_the_logic_model_goes_through_its_steps_and_shows_what_services_count(
    eniwa: Workbench, officer: Visitor
) -> None:
    def written(item: str, words: str = "年度の初めに聞き取った") -> Any:
        return posted(officer, "/evaluation/steps?year=2026", "step", item=item, words=words)

    persons = (intake.PersonConcerned("p1"),)
    eniwa.hear(
        intake.ConsultationReceived(
            "c1", "1", "window", "tax", date(2026, 5, 1), (), persons=persons, route="neighbour"
        )
    )
    assert written("step-5").status_code == 422
    assert written("step-1", words=" ").status_code == 422
    assert written("step-1").status_code == 303

    page = officer.get("/evaluation?year=2026").text
    steps = re.findall(r"<li><strong>([^<]+)</strong>", page)[:4]
    assert steps == ["ニーズ評価", "セオリー評価", "プロセス評価", "アウトカム評価"]
    assert "年度の初めに聞き取った" in page
    assert "重ねの数 1件" in page
    assert "年度の初めに聞き取った" in officer.get("/reports/2026").text


def test_kasugai_marks_each_item_with_a_circle_or_a_triangle(make_workbench: BenchMaker) -> None:
    bench = make_workbench("portal", {"292095": ("kasugai",)})
    officer = bench.visit_as(bench.staff("coordinator"))

    def marked(sign: str) -> Any:
        return posted(
            officer,
            "/evaluation/entries?year=2026",
            "entry",
            item="platform",
            result=sign,
            words="西エリアも動き始めた",
        )

    assert marked("◎").status_code == 422
    assert marked("○").status_code == 303
    assert "西エリアも動き始めた" in officer.get("/evaluation?year=2026").text


def test_where_the_documents_are_silent_the_page_says_so_and_takes_nothing(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("portal", {"292095": ("senboku",)})
    officer = bench.visit_as(bench.staff("coordinator"))

    page = officer.get("/evaluation?year=2024").text

    assert "この年度の評価のしかたは、町の資料にありません" in page
    assert "報告の経路は、町の資料にありません" in page
    assert officer.post("/rosters/review_panel/seats").status_code == 404


def test_a_receiver_reads_and_writes_nothing(eniwa: Workbench) -> None:
    receiver = eniwa.visit_as(eniwa.staff("receiver", office="welfare"))

    assert receiver.get("/evaluation").status_code == 200
    assert "名簿に加える" not in receiver.get("/evaluation").text
    assert receiver.post("/rosters/review_panel/seats").status_code == 403
