"""Names what of a town's work a hook is shown; a plugin declares which of it it needs to see."""

from enum import StrEnum
from typing import Any, get_args


class DataScope(StrEnum):
    """One kind of snapshot. Days, codes and counts are shown to every plugin and have no scope."""

    CONSULTATION = "consultation"
    SHEET = "sheet"
    CONSENT = "consent"
    CASE = "case"
    SESSION = "session"
    PLAN = "plan"
    NEED = "need"
    DIRECTORY = "directory"
    ISSUE = "issue"


def scope_of(kind: Any) -> DataScope | None:
    """The scope that a declared type belongs to, also inside ``Sequence[…]``; None for plain values."""
    scope: DataScope | None = getattr(kind, "SCOPE", None)
    if scope is not None:
        return scope
    found = (scope_of(part) for part in get_args(kind))
    return next((one for one in found if one is not None), None)
