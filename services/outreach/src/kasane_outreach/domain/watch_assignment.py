"""Watching over somebody who has not consented: who looks, how often, and what is told to whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass
class WatchAssignment:
    """``watcher`` is an account of the town or a contractor bound to secrecy; ``what`` names what is looked for.

    What a watcher reports stays with coordinators and the watcher: to whom it may go further is decided in
    the case, by its basis (docs/disclosure.md). ``told_for`` is the day of which others were told.
    """

    id: str
    case_id: str
    request_id: str
    watcher: str
    every_days: int
    what: str
    basis: str
    begins_on: date
    next_on: date
    made_by: str
    ended_on: date | None = None
    end_reason: str = ""
    told_for: date | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still looks."""
        return self.ended_on is None

    def late(self, today: date) -> bool:
        """Whether somebody should have looked before today."""
        return self.open and self.next_on < today

    def looked(self, on: date) -> None:
        """Somebody looked; the next time is counted from then."""
        self.next_on = on + timedelta(days=self.every_days)

    def end(self, on: date, reason: str) -> None:
        """Nobody has to look any more."""
        self.ended_on, self.end_reason = on, reason


@dataclass(frozen=True)
class WatchReport:
    """What a watcher saw on a day; the words lie sealed."""

    id: str
    assignment_id: str
    on: date
    worrying: bool
    by: str
    at: datetime
