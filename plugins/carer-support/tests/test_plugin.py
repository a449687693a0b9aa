"""Checks what the programme answers for 恵庭市, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_carer_support.plugin import Plugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import Phase, PhaseAnswer

DEFAULTS: Mapping[str, Any] = {
    name: spec.default for name, spec in Plugin.metadata.settings.items()
}
ENIWA = {
    **DEFAULTS,
    "label": "ケアラー支援条例・ケアラー支援推進計画",
    "words": "令和6年4月に制定・策定",
    "started": {"carer_support": date(2024, 4, 1)},
}


def test_the_plugin_conforms() -> None:
    assert check_plugin("carer-support") == []


@pytest.mark.parametrize(
    ("on", "phase"), [(date(2024, 3, 31), Phase.PLANNED), (date(2024, 4, 1), Phase.ACTIVE)]
)
def test_it_runs_from_the_day_of_the_ordinance(on: date, phase: Phase) -> None:
    plugin = Plugin(ENIWA)

    answer = PhaseAnswer(
        phase, "ケアラー支援条例・ケアラー支援推進計画：令和6年4月に制定・策定", "000:L50"
    )

    assert plugin.phase("carer_support", on) == answer
    assert [(one.feature, one.state) for one in plugin.plan_items(on)] == [
        ("carer_support", answer)
    ]
    assert plugin.phase("survey", on) is None


def test_without_a_first_day_it_is_planned_and_says_so() -> None:
    answer = Plugin(DEFAULTS).phase("carer_support", date(2030, 1, 1))

    assert answer == PhaseAnswer(
        Phase.PLANNED, "ケアラー支援：始まった日は町の設定にありません", "000:L50"
    )


def test_a_day_for_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="知らない項目「survey」"):
        Plugin({**DEFAULTS, "started": {"survey": date(2026, 4, 1)}})
