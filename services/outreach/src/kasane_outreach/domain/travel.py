"""The port of those who know how long ways take, and the one that needs no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import Protocol

from kasane_outreach.domain.planning import Travel
from kasane_outreach.domain.position import (
    DETOUR,
    SPEED_KM_PER_HOUR,
    Position,
    TravelMode,
    kilometres,
)

LOCAL_KM = 10.0


class TravelTimes(Protocol):
    """Knows ways; whole minutes, rounded up, 0 from a place to itself."""

    def table(self, places: Sequence[Position], mode: TravelMode) -> Travel:
        """The minutes from every place to every place."""
        ...


class RoadKind(StrEnum):
    """On what kind of road a way mostly goes, judged by its length."""

    LOCAL = "local"
    TRUNK = "trunk"


@dataclass(frozen=True)
class StraightLine:
    """Distance times how much longer roads are than the straight line, by kind of road.

    Both factors are the one that was measured (1.3) until a town knows its own; a way on foot is always local.
    """

    circuity: Mapping[RoadKind, float] = field(
        default_factory=lambda: {RoadKind.LOCAL: DETOUR, RoadKind.TRUNK: DETOUR}
    )

    def table(self, places: Sequence[Position], mode: TravelMode) -> Travel:
        """The minutes from every place to every place."""
        return [[self._minutes(here, there, mode) for there in places] for here in places]

    def _minutes(self, here: Position, there: Position, mode: TravelMode) -> int:
        if here == there:
            return 0
        straight = kilometres(here, there) / DETOUR
        trunk = mode is TravelMode.CAR and straight > LOCAL_KM
        factor = self.circuity[RoadKind.TRUNK if trunk else RoadKind.LOCAL]
        return ceil(round(straight * factor / SPEED_KM_PER_HOUR[mode] * 60, 6))


class RememberedWays:
    """Asks another adapter once for each pair of places; for a caller that asks about the same places again."""

    def __init__(self, travel: TravelTimes) -> None:
        self._travel = travel
        self._known: dict[tuple[TravelMode, Position, Position], int] = {}

    def table(self, places: Sequence[Position], mode: TravelMode) -> Travel:
        """The minutes from every place to every place."""
        known = self._known
        if any((mode, here, there) not in known for here in places for there in places):
            for here, row in zip(places, self._travel.table(places, mode), strict=True):
                known |= {(mode, here, there): way for there, way in zip(places, row, strict=True)}
        return [[known[mode, here, there] for there in places] for here in places]
