"""Decides whether an area holds a home, and names the reasons for leaving a human service out."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from kasane_resources.domain.folding import fold as fold_text
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.location import Location, distance_km
from kasane_resources.domain.need import Need
from kasane_resources.domain.opening import FurtherOpening

fold = lru_cache(4096)(fold_text)
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
    OTHER_THEME = "other_theme"
    MUCH_WEAKER = "much_weaker"


def distance_to(need: Need, human_service: HumanService) -> float | None:
    """The kilometres between the home and the nearest place; None when one of them is unknown."""
    found = nearest_of(need, human_service.entry.openings)
    return found[0] if found else None


def nearest_of(need: Need, openings: Sequence[FurtherOpening]) -> tuple[float, Location] | None:
    """The nearest of these places to the home, with its kilometres; equally near ones in their order."""
    home = need.position
    if home is None:
        return None
    places = [one.location for one in openings]
    known = [(distance_km(home, one.position), one) for one in places if one.position]
    return min(known, key=lambda found: found[0], default=None)


def town_of(need: Need, openings: Sequence[FurtherOpening]) -> str:
    """The town of the person if a place lies in it, else the town of the first place."""
    towns = [one.location.municipality for one in openings]
    return need.municipality if need.municipality in towns else towns[0]


def serves_words(need: Need, words: Sequence[str]) -> bool:
    """Whether a word names the person's town or district; with no district, any of the town's."""
    area, town = fold(need.area), fold(need.town_name)
    for word in filter(None, map(fold, words)):
        if word in town or word in area or (area and area in word):
            return True
        if not area and town and town in word:
            return True
    return False


class AreaCoverage(StrEnum):
    """Whether the words of an area hold a home."""

    YES = "yes"
    IF_NEAR = "if_near"
    NO = "no"


def coverage(need: Need, words: Sequence[str], there: str) -> AreaCoverage:
    """Whether an area can hold the home: named, the prefecture, a part of it, or a direction.

    ``there`` is the code of the town in which the place lies, or empty.
    """
    return _coverage(need.municipality, need.area, need.town_name, tuple(words), there)


@lru_cache(16_384)
def _coverage(
    municipality: str, area: str, town_name: str, words: tuple[str, ...], there: str
) -> AreaCoverage:
    need = Need("", (), municipality, area=area, town_name=town_name)
    if there and there != need.municipality:
        # Districts of different towns bear the same name: from elsewhere the town has to be named.
        town_words = tuple(word for word in words if fold(need.town_name) in fold(word))
        if need.town_name and serves_words(need, town_words):
            return AreaCoverage.YES
    elif serves_words(need, words) or direction(need, words):
        return AreaCoverage.YES
    prefecture = _prefecture(need)
    if prefecture and prefecture in words:
        return AreaCoverage.YES
    if any(_is_part_of(word, prefecture) for word in words):
        # A part of a prefecture is taken to hold the town of the place and what is in reach of it.
        if there == need.municipality:
            return AreaCoverage.YES
        if there[:2] == need.municipality[:2]:
            return AreaCoverage.IF_NEAR
    return AreaCoverage.NO


def could_hold(need: Need, word: str) -> bool:
    """Whether an area of which this is one word could hold the home: never less than ``coverage``."""
    return _could_hold(need.municipality, need.area, need.town_name, word)


@lru_cache(16_384)
def _could_hold(municipality: str, area: str, town_name: str, word: str) -> bool:
    need = Need("", (), municipality, area=area, town_name=town_name)
    return (
        serves_words(need, (word,))
        or direction(need, (word,))
        or _is_part_of(word, _prefecture(need))
    )


def _prefecture(need: Need) -> str:
    number = need.municipality[:2]
    return PREFECTURES[int(number) - 1] if number.isdigit() and 1 <= int(number) <= 47 else ""


def _is_part_of(word: str, prefecture: str) -> bool:
    return bool(prefecture and word.startswith(prefecture)) or word.endswith(_PARTS_OF_PREFECTURES)


def direction(need: Need, words: Sequence[str]) -> bool:
    """Whether the area is a part of the town named only by a direction (市の北部)."""
    town = need.town_name
    return bool(town) and any(
        word.startswith(town) and word[len(town) :] in _DIRECTIONS for word in words
    )


def district_open(need: Need, words: Sequence[str]) -> bool:
    """Whether the words alone do not say if the home lies in the area."""
    return not serves_words(need, words) and direction(need, words)


def another_is_responsible(
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
        if not direction(need, other.entry.eligibility.area.words):
            continue
        named = need.area and fold(need.area) in fold(_described(other))
        theirs = distance_to(need, other)
        if named or (theirs is not None and theirs < distance):
            return True
    return False


def _described(human_service: HumanService) -> str:
    return human_service.entry.name + human_service.entry.description
