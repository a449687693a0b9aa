"""Folds Japanese text for searching and comparing; what is stored is never changed."""

import unicodedata

_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}

# Words that people write in several ways; searching for one finds the others.
_SPELLINGS = (
    ("子供", "子ドモ", "コドモ"),
    ("障害", "障ガイ", "障碍"),
    ("引キコモリ", "ヒキコモリ", "引キ籠モリ", "引キ篭モリ"),
    ("ゴミ", "塵"),
    ("一人親", "ヒトリ親", "ヒトリオヤ"),
    ("居場所", "サードプレイス", "フリースペース"),
)


def fold(text: str) -> str:
    """The search form of a text: NFKC, lower case, katakana, no spaces. Never shown."""
    normal = unicodedata.normalize("NFKC", text).casefold().translate(_TO_KATAKANA)
    return "".join(normal.split())


def spellings(word: str) -> tuple[str, ...]:
    """The folded word and the other ways in which its parts are written, without repetition."""
    folded = fold(word)
    found = {folded: None}
    for group in _SPELLINGS:
        for known in group:
            if known in folded:
                found.update({folded.replace(known, other): None for other in group})
    return tuple(found)


def bigrams(text: str) -> tuple[str, ...]:
    """The pairs of neighbouring characters that carry meaning: pairs of hiragana only do not."""
    normal = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    pairs = (normal[i : i + 2] for i in range(len(normal) - 1))
    return tuple(
        pair.translate(_TO_KATAKANA)
        for pair in pairs
        if pair.isalnum() and not all("ぁ" <= sign <= "ゖ" for sign in pair)
    )
