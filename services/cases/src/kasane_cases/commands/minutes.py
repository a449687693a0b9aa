"""The inputs about the minutes of a session."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DraftMinutes:
    """Keep the minutes as written so far; ``expected`` is the version that was read.

    ``minutes`` is the general part without a person, ``items`` the part of each item by its id.
    """

    session_id: str
    minutes: str
    items: dict[str, str] = field(default_factory=dict)
    expected: int | None = None


@dataclass(frozen=True)
class FixMinutes:
    """Fix the minutes of a held session; ``expected`` is the version that was read."""

    session_id: str
    minutes: str
    items: dict[str, str] = field(default_factory=dict)
    expected: int | None = None


@dataclass(frozen=True)
class AddAddendum:
    """Correct fixed minutes by a dated addition, to one item or to the general part."""

    addendum_id: str
    session_id: str
    text: str
    item_id: str = ""
