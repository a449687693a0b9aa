"""Folds addresses and telephone numbers, so that the same house and the same line look the same."""

import re
import unicodedata
from functools import lru_cache

from kasane_intake.domain.same_person.names import fold_written

_NUMERALS = {c: n for n, c in enumerate("〇一二三四五六七八九")}
_KANJI_NUMBER = re.compile(r"([〇一二三四五六七八九十百]+)(?=丁目|番|号)")
_PREFECTURE = re.compile(r"^(?:北海道|東京都|京都府|大阪府|[^市区町村郡]{2,3}県)")
_COUNTY = re.compile(r"^[^市区町村]{1,4}郡")
_SECTION = re.compile(r"大字|(?<=[市区町村])字")
_UNIT = re.compile(r"(?<=\d)(?:丁目|番地の?|番|号(?!室|棟)|ノ)(?=\d|$|\s|-)")
_DASH = re.compile(r"[‐‑‒–—―−ー－ｰ-]+")
_AFTER_DIGIT = re.compile(r"(?<=\d)[‐‑‒–—―−ー－ｰ-]+(?=\d)")
_SHAPE = re.compile(r"^([^\d]*)(\d[\d-]*)?(.*)$", re.DOTALL)
_MUNICIPALITY = re.compile(r".+?[市区町村]")
_ROOM = re.compile(r"(\d+)(?:号室?)?$")
_NOT_DIGITS = re.compile(r"\D")
LONGEST = 300


def kanji_number(word: str) -> int:
    """The value of a number written in kanji up to 999: 二十三 is 23, 一二 is 12."""
    if "十" not in word and "百" not in word:
        return int("".join(str(_NUMERALS[c]) for c in word))
    total, digit = 0, 0
    for c in word:
        if c in "十百":
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = _NUMERALS[c]
    return total + digit


@lru_cache(maxsize=32768)
def fold_address(text: str) -> tuple[str, str, str]:
    """Town, house number and room: 生駒市東生駒三丁目５番地２ is (生駒市東生駒, 3-5-2, "")."""
    normal = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    normal = _KANJI_NUMBER.sub(lambda m: str(kanji_number(m[1])), normal)
    normal = _COUNTY.sub("", _PREFECTURE.sub("", normal))
    normal = _AFTER_DIGIT.sub("-", _UNIT.sub("-", _SECTION.sub("", normal)))
    shape = _SHAPE.match(normal)
    town, numbers, rest = (shape[1], shape[2] or "", shape[3]) if shape else (normal, "", "")
    room = _ROOM.search(rest.strip())
    return (
        fold_written(town).replace(" ", ""),
        _DASH.sub("-", numbers).strip("-"),
        room[1] if room else "",
    )


@lru_cache(maxsize=4096)
def municipality_of(town: str) -> str:
    """The city, ward, town or village that a folded address begins with; empty when none is named."""
    named = _MUNICIPALITY.match(town)
    return named[0] if named else ""


@lru_cache(maxsize=32768)
def fold_phone(text: str) -> str:
    """The digits of a Japanese telephone number; empty when there are too few to tell a line by."""
    normal = unicodedata.normalize("NFKC", text[:60]).strip()
    digits = _NOT_DIGITS.sub("", normal)
    if normal.startswith("+81"):
        digits = "0" + digits[2:].removeprefix("0")
    return digits if 9 <= len(digits) <= 11 else ""
