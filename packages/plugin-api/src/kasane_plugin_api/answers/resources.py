"""What a town says about its directory of resources."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ResourceSource:
    """Where a town's directory of resources is filled from and who may see it."""

    code: str
    label: str
    layout: str
    visibility: str = "public"
    source: str = ""


@dataclass(frozen=True)
class RankedResource:
    """What a town adds to one candidate: a sentence with its source, and points, at most ten either way."""

    human_service_id: str
    points: float
    sentence: str
    source: str = ""
