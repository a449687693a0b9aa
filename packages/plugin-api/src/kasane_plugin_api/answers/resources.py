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


@dataclass(frozen=True)
class FreshnessRule:
    """After how many days an entry of the directory is asked about, is stale, and its owner reminded again.

    Days count from the last confirmation. ``stated`` is false where no document of the town says so.
    ``vacancy_days`` is how long what was said of free places is believed.
    Raises ValueError when a number is below one, or stale comes before asking.
    """

    ask_after_days: int
    stale_after_days: int
    remind_again_days: int
    stated: bool = True
    source: str = ""
    vacancy_days: int = 90

    def __post_init__(self) -> None:
        """Refuses days that cannot be counted in this order."""
        if not 1 <= self.ask_after_days <= self.stale_after_days or not all(
            days >= 1 for days in (self.remind_again_days, self.vacancy_days)
        ):
            raise ValueError("days are at least one, and stale does not come before asking")
