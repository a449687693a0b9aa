"""The report of a year: opened figures, frozen versions, corrections and files."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import delete, insert, select, update

from kasane_contracts import cases, intake, outreach, resources
from kasane_kit.ids import new_id
from kasane_kit.strings import sentences
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_plugin_api import MeasureKind
from kasane_portal import tables
from kasane_portal.domain.errors import AlreadyFrozen, NothingToFreeze, WordsMissing
from kasane_portal.domain.figure import FactKind, MarkKind
from kasane_portal.domain.report import (
    ReportCell,
    ReportContent,
    ReportLine,
    ReportRow,
    ReportTable,
    ReportVersion,
    check_freeze,
    differences,
)
from kasane_portal.repository import ReportVersions

BenchMaker = Callable[..., Workbench]
PATH = "/reports/2025"


def content(printed: str = "3", value: str = "3", label: str = "相談") -> ReportContent:
    cell = ReportCell("2025", printed, value)
    row = ReportRow("c", label, "event", "件", ("一回ごとに1件。",), "", "注", "P38", (cell,))
    return ReportContent(
        "2025",
        "令和7年度",
        date(2025, 4, 1),
        date(2026, 3, 31),
        ("令和7年度",),
        (ReportTable("表", (row,)),),
        "評価",
        (ReportLine("部", "項目", "○", "▲", "言葉", ("社協：よい",)),),
        definitions=("hokuei 1",),
    )


def version(number: int = 1, **changes: Any) -> ReportVersion:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    values = {"content": content(), "reason": "", "frozen_by": "調整", "frozen_at": at}
    known = {"id": f"v{number}", "year": 2025, "number": number}
    return ReportVersion(**{**known, **values, **changes})


def test_a_report_is_the_same_after_its_way_through_the_store() -> None:
    before = content()

    assert ReportContent.of_data(before.as_data()) == before
    assert ReportContent.of_data(before.as_data()).seal == before.seal
    assert content("4", "4").seal != before.seal


def test_the_first_version_needs_no_reason_and_a_correction_does() -> None:
    assert check_freeze(content(), None, 0, "") == 1
    assert check_freeze(content(), version(), 1, "人数を直した") == 2
    with pytest.raises(WordsMissing):
        check_freeze(content(), version(), 1, "  ")


def test_who_did_not_see_the_latest_version_freezes_nothing() -> None:
    with pytest.raises(AlreadyFrozen) as told:
        check_freeze(content(), version(), 0, "")

    assert told.value.facts == {"number": 1, "name": "調整"}


def test_a_period_without_any_figure_is_not_frozen_and_zero_is_a_figure() -> None:
    with pytest.raises(NothingToFreeze):
        check_freeze(content("—", ""), None, 0, "")
    assert check_freeze(content("0", "0"), None, 0, "") == 1


def test_only_figures_that_print_otherwise_differ() -> None:
    (one,) = differences(content(), content("4", "4"))

    assert (one.label, one.words, one.frozen, one.today) == ("相談", "令和7年度", "3", "4")
    assert differences(content(), content()) == ()


def consulted(number: int, person: str, on: date, **more: Any) -> intake.ConsultationReceived:
    persons = (intake.PersonConcerned(person),)
    return intake.ConsultationReceived(
        f"c{number}", f"R7-{number}", "window", "tax", on, ("income",), persons=persons, **more
    )


@pytest.fixture
def bench(make_workbench: BenchMaker) -> Workbench:
    bench = make_workbench("portal", {"292095": ("hokuei",)})
    bench.hear(consulted(1, "p1", date(2025, 5, 1)))
    bench.hear(consulted(2, "p1", date(2025, 6, 1), route="commissioner"))
    bench.hear(consulted(3, "p2", date(2025, 7, 1)))
    bench.hear(outreach.VisitCompleted("v1", "r1", "k1", "p1", date(2025, 8, 1), "met"))
    return bench


@pytest.fixture
def officer(bench: Workbench) -> Visitor:
    return bench.visit_as(bench.staff("coordinator", name="調整 たけし"))


def freeze(visitor: Visitor, seen: int = 0, reason: str = "") -> Any:
    form = {"submission": new_id(), "seen": str(seen), "reason": reason}
    return visitor.post(f"{PATH}/versions", form)


def test_a_figure_opens_to_how_it_was_counted(officer: Visitor) -> None:
    page = officer.get("/figures/persons?period=2025").text

    assert "<strong>2</strong><span>人</span>" in page
    assert "同じ方は、期間の中で何度あっても1人と数えます" in page
    assert "「相談の受付・訪問・会えなかった訪問」を数えます" in page
    assert "令和7年4月1日から令和8年3月31日まで" in page
    assert re.search(r"k-source.*825", page)
    assert "4件の記録から数えました" in page
    assert re.search(r"hokuei [0-9.]+・kasane・[0-9a-f]{12}", page)


def test_rules_that_narrow_a_figure_are_said_in_the_towns_words(officer: Visitor) -> None:
    share = officer.get("/figures/from_agencies?period=2025").text
    route = officer.get("/figures/national_from_commissioners?period=2025").text

    assert "90%以上のときは「9割以上」とだけ印刷し" in share
    assert "相談の経路が「民生委員・児童委員」のものに限ります" in route
    assert "<strong>1</strong>" in route


def test_what_was_not_collected_is_said_and_is_not_zero(officer: Visitor) -> None:
    page = officer.get("/figures/persons?period=2021").text

    assert "<strong>—</strong>" in page
    assert "0ではありません" in page


@pytest.mark.parametrize("period", ["R5", "2025-13-01", "x"])
def test_a_figure_of_no_time_or_no_metric_is_not_found(officer: Visitor, period: str) -> None:
    assert officer.get(f"/figures/persons?period={period}").status_code == 404
    assert officer.get("/figures/nothing?period=2025").status_code == 404


def looks(bench: Workbench) -> int:
    with bench.reading() as connection:
        actions = connection.exec_driver_sql("SELECT action FROM audit_entry").scalars()
        return sum(one == "portal.figure_rows.read" for one in actions)


def test_the_rows_behind_a_figure_lead_to_the_records_without_names_and_the_look_is_recorded(
    bench: Workbench, officer: Visitor
) -> None:
    page = officer.get("/figures/persons/rows?period=2025").text

    assert 'href="/intake/292095/consultations/c1">R7-1</a>' in page
    assert 'href="/outreach/292095/visits/v1"' in page
    assert page.count("1人め") == 3
    assert page.count("2人め") == 1
    assert "p1" not in re.sub(r'class="[^"]*"', "", page)
    assert looks(bench) == 1


def test_who_has_no_right_to_the_records_gets_the_words_and_not_the_rows(bench: Workbench) -> None:
    receiver = bench.visit_as(bench.staff("receiver", office="tax"))

    page = receiver.get("/figures/persons?period=2025").text

    assert "一件ずつの記録は、それを扱う職員だけが開けます" in page
    assert receiver.get("/figures/persons/rows?period=2025").status_code == 403
    assert freeze(receiver).status_code == 403


def test_a_frozen_version_does_not_move_and_what_comes_late_stands_in_its_corrections(
    bench: Workbench, officer: Visitor
) -> None:
    assert freeze(officer).status_code == 303
    before = officer.get(f"{PATH}/versions/1").text
    assert "固定したあと、この期間の数は変わっていません" in before
    assert "調整 たけしが固定" in before

    bench.hear(consulted(4, "p3", date(2025, 9, 1)))
    bench.hear(consulted(5, "p4", date(2026, 9, 1)))

    after = officer.get(f"{PATH}/versions/1").text
    assert "この版の数は変えていません" in after
    assert "遅れて届いた" in after
    assert 'href="/intake/292095/consultations/c4"' in after
    assert "consultations/c5" not in after
    rows = re.findall(r'scope="row">相談（実人数）</th>.*?</tr>', after, re.S)
    assert "<strong>3</strong>" in rows[0]
    lines = list(csv.reader(io.StringIO(officer.get(f"{PATH}/versions/1/report.csv").text)))
    assert [one[3] for one in lines if one[1:3] == ["相談（実人数）", "令和7年度"]] == ["2", "2"]


def test_a_correction_is_a_new_version_with_its_reason_and_the_old_one_stays(
    bench: Workbench, officer: Visitor
) -> None:
    freeze(officer)
    bench.hear(consulted(4, "p3", date(2025, 9, 1)))

    assert freeze(officer, seen=1).status_code == 422
    assert freeze(officer, seen=1, reason="遅れて届いた相談を入れた").status_code == 303

    first, second = (officer.get(f"{PATH}/versions/{one}").text for one in (1, 2))
    assert "この版のあとに、第2版が固定されています" in first
    assert "直した理由：遅れて届いた相談を入れた" in second
    assert "固定したあと、この期間の数は変わっていません" in second
    listed = officer.get("/reports").text
    assert "第1版" in listed
    assert "第2版" in listed


def test_two_who_freeze_at_once_one_wins_and_the_other_is_told_who(
    bench: Workbench, officer: Visitor
) -> None:
    other = bench.visit_as(bench.staff("responsible", name="責任 花子"))
    assert freeze(other).status_code == 303

    answer = freeze(officer)

    assert answer.status_code == 422
    assert "責任 花子さんが第1版を固定しました" in answer.text
    assert "あなたの版は固定していません" in answer.text
    assert officer.get(f"{PATH}/versions/{10**20}").status_code == 404
    assert officer.get(f"{PATH}/versions/2").status_code == 404


def test_a_number_that_was_taken_between_looking_and_writing_keeps_the_first(
    bench: Workbench,
) -> None:
    with bench.unit(bench.staff("coordinator")) as unit:
        versions = ReportVersions(unit.connection)
        assert versions.add(version())
        assert not versions.add(version(id="other", frozen_by="別の人"))

        assert [one.frozen_by for one in versions.of(2025)] == ["調整"]


def test_a_period_without_data_is_said_and_not_frozen(make_workbench: BenchMaker) -> None:
    bench = make_workbench("portal", {"292095": ("hokuei",)})
    officer = bench.visit_as(bench.staff("coordinator"))

    answer = freeze(officer)

    assert answer.status_code == 422
    assert "令和7年度には、数えたものが一つもありません" in answer.text
    assert "まだ数えたものがありません。この期間は固定できません" in officer.get(PATH).text


@pytest.mark.parametrize("slug", ["2030", "2025-13", "x", "2024-01-16", "..2025", "2024+2025"])
def test_a_report_of_no_such_time_is_not_found(officer: Visitor, slug: str) -> None:
    assert officer.get(f"/reports/{slug}").status_code == 404


def test_a_changed_copy_is_noticed(bench: Workbench, officer: Visitor) -> None:
    freeze(officer)
    table = tables.report_version
    with bench.unit(bench.staff("coordinator")) as unit:
        kept = unit.connection.execute(select(table.c.content)).scalar_one()
        unit.connection.execute(update(table).values(content={**kept, "words": "令和9年度"}))
        unit.connection.commit()

    assert (
        "この版の写しが、固定したときの内容と一致しません" in officer.get(f"{PATH}/versions/1").text
    )


def test_a_fact_that_is_said_again_unchanged_is_no_correction(
    bench: Workbench, officer: Visitor
) -> None:
    freeze(officer)

    bench.hear(consulted(1, "p1", date(2025, 5, 1)))

    assert "変わっていません" in officer.get(f"{PATH}/versions/1").text


def test_what_is_corrected_taken_back_or_of_one_person_is_a_correction(
    bench: Workbench, officer: Visitor
) -> None:
    bench.hear(resources.DonationReceived("d1", "food_drive", date(2025, 6, 1)))
    freeze(officer)

    bench.hear(consulted(1, "p1", date(2025, 5, 1), route="agency"))
    bench.hear(resources.DonationReceived("d1", "food_drive", date(2025, 6, 1), voided=True))
    bench.hear(intake.PersonsMerged("m1", "p1", "p2", "c1", "c3"))

    page = officer.get(f"{PATH}/versions/1").text
    for word in ("直された", "取り消された", "同じ方と分かった"):
        assert word in page
    rows = re.findall(r'scope="row">相談（実人数）</th>.*?</tr>', page, re.S)
    assert "<strong>1</strong>" in rows[0]


def test_a_gathering_counted_again_is_a_correction_only_where_it_changed(
    bench: Workbench, officer: Visitor
) -> None:
    def count(*present: tuple[str, int]) -> None:
        participants = tuple(resources.ParticipantCount(kind, number) for kind, number in present)
        day = date(2025, 6, 1)
        bench.hear(resources.GatheringCounted("g1", "gathering", day, participants))

    count(("resident", 5), ("company", 2))
    freeze(officer)
    count(("resident", 5), ("company", 2))
    assert "変わっていません" in officer.get(f"{PATH}/versions/1").text

    count(("resident", 6))

    page = officer.get(f"{PATH}/versions/1").text
    assert page.count('<th scope="row">集まりの参加者') == 2
    assert "直された" in page
    assert "取り消された" in page
    assert "遅れて届いた" not in page


def test_how_something_stands_now_is_no_correction(bench: Workbench, officer: Visitor) -> None:
    bench.hear(cases.ConsentRecorded("k1", "p1", "given", date(2025, 4, 20)))
    freeze(officer)

    bench.hear(cases.ConsentRecorded("k1", "p1", "withdrawn", date(2025, 5, 20)))

    assert "変わっていません" in officer.get(f"{PATH}/versions/1").text


def test_every_kind_of_fact_and_mark_has_its_word() -> None:
    words = sentences("kasane_portal", "ja")

    assert [one for one in FactKind if f"fact_kind.{one}" not in words] == []
    assert [one for one in MarkKind if f"mark_kind.{one}" not in words] == []
    assert [one for one in MeasureKind if f"measure_kind.{one}" not in words] == []
    assert [one for one in MeasureKind if f"counting.kind.{one}" not in words] == []


def test_participation_counts_persons_and_partners_in_each_year(bench: Workbench) -> None:
    for step, (status, on) in enumerate(
        [("matched", date(2025, 5, 1)), ("placed", date(2025, 9, 1)), ("ended", date(2026, 9, 1))]
    ):
        moved = resources.ParticipationMoved("pa1", "k1", "p1", status, on, "農家", f"h{step // 2}")
        bench.hear(moved)
    officer = bench.visit_as(bench.staff("coordinator"))

    def said(code: str, period: str) -> str:
        page = officer.get(f"/figures/{code}?period={period}").text
        return re.findall(r'p-figure-large"><strong>([^<]+)<', page)[0]

    assert said("national_participants", "2025") == "1"
    assert said("national_participants", "2026/11") == "1"
    assert said("national_participation_partners", "2025") == "1"


def test_a_consent_is_counted_on_its_own_day(bench: Workbench) -> None:
    bench.hear(cases.ConsentRecorded("k1", "p1", "given", date(2025, 4, 20)))

    with bench.reading() as connection:
        fact = tables.measured_fact
        day = connection.execute(select(fact.c.day).where(fact.c.kind == "consent")).scalar_one()
    assert day == date(2025, 4, 20)


def test_places_of_gatherings_count_once_by_their_name(bench: Workbench, officer: Visitor) -> None:
    for number, place in enumerate(("公民館", " 公民館", "図書館", "")):
        bench.hear(
            resources.GatheringCounted(f"g{number}", "gathering", date(2025, 6, 1), place=place)
        )

    assert "<strong>2</strong>" in officer.get("/figures/national_places?period=2025").text


def test_the_workbook_has_numbers_as_numbers_and_words_as_words(officer: Visitor) -> None:
    answer = officer.get(f"{PATH}/report.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    (contacts,) = (one for one in rows if one[1:3] == ("相談（延べ）", "令和7年度"))
    assert contacts[3] == 4
    assert "一回ごとに1件と数えます" in contacts[6]
    (before,) = (one for one in rows if one[1:3] == ("相談（延べ）", "令和5年度"))
    assert before[3] == "—"


def test_a_file_in_cp932_is_written_or_says_what_it_cannot_write(
    bench: Workbench, officer: Visitor
) -> None:
    written = officer.get(f"{PATH}/report.csv?encoding=cp932")
    assert written.data.decode("cp932").startswith("表,項目,期間")
    form = {"metric": "population", "period": "2025", "typed": "1", "reason": ""}
    officer.post("/figures/stated", {"submission": new_id(), **form})
    frame = {
        "submission": new_id(),
        "action-action_id": "",
        "action-title": "x",
        "action-plan": "y",
    }
    assert officer.post("/evaluation/actions?year=2025", frame).status_code == 303

    table = tables.report_version
    freeze(officer)
    with bench.unit(bench.staff("coordinator")) as unit:
        kept = unit.connection.execute(select(table)).one()._mapping
        odd = {**kept["content"]}
        odd["tables"][0]["label"] = "𠮷田の表"
        unit.connection.execute(delete(table))
        unit.connection.execute(insert(table).values(**{**kept, "content": odd}))
        unit.connection.commit()

    refused = officer.get(f"{PATH}/versions/1/report.csv?encoding=cp932")
    assert refused.status_code == 422
    assert "𠮷（U+20BB7）" in refused.text
    assert "ファイルは作っていません" in refused.text
    assert "―" in written.data.decode("cp932")
    assert "𠮷田の表" in officer.get(f"{PATH}/versions/1/report.csv").text


@pytest.mark.parametrize(
    "path", ["report.exe", "report.csv?encoding=utf-7", "versions/9/report.pdf"]
)
def test_a_file_that_is_none_is_not_found(officer: Visitor, path: str) -> None:
    assert officer.get(f"{PATH}/{path}").status_code == 404


def test_the_paper_for_the_committee_is_a_pdf_with_its_version(officer: Visitor) -> None:
    freeze(officer)

    answer = officer.get(f"{PATH}/versions/1/report.pdf")

    assert answer.data.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_threshold_claims_no_number_in_a_chart_or_a_file(
    bench: Workbench, officer: Visitor
) -> None:
    for number, year in enumerate((2024, 2025)):
        for more in range(40):
            place = 100 * (number + 1) + more
            bench.hear(consulted(place, f"q{place}", date(year, 5, 2), route="agency"))

    page = officer.get(PATH).text

    assert "9割以上" in page
    assert "棒の図。関係機関からの相談の割合" not in page
    lines = list(csv.reader(io.StringIO(officer.get(f"{PATH}/report.csv").text)))
    claims = [one[3] for one in lines if one[1] == "関係機関からの相談の割合"]
    assert claims == ["—", "9割以上", "9割以上"]


def test_charts_have_every_number_beside_the_bar_and_in_words(
    bench: Workbench, officer: Visitor
) -> None:
    bench.hear(consulted(9, "p9", date(2024, 5, 1)))

    page = officer.get(PATH).text

    (spoken,) = re.findall(r'aria-label="棒の図。相談（延べ）：([^"]+)"', page)
    assert spoken == "令和5年度 —・令和6年度 1件・令和7年度 4件"
    assert page.count('role="img"') == page.count("<figcaption>") > 0


@pytest.mark.parametrize("plugin", ["eniwa", "ikoma", "kasugai", "senboku", "yonago"])
def test_every_town_has_its_report_with_every_rule_in_words(
    make_workbench: BenchMaker, plugin: str
) -> None:
    bench = make_workbench("portal", {"292095": (plugin,)})
    officer = bench.visit_as(bench.staff("coordinator"))

    answer = officer.get(PATH)

    assert answer.status_code == 200
    assert "は数えられません" not in answer.text
    if plugin == "kasugai":
        assert "ネットワークが「フードドライブ・ネットワーク」" in answer.text
        assert "活動が「食事の提供（こども食堂・地域食堂）」" in answer.text
