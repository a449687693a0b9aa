"""Finds the town block (町丁目) of a written address, without asking anybody outside."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from kasane_outreach.domain.position import Position

LEAST_ALIKE = 0.5
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_KANJI_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_NUMBERED = re.compile(r"([〇一二三四五六七八九十]+|[0-9]+)丁目")
_DIGIT_DASH = re.compile(r"(?<=[0-9])[‐‑‒–—―−ーノ](?=[0-9])")


@dataclass(frozen=True)
class TownBlock:
    """One 大字 or 町丁目 with its representative point."""

    name: str
    position: Position


def fold_address(text: str) -> str:
    """The matching form of an address: width, kana, ケ/ヶ/が and the numerals of 丁目 do not
    matter.
    """
    normal = unicodedata.normalize("NFKC", text).translate(_TO_KATAKANA)
    normal = "".join(normal.split()).replace("ヶ", "ケ").replace("ガ", "ケ")
    normal = _NUMBERED.sub(lambda found: f"{_number(found[1])}丁目", normal)
    return _DIGIT_DASH.sub("-", normal).removeprefix("大字")


def find_block(address: str, town: str, blocks: Iterable[TownBlock]) -> TownBlock | None:
    """The block with the longest name that the address begins with behind the name of the town.

    None when the address names no block of this town: a person has to place it then.
    """
    folded, town_folded = fold_address(address), fold_address(town)
    _before, named, behind = folded.partition(town_folded)
    rest = (behind if named else folded).removeprefix("大字")
    best: tuple[int, TownBlock] | None = None
    for block in blocks:
        length = _matched(rest, fold_address(block.name))
        if length and (best is None or length > best[0]):
            best = (length, block)
    return best[1] if best else None


def similar_blocks(
    address: str, town: str, blocks: Iterable[TownBlock], most: int = 3
) -> tuple[TownBlock, ...]:
    """The blocks whose names are most like what the address says behind the name of the town, the likest first.

    For an address that ``find_block`` cannot place; none when nothing is like it.
    """
    folded, town_folded = fold_address(address), fold_address(town)
    _before, named, behind = folded.partition(town_folded)
    rest = (behind if named else folded).removeprefix("大字")
    scored = []
    for block in blocks:
        name = fold_address(block.name)
        alike = SequenceMatcher(None, name, rest[: len(name)], autojunk=False).ratio()
        if alike >= LEAST_ALIKE:
            scored.append((-alike, block.name, block))
    return tuple(block for _score, _name, block in sorted(scored, key=lambda one: one[:2])[:most])


def _matched(rest: str, name: str) -> int:
    """How many characters of the block's name the address begins with; 1-2-3 counts as 1丁目."""
    if rest.startswith(name):
        return len(name)
    short = name.removesuffix("丁目")
    if short != name and rest.startswith(short + "-"):
        return len(short)
    return 0


def _number(text: str) -> int:
    if text.isdigit() and text.isascii():
        return int(text)
    if "十" not in text:
        return int("".join(str(_KANJI_DIGITS[digit]) for digit in text))
    tens, _, ones = text.partition("十")
    return (_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0)
