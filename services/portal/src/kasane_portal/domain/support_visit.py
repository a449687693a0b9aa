"""A visit of a prefecture's team to one of its municipalities: about the programme, never about a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kasane_portal.domain.errors import (
    MunicipalityUnknown,
    SupportDutyUnknown,
    VisitInFuture,
    VisitVoided,
    WordsMissing,
)

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class SupportVisit:
    """One visit; ``duty`` is the code of what the team came for, ``void_reason`` empty while it stands."""

    id: str
    prefecture: str
    municipality: str
    visited_on: date
    duty: str
    note: str
    recorded_by: str
    recorded_at: datetime
    void_reason: str = ""

    def check(self, municipalities: Collection[str], duties: Collection[str], today: date) -> None:
        """Raises the refusal for a place, a duty or a day that cannot be."""
        if self.municipality not in municipalities:
            raise MunicipalityUnknown
        if self.duty not in duties:
            raise SupportDutyUnknown
        if self.visited_on > today:
            raise VisitInFuture

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return not self.void_reason

    def voided(self, reason: str) -> "SupportVisit":
        """The visit taken back with a reason; raises WordsMissing, and VisitVoided the second time."""
        if not reason.strip():
            raise WordsMissing
        if not self.stands:
            raise VisitVoided
        return replace(self, void_reason=reason.strip())


@dataclass(frozen=True)
class MunicipalityStart:
    """A municipality and its fiscal year as stated; ``running`` only when it is known to have begun."""

    code: str
    name: str
    year: int | None
    running: bool
    source: str


@dataclass(frozen=True)
class YearOfStarts:
    """The municipalities that began in one fiscal year; ``planned`` when the document only means to."""

    year: int
    planned: bool
    municipalities: tuple[MunicipalityStart, ...]


@dataclass(frozen=True)
class PlaceToVisit:
    """A municipality without a stated start, with the last visit that stands."""

    municipality: MunicipalityStart
    last_visited_on: date | None
    visits: int


def starts_by_year(municipalities: Sequence[MunicipalityStart]) -> tuple[YearOfStarts, ...]:
    """The stated starts by fiscal year, oldest first."""
    found: dict[tuple[int, bool], list[MunicipalityStart]] = {}
    for one in municipalities:
        if one.year is not None:
            found.setdefault((one.year, not one.running), []).append(one)
    return tuple(
        YearOfStarts(year, planned, tuple(found[year, planned])) for year, planned in sorted(found)
    )


def places_to_visit(
    municipalities: Sequence[MunicipalityStart], visits: Sequence[SupportVisit]
) -> tuple[PlaceToVisit, ...]:
    """Municipalities not running the programme, those never visited first, then the longest ago."""
    places = []
    for one in municipalities:
        days = [v.visited_on for v in visits if v.stands and v.municipality == one.code]
        if not one.running:
            places.append(PlaceToVisit(one, max(days, default=None), len(days)))
    return tuple(
        sorted(
            places, key=lambda place: (place.last_visited_on or date.min, place.municipality.code)
        )
    )
