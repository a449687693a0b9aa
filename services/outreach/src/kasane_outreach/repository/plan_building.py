"""Builds the planning problem of some days from what is written down: households, wishes, hours, visits that stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import jpholiday
from sqlalchemy import Connection

from kasane_kit import clock
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.planning import (
    Commitment,
    PlanProblem,
    PlanVisit,
    PlanWorker,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.time_of_day import minute_of
from kasane_outreach.domain.travel import TravelTimes
from kasane_outreach.domain.visit import Visit
from kasane_outreach.domain.visit_wish import HIGHEST, VisitWish
from kasane_outreach.domain.worker_profile import Hours, WorkerProfile
from kasane_outreach.repository.households import HouseholdsToReach
from kasane_outreach.repository.planning_records import (
    PlanSettings,
    VisitWishes,
    WorkerProfiles,
)
from kasane_outreach.repository.visits import Visits

QUARTER = 15
NO_HOURS, NO_START = "no_hours", "no_start"
PROTECTED, NO_POSITION, SAME_DAY = "address_protected", "no_position", "same_day"


@dataclass(frozen=True)
class BuiltProblem:
    """A problem, and who or what could not be asked about: the id of a household or worker with the reason.

    ``places`` are the positions behind the numbers of the travel tables.
    """

    problem: PlanProblem
    notes: Mapping[str, str]
    places: tuple[Position, ...] = ()


class _Places:
    """Numbers the places that a plan goes to; one place is one number."""

    def __init__(self) -> None:
        self.number: dict[Position, int] = {}

    def of(self, position: Position) -> int:
        return self.number.setdefault(position, len(self.number))


def visit_key(request_id: str, due: date | None = None) -> str:
    """The name of a visit in a plan: its request, with the day for one of a repetition."""
    return f"{request_id}@{due.isoformat()}" if due else request_id


def request_of(visit: str) -> str:
    """The request that a visit of a plan belongs to."""
    return visit.partition("@")[0]


def build_problem(
    connection: Connection,
    days: Sequence[date],
    account_ids: Sequence[str],
    households: Sequence[HouseholdToReach],
    travel: TravelTimes,
    again: Sequence[Visit] = (),
) -> BuiltProblem:
    """The problem of these days for these workers and households.

    What stands already stays and is planned around. A protected address is in no plan (I-10). A day on which
    somebody visits the same household already is closed to it. ``again`` are scheduled visits that are asked about
    anew, each under its own id and at its own length: they stand in nobody's way. One whose household cannot be
    planned (a protected address, no position) is in no problem and in the notes.
    """
    profiles = WorkerProfiles(connection).those(account_ids)
    weights = PlanSettings(connection).weights()
    moving = {one.id for one in again}
    requests = {one.request_id for one in again} | {one.id for one in households}
    wishes = VisitWishes(connection).those(sorted(requests))
    visits = Visits(connection)
    that_day = {day: visits.scheduled_on(day) for day in days}
    standing = {day: tuple(one for one in that_day[day] if one.id not in moving) for day in days}
    found = HouseholdsToReach(connection).those(
        sorted({one.request_id for day in standing.values() for one in day})
    )
    where = {one.id: None if one.hides_address else one.position for one in found}
    places, notes = _Places(), dict[str, str]()
    workers, shifts = [], []
    for account_id in account_ids:
        profile = profiles.get(account_id)
        if profile is None or not profile.hours:
            notes[account_id] = NO_HOURS
        elif profile.start is None:
            notes[account_id] = NO_START
        else:
            workers.append(_worker(profile))
            shifts += _shifts(profile, days, standing, where, places)
    open_days = frozenset(days[shift.day] for shift in shifts)
    wanted: list[PlanVisit] = []
    for household in households:
        wish = wishes.get(household.id, VisitWish(household.id))
        if household.hides_address:
            notes[household.id] = PROTECTED
        elif household.position is None:
            notes[household.id] = NO_POSITION
        else:
            taken = {
                day
                for day in days
                if any(one.leads_to(household.id, household.case_id) for one in standing[day])
            }
            usual = _usual(visits, household) if wish.same_worker else ""
            of_household = _visits(
                household, wish, days, open_days - taken, places, usual, weights.priority
            )
            if taken and any(not one.windows for one in of_household):
                notes[household.id] = SAME_DAY
            wanted += of_household
    known = {one.id: one for one in HouseholdsToReach(connection).those(sorted(requests))}
    for visit in again:
        household = known[visit.request_id]
        if household.hides_address or household.position is None:
            notes[household.id] = PROTECTED if household.hides_address else NO_POSITION
            continue
        wish = wishes.get(household.id, VisitWish(household.id))
        taken = {
            day
            for day in days
            if day != visit.on
            and any(one.id != visit.id and one.same_household(visit) for one in that_day[day])
        }
        once = replace(wish, repeat="", repeat_from=None)
        (asked,) = _visits(
            household, once, days, open_days - taken, places, visit.workers[0], weights.priority
        )
        wanted.append(
            replace(
                asked,
                id=visit.id,
                minutes=visit.minutes,
                hands=2 if visit.two_person else 1,
                second_skills=wish.second_skills if visit.two_person else None,
                due=(visit.on - days[0]).days,
            )
        )
    modes = {worker.mode for worker in workers} or {TravelMode.CAR.value}
    points = list(places.number)
    problem = PlanProblem(
        days=tuple(days),
        workers=tuple(workers),
        shifts=tuple(shifts),
        visits=tuple(wanted),
        travel={mode: travel.table(points, TravelMode(mode)) for mode in sorted(modes)},
        weights=weights,
    )
    return BuiltProblem(problem, notes, tuple(points))


def to_plan(
    connection: Connection, days: Sequence[date], requests: Collection[str] | None = None
) -> tuple[HouseholdToReach, ...]:
    """The households that a plan of these days may visit: those who wait, and those with a repetition.

    With ``requests`` only those of them.
    """
    every = HouseholdsToReach(connection).load()
    found = [one for one in every if requests is None or one.id in requests]
    wishes = VisitWishes(connection).those([one.id for one in found])
    return tuple(
        one
        for one in found
        if one.status is ReachStatus.WAITING
        or (one.open and one.id in wishes and wishes[one.id].due_days(days[0], days[-1]))
    )


def days_from(starts_on: date, count: int) -> tuple[date, ...]:
    """So many days one after the other."""
    return tuple(starts_on + timedelta(number) for number in range(count))


def _worker(profile: WorkerProfile) -> PlanWorker:
    return PlanWorker(
        profile.account_id,
        profile.mode.value,
        profile.skills,
        profile.sex,
        profile.languages,
        profile.agency,
        profile.on_call,
    )


def _shifts(
    profile: WorkerProfile,
    days: Sequence[date],
    standing: Mapping[date, Sequence[Visit]],
    where: Mapping[str, Position | None],
    places: _Places,
) -> list[WorkShift]:
    shifts: list[WorkShift] = []
    for number, day in enumerate(days):
        hours = profile.hours_on(day, holiday=jpholiday.is_holiday(day))
        hours = _still_to_come(day, hours) if hours else None
        if hours is None or profile.start is None:
            continue
        mine = [one for one in standing[day] if profile.account_id in one.workers]
        commitments = []
        for one in mine:
            position = where.get(one.request_id)
            place = places.of(position) if position else None
            commitments.append(Commitment(one.id, one.starts, one.minutes, place))
        shifts.append(
            WorkShift(
                profile.account_id,
                number,
                *hours,
                places.of(profile.start),
                places.of(profile.end or profile.start),
                profile.pauses_within(hours),
                tuple(commitments),
                profile.most_visits,
            )
        )
    return shifts


def _still_to_come(day: date, hours: Hours) -> Hours | None:
    """What is left of the hours of today, from the next quarter of an hour; another day's whole hours."""
    if day != clock.today():
        return hours
    passed = minute_of(clock.now().astimezone(clock.JAPAN).time())
    begins = max(hours[0], -(-passed // QUARTER) * QUARTER)
    return (begins, hours[1]) if begins < hours[1] else None


def _visits(
    household: HouseholdToReach,
    wish: VisitWish,
    days: Sequence[date],
    open_days: frozenset[date],
    places: _Places,
    usual: str,
    priority: int,
) -> list[PlanVisit]:
    if household.position is None:
        return []
    due = household.by_when
    one = PlanVisit(
        visit_key(household.id),
        places.of(household.position),
        household.minutes,
        wish.windows(days, open_days),
        leave_place=places.of(wish.accompany_to) if wish.accompany_to else None,
        hands=2 if household.two_person else 1,
        skills=wish.skills,
        second_skills=wish.second_skills if household.two_person else None,
        agency=household.agency,
        sex=wish.sex,
        language=wish.language,
        preferred=wish.preferred,
        refused=wish.refused,
        usual=usual,
        due=(due - days[0]).days if due else None,
        penalty=wish.penalty * priority,
        urgent=wish.priority == HIGHEST,
    )
    if not wish.repeat:
        return [one]
    return [
        replace(one, id=visit_key(household.id, day), windows=_near(one.windows, days, day))
        for day in wish.due_days(days[0], days[-1])
    ]


def _near(
    windows: tuple[VisitWindow, ...], days: Sequence[date], due: date
) -> tuple[VisitWindow, ...]:
    """The windows of the due day, or of the next open day when nobody works on it."""
    later = [window for window in windows if days[window.day] >= due]
    first = min((window.day for window in later), default=None)
    return tuple(window for window in later if window.day == first)


def _usual(visits: Visits, household: HouseholdToReach) -> str:
    made = [one for one in visits.of_household(household.id) if one.record is not None]
    return made[-1].workers[0] if made else ""
