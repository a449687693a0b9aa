"""Counts working days."""

from datetime import date, timedelta

import jpholiday


def working_days_after(day: date, days: int) -> date:
    """The day that is ``days`` working days later; Saturdays, Sundays and national holidays do not count."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and not jpholiday.is_holiday(day):
            days -= 1
    return day
