"""What people left at the town and became no consultation, and how long it is kept. No term is the platform's own."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_intake.domain.arrival_errors import ArrivalTermNotPossible

BEGINS_AFTER_DAYS = 14
"""Nothing is destroyed for so long after a term was entered: a slip can be corrected, and holds placed."""


class ArrivalKind(StrEnum):
    """By which way somebody left something."""

    WEB_MESSAGE = "web_message"
    BOOKING = "booking"


class TermUnit(StrEnum):
    """In what a term is counted."""

    DAYS = "days"
    MONTHS = "months"


BOUNDS = {TermUnit.DAYS: (14, 36_500), TermUnit.MONTHS: (1, 1_200)}


@dataclass(frozen=True)
class ArrivalTerm:
    """How long a town keeps what became no consultation, with the document that says so."""

    length: int
    unit: TermUnit
    source: str
    source_date: date
    valid_from: date
    set_by_name: str

    def check(self) -> None:
        """Raises ArrivalTermNotPossible when the length is out of bounds."""
        least, most = BOUNDS[self.unit]
        if not least <= self.length <= most:
            raise ArrivalTermNotPossible(length=self.length, least=least, most=most)

    def over_since(self, day: date) -> date:
        """The first day on which what was handled on a day need not be kept any more."""
        if self.unit is TermUnit.DAYS:
            return day + timedelta(days=self.length + 1)
        return _months_after(day, self.length) + timedelta(days=1)

    def latest(self, today: date) -> date:
        """What was handled after this day is not over today."""
        if self.unit is TermUnit.DAYS:
            return today - timedelta(days=self.length + 1)
        day = _months_after(today, -self.length) + timedelta(days=3)
        while self.over_since(day) > today:
            day -= timedelta(days=1)
        return day


@dataclass(frozen=True)
class Arrival:
    """One thing that somebody left: ``day`` is when it was handled, or came while nobody has handled it.

    ``receipt`` is its number, which a booking by telephone does not have; ``day_id`` names the 相談会 of a booking.
    """

    kind: ArrivalKind
    id: str
    receipt: str
    day: date
    day_id: str = ""


@dataclass(frozen=True)
class ArrivalHold:
    """That something is kept on although its time is over, and why."""

    id: str
    kind: ArrivalKind
    arrival_id: str
    reason: str
    placed_by: str
    placed_by_name: str
    placed_at: datetime
    lifted_by_name: str = ""
    lifted_at: datetime | None = None


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
