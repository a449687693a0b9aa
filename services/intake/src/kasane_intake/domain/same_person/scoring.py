"""Weighs the evidence that two records are one person: every point has a named reason, and the points add up."""

import math
from dataclasses import dataclass
from enum import StrEnum

from kasane_intake.domain.same_person.addresses import municipality_of
from kasane_intake.domain.same_person.birth_dates import compare_birth_dates
from kasane_intake.domain.same_person.names import is_kana, is_womans
from kasane_intake.domain.same_person.traits import FoldedPerson
from kasane_intake.domain.same_person.weights import LIKELY_FROM, SAME_FROM, START, WEIGHTS

Part = tuple[str, str]
FIELDS = frozenset({"family", "given", "birth", "address", "phone", "order"})
AGREE = frozenset({"same", "sound", "homophone"})
NEARLY = frozenset(
    {"swapped", "one_digit", "year_slip", "year_and_day", "placeholder", "placeholder_near"}
)
# The thirty most frequent family names of Japan, folded: sharing one says less.
COMMON_FAMILIES = frozenset(
    {
        "佐藤",
        "鈴木",
        "高橋",
        "田中",
        "伊藤",
        "渡辺",
        "山本",
        "中村",
        "小林",
        "加藤",
        "吉田",
        "山田",
        "佐々木",
        "山口",
        "松本",
        "井上",
        "木村",
        "林",
        "斉藤",
        "清水",
        "山崎",
        "森",
        "池田",
        "橋本",
        "阿部",
        "石川",
        "山下",
        "中島",
        "石井",
        "小川",
    }
)
NAMED = frozenset(f"{part}.{how}" for part in ("family", "given") for how in AGREE)
UNREAD = frozenset({"given.unknown", "birth.same"})
BACKING = frozenset(
    {"birth.same", "address.same", "phone.same", *(f"birth.{how}" for how in NEARLY)}
)
SHORTEST_WHOLE_NAME = 3


