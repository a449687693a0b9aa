"""Answers how a つなぐシート is made and followed, with each town's days, fields and lines as settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from kasane_plugin_api import (
    Choice,
    ConsentPolicy,
    DataScope,
    FieldSpec,
    HandoffPolicy,
    PluginKind,
    PluginMetadata,
    SettingSpec,
    SheetView,
    hookimpl,
    town_files,
)

HANDOFF = "handoff"


class Plugin:
    """つなぐシート: who receives first takes the problem up and connects it, with the person's consent."""

    metadata = PluginMetadata(
        name="connecting-sheet",
        label="つなぐシート",
        label_en="Connecting sheet",
        kind=PluginKind.PROGRAMME,
        api_version="0.2",
        scopes=frozenset({DataScope.SHEET}),
        settings={
            "acknowledge_within_days": SettingSpec(
                int, "つなぐシートの受け取りを確認するまでの開庁日数（資料に定めなし）", default=2
            ),
            "decide_within_days": SettingSpec(
                int,
                "受け取った課が引き受けるか返すかを決めるまでの開庁日数（資料に定めなし。0は基盤の既定）",
                default=0,
            ),
            "overdue_role": SettingSpec(
                str, "遅れたときに知らせる役割のコード", default="responsible"
            ),
            "accompany": SettingSpec(bool, "同行か電話での確認を書くか", default=True),
            "explain_consent": SettingSpec(
                bool, "シートを作る前に本人に伝える文を出すか", default=True
            ),
            "sheet_fields": SettingSpec(
                dict,
                "つなぐシートに加える欄の名前と見出し（資料に様式なし）",
                default={},
                item_type=str,
            ),
            "source": SettingSpec(
                str, "町の資料の行（出典の札:L行番号）", default="004:L124-125; P1"
            ),
        },
        documents={
            "002": "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日"
            "（鳥取県、米子市福祉政策課、北栄町福祉課）",
            "004": "生駒市福祉政策課「重層的支援体制整備事業の取組み」令和5年6月",
            "P1": "奈良新聞 令和5年5月31日 https://www.nara-np.co.jp/news/20230531085434.html",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        _, sentences = town_files("kasane_connecting_sheet")
        companionship = (
            Choice("accompanied", sentences.say("handoff.accompanied")),
            Choice("telephoned", sentences.say("handoff.telephoned")),
        )
        self._policy = HandoffPolicy(
            label=sentences.say("handoff.label"),
            acknowledge_within_days=settings["acknowledge_within_days"],
            decide_within_days=settings["decide_within_days"] or None,
            overdue_role=settings["overdue_role"],
            requires_consent=True,
            companionship=companionship if settings["accompany"] else (),
            source=settings["source"],
        )
        self._explanation = (
            ConsentPolicy(sentences.say("consent.handoff"), source="P1")
            if settings["explain_consent"]
            else None
        )
        self._fields = tuple(
            FieldSpec(name, label) for name, label in settings["sheet_fields"].items()
        )

    @hookimpl
    def handoff_policy(self, sheet: SheetView) -> HandoffPolicy:
        """Made with consent; the role that the town named is told when it is overdue."""
        return self._policy

    @hookimpl
    def handoff_form_fields(self) -> Sequence[FieldSpec]:
        """The fields that the town has set: no document shows the form."""
        return self._fields

    @hookimpl
    def consent_policy(self, purpose: str) -> ConsentPolicy | None:
        """What a person is told before the sheet is made; other purposes are not this programme's."""
        return self._explanation if purpose == HANDOFF else None
