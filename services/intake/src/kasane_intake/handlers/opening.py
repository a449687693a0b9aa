"""Says whether an office is open now, and when it opens next, as far as the town's document says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import jpholiday

from kasane_kit import clock
from kasane_plugin_api import Office, OpeningHours

LOOKED_AHEAD = 31


@dataclass(frozen=True)
class ClosedOffice:
    """An office that is closed now: its hours, and the moment it opens next (None when no day was found).

    ``unsure`` on a national holiday where the town's document does not say whether the office is open.
    """

    code: str
    label: str
    opens: time
    closes: time
    opens_next: datetime | None
    note: str
    unsure: bool = False


def closed_now(offices: Iterable[Office], moment: datetime) -> tuple[ClosedOffice, ...]:
    """The offices with stated hours that are closed at the moment; one without stated hours is not judged."""
    here = moment.astimezone(clock.JAPAN)
    found = []
    for office in offices:
        hours = office.hours
        if hours is None:
            continue
        within = hours.opens <= here.time() < hours.closes
        unsure = within and _unsure(hours, here.date())
        if within and _works(hours, here.date()) and not unsure:
            continue
        found.append(
            ClosedOffice(
                office.code,
                office.label,
                hours.opens,
                hours.closes,
                _next(hours, here),
                hours.note,
                unsure,
            )
        )
    return tuple(found)


def _next(hours: OpeningHours, here: datetime) -> datetime | None:
    for ahead in range(LOOKED_AHEAD):
        day = here.date() + timedelta(days=ahead)
        moment = datetime.combine(day, hours.opens, clock.JAPAN)
        if moment > here and _works(hours, day) and not _unsure(hours, day):
            return moment
    return None


def _works(hours: OpeningHours, day: date) -> bool:
    closed = bool(hours.closed_on_holidays) and jpholiday.is_holiday(day)
    return day.isoweekday() in hours.weekdays and not closed


def _unsure(hours: OpeningHours, day: date) -> bool:
    return (
        hours.closed_on_holidays is None
        and day.isoweekday() in hours.weekdays
        and jpholiday.is_holiday(day)
    )
