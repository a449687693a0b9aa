"""How long a way takes, as an estimate from the straight line: nobody's timetable is asked.

Roads are 1.3 times as long as the straight line, the factor that research on visit plans measured with; 4.5 km an
hour on foot and 30 by car are what outreach plans its visits with. Both are assumptions, so every sentence says that
it is an estimate.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

DETOUR = 1.3
WALKED_KM = 2.0
"""What is farther by the straight line is told by car only."""


class Means(StrEnum):
    """How somebody gets there."""

    FOOT = "foot"
    CAR = "car"


KM_PER_HOUR = {Means.FOOT: 4.5, Means.CAR: 30.0}


@dataclass(frozen=True)
class Reach:
    """How far a search goes around a place: so many kilometres of the straight line."""

    code: str
    km: float


def minutes_for(straight_km: float, means: Means) -> int:
    """The estimated minutes of a way, rounded up."""
    return ceil(round(straight_km * DETOUR / KM_PER_HOUR[means] * 60, 6))


def reach_of(minutes: int, means: Means) -> float:
    """How many kilometres of the straight line can be gone in so many minutes."""
    return minutes / 60 * KM_PER_HOUR[means] / DETOUR


REACHES = {
    one.code: one
    for one in (
        *(Reach(str(km), float(km)) for km in (2, 5, 10, 30)),
        *(Reach(f"foot{many}", reach_of(many, Means.FOOT)) for many in (15, 30)),
        *(Reach(f"car{many}", reach_of(many, Means.CAR)) for many in (15, 30)),
    )
}
"""What a search around a place can be limited to, by its code in the address."""
