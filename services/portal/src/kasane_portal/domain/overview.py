"""Counts by town and kind as the prefecture may see them: no person can be seen in a small number.

Cells from 1 to 9 are hidden (primary suppression). The total of a column with a hidden cell is
hidden as well (complementary suppression), so that nothing can be won back by subtraction; what
is shown in its place follows from the cells in sight alone. There are no totals over kinds and no
periods that overlap: each would be another equation to solve.

Time would be one more equation: who reads the table twice could subtract. So a number is told at the end
of a month, and once told it changes by ten or more, or to a number that is hidden, or not at all; what is
shown with an earlier month may have grown by up to nine since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SMALLEST_SHOWN = 10
YEARS_TOLD = 5


class CountKind(StrEnum):
    """What is counted in each town."""

    CONSULTATION_RECEIVED = "consultation_received"
    CASE_OPENED = "case_opened"
    SUPPORT_CONFERENCE_HELD = "support_conference_held"
    MULTI_AGENCY_CONFERENCE_HELD = "multi_agency_conference_held"
    SUPPORT_PLAN_AGREED = "support_plan_agreed"
    REFERRAL_ACCEPTED = "referral_accepted"
    VISIT_COMPLETED = "visit_completed"
    CONTACT_NOT_MADE = "contact_not_made"
    CASE_CLOSED = "case_closed"


@dataclass(frozen=True)
class Cell:
    """A number that may be shown, or None when it is from 1 to 9; ``through`` is the month it was told for.

    Without a month nothing was told of the town yet.
    """

    value: int | None
    through: str = ""

    @property
    def hidden(self) -> bool:
        """True when the number is too small to be shown."""
        return self.value is None


@dataclass(frozen=True)
class Total:
    """The sum over the towns: exact, or only the least it can be as was told."""

    at_least: int
    exact: bool


@dataclass(frozen=True)
class Overview:
    """A table that may be shown: rows by town in the order of the kinds, one total per kind."""

    kinds: tuple[CountKind, ...]
    rows: Mapping[str, tuple[Cell, ...]]
    totals: tuple[Total, ...]


def told(before: Cell | None, count: int, through: str) -> Cell:
    """What is told of a count at the end of the month ``through``, after ``before`` was told of it."""
    fresh = Cell(None if 0 < count < SMALLEST_SHOWN else count, through)
    if before is None or before.value == 0 or fresh.value is None:
        return fresh
    if before.hidden:
        return fresh if count >= SMALLEST_SHOWN else before
    assert before.value is not None
    return fresh if abs(count - before.value) >= SMALLEST_SHOWN else before


def overview(cells: Mapping[str, Mapping[CountKind, Cell]]) -> Overview:
    """The table of what was told of each town; the totals follow from the cells in sight alone."""
    kinds = tuple(CountKind)
    rows = {town: tuple(of.get(kind, Cell(None)) for kind in kinds) for town, of in cells.items()}
    totals = tuple(_total([row[place] for row in rows.values()]) for place in range(len(kinds)))
    return Overview(kinds, rows, totals)


def month_before(day: date) -> str:
    """The last month that is over on a day."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def fiscal_year(day: date) -> int:
    """The fiscal year of a day: it begins in April."""
    return day.year if day.month >= 4 else day.year - 1


def months_of(year: int) -> tuple[str, str]:
    """First and last month of a fiscal year as they are kept, ``2026-04`` and ``2027-03``."""
    return f"{year:04d}-04", f"{year + 1:04d}-03"


def month_of(day: date) -> str:
    """The month of a day as it is kept."""
    return f"{day:%Y-%m}"


def _total(cells: Sequence[Cell]) -> Total:
    hidden = sum(cell.hidden and bool(cell.through) for cell in cells)
    whole = len({cell.through for cell in cells}) <= 1 and not any(cell.hidden for cell in cells)
    return Total(sum(cell.value or 0 for cell in cells) + hidden, exact=whole)
