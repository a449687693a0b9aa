"""Makes and revokes the secret address of a calendar."""

import secrets

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.domain.calendar_feed import CalendarFeed, digest_of
from kasane_outreach.domain.door_errors import DoorItemNotFound
from kasane_outreach.repository.calendars import CalendarFeeds

FEED = "calendar_feed"
SECRET_BYTES = 32


def make_calendar(uow: UnitOfWork, *, office: bool) -> str:
    """A new secret for the actor's own visits, or those of the actor's office; it is told only now."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    actor = uow.actor
    feed = CalendarFeed(
        id=new_id(),
        account_id="" if office else actor.account_id,
        office=actor.office if office else "",
        digest=digest_of(secret),
        made_by=actor.account_id,
        made_at=clock.now(),
    )
    CalendarFeeds(uow.connection).add(feed)
    uow.record("outreach.calendar.made", FEED, feed.id)
    uow.commit()
    return secret


def revoke_calendar(feed_id: str, uow: UnitOfWork) -> None:
    """The address answers no more; revoking it twice changes nothing. Raises DoorItemNotFound."""
    feeds = CalendarFeeds(uow.connection)
    feed = feeds.find(feed_id)
    if feed is None or (feed.made_by != uow.actor.account_id and not uow.actor.has("coordinator")):
        raise DoorItemNotFound
    if not feed.open:
        return
    feed.revoked_at = clock.now()
    feeds.save(feed)
    uow.record("outreach.calendar.revoked", FEED, feed.id)
    uow.commit()
