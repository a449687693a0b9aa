"""The rules of the emergency look: one household, to read, for an hour, with a reason, and somebody reviews it."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import jpholiday

from kasane_cases.domain.errors import EmergencyReasonTooShort, EmergencyTooOften

LONGEST = timedelta(minutes=60)
SHORTEST_REASON = 20
MOST_A_DAY = 3
REVIEW_WITHIN_WORKING_DAYS = 2


class EmergencyCause(StrEnum):
    """Why something closed has to be read now."""

    LIFE_IN_DANGER = "life_in_danger"
    ABUSE_SUSPECTED = "abuse_suspected"
    DISASTER = "disaster"
    TEAM_OUT_OF_REACH = "team_out_of_reach"


def check_reason(reason: str) -> str:
    """The reason without what stands around it; raises EmergencyReasonTooShort."""
    words = " ".join(reason.split())
    if len(words) < SHORTEST_REASON:
        raise EmergencyReasonTooShort(least=SHORTEST_REASON)
    return words


def check_often(taken_today: int) -> None:
    """Raises EmergencyTooOften when the day's looks are used up."""
    if taken_today >= MOST_A_DAY:
        raise EmergencyTooOften(most=MOST_A_DAY)


def ends_at(opened_at: datetime) -> datetime:
    """The moment from which nothing is shown any more."""
    return opened_at + LONGEST


def review_due(opened_on: date) -> date:
    """The last day on which somebody of the team reviews it: Saturdays, Sundays and holidays do not count."""
    day, left = opened_on, REVIEW_WITHIN_WORKING_DAYS
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and not jpholiday.is_holiday(day):
            left -= 1
    return day
