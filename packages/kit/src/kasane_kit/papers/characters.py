"""Knows which characters the font of the papers can show, so that none is lost in silence."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from fontTools.ttLib import TTFont

FONTS = resources.files("kasane_kit.papers").joinpath("fonts")
# The mark by which Japanese printers show a character they have no type for.
GETA = "〓"
# A run of characters between which no rule of typesetting ends a line; longer than this it would leave the paper.
_NO_PLACE_TO_BREAK = re.compile(r"[^\sあ-んア-ヴ㐀-鿿\U00020000-\U0003ffff]{24,}")


@dataclass
class Missing:
    """What could not be shown as it was typed: characters without type, and variants shown in their usual shape."""

    characters: Counter[str] = field(default_factory=Counter)
    variants: Counter[str] = field(default_factory=Counter)


def printable(text: str, missing: Missing) -> str:
    """The text as the font can show it; what it cannot is replaced by 〓 or its usual shape and told to ``missing``.

    Line ends become one kind and tabs spaces. Characters that have no shape at all (joiners, direction marks) go.
    """
    shown: list[str] = []
    known, variants = _coverage()
    for character in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "):
        if _is_variation_selector(character):
            before = shown[-1] if shown else ""
            if (before, character) in variants:
                shown.append(character)
            elif before not in ("", GETA) and ord(character) >= 0xE0100:
                missing.variants[before + character] += 1
        elif character in known or character == "\n":
            shown.append(character)
        elif unicodedata.category(character) not in ("Cf", "Zl", "Zp"):
            shown.append(GETA)
            missing.characters[character] += 1
        elif character in "\u2028\u2029":
            shown.append("\n")
    return "".join(shown)


def pieces(text: str) -> list[str]:
    """The text cut where a line may end although no rule of typesetting would end it: inside very long runs."""
    cut: list[str] = []
    end = 0
    for run in _NO_PLACE_TO_BREAK.finditer(text):
        cut += [text[end : run.start()], *_clusters(run.group())]
        end = run.end()
    return [piece for piece in (*cut, text[end:]) if piece]


def _clusters(run: str) -> list[str]:
    """Characters together with what modifies them."""
    clusters: list[str] = []
    for character in run:
        if clusters and (_is_variation_selector(character) or unicodedata.combining(character)):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@cache
def _coverage() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The characters and the variation sequences of the font."""
    with (
        resources.as_file(FONTS.joinpath("NotoSansCJKjp-Regular.otf")) as path,
        TTFont(path, lazy=True) as font,
    ):
        table = font["cmap"]
        sequences = next(each.uvsDict for each in table.tables if each.format == 14)
        known = frozenset(map(chr, table.getBestCmap()))
        variants = frozenset(
            (chr(base), chr(selector))
            for selector, pairs in sequences.items()
            for base, _glyph in pairs
        )
    return known, variants
