"""When a human service is open, as days and times, and as the recurrence rule (RRULE) of RFC 5545."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKS = (1, 2, 3, 4, 5, -1)
LONGEST_INTERVAL = 52


@dataclass(frozen=True)
class Schedule:
    """When it is open. ``description`` keeps what days and times cannot say.

    ``weeks`` are weeks of the month (-1 is the last) and hold for every day of ``byday``; ``monthdays`` are
    days of the month. ``interval`` 2 is every other week or month. ``valid_from`` and ``valid_to`` are included.
    """

    byday: tuple[str, ...] = ()
    opens_at: str = ""
    closes_at: str = ""
    description: str = ""
    weeks: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    interval: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known about it."""
        return self != Schedule()

    @property
    def freq(self) -> str:
        """WEEKLY or MONTHLY, as HSDS writes it; empty when no day is known."""
        if self.weeks or self.monthdays:
            return "MONTHLY"
        return "WEEKLY" if self.byday else ""

    @property
    def rule_days(self) -> tuple[str, ...]:
        """The days as BYDAY has them: with the week of the month before them, if there is one."""
        if not self.weeks:
            return self.byday
        return tuple(f"{week}{day}" for week in self.weeks for day in self.byday)

    @property
    def rrule(self) -> str:
        """The rule by which the days recur (RFC 5545); empty when no day is known."""
        parts = [f"FREQ={self.freq}"] if self.freq else []
        if parts and self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.rule_days:
            parts.append("BYDAY=" + ",".join(self.rule_days))
        if self.monthdays:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.monthdays)))
        return ";".join(parts)

    def open_at(self, moment: datetime) -> bool:
        """Whether it is surely open at a moment of its own time zone: what is not known for sure is not open."""
        day, clock = moment.date(), f"{moment:%H:%M}"
        by_day = DAYS[day.weekday()] in self.byday and (
            not self.weeks
            or any(1 << WEEKS.index(week) & week_bits(day) for week in set(self.weeks))
        )
        return (
            self.interval == 1
            and (by_day or day.day in self.monthdays)
            and bool(self.opens_at and self.closes_at)
            and self.opens_at.zfill(5) <= clock < self.closes_at.zfill(5)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or self.valid_to >= day)
        )

    def problems(self) -> Iterator[tuple[str, str]]:
        """The fields that contradict another or themselves, each with the code of its sentence."""
        if self.weeks and not self.byday:
            yield "weeks", "weeks_without_days"
        if self.monthdays and self.byday:
            yield "monthdays", "monthdays_and_days"
        if any(not 1 <= day <= 31 for day in self.monthdays):
            yield "monthdays", "monthday_out_of_range"
        if not 1 <= self.interval <= LONGEST_INTERVAL:
            yield "interval", "interval_out_of_range"
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            yield "valid_to", "validity_order"


def week_bits(day: date) -> int:
    """The weeks of the month that a day lies in, as in the database: its number, and whether the last."""
    number = (day.day - 1) // 7 + 1
    last = (day + timedelta(days=7)).month != day.month
    return 1 << WEEKS.index(number) | (1 << WEEKS.index(-1) if last else 0)


def read_rule_days(written: str) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """The days and the weeks of a BYDAY; None when it says something that ``Schedule`` cannot.

    Every named week has to hold for every named day: ``1SA,3SA`` is read, ``1SA,3SU`` is not.
    """
    pairs = [(part.strip()[:-2], part.strip()[-2:]) for part in written.split(",") if part.strip()]
    days = tuple(day for day in DAYS if any(day == found for _, found in pairs))
    numbers = {week.removeprefix("+") for week, _ in pairs}
    if any(day not in DAYS for _, day in pairs) or not numbers <= {"", *map(str, WEEKS)}:
        return None
    weeks = tuple(week for week in WEEKS if str(week) in numbers)
    if not weeks:
        return days, ()
    if "" in numbers or len({(int(w), d) for w, d in pairs}) != len(weeks) * len(days):
        return None
    return days, weeks
