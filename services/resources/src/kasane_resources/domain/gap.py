"""A gap (狭間): a need for which nobody offers anything, kept without the person."""

import re
from dataclasses import dataclass
from datetime import date

from kasane_resources.domain.errors import AreaPointsToSomebody, NoOpenGaps, TooFewGaps

SMALLEST_SAID = 10
FEWEST_FOR_A_PLACE = 3
_HOUSE_NUMBER = re.compile(r"[0-9０-９]")
_AREA_CODE = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class Gap:
    """What nobody offers. It carries no name, no free text and no link to the case.

    ``issue_id`` is the community issue that it was raised with. Closed by hand it names the entry
    that was developed (``developed_id``) and who said so; closed by a match it names nothing.
    """

    id: str
    need_id: str
    category: str
    area: str
    age_band: str
    missing: tuple[str, ...]
    recorded_on: date
    resolved_on: date | None = None
    issue_id: str = ""
    developed_id: str = ""
    developed: str = ""
    resolved_by_name: str = ""


@dataclass(frozen=True)
class GapTheme:
    """Open gaps of one category that no issue was raised from yet; ``areas`` counts them by place."""

    category: str
    open: int
    to_raise: int
    areas: tuple[tuple[str, int], ...]

    def at(self, area: str) -> int:
        """How many could be raised at a place, or in the whole town when ``area`` is empty.

        Raises NoOpenGaps, TooFewGaps or AreaPointsToSomebody. The limits are those of issues from
        cases: one or two are too few to be spoken of at a place.
        """
        count = dict(self.areas).get(area, 0) if area else self.to_raise
        must_be_enough(count, area)
        if area and _HOUSE_NUMBER.search(area) and not _AREA_CODE.fullmatch(area):
            raise AreaPointsToSomebody
        return count

    @property
    def places(self) -> tuple[str, ...]:
        """The places where enough were counted for an issue of that place."""
        return tuple(area for area, _ in self.areas if area and self._may_be_raised_at(area))

    def _may_be_raised_at(self, area: str) -> bool:
        try:
            self.at(area)
        except (TooFewGaps, AreaPointsToSomebody):
            return False
        return True


def must_be_enough(count: int, area: str) -> None:
    """Raises NoOpenGaps when there are none, or TooFewGaps when they would point to somebody at a place."""
    if not count:
        raise NoOpenGaps
    if area and count < FEWEST_FOR_A_PLACE:
        raise TooFewGaps(fewest=FEWEST_FOR_A_PLACE)


def said(count: int) -> int | None:
    """The number that may be said, or None when it is too small to be said."""
    return count if count >= SMALLEST_SAID else None


def age_band(age: int | None) -> str:
    """The ten years an age lies in, for example ``40-49``; empty when the age is not known."""
    if age is None:
        return ""
    start = age // 10 * 10
    return f"{start}-{start + 9}"
