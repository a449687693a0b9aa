"""The taxonomies with which an HSDS attribute says what HSDS itself has no field for."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from kasane_resources.domain.taxonomy import taxonomy

HSDS_VERSION = "3.1"
PROFILE = "urn:kasane:hsds-profile:jp:1"
"""The name of the profile, as attributes and the root of the API give it."""

_NAMESPACE = UUID("5f1c3b86-1d5e-5f0e-9c7e-3c6d0a4be901")
KINDS = "kasane-kinds"
FACTS = "kasane-jp"
_FACTS = {
    "name_kana": "よみ",
    "contact_mode": "連絡の方法",
    "referral_needed": "支援者の紹介が要る",
    "visibility": "公開範囲",
    "status": "利用の状態",
    "municipality": "所在地の全国地方公共団体コード",
    "further_municipality": "ほかの所在地の全国地方公共団体コード",
    "area_kind": "提供地域の示し方",
    "radius_km": "所在地からの半径（km）",
    "capacity_maximum": "定員",
    "vacancy_note": "空きの説明",
    "vacancy_asked_on": "空きを聞いた日",
    "accessibility": "バリアフリー・配慮",
    "accessibility_note": "バリアフリーの説明",
    "micro_task": "頼める小さな仕事",
}


def derived_id(*parts: str) -> str:
    """The same UUID for the same parts, in every export of every installation."""
    return str(uuid5(_NAMESPACE, "/".join(parts)))


@cache
def known_taxonomies() -> tuple[Mapping[str, Any], ...]:
    """The two taxonomies of the profile as HSDS writes them."""
    return (
        {
            "id": derived_id("taxonomy", KINDS),
            "name": "支援サービスの種類",
            "description": "Kinds of human services and the consultation categories they meet.",
            "version": "1",
        },
        {
            "id": derived_id("taxonomy", FACTS),
            "name": "日本のための項目",
            "description": "What the Japanese profile says of a service beside the fields of HSDS.",
            "version": "1",
        },
    )


@cache
def known_terms() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Every term as HSDS writes it, by its taxonomy and its code."""
    kinds, facts = known_taxonomies()
    found = {(KINDS, code): _term(KINDS, kinds, code, kind.ja) for code, kind in taxonomy().items()}
    found.update({(FACTS, code): _term(FACTS, facts, code, name) for code, name in _FACTS.items()})
    return found


def _term(taxonomy_code: str, whole: Mapping[str, Any], code: str, name: str) -> Mapping[str, Any]:
    return {
        "id": derived_id("term", taxonomy_code, code),
        "code": code,
        "name": name,
        "description": f"{whole['name']}：{name}",
        "taxonomy": taxonomy_code,
        "language": "ja",
        "taxonomy_id": whole["id"],
    }
