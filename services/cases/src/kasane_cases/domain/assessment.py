"""Assessment: what was found out about a household and its members, and what a person needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Assessment:
    """One filled-in form about a member, or about the household when ``person_id`` is empty.

    It is never changed: a correction is the next number, with its reason.
    """

    id: str
    case_id: str
    person_id: str
    number: int
    form_id: str
    form_version: int
    answers: Mapping[str, Any]
    recorded_at: datetime
    recorded_by: str
    recorded_by_name: str
    reason: str = ""


def written_words(answers: Mapping[str, Any]) -> list[str]:
    """What was written in an assessment; the name of who told about others is no statement."""
    statements = (
        answer.get("text", "") if isinstance(answer, Mapping) else answer
        for answer in answers.values()
    )
    return [one for one in statements if isinstance(one, str)]


@dataclass(frozen=True)
class NeedSuggestion:
    """One human service that could meet a need, with a sentence for each part of its points."""

    human_service_id: str
    name: str
    points: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOutService:
    """One human service of a kind that meets a need and that is left out, and why."""

    human_service_id: str
    name: str
    reason: str


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
    circumstances: tuple[str, ...] = ()
    contact: str = ""
    times: str = ""
    left_out: tuple[LeftOutService, ...] = ()
