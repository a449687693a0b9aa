"""What came of a visit; one at which nobody was met is still work, and is counted."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class VisitResult(StrEnum):
    """What came of a visit. *Refused* is the refusal of this visit, never the refusal of help."""

    MET = "met"
    ABSENT = "absent"
    REFUSED = "refused"
    MOVED = "moved"
    WORRYING = "worrying"

    @property
    def contact_made(self) -> bool:
        """Whether the worker met somebody or saw what has to be told."""
        return self in (VisitResult.MET, VisitResult.WORRYING)


@dataclass(frozen=True)
class ContactAttempt:
    """One visit without contact: the how-manieth for this household, when, by whom, and what
    was seen.
    """

    visit_id: str
    request_id: str
    number: int
    on: date
    result: VisitResult
    note: str
    recorded_by: str
    recorded_at: datetime
