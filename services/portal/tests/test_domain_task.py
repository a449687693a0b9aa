"""How pressing a task is, and for whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kasane_portal.domain.task import Standing, Task, TaskKind, by_standing, targets_of

TODAY = date(2026, 11, 21)
OPENED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def a_task(subject_id: str = "t", due: int | None = None, urgent: bool = False) -> Task:
    due_on = None if due is None else TODAY + timedelta(days=due)
    return Task(TaskKind.CONSULTATION, subject_id, OPENED, due_on, urgent)


@pytest.mark.parametrize(
    ("due", "standing"),
    [
        (None, Standing.WAITING),
        (-1, Standing.OVERDUE),
        (0, Standing.TODAY),
        (1, Standing.WAITING),
        (14, Standing.WAITING),
        (15, Standing.LATER),
    ],
)
def test_the_day_says_how_pressing_it_is(due: int | None, standing: Standing) -> None:
    assert a_task(due=due).standing(TODAY) is standing


def test_urgent_is_before_every_day() -> None:
    assert a_task(due=30, urgent=True).standing(TODAY) is Standing.URGENT


def test_tasks_stand_in_groups_the_most_pressing_first() -> None:
    tasks = [
        a_task("a", 20),
        a_task("b"),
        a_task("c", -2),
        a_task("d", 3),
        a_task("e", urgent=True),
    ]

    groups = by_standing(tasks, TODAY)

    assert [(standing, [t.subject_id for t in found]) for standing, found in groups.items()] == [
        (Standing.URGENT, ["e"]),
        (Standing.OVERDUE, ["c"]),
        (Standing.WAITING, ["d", "b"]),
        (Standing.LATER, ["a"]),
    ]


def test_a_function_answers_for_a_name_that_no_role_has() -> None:
    targets = targets_of("a1", "tax", ["lead"], ["coordinator"], ["lead", "desk"])

    assert targets == {"account:a1", "office:tax", "role:lead", "role:coordinator"}


def test_who_only_administers_the_town_does_not_answer_for_the_work_of_the_office() -> None:
    alone = targets_of("a1", "tax", ["town_administrator"], ["town_administrator"], [])
    too = targets_of("a1", "tax", ["desk"], ["town_administrator", "receiver"], [])

    assert alone == {"account:a1", "role:town_administrator"}
    assert "office:tax" in too


def test_a_name_that_is_a_roles_code_means_that_role_alone() -> None:
    targets = targets_of("a1", "", ["lead"], ["coordinator"], ["lead", "coordinator"])

    assert targets == {"account:a1", "role:lead"}
