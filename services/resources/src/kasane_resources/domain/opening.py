"""Where and when an entry is open besides its first place and its first time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kasane_resources.domain.location import Location
from kasane_resources.domain.schedule import Schedule

MOST_FURTHER = 30
_NO_LOCATION = Location()
_NO_SCHEDULE = Schedule()


@dataclass(frozen=True)
class FurtherOpening:
    """Another time at the same place (``location`` is not known), or another place with its time."""

    schedule: Schedule = _NO_SCHEDULE
    location: Location = _NO_LOCATION

    @property
    def elsewhere(self) -> bool:
        """Whether it is at another place."""
        return self.location.known


def every_opening(
    schedule: Schedule, location: Location, further: Iterable[FurtherOpening]
) -> tuple[FurtherOpening, ...]:
    """Every time with the place where it is, the first of an entry first."""
    return (
        FurtherOpening(schedule, location),
        *(one if one.elsewhere else FurtherOpening(one.schedule, location) for one in further),
    )


def in_order(openings: Iterable[FurtherOpening]) -> tuple[FurtherOpening, ...]:
    """Those at the same place before those at others, else in the order they came; empty ones left out."""
    told = (one for one in openings if one != FurtherOpening())
    return tuple(sorted(told, key=lambda one: one.elsewhere))


def problems_of(
    openings: tuple[FurtherOpening, ...], schedule: Schedule, location: Location
) -> Iterator[str]:
    """The codes of what contradicts itself, or the first time and place of the entry."""
    if len(openings) > MOST_FURTHER:
        yield "further_too_many"
    if any(not one.elsewhere for one in openings) and not schedule.known:
        yield "further_needs_time"
    if any(one.elsewhere for one in openings) and not location.known:
        yield "further_needs_place"
    for one in openings:
        point = one.location.position
        if point is not None and not point.in_japan:
            yield "position_outside_japan"
        for _field, code in one.schedule.problems():
            yield code
