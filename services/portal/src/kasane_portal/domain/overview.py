"""Counts by town and kind as the prefecture may see them: no person can be seen in a small number.

Cells from 1 to 9 are hidden (primary suppression). The total of a column with a hidden cell is
hidden as well (complementary suppression), so that nothing can be won back by subtraction; what
is shown in its place follows from the cells in sight alone. There are no totals over kinds and no
periods that overlap: each would be another equation to solve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SMALLEST_SHOWN = 10


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
    """A number that may be shown, or None when it is from 1 to 9."""

    value: int | None

    @property
    def hidden(self) -> bool:
        """True when the number is too small to be shown."""
        return self.value is None


@dataclass(frozen=True)
class Total:
    """The sum over the towns: exact, or only the least it can be."""

    at_least: int
    exact: bool


@dataclass(frozen=True)
class Overview:
    """A table that may be shown: rows by town in the order of the kinds, one total per kind."""

    kinds: tuple[CountKind, ...]
    rows: Mapping[str, tuple[Cell, ...]]
    totals: tuple[Total, ...]


def suppress(counts: Mapping[str, Mapping[CountKind, int]]) -> Overview:
    """The table of the counts by town with every small number and every revealing total hidden."""
    kinds = tuple(CountKind)
    rows = {town: tuple(_cell(of.get(kind, 0)) for kind in kinds) for town, of in counts.items()}
    totals = tuple(_total([row[place] for row in rows.values()]) for place in range(len(kinds)))
    return Overview(kinds, rows, totals)


def fiscal_year(day: date) -> int:
    """The fiscal year of a day: it begins in April."""
    return day.year if day.month >= 4 else day.year - 1


def months_of(year: int) -> tuple[str, str]:
    """First and last month of a fiscal year as they are kept, ``2026-04`` and ``2027-03``."""
    return f"{year:04d}-04", f"{year + 1:04d}-03"


def month_of(day: date) -> str:
    """The month of a day as it is kept."""
    return f"{day:%Y-%m}"


def _cell(count: int) -> Cell:
    return Cell(None if 0 < count < SMALLEST_SHOWN else count)


def _total(cells: Sequence[Cell]) -> Total:
    hidden = sum(cell.hidden for cell in cells)
    return Total(sum(cell.value or 0 for cell in cells) + hidden, exact=hidden == 0)
