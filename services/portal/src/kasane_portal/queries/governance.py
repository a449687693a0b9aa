"""What the page of the evaluation reads."""

from sqlalchemy import Connection

from kasane_portal.domain.evaluation import ActionEntry, AgencyRemark
from kasane_portal.domain.roster import EvaluationEntry, ReportedStep, Seat
from kasane_portal.repository import (
    ActionEntries,
    AgencyRemarks,
    Evaluations,
    ReportedSteps,
    Seats,
)


def evaluation_of(connection: Connection, framework: str, year: int) -> tuple[EvaluationEntry, ...]:
    """Every version of what was found in a year, the latest first."""
    return Evaluations(connection).of(framework, year)


def report_of(connection: Connection, year: int) -> tuple[ReportedStep, ...]:
    """Before which bodies the year's report came, in order."""
    return ReportedSteps(connection).of(year)


def seats_of(connection: Connection, body: str) -> tuple[Seat, ...]:
    """The roster of a body, past terms too."""
    return Seats(connection).of(body)


def remarks_of(connection: Connection, framework: str, year: int) -> tuple[AgencyRemark, ...]:
    """What agencies said about the items of a year, in order."""
    return AgencyRemarks(connection).of(framework, year)


def actions_of(connection: Connection, year: int) -> dict[str, tuple[ActionEntry, ...]]:
    """The actions of a year by their id, each with its entries, the latest first; actions as they were begun."""
    found: dict[str, tuple[ActionEntry, ...]] = {}
    for entry in ActionEntries(connection).of(year):
        found[entry.action_id] = (entry, *found.get(entry.action_id, ()))
    return found
