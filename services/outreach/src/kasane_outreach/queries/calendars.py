"""What a calendar shows: numbers and times of visits, and nobody's name."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, select

from kasane_kit.auth import Actor, accounts
from kasane_outreach import tables
from kasane_outreach.domain.calendar_feed import CalendarFeed, digest_of
from kasane_outreach.domain.visit import VISITING_FUNCTIONS, Visit
from kasane_outreach.repository import Visits
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


def visits_of_calendar(
    connection: Connection, feed: CalendarFeed, today: date
) -> tuple[Visit, ...]:
    """Its visits around today, cancelled ones too."""
    who = (
        [one.account_id for one in accounts.everyone(connection) if one.office == feed.office]
        if feed.office
        else [feed.account_id]
    )
    v, w = tables.visit.c, tables.visit_worker.c
    ids = connection.scalars(
        select(v.id)
        .join(tables.visit_worker, w.visit_id == v.id)
        .where(
            w.account_id.in_(who),
            v.on_day >= today - timedelta(days=DAYS_BACK),
            v.on_day <= today + timedelta(days=DAYS_AHEAD),
        )
        .distinct()
    ).all()
    return Visits(connection).those(ids)
