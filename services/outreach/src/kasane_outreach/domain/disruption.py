"""What happens to a day that was planned, and what must not move because of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_DETOUR, MOST_CLOSED_DAYS = 240, 5
NO_WAY = 9_999


class DisruptionKind(StrEnum):
    """What happened."""

    WORKER_ABSENT = "worker_absent"
    VISIT_CANCELLED = "visit_cancelled"
    VISIT_ADDED = "visit_added"
    VISIT_OVERRUN = "visit_overrun"
    ROAD_CLOSED = "road_closed"


class VisitPin(StrEnum):
    """Why a visit keeps its time when other visits are rearranged."""

    NONE = "none"
    TOLD = "told"
    LOCKED = "locked"


@dataclass(frozen=True)
class Disruption:
    """One thing that happened on a day; only the fields of its kind are read.

    ``worker`` is away; ``visit_id`` was cancelled, or takes ``minutes`` more; ``request_id`` has to be visited on that
    day; ways into and out of ``block`` take ``minutes`` more for ``days`` days, or cannot be gone when it is 0.
    ``fill`` lets waiting households into the time that a cancelled visit leaves.
    """

    kind: DisruptionKind
    on: date
    worker: str = ""
    visit_id: str = ""
    request_id: str = ""
    block: str = ""
    minutes: int = 0
    days: int = 1
    fill: bool = False
