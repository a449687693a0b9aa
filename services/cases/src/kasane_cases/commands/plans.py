"""The inputs about support plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kasane_cases.domain.support_plan import PlanKind, PlanTrack


@dataclass(frozen=True)
class DraftPlan:
    """Write a plan for some persons of a case."""

    plan_id: str
    case_id: str
    kind: PlanKind
    persons: tuple[str, ...]
    goals: tuple[str, ...]
    tracks: tuple[PlanTrack, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RevisePlan:
    """Write a draft anew."""

    case_id: str
    plan_id: str
    persons: tuple[str, ...]
    goals: tuple[str, ...]
    version: int
    tracks: tuple[PlanTrack, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class DecidePlan:
    """Take a held session's decision; ``review_on`` follows the town's interval unless given."""

    case_id: str
    plan_id: str
    session_id: str
    agreed_by: tuple[str, ...]
    review_on: date | None = None
