"""Watches over the worker: who went in says so, and who does not come out in time is looked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kasane_outreach.domain.door_errors import AlreadySettled


@dataclass
class CheckIn:
    """A worker went in at ``started_at`` and says by ``expected_by`` that all is well.

    ``alarmed_at`` is when somebody was told that the word did not come; ``ended_by`` is the worker,
    or who found out that all is well.
    """

    id: str
    visit_id: str
    account_id: str
    started_at: datetime
    expected_by: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    alarmed_at: datetime | None = None
    note: str = ""

    @property
    def open(self) -> bool:
        """Whether the word that all is well is still awaited."""
        return self.ended_at is None

    def overdue(self, now: datetime) -> bool:
        """Whether the word should have come."""
        return self.open and now > self.expected_by

    def alarm(self, now: datetime) -> bool:
        """Notes that somebody is told, once; False when it is not due or was done before."""
        if self.alarmed_at is not None or not self.overdue(now):
            return False
        self.alarmed_at = now
        return True

    def end(self, by: str, at: datetime, note: str = "") -> None:
        """All is well. Raises AlreadySettled."""
        if not self.open:
            raise AlreadySettled
        self.ended_at, self.ended_by, self.note = at, by, note


def expected_end(started: datetime, minutes: int, grace: int) -> datetime:
    """By when the word should come: after the visit's minutes and the town's grace."""
    return started + timedelta(minutes=minutes + grace)
