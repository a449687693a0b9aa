"""A gap (狭間): a need for which nobody offers anything, kept without the person."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Gap:
    """What nobody offers. It carries no name, no free text and no link to the case."""

    id: str
    need_id: str
    category: str
    area: str
    age_band: str
    missing: tuple[str, ...]
    recorded_on: date
    resolved_on: date | None = None


def age_band(age: int | None) -> str:
    """The ten years an age lies in, for example ``40-49``; empty when the age is not known."""
    if age is None:
        return ""
    start = age // 10 * 10
    return f"{start}-{start + 9}"
