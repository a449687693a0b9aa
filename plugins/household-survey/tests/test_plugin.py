"""Checks the steps of the survey as 北栄町's slides have them, and that the plugin conforms."""

from collections.abc import Mapping
from typing import Any

from kasane_household_survey.plugin import Plugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import Campaign

DEFAULTS: Mapping[str, Any] = {
    name: spec.default for name, spec in Plugin.metadata.settings.items()
}


def test_the_plugin_conforms() -> None:
    assert check_plugin("household-survey") == []


def test_the_survey_of_all_households_has_its_steps() -> None:
    own = {"from_year": 2021, "target": "町内の全世帯"}
    plugin = Plugin({**DEFAULTS, **own})

    assert plugin.campaigns(2026) == (
        Campaign(
            code="household_survey",
            label="世帯訪問調査",
            steps=(
                "全世帯を順次訪問する",
                "相談窓口を知らせる",
                "自治会長、民生委員にヒアリングし、気になる世帯を把握する",
                "住環境や生活環境、困りごとを確かめる",
                "必要な支援につながっていない人を把握し、つなぐ",
            ),
            feature="household_survey",
            source="002:L717-723; 002:L861-870",
            target="町内の全世帯",
            kind="household_visits",
        ),
    )
    assert plugin.campaigns(2020) == ()
