"""Answers the campaign of a questionnaire sent by post: receivers first, then letters, replies and visits."""

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
    """郵送アンケート: receivers are ready before a letter goes out; who needs it and who does not reply is visited."""

    metadata = PluginMetadata(
        name="postal-survey",
        label="郵送アンケート",
        label_en="Postal survey",
        kind=PluginKind.PROGRAMME,
        api_version="0.2",
        settings={
            "label": SettingSpec(str, "町での呼び名", default="アンケート調査"),
            "from_year": SettingSpec(
                int, "町の計画に載った最初の年度（西暦。0は年度を問わない）", default=0
            ),
            "target": SettingSpec(str, "対象（町の資料の言葉）", default=""),
            "feature": SettingSpec(
                str,
                "予定か実施中かを答える計画の項目のコード（町の計画になければ実施中）",
                default="survey",
            ),
            "source": SettingSpec(
                str, "町の資料の行（出典の札:L行番号）", default="004:L201-204; 004:L208; 004:L211"
            ),
        },
        documents={
            "004": "生駒市福祉政策課「重層的支援体制整備事業の取組み」令和5年6月",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, _ = town_files("kasane_postal_survey")
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
        """The questionnaire, from the year on in which the town has it."""
        return (self._campaign,) if year >= self._from_year else ()
