"""Checks the steps of the questionnaire as 生駒市's document has them, and that the plugin conforms."""

from collections.abc import Mapping
from typing import Any

import pytest

from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import Campaign
from kasane_postal_survey.plugin import Plugin

DEFAULTS: Mapping[str, Any] = {
    name: spec.default for name, spec in Plugin.metadata.settings.items()
}


def test_the_plugin_conforms() -> None:
    assert check_plugin("postal-survey") == []


def test_the_questionnaire_waits_for_receivers_and_visits_those_who_do_not_reply() -> None:
    (survey,) = Plugin({**DEFAULTS, "target": "40、50代"}).campaigns(2026)

    assert survey == Campaign(
        code="survey",
        label="アンケート調査",
        steps=(
            "アンケートの案内を郵送し、仮想空間の案内を同封する",
            "回答を依頼し、受け付ける",
            "回答者のなかで必要性の高い方を訪問する",
            "未回答の方を訪問する",
        ),
        preconditions=(
            "就労支援の受け皿が用意されている",
            "訪問相談の受け皿が用意されている",
        ),
        feature="survey",
        source="004:L201-204; 004:L208; 004:L211",
        target="40、50代",
        kind="postal_survey",
    )


@pytest.mark.parametrize(("year", "number"), [(2023, 0), (2024, 1), (2030, 1)])
def test_it_is_listed_from_the_year_that_the_town_s_plan_has(year: int, number: int) -> None:
    assert len(Plugin({**DEFAULTS, "from_year": 2024}).campaigns(year)) == number
