"""The acceptance table: what six towns published, printed again from generated years."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.plugins import catalogue
from kasane_kit.plugins.checking import checked_settings
from kasane_kit.testing.workbench import Visitor, Workbench
from tests.figures.towns import STATED, YEARS
from tests.support.published_years import PublishedYears

BenchMaker = Callable[..., Workbench]
SEED = 4

# Town, figure, kind of count, time, as printed. From the documents, by hand, as they stand there.
PUBLISHED = """
北栄町|相談（実人数）|実人数|令和3年度|20人
北栄町|相談（延べ）|件数|令和3年度|159件
北栄町|支援会議|開催回数|令和3年度|33回
北栄町|相談（実人数）|実人数|令和4年度|41人
北栄町|相談（延べ）|件数|令和4年度|245件
北栄町|支援会議|開催回数|令和4年度|51回
北栄町|相談（実人数）|実人数|令和5年度（～9月）|21人
北栄町|相談（延べ）|件数|令和5年度（～9月）|155件
北栄町|支援会議|開催回数|令和5年度（～9月）|22回
北栄町|関係機関からの相談の割合|割合|令和3年度と令和5年度の計|9割以上
北栄町|相談者の課題と特性（N）|その時点の数|令和3年度と令和5年度の計|91
北栄町|複合的課題を抱える世帯|世帯（実数）|平成30年度|112世帯
北栄町|ひきこもり状態にある方|実人数|平成30年度|54人
北栄町|人口|その時点の数|令和5年4月1日現在|14,451人
北栄町|世帯|その時点の数|令和5年4月1日現在|5,493世帯
北栄町|高齢化率|その時点の数|令和5年4月1日現在|36.0%
北栄町|自治会|その時点の数|令和5年4月1日現在|63自治会
北栄町|大栄地区 人口|その時点の数|令和5年4月1日現在|7,264人
北栄町|大栄地区 世帯|その時点の数|令和5年4月1日現在|2,688世帯
北栄町|大栄地区 高齢化率|その時点の数|令和5年4月1日現在|38.1%
北栄町|大栄地区 自治会|その時点の数|令和5年4月1日現在|33自治会
北栄町|北条地区 人口|その時点の数|令和5年4月1日現在|7,187人
北栄町|北条地区 世帯|その時点の数|令和5年4月1日現在|2,805世帯
北栄町|北条地区 高齢化率|その時点の数|令和5年4月1日現在|33.7%
北栄町|北条地区 自治会|その時点の数|令和5年4月1日現在|30自治会
北栄町|アウトリーチを協働する法人|その時点の数|令和3年度|5法人
米子市|相談件数|件数|令和4年度|499件
米子市|米子市重層的支援会議|開催回数|令和4年度|27回
米子市|米子市重層的支援会議 ケース数|ケース（実数）|令和4年度|44件
米子市|延べ受講者|延べ人数|令和4年度|95名
米子市|うち市民|延べ人数|令和4年度|33名
米子市|うち専門職等|延べ人数|令和4年度|62名
米子市|職員|その時点の数|令和6年1月16日現在|26名
米子市|センター長|その時点の数|令和6年1月16日現在|1名
米子市|総合相談支援員|その時点の数|令和6年1月16日現在|3名
米子市|一般事務職員|その時点の数|令和6年1月16日現在|2名
米子市|相談員・介護支援専門員・事務員（出向）|その時点の数|令和6年1月16日現在|20名
恵庭市|支援会議の開催に至った世帯|世帯（実数）|令和6年度と令和7年度の計|6世帯
恵庭市|支援会議（延べ）|開催回数|令和6年度と令和7年度の計|13回
恵庭市|検討会 定員|その時点の数|令和7年度|12名
恵庭市|検討会 名簿|その時点の数|令和7年度|12名
恵庭市|日常生活圏域（地域包括支援センター）|その時点の数|令和8年度|4圏域
春日井市|地域福祉包括化推進員|配置人数（小数あり）|令和4年度|2名
春日井市|地域福祉包括化推進員|配置人数（小数あり）|令和5年度|3.5名
春日井市|地域福祉包括化推進員|配置人数（小数あり）|令和6年度|3名
春日井市|地域福祉包括化推進員|配置人数（小数あり）|令和7年度|4名
春日井市|支援会議件数|開催回数|令和6年度|15件
春日井市|民生委員からの相談件数|件数|令和6年度|4件
春日井市|住民主体サービス実施団体数（通いの場）|その時点の数|平成28年度|32団体
春日井市|住民主体サービス実施団体数（通いの場）|その時点の数|令和6年度|131団体
春日井市|地域活動と民間企業との連携事例|その時点の数|平成28年度|—
春日井市|地域活動と民間企業との連携事例|その時点の数|令和6年度|8事例
春日井市|属性や世代を超えた地域活動団体数|その時点の数|平成28年度|—
春日井市|属性や世代を超えた地域活動団体数|その時点の数|令和6年度|15事例
春日井市|参画団体数|団体（実数）|令和5年度|32団体
春日井市|参画団体数|団体（実数）|令和6年度|36団体
春日井市|参画団体数|団体（実数）|令和7年度|41団体
春日井市|食事の提供（こども食堂・地域食堂）|活動ごと（重複あり）|令和5年度|21団体
春日井市|食事の提供（こども食堂・地域食堂）|活動ごと（重複あり）|令和6年度|24団体
春日井市|食事の提供（こども食堂・地域食堂）|活動ごと（重複あり）|令和7年度|28団体
春日井市|食品の配付（フードパントリー）|活動ごと（重複あり）|令和5年度|12団体
春日井市|食品の配付（フードパントリー）|活動ごと（重複あり）|令和6年度|12団体
春日井市|食品の配付（フードパントリー）|活動ごと（重複あり）|令和7年度|12団体
春日井市|食品の回収（フードドライブ）|活動ごと（重複あり）|令和5年度|5団体
春日井市|食品の回収（フードドライブ）|活動ごと（重複あり）|令和6年度|5団体
春日井市|食品の回収（フードドライブ）|活動ごと（重複あり）|令和7年度|6団体
春日井市|食品の保管と配分（フードバンク）|活動ごと（重複あり）|令和5年度|2団体
春日井市|食品の保管と配分（フードバンク）|活動ごと（重複あり）|令和6年度|2団体
春日井市|食品の保管と配分（フードバンク）|活動ごと（重複あり）|令和7年度|2団体
春日井市|その他（無料学習塾、駄菓子屋など）|活動ごと（重複あり）|令和5年度|3団体
春日井市|その他（無料学習塾、駄菓子屋など）|活動ごと（重複あり）|令和6年度|4団体
春日井市|その他（無料学習塾、駄菓子屋など）|活動ごと（重複あり）|令和7年度|4団体
春日井市|企業からの寄付件数|件数|令和5年度|7件
春日井市|企業からの寄付件数|件数|令和6年度|8件
春日井市|企業からの寄付件数|件数|令和7年度|11件
春日井市|ひきこもりの新規相談（自立支援相談コーナー）|件数|令和6年度|14件
春日井市|ひきこもりの新規相談（自立支援相談コーナー）|件数|令和7年度（1月時点）|36件
春日井市|つながりづくりプラットフォーム 東エリア参加団体|団体（実数）|令和8年3月現在|33団体
春日井市|つながりづくりプラットフォーム 西エリア参加団体|団体（実数）|令和8年3月現在|36団体
春日井市|合同研修会 延べ受講者数|延べ人数|令和7年度までの累計|154名
春日井市|孤独・孤立対策庁内連携会議|開催回数|令和5年度|1回
春日井市|孤独・孤立対策庁内連携会議|開催回数|令和6年度|2回
春日井市|孤独・孤立対策庁内連携会議|開催回数|令和7年度|2回
春日井市|地域支援研究会 行政関係課|その時点の数|令和8年3月現在|7課
春日井市|地域支援研究会 民間相談支援機関|その時点の数|令和8年3月現在|10機関
春日井市|地域包括支援センター|その時点の数|令和8年3月現在|12か所
春日井市|基幹型地域包括支援センター|その時点の数|令和8年3月現在|1か所
春日井市|包括的支援推進会議（予定）|開催の予定|令和7年度|年2回
生駒市|重層的支援会議|開催の予定|令和5年度|月1回と、必要に応じて
生駒市|地域共生社会推進会議|開催の予定|令和5年度|年1-2回
生駒市|いこまる推進員会議|開催の予定|令和5年度|年1-2回
生駒市|（仮称）わがごとカイギのモデル地区|開催の予定|令和5年度|2-3地区
生駒市|いこまる相談窓口|その時点の数|令和5年6月1日現在|23か所
生駒市|いこまる主任推進員|その時点の数|令和5年6月1日現在|2名
"""

NAMES = {
    "hokuei": "北栄町",
    "yonago": "米子市",
    "eniwa": "恵庭市",
    "kasugai": "春日井市",
    "ikoma": "生駒市",
    "senboku": "仙北市",
}


@pytest.fixture
def filled(make_workbench: BenchMaker) -> Callable[[str, int], tuple[Workbench, Visitor]]:
    """A portal of a town with its generated years heard and its own figures stated."""

    def fill(plugin: str, seed: int = SEED) -> tuple[Workbench, Visitor]:
        bench = make_workbench("portal", {"292095": (plugin,)})
        years = PublishedYears(seed)
        YEARS[plugin](years)
        bench.hear_all(years.events())
        officer = bench.visit_as(bench.staff("coordinator", name="調整 たけし"))
        for metric, period, typed in STATED[plugin]:
            answer = officer.post(
                "/figures/stated",
                {"submission": new_id(), "metric": metric, "period": period, "typed": typed},
            )
            assert answer.status_code == 303, (metric, answer.text)
        return bench, officer

    return fill


@pytest.mark.parametrize("plugin", sorted(YEARS))
def test_a_town_prints_its_published_figures_again_from_what_services_said(
    filled: Callable[..., tuple[Workbench, Visitor]], plugin: str
) -> None:
    _, officer = filled(plugin)

    page = officer.get("/figures").text

    wanted = _wanted(NAMES[plugin])
    found = list(_compared(page))
    assert sorted(row[:4] for row in found) == sorted(wanted)
    assert {row[4] for row in found} <= {"同じ"}


@pytest.mark.parametrize("seed", [11, 12])
def test_another_seed_gives_other_events_and_the_same_figures(
    filled: Callable[..., tuple[Workbench, Visitor]], seed: int
) -> None:
    _, officer = filled("hokuei", seed)

    assert {row[4] for row in _compared(officer.get("/figures").text)} == {"同じ"}


def test_a_year_that_is_not_over_carries_its_month_in_the_table_itself(
    filled: Callable[..., tuple[Workbench, Visitor]],
) -> None:
    _, officer = filled("hokuei")

    with clock.fixed(lambda: datetime(2023, 9, 30, 12, tzinfo=clock.JAPAN)):
        page = officer.get("/figures").text

    assert _rows(page, "重層事業の相談対応状況")[:3] == [
        ["相談（実人数）", "20", "41", "21"],
        ["相談（延べ）", "159", "245", "155"],
        ["支援会議", "33", "51", "22"],
    ]
    assert "令和5年度（～9月）" in page


def test_every_published_figure_of_every_plugin_is_in_the_acceptance_table() -> None:
    counted = {name: len(_wanted(NAMES[name])) for name in NAMES}
    published = {name: len(list(_plugin(name).published_figures() or ())) for name in NAMES}

    assert counted == published
    assert sum(counted.values()) == 94


def test_activities_are_counted_several_times_and_the_footnote_says_so(
    filled: Callable[..., tuple[Workbench, Visitor]],
) -> None:
    _, officer = filled("kasugai")

    page = officer.get("/figures?year=2025").text

    rows = _rows(page, "フードドライブ・ネットワーク")
    groups, *activities, donations = rows
    assert groups == ["参画団体数", "32", "36", "41"]
    assert [sum(int(row[column]) for row in activities) for column in (1, 2, 3)] == [43, 47, 52]
    assert donations == ["企業からの寄付件数", "7", "8", "11"]
    assert (
        "※ 参画団体の活動内容は、複数の内容を実施する活動団体を、それぞれに計上しています。" in page
    )


def _wanted(town: str) -> list[list[str]]:
    lines = [line.split("|") for line in PUBLISHED.strip().splitlines()]
    return [line[1:] for line in lines if line[0] == town]


def _compared(page: str) -> Iterator[list[str]]:
    section = re.search(r'<section class="k-card" id="published">(.*?)</section>', page, re.DOTALL)
    if section is None:
        return
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", section.group(1), re.DOTALL):
        cells = re.findall(r"<(?:th|td)\b[^>]*>(.*?)</(?:th|td)>", row, re.DOTALL)
        label, kind = re.fullmatch(
            r'(.*?)<span class="k-table__sub">(.*?)</span>', cells[0], re.DOTALL
        ).groups()  # type: ignore[union-attr]
        yield [label, kind, _text(cells[1]), _text(cells[2]), _text(cells[3])]


def _rows(page: str, heading: str) -> list[list[str]]:
    found = re.search(
        rf"<caption[^>]*>{re.escape(heading)}</caption>(.*?)</table>", page, re.DOTALL
    )
    assert found is not None, heading
    rows = []
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", found.group(1), re.DOTALL):
        label = re.match(r'<tr><th scope="row">(.*?)<', row)
        assert label is not None
        rows.append([label.group(1), *re.findall(r'<a class="p-figure"[^>]*>([^<]*)', row)])
    return rows


def _text(cell: str) -> str:
    return re.sub(r"<[^>]+>", "", cell).strip()


def _plugin(name: str) -> Any:
    loaded: Any = catalogue()[name].load()
    return loaded(checked_settings(loaded.metadata, {}, name))


def test_what_the_documents_print_adds_up_where_it_should_and_nowhere_else() -> None:
    hokuei, yonago, kasugai = (_printed(name) for name in ("hokuei", "yonago", "kasugai"))

    for whole, parts in (
        ("population", ("daiei_population", "hojo_population")),
        ("households", ("daiei_households", "hojo_households")),
        ("associations", ("daiei_associations", "hojo_associations")),
    ):
        assert hokuei[whole] == [sum(hokuei[part][0] for part in parts)]
    assert [sum(hokuei[one]) for one in ("persons", "contacts", "sessions")] == [82, 559, 106]
    assert hokuei["traits_base"] == [91]
    seats = ("staff_head", "staff_support", "staff_clerks", "staff_seconded")
    assert yonago["staff"] == [sum(yonago[one][0] for one in seats)] == [26]
    assert yonago["trainees"][0] == 33 + 62
    food = ("food_meals", "food_pantry", "food_collection", "food_bank", "food_other")
    several = [sum(kasugai[one][year] for one in food) for year in range(3)]
    assert several == [43, 47, 52]
    assert all(many > groups for many, groups in zip(several, kasugai["food_groups"], strict=True))


def _printed(name: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for one in _plugin(name).published_figures() or ():
        if one.value.replace(".", "").isdigit():
            found.setdefault(one.metric, []).append(float(one.value))
    return found
