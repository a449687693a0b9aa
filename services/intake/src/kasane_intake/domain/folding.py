"""Folds Japanese text for searching: width, case, kana and spaces do not matter; what is stored is never changed."""

import unicodedata

_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def fold(text: str) -> str:
    """The search form of a text: NFKC, lower case, katakana, no spaces. Never shown, never stored as the name."""
    normal = unicodedata.normalize("NFKC", text).casefold().translate(_TO_KATAKANA)
    return "".join(normal.split())
