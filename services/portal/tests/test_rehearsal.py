"""A set of plugins is tried on the town's last year before anybody enables it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kasane_contracts import cases, intake, resources
from kasane_kit import clock
from kasane_kit.testing.workbench import Visitor, Workbench

BenchMaker = Callable[..., Workbench]


def consulted(number: int, level: str, on: date | None = None) -> intake.ConsultationReceived:
    return intake.ConsultationReceived(
        f"c{number}",
        f"2026-00{number}",
        "window",
        "tax_window",
        on or clock.today(),
        ("income",),
        escalation_level=level,
    )


@pytest.fixture
def ikoma(make_workbench: BenchMaker) -> Workbench:
    bench = make_workbench("portal", {"292095": ("ikoma",)})
    bench.hear(consulted(1, "single_agency"))
    bench.hear(consulted(2, "multi_agency"))
    bench.hear(consulted(3, "multi_agency", clock.today() - timedelta(days=400)))
    bench.hear(cases.CaseOpened("k1", "R8-1", "c2", "h1", clock.today(), 2, "assessment"))
    bench.hear(cases.ConsentRecorded("k1", "p1", "given"))
    bench.hear(cases.ConsentRecorded("k1", "p2", "given"))
    bench.hear(cases.ConsentRecorded("k1", "p2", "refused"))
    bench.hear(resources.ParticipationMoved("a1", "k1", "p1", "planned", clock.today()))
    return bench


@pytest.fixture
def administrator(ikoma: Workbench) -> Visitor:
    return ikoma.visit_as(ikoma.staff("town_administrator"))


def differences(page: str) -> list[list[str]]:
    (section,) = re.findall(
        r'<section class="k-card" id="differences">(.*?)</section>', page, re.DOTALL
    )
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', section, re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<(?:th|td)\b[^>]*>(.*?)</(?:th|td)>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_the_same_set_differs_in_nothing(administrator: Visitor) -> None:
    page = administrator.post("/plugins/rehearsal", {"plugins": "ikoma", "settings": ""}).text

    assert differences(page) == []
    assert "0件が違いました" in page
    assert "町の数の名前は変わりません" in page


def test_a_setting_of_the_town_moves_only_the_person_who_refused(administrator: Visitor) -> None:
    page = administrator.post(
        "/plugins/rehearsal",
        {"plugins": "ikoma", "settings": "[ikoma]\nsupport_conference = true"},
    ).text

    (only,) = [row for row in differences(page) if row[0].startswith("話し合う会議")]
    assert only[0] == "話し合う会議 R8-1 同意しない"
    assert only[2] == "町の資料では決まっていません。開く会議は人が選びます"
    assert only[3] == "支援会議"
    assert "support_conference = true" in page


def test_another_town_s_set_differs_in_escalation_and_gate_and_old_years_are_not_asked(
    administrator: Visitor,
) -> None:
    page = administrator.post("/plugins/rehearsal", {"plugins": "kasugai", "settings": ""}).text

    found = differences(page)
    assert [row[0] for row in found if row[0].startswith("つなぎ先")] == ["つなぎ先 2026-002"]
    (gate,) = [row for row in found if row[0].startswith("参加支援の判断")]
    assert gate[2:] == ["会議の判断は求めません", "重層的支援会議の判断が要ります"]
    assert [row for row in found if row[0].startswith("町の数")] != []
    assert "2026-003" not in page


def test_screening_and_the_answers_to_a_plugin_s_field_are_asked_again(
    ikoma: Workbench, administrator: Visitor
) -> None:
    commissioner = intake.TownAnswer("kasugai", "route", '"welfare_commissioner"')
    unasked = {"single_agency_enough": "not_asked", "ordinary_cooperation_enough": "not_asked"}
    ikoma.hear(replace(consulted(6, "single_agency"), town_answers=(commissioner,)))
    ikoma.hear(replace(consulted(7, "single_agency"), town_answers=(commissioner,), **unasked))
    ikoma.hear(replace(consulted(8, "single_agency"), single_agency_enough="yes"))
    ikoma.hear(replace(consulted(9, "single_agency"), single_agency_enough="yes"))
    ikoma.hear(intake.ConsultationScreened("c9", "no", "no"))

    page = administrator.post("/plugins/rehearsal", {"plugins": "kasugai", "settings": ""}).text

    moved = [row[0] for row in differences(page) if row[0].startswith("つなぎ先")]
    assert moved == ["つなぎ先 2026-002", "つなぎ先 2026-007", "つなぎ先 2026-009"]


def test_trying_changes_nothing_and_leaves_a_trace(
    ikoma: Workbench, administrator: Visitor
) -> None:
    before = administrator.get("/town").text

    administrator.post("/plugins/rehearsal", {"plugins": "kasugai", "settings": ""})

    assert ikoma.house.plugins.hooks_for("292095").town.plugins == ("ikoma",)
    assert before.count("いこまる主任推進員") == administrator.get("/town").text.count(
        "いこまる主任推進員"
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"plugins": "unknown", "settings": ""}, "プラグイン「unknown」は入っていません"),
        ({"plugins": ["ikoma", "eniwa"], "settings": ""}, "自治体プラグインは1つまで"),
        ({"plugins": "tottori", "settings": ""}, "都道府県のもので、市町村では使えません"),
        ({"plugins": "ikoma", "settings": "support_conference = "}, "設定を読み取れません"),
        ({"plugins": "ikoma", "settings": "[ikoma]\nx = 1"}, "知らない設定「x」"),
    ],
)
def test_a_set_that_cannot_be_is_refused_in_a_sentence(
    administrator: Visitor, form: dict[str, Any], said: str
) -> None:
    answer = administrator.post("/plugins/rehearsal", form)

    assert answer.status_code == 422
    assert said in answer.text


def test_only_the_administrator_tries_a_set(ikoma: Workbench) -> None:
    coordinator = ikoma.visit_as(ikoma.staff("coordinator"))

    assert coordinator.get("/plugins").status_code == 403
    assert coordinator.post("/plugins/rehearsal", {"plugins": "ikoma"}).status_code == 403
