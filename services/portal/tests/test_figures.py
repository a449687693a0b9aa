"""The town's figures: what is counted, what is stated, and what is never mixed."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kasane_contracts import cases, intake, outreach, resources
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_plugin_api import MeasureKind, Metric
from kasane_portal.domain.errors import FigureUnfit, MeasureWrong, PeriodUnreadable
from kasane_portal.domain.figure import Figure, one_each, read_number
from kasane_portal.domain.period import Period, PeriodKind
from kasane_portal.queries.figures import Figures

BenchMaker = Callable[..., Workbench]
TODAY = date(2026, 11, 21)
CONSULTED = Metric("p", "実人数", MeasureKind.DISTINCT_PERSON, "人", ("consultation",))
CONTACTS = Metric(
    "c", "延べ", MeasureKind.EVENT, "件", ("consultation", "visit", "contact_attempt")
)


def consulted(number: int, person: str, on: date, **more: Any) -> intake.ConsultationReceived:
    return intake.ConsultationReceived(
        f"c{number}",
        f"{number}",
        "window",
        more.pop("desk", "tax"),
        on,
        ("income",),
        persons=(intake.PersonConcerned(person), intake.PersonConcerned(f"child-of-{person}")),
        **more,
    )


def held(number: int, on: date, *case_ids: str, body: str = "panel") -> cases.ConferenceHeld:
    return cases.ConferenceHeld(f"m{number}", body, "staff", on, len(case_ids), case_ids)


def figure(bench: Workbench, metric: Metric, period: str, *others: Metric) -> Figure:
    with bench.reading() as connection:
        return Figures(connection, (metric, *others), TODAY).of(metric, Period.parse(period))


def value(bench: Workbench, metric: Metric, period: str) -> int | None:
    found = figure(bench, metric, period).value
    return None if found is None else int(found)


def test_a_case_that_ends_a_second_time_leaves_the_first_end_in_its_year(
    workbench: Workbench,
) -> None:
    ended = Metric("e", "終結", MeasureKind.EVENT, "件", ("case_closed",))
    workbench.hear(cases.CaseClosed("k1", "c1", "stable", date(2025, 6, 1)))
    workbench.hear(cases.CaseStatusChanged("k1", "reopened"))
    workbench.hear(cases.CaseClosed("k1", "c1", "stable", date(2026, 6, 1)))

    assert [value(workbench, ended, one) for one in ("2025", "2026/11", "..2025")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("code", "kind", "first", "last"),
    [
        ("2021", PeriodKind.FISCAL_YEAR, date(2021, 4, 1), date(2022, 3, 31)),
        ("2023/09", PeriodKind.UP_TO_MONTH, date(2023, 4, 1), date(2023, 9, 30)),
        ("2025/01", PeriodKind.UP_TO_MONTH, date(2025, 4, 1), date(2026, 1, 31)),
        ("2024+2025", PeriodKind.YEARS_TOGETHER, date(2024, 4, 1), date(2026, 3, 31)),
        ("2024-01-16", PeriodKind.ON_DAY, date(2024, 1, 16), date(2024, 1, 16)),
        ("2026-03", PeriodKind.IN_MONTH, date(2026, 3, 1), date(2026, 3, 31)),
        ("..2025", PeriodKind.CUMULATIVE, None, date(2026, 3, 31)),
    ],
)
def test_a_time_is_read_with_its_first_and_last_day(
    code: str, kind: PeriodKind, first: date | None, last: date
) -> None:
    found = Period.parse(code)

    assert (found.kind, found.first, found.last) == (kind, first, last)


@pytest.mark.parametrize(
    "code", ["", "R5", "2023/13", "2023-02-30", "2025+2024", "20 23", "2023/9", "令和5年度"]
)
def test_what_is_no_time_is_refused(code: str) -> None:
    with pytest.raises(PeriodUnreadable):
        Period.parse(code)


def test_a_year_that_is_not_over_goes_up_to_the_month_of_today() -> None:
    assert Period.of_year(2026, TODAY).code == "2026/11"
    assert Period.of_year(2025, TODAY).code == "2025"
    assert Period.of_year(2025, date(2026, 3, 31)).code == "2025/03"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3.5", Decimal("3.5")),
        ("14,451", Decimal(14451)),
        (" 0 ", Decimal(0)),
        ("—", None),
        ("", None),
    ],
)
def test_a_typed_number_keeps_its_decimals_and_a_dash_is_not_zero(
    typed: str, number: Decimal | None
) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["約20", "NaN", "Infinity", "1e", "三"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(FigureUnfit):
        read_number(typed)


def test_nothing_collected_prints_a_dash_and_zero_prints_zero() -> None:
    assert Figure(None).printed == "—"
    assert Figure(Decimal(0)).printed == "0"
    assert Figure(Decimal("36.0")).printed == "36.0"
    assert Figure(Decimal(14451)).printed == "14,451"
    assert Figure(Decimal(91), "9割以上").printed == "9割以上"


def test_records_joined_in_a_chain_are_one_person() -> None:
    pairs = [("b", "c"), ("a", "b"), ("x", "y")]

    assert len(set(one_each("abcxyz", pairs).values())) == 3


def test_persons_and_contacts_are_two_figures(workbench: Workbench) -> None:
    day = date(2026, 5, 1)
    workbench.hear(consulted(1, "p1", day))
    workbench.hear(consulted(2, "p1", day))
    workbench.hear(consulted(3, "p2", day))
    workbench.hear(outreach.VisitCompleted("v1", "r", "k", "p1", day, "met"))
    workbench.hear(outreach.ContactNotMade("v2", "r", "k", "p2", day, "absent", 1))

    assert value(workbench, CONSULTED, "2026") == 2
    assert value(workbench, CONTACTS, "2026") == 5


def test_merged_records_count_once_and_apart_again_when_the_merge_is_undone(
    workbench: Workbench,
) -> None:
    day = date(2026, 5, 1)
    workbench.hear(consulted(1, "p1", day))
    workbench.hear(consulted(2, "p2", day))
    workbench.hear(intake.PersonsMerged("g1", "p1", "p2", "c1", "c2"))
    assert value(workbench, CONSULTED, "2026") == 1

    workbench.hear(intake.PersonsMergeUndone("g1", "p1", "p2", "c1", "c2"))

    assert value(workbench, CONSULTED, "2026") == 2


def test_an_undone_merge_heard_before_the_merge_itself_stays_undone(workbench: Workbench) -> None:
    workbench.hear(consulted(1, "p1", TODAY))
    workbench.hear(consulted(2, "p2", TODAY))
    workbench.hear(intake.PersonsMergeUndone("g1", "p1", "p2", "c1", "c2"))
    workbench.hear(intake.PersonsMerged("g1", "p1", "p2", "c1", "c2"))

    assert value(workbench, CONSULTED, "2026") == 2


def test_a_person_of_two_years_counts_once_in_each(workbench: Workbench) -> None:
    workbench.hear(consulted(1, "p1", date(2025, 4, 1)))
    workbench.hear(consulted(2, "p1", date(2026, 3, 31)))
    workbench.hear(consulted(3, "p1", date(2026, 4, 1)))

    assert value(workbench, CONSULTED, "2025") == 1
    assert value(workbench, CONSULTED, "2026") == 1
    assert value(workbench, CONSULTED, "2025+2026") == 1


def test_sessions_cases_and_households_are_three_figures(workbench: Workbench) -> None:
    day = date(2026, 5, 1)
    for number, household in ((1, "h1"), (2, "h1"), (3, "h2")):
        workbench.hear(cases.CaseOpened(f"k{number}", "", "", household, day, 2, "assessment"))
    workbench.hear(held(1, day, "k1", "k2"))
    workbench.hear(held(2, day, "k1", "k3"))
    workbench.hear(held(3, day))
    workbench.hear(held(4, day, "k1", body="another"))
    of_panel = {"counts": ("session",), "where": ("body=panel",)}

    assert value(workbench, Metric("s", "", MeasureKind.SESSION, "", **of_panel), "2026") == 3
    assert value(workbench, Metric("k", "", MeasureKind.CASE, "", **of_panel), "2026") == 3
    household = Metric("h", "", MeasureKind.DISTINCT_HOUSEHOLD, "", **of_panel)
    assert value(workbench, household, "2026") == 2


def test_attendance_follows_the_last_count_and_a_gathering_called_off_is_gone(
    workbench: Workbench,
) -> None:
    metric = Metric(
        "a", "", MeasureKind.ATTENDANCE, "名", ("attendance",), ("participant=resident",)
    )
    gatherings = Metric("g", "", MeasureKind.EVENT, "回", ("gathering",))

    def counted(residents: int, **more: Any) -> resources.GatheringCounted:
        came = (
            resources.ParticipantCount("resident", residents),
            resources.ParticipantCount("company", 4),
        )
        return resources.GatheringCounted("g1", "training", date(2026, 5, 1), came, **more)

    workbench.hear(resources.GatheringCounted("g0", "training", date(2025, 5, 1)))
    workbench.hear(counted(9))
    workbench.hear(counted(7))
    assert value(workbench, metric, "2026") == 7
    assert value(workbench, gatherings, "2026") == 1

    cancelled = resources.GatheringCounted("g1", "training", date(2026, 5, 1), cancelled=True)
    workbench.hear(cancelled)

    assert value(workbench, gatherings, "2026") == 0


def test_a_group_that_left_and_came_back_is_one_group(workbench: Workbench) -> None:
    metric = Metric("g", "", MeasureKind.DISTINCT_GROUP, "団体", ("network_member",))
    left = resources.NetworkMemberChanged(
        "n1", "food", ("meals",), date(2025, 4, 1), date(2026, 5, 1), "n1"
    )
    back = resources.NetworkMemberChanged("n2", "food", ("meals",), date(2026, 9, 1), None, "n1")
    workbench.hear(left)
    workbench.hear(back)

    assert value(workbench, metric, "2026") == 1
    assert value(workbench, metric, "2026-07") == 0
    assert value(workbench, metric, "2026-10") == 1


def test_a_group_taken_back_never_took_part(workbench: Workbench) -> None:
    metric = Metric("g", "", MeasureKind.DISTINCT_GROUP, "団体", ("network_member",))
    joined = resources.NetworkMemberChanged("n1", "food", ("meals",), date(2026, 5, 1), None, "n1")
    workbench.hear(joined)
    workbench.hear(replace(joined, member_id="n2", group_id="n2"))
    assert value(workbench, metric, "2026") == 2

    workbench.hear(replace(joined, voided=True))

    assert value(workbench, metric, "2026") == 1


def test_a_donation_taken_back_does_not_count(workbench: Workbench) -> None:
    metric = Metric("d", "", MeasureKind.EVENT, "件", ("donation",))
    workbench.hear(resources.DonationReceived("d1", "food", date(2026, 5, 1)))
    workbench.hear(resources.DonationReceived("d2", "food", date(2026, 5, 2)))
    workbench.hear(resources.DonationReceived("d2", "food", date(2026, 5, 2), voided=True))

    assert value(workbench, metric, "2026") == 1


def test_new_persons_are_those_never_seen_before(workbench: Workbench) -> None:
    metric = Metric("n", "", MeasureKind.EVENT, "件", ("consultation",), new_only=True)
    workbench.hear(consulted(1, "p1", date(2025, 5, 1)))
    workbench.hear(consulted(2, "p1", date(2026, 5, 1)))
    workbench.hear(consulted(3, "p2", date(2026, 5, 1)))
    workbench.hear(consulted(4, "p2", date(2026, 6, 1)))
    workbench.hear(consulted(5, "other-record-of-p1", date(2026, 6, 1)))
    workbench.hear(intake.PersonsMerged("g1", "p1", "other-record-of-p1", "c1", "c5"))

    assert value(workbench, metric, "2025") == 1
    assert value(workbench, metric, "2026") == 1


@pytest.mark.parametrize(("agencies", "printed"), [(9, "9割以上"), (8, "80.0%")])
def test_a_share_is_claimed_only_from_its_threshold(
    workbench: Workbench, agencies: int, printed: str
) -> None:
    metric = Metric(
        "s",
        "",
        MeasureKind.SHARE,
        "",
        ("consultation",),
        share_where=("route=agency",),
        claim_from=90,
        claim="9割以上",
    )
    for number in range(10):
        route = "agency" if number < agencies else "person"
        workbench.hear(consulted(number, f"p{number}", TODAY, route=route))

    assert figure(workbench, metric, "2026").printed == printed


def test_before_anybody_collected_there_is_a_dash_and_afterwards_a_zero(
    workbench: Workbench,
) -> None:
    workbench.hear(consulted(1, "p1", date(2024, 5, 1)))
    late = Metric(
        "l", "", MeasureKind.EVENT, "", ("consultation",), collected_from=date(2025, 4, 1)
    )

    assert value(workbench, CONSULTED, "2023") is None
    assert value(workbench, CONSULTED, "2024") == 1
    assert value(workbench, CONSULTED, "2025") == 0
    assert value(workbench, late, "2024") is None
    assert value(workbench, CONSULTED, "2027") is None


@pytest.mark.parametrize(
    "wrong", [{"counts": ("weather",)}, {"counts": ("visit",), "where": ("colour=red",)}]
)
def test_a_plugin_that_counts_what_nobody_says_is_told_so(
    workbench: Workbench, wrong: dict[str, Any]
) -> None:
    workbench.hear(outreach.VisitCompleted("v1", "r", "k", "p1", TODAY, "met"))

    with pytest.raises(MeasureWrong):
        figure(workbench, Metric("w", "", MeasureKind.EVENT, "", **wrong), "2026")


@pytest.fixture
def officer(make_workbench: BenchMaker) -> Visitor:
    bench = make_workbench("portal", {"292095": ("hokuei",)})
    return bench.visit_as(bench.staff("coordinator", name="調整 たけし"))


def state(visitor: Visitor, **form: str) -> Any:
    given = {"metric": "daiei_population", "period": "2023-04-01", "typed": "7264"}
    return visitor.post("/figures/stated", {"submission": new_id(), **given, **form})


def test_a_stated_figure_is_corrected_only_with_a_reason_and_the_earlier_one_stays(
    officer: Visitor,
) -> None:
    assert state(officer).status_code == 303

    refused = state(officer, typed="7,265")
    assert refused.status_code == 422
    assert state(officer, typed="7,265", reason="台帳を数え直した").status_code == 303

    page = officer.get("/figures?year=2023").text
    stated = re.search(r'id="stated">(.*?)</table>', page, re.DOTALL)
    assert stated is not None
    assert re.findall(r"<td class=\"k-cell--number\"[^>]*>([^<]+)<", stated.group(1)) == [
        "7265",
        "7264",
    ]
    assert "台帳を数え直した" in stated.group(1)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"period": "令和5年"}, "期間「令和5年」を読み取れません"),
        ({"period": "2031"}, "「2031」は、書ける数ではありません"),
        ({"typed": "たくさん"}, "「たくさん」は、書ける数ではありません"),
        ({"typed": "-1"}, "「-1」は、書ける数ではありません"),
        ({"typed": "1.234"}, "「1.234」は、書ける数ではありません"),
    ],
)
def test_a_figure_that_cannot_stand_is_refused_in_a_sentence_and_nothing_is_kept(
    officer: Visitor, form: dict[str, str], said: str
) -> None:
    answer = state(officer, **form)

    assert answer.status_code == 422
    assert said in answer.text
    assert "町が書いた数はまだありません" in answer.text


def test_a_counted_figure_cannot_be_stated(officer: Visitor) -> None:
    assert state(officer, metric="persons").status_code == 422


def test_parts_that_do_not_add_up_are_said_and_neither_is_changed(officer: Visitor) -> None:
    for metric, typed in (
        ("daiei_population", "7264"),
        ("hojo_population", "7187"),
        ("population", "14450"),
    ):
        assert state(officer, metric=metric, typed=typed).status_code == 303

    page = officer.get("/figures?year=2023").text

    assert "「人口」は14450ですが、内訳の合計は14451です" in page


def test_a_full_width_time_is_the_same_time_and_is_corrected_only_with_a_reason(
    officer: Visitor,
) -> None:
    assert state(officer, period="２０２３－０４－０１").status_code == 303
    assert "7,264" in officer.get("/figures?year=2023").text

    assert state(officer, typed="9999").status_code == 422
    assert state(officer, period="２０２３-04-01", typed="9999").status_code == 422
    assert "9,999" not in officer.get("/figures?year=2023").text


def test_a_receiver_reads_the_figures_and_states_none(make_workbench: BenchMaker) -> None:
    bench = make_workbench("portal", {"292095": ("hokuei",)})
    receiver = bench.visit_as(bench.staff("receiver", office="welfare"))

    assert receiver.get("/figures").status_code == 200
    assert "数を書く" not in receiver.get("/figures").text
    assert state(receiver).status_code == 403


def test_the_file_has_one_line_for_each_figure_and_no_formula(officer: Visitor) -> None:
    state(officer)

    answer = officer.get("/reports/2023/report.csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0] == "\ufeff表,項目,期間,数,単位,数え方,数え方の説明,注,出典"
    (population,) = (
        one for one in lines if one.startswith("町のすがた,大栄地区 人口,令和5年4月1日")
    )
    assert ",7264,人,その時点の数," in population
    assert population.endswith(",,002:L549-553")


def test_the_towns_page_shows_figures_evaluation_reports_and_rosters_with_their_source(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("portal", {"292095": ("eniwa",)})

    page = bench.visit_as(bench.staff("receiver", office="welfare")).get("/town").text

    for heading in ("取組みと時期", "公表した数", "評価", "報告の経路と名簿", "ほかのシステム"):
        assert f">{heading}</h2>" in page
    assert "12名以内、任期2年" in page
    assert "令和6年度と令和7年度の計" in page
