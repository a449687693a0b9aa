"""Commands about visits."""

from dataclasses import dataclass
from datetime import date, time

from kasane_outreach.domain.contact_attempt import VisitResult


@dataclass(frozen=True)
class ScheduleVisit:
    """Give a household a visit by hand; ``despite_same_day`` says that a second visit that day
    is meant.
    """

    visit_id: str
    request_id: str
    on: date
    starts_at: time
    minutes: int
    workers: tuple[str, ...]
    despite_same_day: bool = False


@dataclass(frozen=True)
class HandOverVisit:
    """Give a visit to other workers; day and time stay."""

    visit_id: str
    workers: tuple[str, ...]
    version: int


@dataclass(frozen=True)
class CancelVisit:
    """Take a visit out of the day, with the reason."""

    visit_id: str
    reason: str
    version: int


@dataclass(frozen=True)
class RecordVisit:
    """Write down what came of a visit; the same ``submission`` again changes nothing."""

    visit_id: str
    result: VisitResult
    version: int
    note: str = ""
    consent_heard: bool = False
    accompanied_to: str = ""
    next_wish: str = ""
    submission: str = ""
