"""Folds Japanese text for searching: width, case, kana, old characters and spaces do not matter."""

from kasane_intake.domain.same_person.names import fold_long


def fold(text: str) -> str:
    """The search form of a text, without spaces. Never shown, and what is stored as typed is never changed."""
    return fold_long(text).replace(" ", "")
