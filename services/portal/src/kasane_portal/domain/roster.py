"""Who sits in a body of the town, what a year's evaluation says, and before which body its report came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kasane_portal.domain.errors import (
    EvaluationUnfit,
    NoQuorum,
    ReportStepNotNext,
    RosterFull,
    SeatKindUnknown,
    TermUnfit,
    WordsMissing,
)


@dataclass(frozen=True)
class Seat:
    """A member of a body for a term, both days included; ``officer`` is a post such as 座長, or empty."""

    id: str
    body: str
    kind: str
    name: str
    officer: str
    first_day: date
    last_day: date
    extension_reason: str = ""

    def sits_on(self, day: date) -> bool:
        """Whether the term holds on a day."""
        return self.first_day <= day <= self.last_day

    def left_on(self, day: date) -> "Seat":
        """The seat given up on a day; raises TermUnfit for a day outside the term."""
        if not self.sits_on(day):
            raise TermUnfit
        return replace(self, last_day=day)


def check_seat(
    seat: Seat,
    others: Sequence[Seat],
    *,
    most: int,
    kinds: Collection[str],
    officers: Collection[str],
    years: int,
) -> None:
    """Raises the refusal for a seat that the town's rules do not allow.

    A term longer than the rules say needs a reason (延長); a post has one holder at a time; at no day of the
    term may more than ``most`` sit.
    """
    if not seat.name.strip():
        raise WordsMissing
    if seat.kind not in kinds or (seat.officer and seat.officer not in officers):
        raise SeatKindUnknown
    if seat.last_day < seat.first_day:
        raise TermUnfit
    if seat.last_day >= _years_after(seat.first_day, years) and not seat.extension_reason.strip():
        raise TermUnfit
    beginnings = {seat.first_day, *(one.first_day for one in others if seat.sits_on(one.first_day))}
    for day in beginnings:
        sitting = [one for one in others if one.sits_on(day)]
        if len(sitting) >= most:
            raise RosterFull(most=most)
        if seat.officer and any(one.officer == seat.officer for one in sitting):
            raise SeatKindUnknown


def kinds_without_seat(seats: Sequence[Seat], kinds: Sequence[str], day: date) -> tuple[str, ...]:
    """The kinds of members that nobody represents on a day."""
    sitting = {one.kind for one in seats if one.sits_on(day)}
    return tuple(kind for kind in kinds if kind not in sitting)


STEP = "step-"


def step_code(place: int) -> str:
    """How the step of a framework at a place, from 1 on, stands in the entries."""
    return f"{STEP}{place}"


@dataclass(frozen=True)
class EvaluationEntry:
    """What was found about one item of a year's evaluation; a later one takes the place of before."""

    id: str
    framework: str
    year: int
    item: str
    result: str
    words: str
    entered_by: str
    entered_at: datetime

    def check(self, marks: Collection[str], *, numbers: bool) -> None:
        """Raises EvaluationUnfit for a sign that the town does not use or a result that is no number."""
        if marks and self.result not in marks:
            raise EvaluationUnfit(result=self.result)
        if numbers and not self.result.replace(",", "").replace(".", "", 1).isdecimal():
            raise EvaluationUnfit(result=self.result)


@dataclass(frozen=True)
class ReportedStep:
    """A frozen version of a year's report came before a body on a day, with how many of its members were there.

    ``version_id`` is empty for what was written down before reports were frozen.
    """

    id: str
    year: int
    body: str
    held_on: date
    members: int
    present: int
    opinion: str
    entered_by: str
    entered_at: datetime
    version_id: str = ""


def check_report_step(
    step: ReportedStep,
    order: Sequence[str],
    reported: Sequence[ReportedStep],
    quorum_met: bool,
    why: str,
) -> None:
    """Raises ReportStepNotNext out of order or twice with the same version, NoQuorum when too few were there.

    A body that saw an earlier version may be given a later one at any time.
    """
    heard = {one.body for one in reported}
    waiting = [body for body in order if body not in heard]
    again = step.body in heard and step.version_id not in {
        one.version_id for one in reported if one.body == step.body
    }
    if not again and (not waiting or step.body != waiting[0]):
        raise ReportStepNotNext
    if not 0 <= step.present <= step.members or not quorum_met:
        raise NoQuorum(reason=why)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)
