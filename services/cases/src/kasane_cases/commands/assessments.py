"""The inputs about assessments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RecordAssessment:
    """Write down an assessment of a member, or of the household when ``person_id`` is empty.

    ``after`` is the number of the one that was read before, 0 when there was none; ``reason`` says
    why another one is written.
    """

    assessment_id: str
    case_id: str
    person_id: str
    form_id: str
    form_version: int
    answers: Mapping[str, Any]
    after: int = 0
    reason: str = ""
