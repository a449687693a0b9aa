"""Visits to every household of a town, area by area: leaders are heard first and kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kasane_outreach.domain.contact_attempt import VisitResult


@dataclass
class SurveyHousehold:
    """A household to be visited in its turn; ``result`` is of the last visit, ``visits`` counts all of them.

    A refused survey is no refusal of help.
    """

    id: str
    run_id: str
    area: str
    agency: str
    label: str
    result: VisitResult | None = None
    visited_on: date | None = None
    visits: int = 0
    request_id: str = ""

    @property
    def version(self) -> int:
        """Grows with each visit, so that who records one says what they knew."""
        return self.visits + 1

    @property
    def done(self) -> bool:
        """Whether its turn is over: met, refused, moved or worrying; who was out is visited again."""
        return self.result is not None and self.result is not VisitResult.ABSENT

    def visited(self, result: VisitResult, on: date) -> None:
        """Somebody went there."""
        self.result, self.visited_on = result, on
        self.visits += 1


@dataclass(frozen=True)
class SurveyVisit:
    """One visit of the survey; the household's own words lie sealed."""

    id: str
    household_id: str
    run_id: str
    agency: str
    result: VisitResult
    on: date
    by: str


@dataclass(frozen=True)
class LeaderHearing:
    """What a 自治会長 or 民生委員 said before the visits; it is never shown as the household's own words."""

    id: str
    run_id: str
    area: str
    heard_from: str
    on: date
    legal_ground: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AgencyMonth:
    """What one agency did in a month: households are counted once, visits every time."""

    agency: str
    households: int
    visits: int
    by_result: Mapping[str, int]


@dataclass(frozen=True)
class AreaProgress:
    """How far an area is; ``heard`` says that a leader was heard before the visits."""

    area: str
    agency: str
    households: int
    met: int
    absent: int
    refused: int
    moved: int
    worrying: int
    visits: int
    heard: bool = False

    @property
    def left(self) -> int:
        """How many wait for their turn or for another visit."""
        return self.households - self.met - self.refused - self.moved - self.worrying
