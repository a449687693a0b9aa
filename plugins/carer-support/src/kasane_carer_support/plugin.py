"""Answers where a town stands with its support for carers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kasane_plugin_api import (
    Phase,
    PhaseAnswer,
    PlanState,
    PluginKind,
    PluginMetadata,
    SettingSpec,
    hookimpl,
    town_files,
)

FEATURE = "carer_support"


class Plugin:
    """ケアラー支援: an item of the plan, planned until its first day, with the words of the town's document."""

    metadata = PluginMetadata(
        name="carer-support",
        label="ケアラー支援",
        label_en="Support for carers",
        kind=PluginKind.PROGRAMME,
        api_version="0.2",
        settings={
            "label": SettingSpec(str, "町での呼び名", default="ケアラー支援"),
            "words": SettingSpec(str, "いつからか（町の資料の言葉）", default=""),
            "started": SettingSpec(dict, "carer_support が始まった日", default={}, item_type=date),
            "source": SettingSpec(str, "町の資料の行（出典の札:L行番号）", default="000:L50"),
        },
        documents={
            "000": "恵庭市「重層的支援体制整備事業実施計画（案）」令和8年度～令和12年度",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        unknown = sorted(set(settings["started"]) - {FEATURE})
        if unknown:
            raise ValueError(
                f"設定 started に知らない項目「{unknown[0]}」があります。書けるのは{FEATURE}です"
            )
        _, sentences = town_files("kasane_carer_support")
        self._label: str = settings["label"]
        words = settings["words"] or sentences.say("phase.undated")
        self._text = f"{self._label}：{words}"
        self._since: date | None = settings["started"].get(FEATURE)
        self._source: str = settings["source"]

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """Planned until the day that the town has set, active from then on."""
        return self._state(on) if feature == FEATURE else None

    @hookimpl
    def plan_items(self, on: date) -> Sequence[PlanState]:
        """The one item of the programme."""
        return (PlanState(FEATURE, self._label, self._state(on)),)

    def _state(self, on: date) -> PhaseAnswer:
        begun = self._since is not None and on >= self._since
        return PhaseAnswer(Phase.ACTIVE if begun else Phase.PLANNED, self._text, self._source)
