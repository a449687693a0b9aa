"""The protection of an address (DV等支援措置): one year, asked for again, ends on moving out."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class EndOfProtection(StrEnum):
    """Why a protection ended; after moving out it has to be asked for in the new town."""

    LIFTED = "lifted"
    MOVED_OUT = "moved_out"


@dataclass(frozen=True)
class AddressProtection:
    """One term of protection for one person; the address stays hidden until somebody lifts it."""

    id: str
    person_id: str
    case_id: str
    from_on: date
    until_on: date
    authority: str
    certificate: str
    phone_too: bool
    recorded_by: str
    recorded_at: datetime
    ended_on: date | None = None
    end_reason: str = ""

    @property
    def renewable_from(self) -> date:
        """The first day on which the next term may be asked for: one month before the end."""
        return _months_later(self.until_on, -1)

    def renewal_due(self, day: date) -> bool:
        """Whether the end is near or past and nobody ended the term."""
        return self.ended_on is None and day >= self.renewable_from


@dataclass(frozen=True)
class ProtectedReader:
    """Who may read a protected address, why, and until when; ``emergency`` was taken by oneself."""

    id: str
    person_id: str
    account_id: str
    reason: str
    given_by: str
    given_at: datetime
    valid_to: date | None = None
    ended_at: datetime | None = None
    emergency: bool = False


def last_day_of_term(from_on: date) -> date:
    """The last day of a term of one year."""
    return _months_later(from_on, 12) - timedelta(days=1)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
