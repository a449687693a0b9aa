"""Reads and writes times of day as offices do: 9:30, 9時30分, in any width."""

import re
import unicodedata
from datetime import time

_TIME = re.compile(r"^([0-9]{1,2})(?::|時)([0-9]{1,2})?分?$")


class NotATime(ValueError):
    """The text is no time of day."""


def parse_time(text: str) -> time:
    """The time a person typed. Raises NotATime."""
    found = _TIME.match("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None or (":" in found[0] and found[2] is None):
        raise NotATime(text)
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError as error:
        raise NotATime(text) from error


def minute_of(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def time_at(minute: int) -> time:
    """The time of day at a minute since midnight. Raises ValueError outside the day."""
    return time(*divmod(minute, 60))
