"""What a household needs and wishes of its visits, beyond the request: when, by whom, how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrule, rrulestr

from kasane_outreach.domain.planning import VisitWindow
from kasane_outreach.domain.planning_errors import RepeatUnreadable, WishUnreadable
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.routing import END_OF_DAY

LOWEST, USUAL, HIGHEST = 1, 2, 3
PENALTIES = {LOWEST: 500, USUAL: 1500, HIGHEST: 4500}
"""What leaving a visit out counts, in minutes of travel."""
SHORT_MONTH = 28
MOST_OCCURRENCES = 400
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "UNTIL", "COUNT", "WKST"}
)


@dataclass(frozen=True)
class WishedTime:
    """A time that suits the household: on one weekday (Monday 0), or on every day when it is None."""

    weekday: int | None = None
    earliest: int = 0
    latest: int = END_OF_DAY


@dataclass
class VisitWish:
    """Needs are kept always, wishes as far as the plan allows. ``repeat`` is an RRULE that begins on ``repeat_from``.

    ``second_skills`` is what one of two workers needs while the other needs ``skills``; None when both need the same.

    Raises WishUnreadable and RepeatUnreadable.
    """

    request_id: str
    times: tuple[WishedTime, ...] = ()
    priority: int = USUAL
    repeat: str = ""
    repeat_from: date | None = None
    skills: frozenset[str] = frozenset()
    second_skills: frozenset[str] | None = None
    sex: str = ""
    language: str = ""
    preferred: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    same_worker: bool = True
    accompany_to: Position | None = None
    accompany_block: str = ""
    version: int = 0

    def __post_init__(self) -> None:
        """Refuses what contradicts itself."""
        for one in self.times:
            if not 0 <= one.earliest < one.latest <= END_OF_DAY:
                raise WishUnreadable
        if self.preferred & self.refused or self.priority not in PENALTIES:
            raise WishUnreadable
        if self.repeat:
            if self.repeat_from is None:
                raise RepeatUnreadable
            _rule(self.repeat, self.repeat_from)

    @property
    def penalty(self) -> int:
        """What leaving one visit out counts."""
        return PENALTIES[self.priority]

    def windows(self, days: Sequence[date], open_days: frozenset[date]) -> tuple[VisitWindow, ...]:
        """The windows on those of the days that are open to the visit; every hour without a wished time."""
        times = self.times or (WishedTime(),)
        return tuple(
            VisitWindow(number, one.earliest, one.latest)
            for number, day in enumerate(days)
            if day in open_days
            for one in times
            if one.weekday in (None, day.weekday())
        )

    def due_days(self, first: date, last: date) -> tuple[date, ...]:
        """The days of repetition from the first to the last, both included; none without a rule.

        A rule on a day that a month lacks (29 to 31) falls on the last day of that month instead of being lost.
        """
        if not self.repeat or self.repeat_from is None or last < self.repeat_from:
            return ()
        rule = _rule(self.repeat, self.repeat_from)
        begin = datetime.combine(max(first, self.repeat_from), time())
        found = rule.between(begin - timedelta(days=1), datetime.combine(last, time()), inc=True)
        return tuple(one.date() for one in found[:MOST_OCCURRENCES] if first <= one.date() <= last)


def _rule(text: str, begins: date) -> rrule:
    parts = [part.partition("=") for part in text.removeprefix("RRULE:").split(";")]
    values = {name: value for name, _equals, value in parts}
    known = values.keys() <= _KNOWN and len(values) == len(parts)
    if not known or values.get("FREQ") not in _FREQUENCIES:
        raise RepeatUnreadable
    try:
        rule = rrulestr(text.removeprefix("RRULE:"), dtstart=datetime.combine(begins, time()))
    except (ValueError, TypeError, KeyError) as error:
        raise RepeatUnreadable from error
    if not isinstance(rule, rrule):
        raise RepeatUnreadable
    by_day = values.keys() & {"BYDAY", "BYMONTHDAY", "BYSETPOS"}
    monthly = values["FREQ"] in ("MONTHLY", "YEARLY")
    if begins.day <= SHORT_MONTH or by_day or not monthly:
        return rule
    days = tuple(range(SHORT_MONTH, begins.day + 1))
    month = begins.month if values["FREQ"] == "YEARLY" else None
    return rule.replace(bymonthday=days, bysetpos=-1, bymonth=month)
