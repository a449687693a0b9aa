"""Commands about rounds."""

from dataclasses import dataclass
from datetime import date

from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.routing import END_OF_DAY, RoundPlan, RoundProblem


@dataclass(frozen=True)
class WorkerHours:
    """When and how a chosen worker goes round."""

    account_id: str
    starts: int
    ends: int
    mode: TravelMode = TravelMode.CAR


@dataclass(frozen=True)
class WantedVisit:
    """A household chosen for a round, with the length and the window of the visit."""

    request_id: str
    minutes: int
    earliest: int = 0
    latest: int = END_OF_DAY


@dataclass(frozen=True)
class AskForRound:
    """What a person wants planned: the day, where it starts, who goes, whom they go to."""

    on: date
    start: Position
    workers: tuple[WorkerHours, ...]
    visits: tuple[WantedVisit, ...]


@dataclass(frozen=True)
class PlanRound:
    """Keep a plan so that it can be looked at and accepted."""

    round_id: str
    problem: RoundProblem
    plan: RoundPlan


@dataclass(frozen=True)
class AcceptRound:
    """Turn a plan into visits."""

    round_id: str
    version: int
