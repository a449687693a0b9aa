"""A town's set of plugins is chosen by its administrator after a trial, takes effect at once and can be taken back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.portal import MunicipalityConfigured
from kasane_kit import clock
from kasane_kit.db import choices_in
from kasane_kit.plugins import PluginHouse
from kasane_kit.tenancy import HOST, ProjectedTownDirectory
from kasane_kit.testing.workbench import Visitor, Workbench

TOWN = "292095"
WITH_CONFERENCE = "[ikoma]\nsupport_conference = true"


@pytest.fixture
def ikoma(make_workbench: Callable[..., Workbench]) -> Workbench:
    return make_workbench("portal", {TOWN: ("ikoma",)})


@pytest.fixture
def administrator(ikoma: Workbench) -> Visitor:
    return ikoma.visit_as(ikoma.staff("town_administrator", name="管理 花子"))


def tried(visitor: Visitor, settings: str = "", *plugins: str, **places: str) -> str:
    """Tries a set and returns the name of the trial."""
    form: dict[str, Any] = {"plugins": list(plugins) or ["ikoma"], "settings": settings}
    page = visitor.post("/plugins/rehearsal", {**form, **places}).text
    return re.findall(r'name="trial" value="([^"]+)"', page)[0]


def enabled(bench: Workbench) -> tuple[Any, ...]:
    town = bench.house.plugins.hooks_for(TOWN).town
    return town.plugins, {name: dict(values) for name, values in town.settings.items()}


def test_a_tried_set_takes_effect_at_once_is_told_to_everybody_and_stands_in_the_trail(
    ikoma: Workbench, administrator: Visitor
) -> None:
    trial = tried(administrator, WITH_CONFERENCE)

    answer = administrator.post("/plugins", {"trial": trial, "reason": "支援会議を設けたため"})
    page = administrator.get("/plugins").text

    assert answer.status_code == 303
    assert enabled(ikoma) == (("ikoma",), {"ikoma": {"support_conference": True}})
    assert ikoma.said(MunicipalityConfigured) == [
        MunicipalityConfigured(TOWN, 1, ("ikoma",), WITH_CONFERENCE, clock.today())
    ]
    chosen = [
        (one.object_id, one.basis)
        for one in ikoma.said(AuditEntryRecorded)
        if one.action == "portal.plugin_set.chosen"
    ]
    assert chosen == [("1", "支援会議を設けたため")]
    assert "第1版。管理 花子さんが選びました。" in page
    assert "支援会議を設けたため" in page
    assert "0件のうち0件が違う" not in page
    assert "件が違う" in page


def test_it_stands_after_a_restart_and_for_what_is_heard_elsewhere(
    ikoma: Workbench, administrator: Visitor, make_workbench: Callable[..., Workbench]
) -> None:
    trial = tried(administrator, WITH_CONFERENCE)
    administrator.post("/plugins", {"trial": trial, "reason": "決めた"})
    (said,) = ikoma.said(MunicipalityConfigured)
    cases = make_workbench("cases", {TOWN: ("ikoma",)})
    before = cases.house.plugins.hooks_for(TOWN)

    cases.hear(said)
    after_hearing = enabled(cases)
    cases.hear(replace(said, revision=2, settings="", plugins=()))
    cases.hear(said)  # an old one that comes late

    assert before.town.settings == {}
    assert after_hearing == (("ikoma",), {"ikoma": {"support_conference": True}})
    assert enabled(cases) == ((), {})


def test_a_process_that_starts_later_has_the_choice(
    ikoma: Workbench, administrator: Visitor
) -> None:
    trial = tried(administrator, WITH_CONFERENCE, "postal-survey", "ikoma", **{"place-ikoma": "1"})
    administrator.post("/plugins", {"trial": trial, "reason": "決めた"})

    house = ikoma.house
    started = PluginHouse(
        ProjectedTownDirectory(house.directory, choices_in(house.databases, "portal"))
    )

    assert started.town(TOWN).plugins == ("postal-survey", "ikoma")
    assert [one.code for one in started.hooks_for(TOWN).campaigns(year=2026)] == [
        "survey",
        "event_booths",
    ]


def test_the_prefecture_sees_the_set_that_a_town_chose(
    ikoma: Workbench, administrator: Visitor
) -> None:
    trial = tried(administrator, "", "postal-survey", "ikoma")
    administrator.post("/plugins", {"trial": trial, "reason": "決めた"})
    ikoma.municipality = HOST

    operator = ikoma.visit_as(ikoma.staff("prefecture_operator"))

    assert "郵送アンケート" in operator.get("/overview").text
    towns = operator.get("/api/v1/overview?year=2026").json["towns"]
    assert {one["code"]: one["plugins"] for one in towns}[TOWN] == ["postal-survey", "ikoma"]


def test_going_back_to_the_file_or_to_a_revision_is_a_button(
    ikoma: Workbench, administrator: Visitor
) -> None:
    administrator.post(
        "/plugins", {"trial": tried(administrator, WITH_CONFERENCE), "reason": "決めた"}
    )

    administrator.post("/plugins/revisions/0", {"seen": "1"})
    at_file = enabled(ikoma)
    administrator.post("/plugins/revisions/1", {"seen": "2"})
    page = administrator.get("/plugins").text

    assert at_file == (("ikoma",), {})
    assert enabled(ikoma) == (("ikoma",), {"ikoma": {"support_conference": True}})
    assert [one.revision for one in ikoma.said(MunicipalityConfigured)] == [1, 2, 3]
    assert "町のファイルの組み合わせに戻した" in page
    assert "第1版に戻した" in page
    assert 'action="/292095/plugins/revisions/3"' not in page


def test_the_second_of_two_administrators_is_told_and_changes_nothing(
    ikoma: Workbench, administrator: Visitor
) -> None:
    other = ikoma.visit_as(ikoma.staff("town_administrator", account_id="a2", name="別の 管理者"))
    mine, theirs = (
        tried(administrator, WITH_CONFERENCE),
        tried(other, "[ikoma]\nask_entries_after_days = 90"),
    )
    other.post("/plugins", {"trial": theirs, "reason": "先に"})

    answer = administrator.post("/plugins", {"trial": mine, "reason": "あとから"})
    back = administrator.post("/plugins/revisions/0", {"seen": "0"})

    assert (answer.status_code, back.status_code) == (409, 409)
    assert "ほかの管理者が第1版を選びました" in answer.text
    assert enabled(ikoma)[1] == {"ikoma": {"ask_entries_after_days": 90}}
    assert len(ikoma.said(MunicipalityConfigured)) == 1


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"trial": "nobody", "reason": "x"}, 404, "7日以内に試した組み合わせだけ"),
        ({"reason": "  "}, 422, "理由が書かれていません"),
    ],
)
def test_what_was_not_tried_or_has_no_reason_is_refused(
    ikoma: Workbench, administrator: Visitor, form: dict[str, str], status: int, said: str
) -> None:
    trial = tried(administrator, WITH_CONFERENCE)

    answer = administrator.post("/plugins", {"trial": trial, **form})

    assert (answer.status_code, said in answer.text) == (status, True)
    assert enabled(ikoma) == (("ikoma",), {})
    assert ikoma.said(MunicipalityConfigured) == []


def test_another_town_s_plugin_can_be_tried_and_not_enabled(
    ikoma: Workbench, administrator: Visitor
) -> None:
    page = administrator.post("/plugins/rehearsal", {"plugins": "kasugai", "settings": ""}).text

    assert "この町のものではありません" in page
    assert 'name="trial"' not in page


@pytest.mark.parametrize(
    ("path", "form", "status", "said"),
    [
        (
            "/plugins/rehearsal",
            {"plugins": "ikoma", "place-ikoma": "一"},
            422,
            "順「一」を読み取れません",
        ),
        (
            "/plugins/rehearsal",
            {"plugins": "ikoma", "settings": "x = 1"},
            422,
            "どの拡張機能のものか",
        ),
        ("/plugins/revisions/7", {"seen": "0"}, 404, "第7版の組み合わせはありません"),
        ("/plugins/revisions/0", {"seen": "x"}, 409, "もう一度試して"),
        ("/plugins/revisions/0", {"seen": "0"}, 422, "いまの組み合わせと同じです"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    administrator: Visitor, path: str, form: dict[str, str], status: int, said: str
) -> None:
    answer = administrator.post(path, form)

    assert (answer.status_code, said in answer.text) == (status, True)


def test_only_the_administrator_chooses(ikoma: Workbench, administrator: Visitor) -> None:
    trial = tried(administrator, WITH_CONFERENCE)
    coordinator = ikoma.visit_as(ikoma.staff("coordinator"))

    answers = [
        coordinator.post("/plugins", {"trial": trial, "reason": "x"}),
        coordinator.post("/plugins/revisions/0", {"seen": "0"}),
    ]

    assert [one.status_code for one in answers] == [403, 403]
    assert ikoma.said(MunicipalityConfigured) == []


def test_a_chosen_set_that_can_no_longer_be_built_is_told_and_can_be_taken_back(
    ikoma: Workbench, administrator: Visitor
) -> None:
    ikoma.hear(MunicipalityConfigured(TOWN, 1, ("gone",), "", date(2026, 11, 1)))

    page = administrator.get("/plugins")
    town = administrator.get("/town")
    ikoma.hear(MunicipalityConfigured(TOWN, 2, ("ikoma",), "", date(2026, 11, 1)))

    assert (page.status_code, town.status_code) == (200, 200)
    assert "「gone」は入っていません" in town.text
    assert enabled(ikoma)[0] == ("ikoma",)
