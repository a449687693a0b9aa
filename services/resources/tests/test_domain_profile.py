"""The Japanese profile of an entry: recurrence, free places, costs, micro-tasks."""

from datetime import date

import pytest

from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.domain.profile import CostOption, MicroTask, Vacancy
from kasane_resources.domain.schedule import Schedule, read_rule_days

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("schedule", "rule"),
    [
        (Schedule(), ""),
        (Schedule(opens_at="10:00"), ""),
        (Schedule(("MO", "FR")), "FREQ=WEEKLY;BYDAY=MO,FR"),
        (Schedule(("SA",), interval=2), "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"),
        (Schedule(("WE",), weeks=(3,)), "FREQ=MONTHLY;BYDAY=3WE"),
        (Schedule(("FR", "SA"), weeks=(2, 4)), "FREQ=MONTHLY;BYDAY=2FR,2SA,4FR,4SA"),
        (Schedule(("SU",), weeks=(-1,)), "FREQ=MONTHLY;BYDAY=-1SU"),
        (Schedule(monthdays=(1, 15)), "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ],
    ids=["nothing", "time", "days", "fortnight", "third", "two-and-four", "last", "dates"],
)
def test_a_schedule_is_written_as_a_rule_of_recurrence(schedule: Schedule, rule: str) -> None:
    assert schedule.rrule == rule


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("MO,FR", (("MO", "FR"), ())),
        ("2FR,2SA,4FR,4SA", (("FR", "SA"), (2, 4))),
        ("+1MO", (("MO",), (1,))),
        ("-1SU", (("SU",), (-1,))),
        ("1SA,3SU", None),
        ("1SA,SU", None),
        ("XX", None),
        ("9MO", None),
    ],
)
def test_days_of_a_rule_are_read_or_not_at_all(written: str, read: object) -> None:
    assert read_rule_days(written) == read


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schedule": Schedule(weeks=(1,))}, ("weeks", "weeks_without_days")),
        ({"schedule": Schedule(("MO",), monthdays=(1,))}, ("monthdays", "monthdays_and_days")),
        ({"schedule": Schedule(monthdays=(32,))}, ("monthdays", "monthday_out_of_range")),
        ({"schedule": Schedule(("MO",), interval=0)}, ("interval", "interval_out_of_range")),
        (
            {"schedule": Schedule(valid_from=date(2026, 4, 1), valid_to=date(2026, 3, 31))},
            ("valid_to", "validity_order"),
        ),
        ({"vacancy": Vacancy(2)}, ("vacancy_asked_on", "vacancy_without_day")),
        (
            {"vacancy": Vacancy(0, date(2026, 11, 22))},
            ("vacancy_asked_on", "vacancy_in_future"),
        ),
        (
            {"vacancy": Vacancy(6, TODAY), "capacity": 5},
            ("vacancy_available", "vacancy_out_of_range"),
        ),
        ({"costs": (CostOption("大人", -1),)}, ("costs", "cost_out_of_range")),
        ({"micro_tasks": (MicroTask("あ" * 61),)}, ("micro_tasks", "micro_task_wrong")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else None,
)
def test_what_contradicts_itself_is_named(changes: dict, problem: tuple[str, str]) -> None:
    entry = HumanServiceEntry(name="ひだまり食堂", **changes)

    assert list(entry.problems(TODAY)) == [problem]


def test_zero_free_places_are_full_and_none_is_not_known() -> None:
    assert Vacancy(0, TODAY).full
    assert not Vacancy(None).full
    assert not Vacancy().known
