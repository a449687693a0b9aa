"""A community issue raised from cases by count and theme only, with the rule for small numbers.

A number of households from 1 to 9 is not said (the same limit as on the prefecture's page). One or
two households are too few to be spoken of at a neighbourhood or a district at all: there the theme
alone would point to them. For the whole town they are said as "fewer than ten".
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_cases.domain.errors import AreaIdentifies, NobodyHasIt, TooFewHouseholds

SMALLEST_SAID = 10
FEWEST_FOR_A_PLACE = 3
_HOUSE_NUMBER = re.compile(r"[0-9０-９]")
_AREA_CODE = re.compile(r"[0-9]{1,3}")


class IssueLevel(StrEnum):
    """How wide an issue reaches: 自治会, 小・中学校区 or 日常生活圏域, the whole town."""

    NEIGHBOURHOOD = "neighbourhood"
    DISTRICT = "district"
    TOWN = "town"


@dataclass
class CaseIssue:
    """A theme that several households share, as cases raised it; ``case_ids`` never leave cases."""

    id: str
    theme: str
    level: IssueLevel
    areas: tuple[str, ...]
    households: int
    raised_on: date
    raised_by: str
    case_ids: tuple[str, ...] = ()
    body: str = ""
    outcome: str = ""
    answer: str = ""
    answered_on: date | None = None

    @property
    def said(self) -> int | None:
        """The number that may be said, or None when it is too small."""
        return self.households if self.households >= SMALLEST_SAID else None

    def check(self) -> None:
        """Raises NobodyHasIt, TooFewHouseholds or AreaIdentifies when it must not be raised so."""
        if not self.households:
            raise NobodyHasIt
        if self.level is not IssueLevel.TOWN and self.households < FEWEST_FOR_A_PLACE:
            raise TooFewHouseholds(fewest=FEWEST_FOR_A_PLACE)
        if any(not may_be_named(area) for area in self.areas):
            raise AreaIdentifies


def may_be_named(area: str) -> bool:
    """Whether the name of a place is one of many homes: no number of a house or block is in it.

    A number alone is the code of a 日常生活圏域, which is wide enough.
    """
    return bool(_AREA_CODE.fullmatch(area)) or bool(area.strip() and not _HOUSE_NUMBER.search(area))
