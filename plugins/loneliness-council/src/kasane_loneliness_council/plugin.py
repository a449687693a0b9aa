"""Answers the council that a town set up under the law on loneliness and isolation, as far as its texts were read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kasane_plugin_api import (
    LegalKind,
    MeetingBody,
    PhaseAnswer,
    PlanItems,
    PlanState,
    PluginKind,
    PluginMetadata,
    SettingSpec,
    TownFact,
    hookimpl,
    town_files,
    valid_on,
)

COUNCIL = "loneliness_council"


class Plugin:
    """孤独・孤立対策地域協議会: planned until the town has named the day on which it was set up."""

    metadata = PluginMetadata(
        name="loneliness-council",
        label="孤独・孤立対策地域協議会",
        label_en="Council against loneliness and isolation",
        kind=PluginKind.PROGRAMME,
        api_version="0.2",
        settings={
            "name": SettingSpec(
                str, "協議会の名称（公示したもの）", default="孤独・孤立対策地域協議会"
            ),
            "host": SettingSpec(str, "設けた地方公共団体（共同のときはすべて）", default=""),
            "members": SettingSpec(
                list, "構成機関等の名称（公示したもの）", default=[], item_type=str
            ),
            "coordinator": SettingSpec(
                str, "孤独・孤立対策調整機関に指定した構成機関（一つだけ）", default=""
            ),
            "held_with": SettingSpec(str, "一体で開く、または機能を加えた会議体の名前", default=""),
            "cadence": SettingSpec(str, "開く頻度", default=""),
            "started": SettingSpec(
                dict, "loneliness_council を設けた日", default={}, item_type=date
            ),
        },
        documents={
            "002": "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日"
            "（鳥取県、米子市福祉政策課、北栄町福祉課）",
            "P50": "孤独・孤立対策推進法（令和5年法律第45号） https://elaws.jp/view/505AC0000000045",
            "P51": "孤独・孤立対策推進法 第二章（iuris.jp）",
            "P52": "孤独・孤立対策推進法施行規則 https://elaws.jp/view/506M60000002001",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, sentences = town_files("kasane_loneliness_council")
        self._plan_items = PlanItems(structure, sentences, settings["started"])
        self._facts = structure.rows("facts", TownFact)
        since = self._plan_items.began(COUNCIL)
        self._bodies = () if since is None else (_council(settings, since, sentences.say),)

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
        """The council, from the day on which the town set it up."""
        return valid_on(self._bodies, on)

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """Planned until that day: setting it up is an endeavour, not a duty."""
        return self._plan_items.phase(feature, on)

    @hookimpl
    def plan_items(self, on: date) -> Sequence[PlanState]:
        """The one item of the programme."""
        return self._plan_items.all(on)

    @hookimpl
    def stated_facts(self, on: date) -> Sequence[TownFact]:
        """What the law and the slides say of such a council, and what was not read."""
        return valid_on(self._facts, on)


def _council(settings: Mapping[str, Any], since: date, say: Any) -> MeetingBody:
    body = MeetingBody(
        code=COUNCIL,
        label=settings["name"],
        legal_kinds=(LegalKind.LONELINESS_COUNCIL,),
        host=settings["host"],
        members=tuple(settings["members"]),
        topics=(say("council.topic"),),
        cadence=settings["cadence"],
        valid_from=since,
        source="P51; P52; 002:L298-300",
    )
    notes = [say("council.consent")]
    if settings["coordinator"]:
        notes.append(say("council.coordinator", name=settings["coordinator"]))
    if settings["held_with"]:
        notes.append(say("council.held_with", body=settings["held_with"]))
    return replace(body, note="".join(notes))
