"""Who else goes to the same house on the same day, and the days of a week; nothing of what is not the viewer's."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Connection, select

from kasane_kit.auth import Actor
from kasane_outreach import tables
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.same_house import same_house
from kasane_outreach.domain.visit import Visit
from kasane_outreach.queries.sight import household_visible_to
from kasane_outreach.queries.visits import VisitLine, visits_between
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
    return others_of_each(connection, viewer, [household], on, besides=besides)[household.id]


def others_of_each(
    connection: Connection,
    viewer: Actor,
    households: Iterable[HouseholdToReach],
    on: date,
    *,
    besides: Iterable[str] = (),
) -> Mapping[str, Sequence[OtherVisit]]:
    """What other_visits() finds for each of the households, by their ids; as many statements for many as for one."""
    standing, left_out = _Standing.read(connection, viewer, on, on), frozenset(besides)
    return {one.id: standing.at_house_of(one, on, left_out) for one in households}


def week_of(connection: Connection, viewer: Actor, first: date) -> Sequence[DayShown]:
    """Seven days of visits that the viewer may see, each with who else goes to the same house that day."""
    days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    lines = visits_between(connection, viewer, days[0], days[-1], most=DAYS_SHOWN * MOST_A_DAY)
    standing = _Standing.read(connection, viewer, days[0], days[-1])
    shown = []
    for day in days:
        that_day = [line for line in lines if line.visit.on == day][:MOST_A_DAY]
        shown.append(
            DayShown(
                day,
                that_day,
                {
                    line.visit.id: standing.at_house_of(
                        standing.reached[line.visit.request_id], day, {line.visit.id}
                    )
                    for line in that_day
                },
            )
        )
    return shown


@dataclass(frozen=True)
class _Standing:
    """The visits of some days that stand, the households they lead to, and which of those the viewer may see."""

    visits: Sequence[Visit]
    reached: Mapping[str, HouseholdToReach]
    open_to: frozenset[str]

    @classmethod
    def read(cls, connection: Connection, viewer: Actor, first: date, last: date) -> "_Standing":
        visits = Visits(connection).standing_between(first, last)
        ids = sorted({one.request_id for one in visits})
        reached = HouseholdsToReach(connection).those(ids)
        h = tables.household_to_reach.c
        may_see = select(h.id).where(h.id.in_(ids), household_visible_to(viewer))
        return cls(
            visits,
            {one.id: one for one in reached},
            frozenset(connection.scalars(may_see)) if ids else frozenset(),
        )

    def at_house_of(
        self, household: HouseholdToReach, on: date, besides: Collection[str]
    ) -> Sequence[OtherVisit]:
        """The visits of a day to the house of a household, as the viewer may see them."""
        return [
            _as_seen(visit, visit.request_id in self.open_to or _one_case(visit, household))
            for visit in self.visits
            if visit.on == on
            and visit.id not in besides
            and same_house(household, self.reached[visit.request_id])
        ]


def _as_seen(visit: Visit, known: bool) -> OtherVisit:
    return OtherVisit(visit.id, visit.starts_at, visit.minutes, visit.workers if known else ())


def _one_case(visit: Visit, household: HouseholdToReach) -> bool:
    return bool(household.case_id) and visit.case_id == household.case_id
