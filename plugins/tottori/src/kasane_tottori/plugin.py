"""Answers for Tottori Prefecture as its slides of March 2024 have it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kasane_plugin_api import (
    Phase,
    PluginKind,
    PluginMetadata,
    PrefectureNote,
    PrefectureView,
    ProgrammeStart,
    SettingSpec,
    SupportDuty,
    fiscal_year,
    hookimpl,
    town_files,
)


@dataclass(frozen=True)
class Note:
    """A sentence of strings/ and where its fact stands."""

    key: str
    source: str


class Plugin:
    """鳥取県: a team supports municipalities, and visits those that have not begun."""

    metadata = PluginMetadata(
        name="tottori",
        label="鳥取県",
        label_en="Tottori Prefecture",
        kind=PluginKind.PREFECTURE,
        api_version="0.2",
        settings={
            "started": SettingSpec(
                dict,
                "市町村のコードと、重層的支援体制整備事業を実際に始めた日（資料の後で始めたもの）",
                default={},
                item_type=date,
            ),
        },
        documents={
            "002": "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日"
            "（鳥取県福祉保健部ささえあい福祉局孤独・孤立対策課）",
            "P5": "厚生労働省 福祉部会 第29回 資料1 https://www.wic-net.com/material/document/21534/42",
            "P6": "鳥取県 令和7年度予算要求「孤独・孤立対策市町村等支援強化事業」"
            " http://db.pref.tottori.jp/yosan/R7Yosan_YoukyuuJoukyouKoukai.nsf"
            "/bae7f5aecc1b2738492574820032bf08/71e9569dd28b943049258c0a001f196b",
            "P7": "鳥取県 令和4年度予算の公開"
            " http://db.pref.tottori.jp/yosan/R4Yosan_Koukai.nsf"
            "/2f5d0814a1a7da9f492574820032bf09/f1ca66f3bd418e29492587d60017ea46",
            "LG": "全国地方公共団体コード code4fukui/localgovjp（CC0）",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, sentences = town_files("kasane_tottori")
        self._facts = structure.table("view")
        self._duties = structure.rows("duties", SupportDuty)
        self._notes = tuple(
            PrefectureNote(sentences.say(f"note.{note.key}"), note.source)
            for note in structure.rows("notes", Note)
        )
        self._municipalities = structure.rows("municipalities", ProgrammeStart)
        self._started = _checked(settings["started"], self._municipalities)

    @hookimpl
    def prefecture_view(self, on: date) -> PrefectureView:
        """The team, its duties, and the start of each municipality as stated or as the prefecture set it."""
        return PrefectureView(
            office=str(self._facts["office"]),
            team=str(self._facts["team"]),
            duties=self._duties,
            municipalities=tuple(self._as_of(one, on) for one in self._municipalities),
            notes=self._notes,
            source=str(self._facts["source"]),
        )

    def _as_of(self, one: ProgrammeStart, on: date) -> ProgrammeStart:
        started = self._started.get(one.code)
        if started is None:
            return one
        phase = Phase.ACTIVE if started <= on else Phase.PLANNED
        return replace(one, year=fiscal_year(started), phase=phase, source="")


def _checked(started: Mapping[str, date], known: tuple[ProgrammeStart, ...]) -> Mapping[str, date]:
    codes = {one.code for one in known}
    for code in started:
        if code not in codes:
            raise ValueError(
                f"設定 started に知らない市町村コード「{code}」があります。6桁のコードを確かめてください"
            )
    return dict(started)
