"""How long people wait for a first answer, told without following any one of the staff.

A number made by few people says something about each of them. So nothing is shown for fewer than five
answers, nor in a town where fewer than five people work with the platform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 5


@dataclass(frozen=True)
class AnswerTime:
    """Whole minutes from receipt to first answer, the middle one of so many; None where too few stand behind it."""

    answers: int
    minutes: int | None


def answer_time(minutes: Sequence[int], staff: int) -> AnswerTime:
    """The median, or nothing: neither it nor how many there were when fewer than five of either."""
    if len(minutes) < FEWEST or staff < FEWEST:
        return AnswerTime(0, None)
    return AnswerTime(len(minutes), round(median(minutes)))
