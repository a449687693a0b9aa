"""What a calendar shows: numbers and times of visits, and nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from kasane_kit.auth import Actor, accounts
from kasane_outreach import tables
from kasane_outreach.domain.calendar_feed import CalendarFeed, digest_of
from kasane_outreach.domain.same_house import same_house
from kasane_outreach.domain.visit import VISITING_FUNCTIONS, Visit
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.calendars import CalendarFeeds

DAYS_BACK, DAYS_AHEAD = 31, 200


def calendars(connection: Connection, viewer: Actor) -> Sequence[CalendarFeed]:
    """The calendars that answer: the viewer's own; a coordinator sees all."""
    return CalendarFeeds(connection).open_ones(
        "" if viewer.has("coordinator") else viewer.account_id
    )


def calendar_of(connection: Connection, secret: str) -> CalendarFeed | None:
    """The calendar of a secret, while it is open and its maker still visits for the town."""
    feed = CalendarFeeds(connection).by_digest(digest_of(secret))
    if feed is None or not feed.open:
        return None
    maker = accounts.find(connection, feed.made_by)
    if maker is None or not maker.active or not VISITING_FUNCTIONS & set(maker.functions):
        return None
    return feed if not feed.office or feed.office == maker.office else None


@dataclass(frozen=True)
class CalendarLine:
    """A visit in a calendar: ``gone`` when it is somebody else's now; ``together`` when others go there too."""

    visit: Visit
    gone: bool
    together: bool


def visits_of_calendar(
    connection: Connection, feed: CalendarFeed, today: date
) -> Sequence[CalendarLine]:
    """Its visits around today, cancelled ones and those that went to somebody else too."""
    first, last = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    who = (
        [one.account_id for one in accounts.everyone(connection) if one.office == feed.office]
        if feed.office
        else [feed.account_id]
    )
    v = tables.visit.c
    theirs, were = (
        set(
            connection.scalars(
                select(v.id)
                .join(table, table.c.visit_id == v.id)
                .where(table.c.account_id.in_(who), v.on_day >= first, v.on_day <= last)
                .distinct()
            )
        )
        for table in (tables.visit_worker, tables.former_worker)
    )
    found = Visits(connection).those(sorted(theirs | were))
    shared = _shared_days(connection, first, last)
    return [CalendarLine(one, one.id not in theirs, one.id in shared) for one in found]


def _shared_days(connection: Connection, first: date, last: date) -> frozenset[str]:
    """The visits beside which another one leads to the same house on the same day."""
    standing = Visits(connection).standing_between(first, last)
    reached = {
        one.id: one
        for one in HouseholdsToReach(connection).those(sorted({v.request_id for v in standing}))
    }
    shared: set[str] = set()
    days: dict[date, list[Visit]] = {}
    for visit in standing:
        for other in days.setdefault(visit.on, []):
            if same_house(reached[visit.request_id], reached[other.request_id]):
                shared |= {visit.id, other.id}
        days[visit.on].append(visit)
    return frozenset(shared)
