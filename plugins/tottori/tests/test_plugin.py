"""Checks what the prefecture's plugin says against its slides, and that the plugin conforms."""

from datetime import date

import pytest

from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import Phase, PrefectureView
from kasane_tottori.plugin import Plugin

TODAY = date(2026, 11, 2)


def _view(**started: date) -> PrefectureView:
    return Plugin(
        {"started": {code.strip("_"): day for code, day in started.items()}}
    ).prefecture_view(on=TODAY)


def test_the_plugin_conforms() -> None:
    assert check_plugin("tottori") == []


def test_the_prefecture_has_nineteen_municipalities_of_which_nine_have_a_year() -> None:
    view = _view()
    by_year: dict[int | None, list[str]] = {}
    for one in view.municipalities:
        by_year.setdefault(one.year, []).append(one.name)

    assert len(view.municipalities) == 19
    assert by_year[2021] == ["北栄町"]
    assert by_year[2022] == ["鳥取市", "米子市", "智頭町"]
    assert by_year[2023] == ["倉吉市"]
    assert by_year[2024] == ["八頭町", "湯梨浜町", "琴浦町", "江府町"]
    assert len(by_year[None]) == 10


def test_what_the_slides_only_plan_stays_planned_until_the_prefecture_says_so() -> None:
    def yazu(view: PrefectureView) -> tuple[int | None, Phase]:
        (one,) = (one for one in view.municipalities if one.code == "313297")
        return one.year, one.phase

    assert yazu(_view()) == (2024, Phase.PLANNED)
    assert yazu(_view(_313297=date(2025, 4, 1))) == (2025, Phase.ACTIVE)
    assert yazu(_view(_313297=date(2027, 4, 1))) == (2027, Phase.PLANNED)


def test_the_team_has_three_duties_with_their_lines() -> None:
    assert [(duty.code, duty.source) for duty in _view().duties] == [
        ("structure", "002:L197-199"),
        ("community", "002:L201-203"),
        ("individual_visit", "002:L205-207"),
    ]


def test_a_start_of_an_unknown_municipality_is_refused() -> None:
    with pytest.raises(ValueError, match="知らない市町村コード「999999」"):
        _view(_999999=TODAY)
