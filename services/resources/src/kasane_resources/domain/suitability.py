"""Decides which human services cannot serve a need, each with a reason; nothing is scored here."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.location import distance_km
from kasane_resources.domain.need import Need
from kasane_resources.domain.thesaurus import thesaurus

REACHABLE_KM = 30.0
DISTRICT_KM = 5.0
PREFECTURES = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
]
_DIRECTIONS = frozenset(
    direction + ending
    for direction in ("東", "西", "南", "北", "中央", "北東", "北西", "南東", "南西")
    for ending in ("", "部", "部地区", "地区")
) | {"中部"}
_PARTS_OF_PREFECTURES = ("管内", "圏域", "地方")


class ExclusionReason(StrEnum):
    """Why a human service is not suggested, in the order of asking."""

    NOT_VISIBLE = "not_visible"
    NOT_ACTIVE = "not_active"
    AGE_OUTSIDE = "age_outside"
    AREA_OUTSIDE = "area_outside"
    TOO_FAR = "too_far"
    CONDITION_MISSING = "condition_missing"
    OUTWEIGHED = "outweighed"
    NOT_RELATED = "not_related"


def reasons_against(
    need: Need, human_services: Sequence[HumanService], visible: frozenset[Visibility]
) -> Mapping[str, ExclusionReason | None]:
    """For each human service why it cannot serve, or None; districts are weighed together."""
    reasons = {one.id: _reason_against(need, one, visible) for one in human_services}
    districts = [
        one for one in human_services if reasons[one.id] is None and _district_open(need, one)
    ]
    for one in districts:
        if _another_is_responsible(need, one, human_services, reasons):
            reasons[one.id] = ExclusionReason.AREA_OUTSIDE
    return reasons


def _reason_against(
    need: Need, human_service: HumanService, visible: frozenset[Visibility]
) -> ExclusionReason | None:
    entry = human_service.entry
    if entry.visibility not in visible:
        return ExclusionReason.NOT_VISIBLE
    if not human_service.active:
        return ExclusionReason.NOT_ACTIVE
    if need.known_ages and not any(map(entry.eligibility.admits_age, need.known_ages)):
        return ExclusionReason.AGE_OUTSIDE
    area, distance = entry.eligibility.area, distance_to(need, human_service)
    if area.kind is AreaKind.TOWNS and not _serves(need, human_service):
        return ExclusionReason.AREA_OUTSIDE
    if area.kind is AreaKind.RADIUS and distance is not None and distance > (area.radius_km or 0):
        return ExclusionReason.TOO_FAR
    if area.kind is AreaKind.NOT_STATED:
        if distance is not None and distance > REACHABLE_KM:
            return ExclusionReason.TOO_FAR
        there = entry.location.municipality
        if distance is None and there and there[:2] != need.municipality[:2]:
            return ExclusionReason.AREA_OUTSIDE
    asked = fold(entry.application_process)
    held = [need.has(one) for one in thesaurus().conditions if one.asked_in(asked)]
    if held and all(one is False for one in held):
        return ExclusionReason.CONDITION_MISSING
    return None


def distance_to(need: Need, human_service: HumanService) -> float | None:
    """The kilometres between the home and the place; None when one of them is unknown."""
    there = human_service.entry.location.position
    if need.position is None or there is None:
        return None
    return distance_km(need.position, there)


def serves_words(need: Need, words: Sequence[str]) -> bool:
    """Whether a word names the person's town or district; with no district, any of the town's."""
    area, town = fold(need.area), fold(need.town_name)
    for word in filter(None, map(fold, words)):
        if word in town or word in area or (area and area in word):
            return True
        if not area and town and town in word:
            return True
    return False


def _serves(need: Need, human_service: HumanService) -> bool:
    """Whether the area can hold the home: named, the prefecture, a part of it, or a direction."""
    words = human_service.entry.eligibility.area.words
    there = human_service.entry.location.municipality
    if there and there != need.municipality:
        # Districts of different towns bear the same name: from elsewhere the town has to be named.
        town_words = tuple(word for word in words if fold(need.town_name) in fold(word))
        if need.town_name and serves_words(need, town_words):
            return True
    elif serves_words(need, words) or _district_open(need, human_service):
        return True
    prefecture = _prefecture(need)
    for word in words:
        if word == prefecture:
            return True
        if _is_part_of(word, prefecture) and _is_near(need, human_service):
            return True
    return False


def _prefecture(need: Need) -> str:
    number = need.municipality[:2]
    return PREFECTURES[int(number) - 1] if number.isdigit() and 1 <= int(number) <= 47 else ""


def _is_part_of(word: str, prefecture: str) -> bool:
    return bool(prefecture and word.startswith(prefecture)) or word.endswith(_PARTS_OF_PREFECTURES)


def _is_near(need: Need, human_service: HumanService) -> bool:
    """A part of a prefecture is taken to hold the town of the place and what is in reach of it."""
    there = human_service.entry.location.municipality
    if there == need.municipality:
        return True
    distance = distance_to(need, human_service)
    return there[:2] == need.municipality[:2] and distance is not None and distance <= REACHABLE_KM


def _direction(need: Need, human_service: HumanService) -> bool:
    """Whether the area is a part of the town named only by a direction (市の北部)."""
    town = need.town_name
    return bool(town) and any(
        word.startswith(town) and word[len(town) :] in _DIRECTIONS
        for word in human_service.entry.eligibility.area.words
    )


def _district_open(need: Need, human_service: HumanService) -> bool:
    """Whether the words alone do not say if the home lies in the area."""
    words = human_service.entry.eligibility.area.words
    return not serves_words(need, words) and _direction(need, human_service)


def _another_is_responsible(
    need: Need,
    human_service: HumanService,
    human_services: Sequence[HumanService],
    reasons: Mapping[str, ExclusionReason | None],
) -> bool:
    """A direction holds what its text names; else what is near and nearest among its like."""
    if need.area and fold(need.area) in fold(_described(human_service)):
        return False
    distance = distance_to(need, human_service)
    if distance is None:
        return False
    if distance > DISTRICT_KM:
        return True
    kinds = set(human_service.entry.categories)
    for other in human_services:
        if other.id == human_service.id or reasons[other.id] is not None:
            continue
        if not kinds & set(other.entry.categories):
            continue
        if not _direction(need, other):
            continue
        named = need.area and fold(need.area) in fold(_described(other))
        theirs = distance_to(need, other)
        if named or (theirs is not None and theirs < distance):
            return True
    return False


def _described(human_service: HumanService) -> str:
    return human_service.entry.name + human_service.entry.description
