"""Reads and writes dates as Japanese offices do: ISO, 和暦 in full and short, full-width digits."""

import re
import unicodedata
from datetime import date, datetime

from kasane_kit import clock
from kasane_kit.clock import JAPAN

ERAS = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 1, 25)),
)
FIRST_DAY = ERAS[-1][2]
YEARS_AHEAD = 100
# On these days the new era began while the old one was still being written.
_SHARED_DAYS = (date(1912, 7, 30), date(1926, 12, 25))
_ERA = re.compile(
    r"^(?P<era>令和|平成|昭和|大正|明治|[RHSTM])(?P<year>[0-9]{1,3}|元)[年./-](?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})日?$",
    re.IGNORECASE,
)
_WESTERN = re.compile(
    r"^(?P<year>[0-9]{4})[年./-](?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})日?$"
)


class NotADate(ValueError):
    """The text is not a date that ever was."""


def parse_date(text: str) -> date:
    """The date a person typed: 1958-03-04, 昭和33年3月4日, S33.3.4, in any width. Raises NotADate."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    western = _WESTERN.match(folded)
    try:
        if western:
            return date(int(western["year"]), int(western["month"]), int(western["day"]))
        japanese = _ERA.match(folded)
        if japanese is None:
            raise NotADate(text)
        place = next(i for i, era in enumerate(ERAS) if japanese["era"].upper() in era[:2])
        first, following = ERAS[place][2], ERAS[place - 1][2] if place else None
        year = 1 if japanese["year"] == "元" else int(japanese["year"])
        if year == 0:
            raise NotADate(text)
        found = date(first.year + year - 1, int(japanese["month"]), int(japanese["day"]))
    except ValueError as error:
        raise NotADate(text) from error
    over = (
        following is not None
        and found >= following
        and not (found == following and found in _SHARED_DAYS)
    )
    if found < first or over:
        raise NotADate(text)
    return found


def last_year() -> int:
    """The last year of which records here speak."""
    return clock.today().year + YEARS_AHEAD


def in_bounds(day: date) -> bool:
    """Whether a day can stand in a record: from the first day of 明治 to the end of the hundredth year from now."""
    return day >= FIRST_DAY and day.year <= last_year()


def wareki(value: date | datetime | str | None) -> str:
    """A date in the Japanese calendar, 令和8年11月21日; empty for nothing, unchanged before 明治."""
    if not value:
        return ""
    day = _as_date(value)
    for name, _letter, first in ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return day.isoformat()


def japan_time(value: datetime | str | None) -> datetime | None:
    """A moment as the clock on the wall in Japan shows it."""
    if not value:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(JAPAN) if moment.tzinfo else moment


def age_on(birth: date | None, day: date) -> int | None:
    """Age in full years on a day; None without a birth date."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _as_date(value: date | datetime | str) -> date:
    if isinstance(value, str) and len(value) == len("2026-11-21"):
        return date.fromisoformat(value)
    if isinstance(value, str | datetime):
        moment = japan_time(value)
        assert moment is not None
        return moment.date()
    return value
