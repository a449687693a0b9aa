"""The inputs of outreach's handlers."""

from dataclasses import dataclass
from datetime import date, time

from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.routing import END_OF_DAY, RoundPlan, RoundProblem


@dataclass(frozen=True)
class PutOnList:
    """Put a household on the list of those to reach, as a case asked."""

    request_id: str
    case_id: str
    person_id: str
    name: str
    address: str
    reason: str
    purpose: str
    by_when: date | None
    minutes: int
    two_person: bool
    agency: str
    area: str
    category: str
    address_protected: bool
    kana: str = ""
    phone: str = ""


@dataclass(frozen=True)
class PlaceHousehold:
    """Put a household on the map by hand; ``town_block`` is empty for typed coordinates."""

    request_id: str
    position: Position
    town_block: str
    version: int


@dataclass(frozen=True)
class NoteContactDetails:
    """Write down how the name is read and the telephone number."""

    request_id: str
    kana: str
    phone: str
    version: int


@dataclass(frozen=True)
class ScheduleVisit:
    """Give a household a visit by hand; ``despite_same_day`` says that a second visit that day
    is meant.
    """

    visit_id: str
    request_id: str
    on: date
    starts_at: time
    minutes: int
    workers: tuple[str, ...]
    despite_same_day: bool = False


@dataclass(frozen=True)
class CancelVisit:
    """Take a visit out of the day, with the reason."""

    visit_id: str
    reason: str
    version: int


@dataclass(frozen=True)
class RecordVisit:
    """Write down what came of a visit; the same ``submission`` again changes nothing."""

    visit_id: str
    result: VisitResult
    version: int
    note: str = ""
    consent_heard: bool = False
    accompanied_to: str = ""
    next_wish: str = ""
    submission: str = ""


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
