"""For whom a human service is there: age, audience, area."""

from dataclasses import dataclass
from enum import StrEnum


class AreaKind(StrEnum):
    """How a human service says whom it serves by place."""

    NOT_STATED = "not_stated"
    TOWNS = "towns"
    RADIUS = "radius"
    ONLINE = "online"


@dataclass(frozen=True)
class ServiceArea:
    """The area served: words for towns and districts, a radius around the place, or online."""

    kind: AreaKind = AreaKind.NOT_STATED
    words: tuple[str, ...] = ()
    radius_km: int | None = None


@dataclass(frozen=True)
class Eligibility:
    """Who may use a human service (対象要件). An age that is None is not stated."""

    minimum_age: int | None = None
    maximum_age: int | None = None
    audience: str = ""
    area: ServiceArea = ServiceArea()

    @property
    def states_age(self) -> bool:
        """Whether any age is stated."""
        return self.minimum_age is not None or self.maximum_age is not None

    def admits_age(self, age: int) -> bool:
        """Whether a person of this age is inside the stated ages."""
        young = self.minimum_age is not None and age < self.minimum_age
        old = self.maximum_age is not None and age > self.maximum_age
        return not (young or old)
