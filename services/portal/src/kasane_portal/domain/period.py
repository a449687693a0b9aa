"""The time a figure is about; a day, a finished year, an unfinished one and all years are not the same."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_portal.domain.errors import PeriodUnreadable


class PeriodKind(StrEnum):
    """What kind of time a figure is about."""

    FISCAL_YEAR = "fiscal_year"
    UP_TO_MONTH = "up_to_month"
    YEARS_TOGETHER = "years_together"
    ON_DAY = "on_day"
    IN_MONTH = "in_month"
    CUMULATIVE = "cumulative"


_FORMS = (
    (PeriodKind.FISCAL_YEAR, re.compile(r"([0-9]{4})")),
    (PeriodKind.UP_TO_MONTH, re.compile(r"([0-9]{4})/([0-9]{2})")),
    (PeriodKind.YEARS_TOGETHER, re.compile(r"([0-9]{4})\+([0-9]{4})")),
    (PeriodKind.ON_DAY, re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")),
    (PeriodKind.IN_MONTH, re.compile(r"([0-9]{4})-([0-9]{2})")),
    (PeriodKind.CUMULATIVE, re.compile(r"\.\.([0-9]{4})")),
)


@dataclass(frozen=True)
class Period:
    """A time with its first and last day, both included; ``first`` is None when it has no beginning."""

    code: str
    kind: PeriodKind
    first: date | None
    last: date

    @classmethod
    def parse(cls, code: str) -> "Period":
        """The time a code means: ``2021``, ``2023/09``, ``2024+2025``, ``2024-01-16``, ``2026-03``, ``..2025``.

        Full-width digits and signs are read as the plain ones, so that one time has one code. Raises PeriodUnreadable
        for anything else, for a month that is none and for years the wrong way round.
        """
        code = unicodedata.normalize("NFKC", code)
        for kind, form in _FORMS:
            if found := form.fullmatch(code):
                try:
                    first, last = _days(kind, [int(part) for part in found.groups()])
                except ValueError as error:
                    raise PeriodUnreadable(period=code) from error
                return cls(code, kind, first, last)
        raise PeriodUnreadable(period=code)

    @classmethod
    def of_year(cls, year: int, today: date) -> "Period":
        """A fiscal year: whole when it is over, else up to the month of today."""
        whole = cls.parse(f"{year:04d}")
        return whole if today > whole.last else cls.parse(f"{year:04d}/{today.month:02d}")

    @property
    def year(self) -> int:
        """The fiscal year of the last day."""
        return self.last.year if self.last.month >= 4 else self.last.year - 1


def _days(kind: PeriodKind, parts: list[int]) -> tuple[date | None, date]:
    year = parts[0]
    begins, ends = date(year, 4, 1), date(year + 1, 3, 31)
    match kind:
        case PeriodKind.FISCAL_YEAR:
            return begins, ends
        case PeriodKind.UP_TO_MONTH:
            month = parts[1]
            return begins, _last_of(year if month >= 4 else year + 1, month)
        case PeriodKind.YEARS_TOGETHER:
            if parts[1] <= year:
                raise ValueError
            return begins, date(parts[1] + 1, 3, 31)
        case PeriodKind.ON_DAY:
            day = date(*parts)
            return day, day
        case PeriodKind.IN_MONTH:
            return date(year, parts[1], 1), _last_of(year, parts[1])
        case PeriodKind.CUMULATIVE:
            return None, ends


def _last_of(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError
    return date(year, month, calendar.monthrange(year, month)[1])
