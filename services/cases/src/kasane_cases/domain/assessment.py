"""Assessment: a need of one person, and what the directory of resources suggests for it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class NeedSuggestion:
    """One human service that could meet a need, with a sentence for each part of its points."""

    human_service_id: str
    name: str
    points: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class SupportNeed:
    """What one person of a case needs; ``suggested_at`` is None until the directory answered."""

    id: str
    case_id: str
    person_id: str
    category: str
    description: str
    identified_on: date
    identified_by: str
    suggestions: tuple[NeedSuggestion, ...] = ()
    missing: tuple[str, ...] = ()
    suggested_at: datetime | None = None