class SamePersonLevel(StrEnum):
    """What the resemblance is worth to the worker who decides."""

    SAME = "same"
    LIKELY = "likely"
    UNLIKELY = "unlikely"
    SAME_HOUSEHOLD = "same_household"


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much two records look like one person: logarithm of the odds, and its reasons with their points."""

    score: float
    reasons: tuple[tuple[str, float], ...]

    @property
    def said(self) -> tuple[str, ...]:
        """The reasons a worker reads: how each field agrees or differs; what is unknown is not said."""
        return tuple(
            reason
            for reason, _ in self.reasons
            if reason.partition(".")[0] in FIELDS
            and not reason.endswith((".unknown", ".common", "_birth"))
        )

    @property
    def level(self) -> SamePersonLevel:
        """The decision level: a name alone is never more than likely, and nothing in common is unlikely."""
        found = {reason for reason, _ in self.reasons}
        if not found & NAMED and not found >= UNREAD:
            return SamePersonLevel.UNLIKELY
        if self.score >= SAME_FROM and found & BACKING:
            return SamePersonLevel.SAME
        return SamePersonLevel.LIKELY if self.score >= LIKELY_FROM else SamePersonLevel.UNLIKELY


def compare_homes(a: FoldedPerson, b: FoldedPerson) -> tuple[str, ...]:
    """What says that two different people are of one household; a family name without a home says nothing."""
    address, phone = _address(a, b), _agree(a.phone, b.phone)
    found = [f"address.{address}"] if address == "same" else []
    found += [f"phone.{phone}"] if phone == "same" else []
    if found and a.family and a.family == b.family:
        found.append("family.same")
    return tuple(found)


def compare(a: FoldedPerson, b: FoldedPerson) -> Resemblance:
    """The resemblance of two records; the order does not matter."""
    reasons = tuple((reason, WEIGHTS.get(reason, 0.0)) for reason in evidence(a, b))
    return Resemblance(math.fsum((START, *(points for _, points in reasons))), reasons)


def evidence(a: FoldedPerson, b: FoldedPerson) -> tuple[str, ...]:
    """The names of what speaks for or against: family name, given name with birth date, and place."""
    family, given, swapped = _names(a, b)
    born = compare_birth_dates(a.birth_date, b.birth_date)
    address, phone = _address(a, b), _agree(a.phone, b.phone)
    known = given in AGREE
    home = address == "same" or phone == "same"
    found = [
        f"family.{family}",
        f"given.{given}",
        f"birth.{born}",
        f"address.{address}",
        f"phone.{phone}",
    ]
    if (a.family in COMMON_FAMILIES or b.family in COMMON_FAMILIES) and family in AGREE:
        found.append("family.common" if not (known and born == "same") else "family.common_birth")
    if swapped:
        found.append("order.swapped" if family in AGREE else "order.swapped_part")
    if known and born == "same" and family == "different" and not swapped:
        womans = is_womans(a.given) or is_womans(b.given)
        found.append("renamed.womans" if womans else "renamed.other")
    if known and born == "same":
        found.append("together.given_birth" if family in AGREE else "together.given_birth_only")
    if known and born in NEARLY:
        found.append("together.given_nearly" + ("" if family in AGREE else "_only"))
        if home:
            found.append("together.given_nearly_home")
    if known and born == "unknown":
        found.append("together.given_no_birth")
    if given == "different":
        found.append("other_given." + ("birth" if born == "same" else "no_birth"))
    if home:
        found.append(
            "home." + ("given" if known else "other") + ("" if family == "different" else "_family")
        )
    return tuple(found)


def _names(a: FoldedPerson, b: FoldedPerson) -> tuple[str, str, bool]:
    """Levels of family and given name in the order in which they agree best; True when that order is swapped."""
    a_family, a_given = (a.family, a.family_sound), (a.given, a.given_sound)
    b_family, b_given = (b.family, b.family_sound), (b.given, b.given_sound)
    if not a.family and b.family:
        a_family, a_given = _split_like(a, b)
    elif not b.family and a.family:
        b_family, b_given = _split_like(b, a)
    family, given = _part(a_family, b_family), _part(a_given, b_given)
    if not a.family and not b.family and given == "same" and len(a.given) >= SHORTEST_WHOLE_NAME:
        family = "same"
    if given in AGREE and family != "different":
        return family, given, False
    crossed_family, crossed_given = _part(a_family, b_given), _part(a_given, b_family)
    if {crossed_family, crossed_given} <= AGREE:
        crossed_family, crossed_given = sorted((crossed_family, crossed_given))
        return crossed_family, crossed_given, True
    if crossed_family in AGREE and given == "different":
        return _crossed(crossed_family, {a_family[0], b_given[0]}, crossed_given)
    if crossed_given in AGREE and given == "different":
        return _crossed(crossed_given, {a_given[0], b_family[0]}, crossed_family)
    return family, given, False


def _crossed(agrees: str, words: set[str], other: str) -> tuple[str, str, bool]:
    """Of two names written in opposite order one part agrees: whether that part is the given name decides."""
    if words & COMMON_FAMILIES or not any(is_womans(word) for word in words):
        return agrees, other, True
    return other, agrees, True


def _split_like(whole: FoldedPerson, other: FoldedPerson) -> tuple[Part, Part]:
    """Splits a name typed without a space where the other record's name has its space."""
    written, sound = whole.given, whole.given_sound
    family, given = "", written
    for start, end in ((other.family, other.given), (other.given, other.family)):
        if start and written.startswith(start):
            family, given = start, written[len(start) :]
            break
        if end and written.endswith(end):
            family, given = written[: -len(end)], end
            break
    family_sound, given_sound = whole.family_sound, sound
    if not family_sound and other.family_sound and sound.startswith(other.family_sound):
        family_sound, given_sound = other.family_sound, sound[len(other.family_sound) :]
    return (family, family_sound), (given, given_sound)


def _part(a: Part, b: Part) -> str:
    """How one part of the name agrees; sharing a character is no agreement: brothers and sisters often do."""
    if a[0] and a[0] == b[0]:
        return "same"
    if a[1] and b[1]:
        if a[1] != b[1]:
            return "different"
        return "sound" if not (a[0] and b[0]) or is_kana(a[0]) or is_kana(b[0]) else "homophone"
    if a[0] and b[0] and is_kana(a[0]) == is_kana(b[0]):
        return "different"
    return "unknown"


def _agree(a: str, b: str) -> str:
    if not a or not b:
        return "unknown"
    return "same" if a == b else "different"


def _address(a: FoldedPerson, b: FoldedPerson) -> str:
    if not (a.town and b.town):
        return "unknown"
    if a.town != b.town:
        here = municipality_of(a.town)
        return "same_city" if here and here == municipality_of(b.town) else "different"
    if a.house != b.house:
        return "same_town"
    return "other_room" if _agree(a.room, b.room) == "different" else "same"
