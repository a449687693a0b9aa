"""A place on the map, and how long the way between two places takes."""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, ceil, cos, radians, sin, sqrt

from kasane_outreach.domain.errors import NotAPosition

EARTH_RADIUS_KM = 6371.0
DETOUR = 1.3
"""Roads are longer than the straight line; the factor that research/scheduling measured with."""


class TravelMode(StrEnum):
    """How a worker gets around."""

    CAR = "car"
    FOOT = "foot"


SPEED_KM_PER_HOUR = {TravelMode.CAR: 30.0, TravelMode.FOOT: 4.5}


@dataclass(frozen=True)
class Position:
    """A point in WGS84 degrees. Raises NotAPosition outside Japan."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (20.0 <= self.latitude <= 46.0 and 122.0 <= self.longitude <= 154.0):
            raise NotAPosition


def kilometres(here: Position, there: Position) -> float:
    """The length of the way by road, as far as it can be known without a map of roads."""
    latitude, other = radians(here.latitude), radians(there.latitude)
    half = (
        sin((other - latitude) / 2) ** 2
        + cos(latitude) * cos(other) * sin(radians(there.longitude - here.longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half)) * DETOUR


def travel_minutes(here: Position, there: Position, mode: TravelMode) -> int:
    """The time of the way in whole minutes, rounded up."""
    return ceil(round(kilometres(here, there) / SPEED_KM_PER_HOUR[mode] * 60, 6))
