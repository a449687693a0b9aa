"""Says whether an office is open now, and when it opens next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import jpholiday

from kasane_kit import clock
from kasane_plugin_api import Office

LOOKED_AHEAD = 31


@dataclass(frozen=True)
class ClosedOffice:
    """An office that is closed now: its hours, and the moment it opens next (None when no day was found)."""

    code: str
    label: str
    opens: time
    closes: time
    opens_next: datetime | None
    note: str


def closed_now(offices: Iterable[Office], moment: datetime) -> tuple[ClosedOffice, ...]:
    """The offices with stated hours that are closed at the moment; one without stated hours is not judged."""
    here = moment.astimezone(clock.JAPAN)
    found = []
    for office in offices:
        hours = office.hours
        if hours is None:
            continue
        if _works(hours.weekdays, here.date()) and hours.opens <= here.time() < hours.closes:
            continue
        found.append(
            ClosedOffice(
                office.code,
                office.label,
                hours.opens,
                hours.closes,
                _next(hours.weekdays, hours.opens, here),
                hours.note,
            )
        )
    return tuple(found)


def _next(weekdays: tuple[int, ...], opens: time, here: datetime) -> datetime | None:
    for ahead in range(LOOKED_AHEAD):
        day = here.date() + timedelta(days=ahead)
        moment = datetime.combine(day, opens, clock.JAPAN)
        if moment > here and _works(weekdays, day):
            return moment
    return None


def _works(weekdays: tuple[int, ...], day: date) -> bool:
    return day.isoweekday() in weekdays and not jpholiday.is_holiday(day)
