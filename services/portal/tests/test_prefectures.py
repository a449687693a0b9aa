"""A prefecture's page: which municipalities have begun, and the visits of its team."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from kasane_kit import clock
from kasane_kit.tenancy import HOST, Town
from kasane_kit.testing.workbench import Visitor, Workbench

BenchMaker = Callable[..., Workbench]
TOTTORI = Town("310000", "鳥取県", "310000", ("tottori",))
PAGE = "/prefectures/310000"
IWAMI, YONAGO = "313025", "312029"


@pytest.fixture
def bench(make_workbench: BenchMaker) -> Workbench:
    return make_workbench("portal", {"292095": ("ikoma",)}, prefectures=(TOTTORI,))


@pytest.fixture
def operator(bench: Workbench) -> Visitor:
    return operator_of(bench)


def operator_of(bench: Workbench) -> Visitor:
    """Somebody of the prefecture, who works in the host."""
    bench.municipality = HOST
    return bench.visit_as(
        bench.staff("prefecture_operator", account_id="kencho", name="運営 みなみ")
    )


def visit(**changes: str) -> dict[str, str]:
    facts = {
        "municipality": IWAMI,
        "visited_on": clock.today().isoformat(),
        "duty": "individual_visit",
        "note": "来年度の体制について",
    }
    return {**facts, **changes}


SLIDES = "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日 213～220行"


def rows(page: str, part: str) -> list[str]:
    (section,) = re.findall(
        rf'<section class="k-card" id="{part}">(.*?)</section>', page, re.DOTALL
    )
    found = re.findall(r'<tr><th scope="row".*?</tr>', section, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_the_years_and_those_without_a_start_are_shown_with_their_source(operator: Visitor) -> None:
    page = operator.get(PAGE).text

    assert rows(page, "starts") == [
        f"令和3年度 北栄町 1市町村（累計 1） {SLIDES}",
        f"令和4年度 鳥取市・米子市・智頭町 3市町村（累計 4） {SLIDES}",
        f"令和5年度 倉吉市 1市町村（累計 5） {SLIDES}",
        f"令和6年度 予定（資料の時点） 八頭町・湯梨浜町・琴浦町・江府町 4市町村（累計 9） {SLIDES}",
    ]
    places = rows(page, "to-visit")
    assert len(places) == 14
    assert places[0] == "境港市 記載なし まだありません"


def test_a_visit_is_recorded_and_moves_the_municipality_to_the_end(
    bench: Workbench, operator: Visitor
) -> None:
    assert operator.post("/prefectures/310000/visits", visit()).status_code == 303

    page = operator.get(PAGE).text
    assert rows(page, "to-visit")[-1].startswith("岩美町 記載なし 令和")
    (row,) = rows(page, "visits")
    assert row.startswith("岩美町")
    assert "未実施市町村への個別訪問" in row
    assert "来年度の体制について 運営 みなみ" in row


def test_a_visit_taken_back_counts_no_longer_and_stays_readable(operator: Visitor) -> None:
    operator.post("/prefectures/310000/visits", visit())
    page = operator.get(PAGE).text
    (void,) = re.findall(r'action="/host(/support-visits/[^"]+/void)"', page)

    refused = operator.post(void, {"reason": " "})
    unreadable = operator.post(void, {"reason": "日\0を間違えた"})
    done = operator.post(void, {"reason": "日を間違えた"})
    again = operator.post(void, {"reason": "もう一度"})
    page = operator.get(PAGE).text

    assert unreadable.status_code == 400
    assert (refused.status_code, done.status_code, again.status_code) == (422, 303, 409)
    assert "取り消し：日を間違えた" in rows(page, "visits")[0]
    assert all("まだありません" in row for row in rows(page, "to-visit"))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"municipality": "292095"}, id="of_another_prefecture"),
        pytest.param({"duty": "party"}, id="unknown_duty"),
        pytest.param(
            {"visited_on": (clock.today() + timedelta(days=2)).isoformat()}, id="in_future"
        ),
        pytest.param({"visited_on": "令和8年2月30日"}, id="no_day"),
        pytest.param({"note": "あ" * 2001}, id="too_long"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_and_nothing_is_kept(
    operator: Visitor, wrong: dict[str, str]
) -> None:
    answer = operator.post("/prefectures/310000/visits", visit(**wrong))

    assert answer.status_code == 422
    assert rows(answer.text, "starts")
    assert "訪問の記録はまだありません" in operator.get(PAGE).text


@pytest.mark.parametrize("path", ["/prefectures/292095", "/prefectures/999999"])
def test_what_is_no_prefecture_with_a_file_has_no_page(operator: Visitor, path: str) -> None:
    assert operator.get(path).status_code == 404


def test_a_town_has_no_page_of_a_prefecture(bench: Workbench) -> None:
    visitor = bench.visit_as(bench.staff("town_administrator"))

    assert visitor.get("/prefectures/310000").status_code == 403
    assert visitor.post("/prefectures/310000/visits", visit()).status_code == 403


def test_an_installation_without_prefectures_has_no_link_to_one(make_workbench: BenchMaker) -> None:
    operator = operator_of(make_workbench("portal", {}))

    assert "/prefectures/" not in operator.get("/overview").text
    assert operator.get(PAGE).status_code == 404
