"""Answers the campaign in which every household of a town is visited in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kasane_plugin_api import (
    Campaign,
    PluginKind,
    PluginMetadata,
    SettingSpec,
    hookimpl,
    town_files,
)


class Plugin:
    """世帯訪問調査: every household is visited, 自治会長 and 民生委員 are heard, who is not connected is connected."""

    metadata = PluginMetadata(
        name="household-survey",
        label="世帯訪問調査",
        label_en="Household survey",
        kind=PluginKind.PROGRAMME,
        api_version="0.2",
        settings={
            "label": SettingSpec(str, "町での呼び名", default="世帯訪問調査"),
            "from_year": SettingSpec(
                int, "町の計画に載った最初の年度（西暦。0は年度を問わない）", default=0
            ),
            "target": SettingSpec(str, "対象（町の資料の言葉）", default=""),
            "feature": SettingSpec(
                str,
                "予定か実施中かを答える計画の項目のコード（町の計画になければ実施中）",
                default="household_survey",
            ),
            "source": SettingSpec(
                str, "町の資料の行（出典の札:L行番号）", default="002:L717-723; 002:L861-870"
            ),
        },
        documents={
            "002": "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日"
            "（鳥取県、米子市福祉政策課、北栄町福祉課）",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, _ = town_files("kasane_household_survey")
        (campaign,) = structure.rows("campaigns", Campaign)
        self._from_year: int = settings["from_year"]
        self._campaign = replace(
            campaign,
            label=settings["label"],
            target=settings["target"],
            feature=settings["feature"],
            source=settings["source"],
        )

    @hookimpl
    def campaigns(self, year: int) -> Sequence[Campaign]:
        """The survey, from the year on in which the town has it."""
        return (self._campaign,) if year >= self._from_year else ()
