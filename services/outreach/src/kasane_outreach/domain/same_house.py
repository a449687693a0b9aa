"""Whether two requests lead to the same door, so that two agencies do not stand there on one day unawares."""

import re
import unicodedata

from kasane_outreach.domain.household_to_reach import HouseholdToReach

_DIGITS = {sign: str(place) for place, sign in enumerate("〇一二三四五六七八九")}
_CHOME = re.compile(r"([〇一二三四五六七八九十]{1,3})丁目")
_PREFECTURE = re.compile(r"^(北海道|東京都|京都府|大阪府|\w{2,3}県)")
_PARTS = re.compile(r"(丁目|番地の?|番|号室|号|の(?=\d)|[-‐‑‒–—―−ー~～])+")


def house_of(address: str) -> str:
    """An address as it can be compared: one way of writing numbers, no prefecture; "" where no number names a house."""
    text = "".join(unicodedata.normalize("NFKC", address).split())
    text = _PREFECTURE.sub("", text)
    text = _CHOME.sub(lambda found: f"{_number(found[1])}丁目", text)
    text = _PARTS.sub("-", text).strip("-")
    return text if re.search(r"\d", text) else ""


def same_house(one: HouseholdToReach, other: HouseholdToReach) -> bool:
    """Whether both are the same request, case or person, or stand at the same address.

    A protected address is compared with none: that two requests lead there would say where it is (I-10).
    """
    if one.id == other.id or (bool(one.case_id) and one.case_id == other.case_id):
        return True
    if bool(one.person_id) and one.person_id == other.person_id:
        return True
    if one.hides_address or other.hides_address:
        return False
    house = house_of(one.address)
    return bool(house) and house == house_of(other.address)


def _number(text: str) -> str:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return "".join(_DIGITS[sign] for sign in text)
    return str(10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0")))
