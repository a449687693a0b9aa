"""Who else goes to the same house on the same day, and the days of a week; nothing of what is not the viewer's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Connection, select

from kasane_kit.auth import Actor
from kasane_outreach import tables
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.same_house import same_house
from kasane_outreach.domain.visit import Visit
from kasane_outreach.queries.sight import household_visible_to
from kasane_outreach.queries.visits import VisitLine, visits_on
from kasane_outreach.repository import HouseholdsToReach, Visits

DAYS_SHOWN = 7
MOST_A_DAY = 500


@dataclass(frozen=True)
class OtherVisit:
    """Another visit to the house; ``workers`` are accounts, and none where the visit is not for the viewer to see."""

    visit_id: str
    starts_at: time
    minutes: int
    workers: tuple[str, ...]


@dataclass(frozen=True)
class DayShown:
    """A day of the week with the visits that the viewer may see and, by visit, who else goes there."""

    on: date
    lines: Sequence[VisitLine]
    others: Mapping[str, Sequence[OtherVisit]]


def other_visits(
    connection: Connection,
    viewer: Actor,
    household: HouseholdToReach,
    on: date,
    *,
    besides: Iterable[str] = (),
) -> Sequence[OtherVisit]:
    """The visits of a day that lead to the house of a household, by whichever agency, without those ``besides``."""
    return _others(connection, viewer, {household.id: household}, on, frozenset(besides)).get(
        household.id, ()
    )


def week_of(connection: Connection, viewer: Actor, first: date) -> Sequence[DayShown]:
    """Seven days of visits that the viewer may see, each with who else goes to the same house that day."""
    days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    shown = []
    for day in days:
        lines = visits_on(connection, viewer, day, most=MOST_A_DAY)
        found = HouseholdsToReach(connection).those(
            sorted({line.visit.request_id for line in lines})
        )
        others = _others(connection, viewer, {one.id: one for one in found}, day, frozenset())
        shown.append(
            DayShown(
                day,
                lines,
                {
                    line.visit.id: [
                        one
                        for one in others.get(line.visit.request_id, ())
                        if one.visit_id != line.visit.id
                    ]
                    for line in lines
                },
            )
        )
    return shown


def _others(
    connection: Connection,
    viewer: Actor,
    households: Mapping[str, HouseholdToReach],
    on: date,
    besides: frozenset[str],
) -> Mapping[str, Sequence[OtherVisit]]:
    that_day = [one for one in Visits(connection).scheduled_on(on) if one.id not in besides]
    ids = sorted({one.request_id for one in that_day})
    reached = {one.id: one for one in HouseholdsToReach(connection).those(ids)}
    h = tables.household_to_reach.c
    open_to = set(
        connection.scalars(select(h.id).where(h.id.in_(ids), household_visible_to(viewer)))
    )
    return {
        household.id: [
            _as_seen(visit, visit.request_id in open_to or _one_case(visit, household))
            for visit in that_day
            if visit.request_id in reached and same_house(household, reached[visit.request_id])
        ]
        for household in households.values()
    }


def _as_seen(visit: Visit, known: bool) -> OtherVisit:
    return OtherVisit(visit.id, visit.starts_at, visit.minutes, visit.workers if known else ())


def _one_case(visit: Visit, household: HouseholdToReach) -> bool:
    return bool(household.case_id) and visit.case_id == household.case_id
