"""Where a human service is found, and how far that is."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = 111.0
JAPAN = ((20.0, 46.0), (122.0, 154.5))


@dataclass(frozen=True)
class Position:
    """A point in WGS84 degrees. Raises ValueError for degrees that no place has."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuses what cannot be on the earth."""
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"no place has {self.latitude}, {self.longitude}; nothing was kept")

    @property
    def in_japan(self) -> bool:
        """Whether the point lies in the box around Japan."""
        (south, north), (west, east) = JAPAN
        return south <= self.latitude <= north and west <= self.longitude <= east


@dataclass(frozen=True)
class Location:
    """A place (所在地). ``municipality`` is the six-digit code of the town it lies in, if known."""

    name: str = ""
    address: str = ""
    municipality: str = ""
    position: Position | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known about it."""
        return bool(self.name or self.address or self.municipality or self.position)


def distance_km(one: Position, other: Position) -> float:
    """The straight distance over the ground in kilometres (haversine)."""
    up = radians(other.latitude - one.latitude)
    along = radians(other.longitude - one.longitude)
    half = (
        sin(up / 2) ** 2
        + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(along / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def box_around(centre: Position, km: float) -> tuple[Position, Position]:
    """The south-west and north-east corners of a box that holds every point within ``km``."""
    up = km / KM_PER_DEGREE
    along = km / (KM_PER_DEGREE * max(0.01, cos(radians(centre.latitude))))
    return (
        Position(max(-90, centre.latitude - up), max(-180, centre.longitude - along)),
        Position(min(90, centre.latitude + up), min(180, centre.longitude + along)),
    )


def municipality_code_holds(code: str) -> bool:
    """Whether a 全国地方公共団体コード has six digits and the right check digit (JIS X 0402)."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    total = sum(int(sign) * weight for sign, weight in zip(code, range(6, 1, -1), strict=False))
    return int(code[5]) == (11 - total % 11) % 10
