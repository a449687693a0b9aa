"""What a worker's day and week ask the database: as much for many visits as for one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries

pytestmark = pytest.mark.usefixtures("worker")
Ask = Callable[..., object]
DAY = date(2026, 11, 24)


@pytest.fixture
def visited(coordinator: Actor, workbench: Workbench, ask: Ask) -> Callable[[int], None]:
    """A function that lets the first worker go to one more household, at the same house as the others."""
    office = workbench.visit_as(coordinator)

    def go(number: int) -> None:
        ask(
            request_id=f"request-{number}",
            case_id=f"case-{number}",
            person_id=f"person-{number}",
            address="奈良県生駒市東新町8番38号",
        )
        form = {
            "on": DAY.isoformat(),
            "starts_at": f"{8 + number}:00",
            "minutes": "45",
            "worker": "worker-1",
            "submission": f"submission-{number}",
            "despite_same_day": "true",
        }
        assert office.post(f"/households/request-{number}/visits/new", form).status_code == 303

    return go


def test_a_round_on_a_telephone_asks_as_much_for_many_visits_as_for_one(
    workbench: Workbench, worker: Actor, visited: Callable[[int], None], statements: Any
) -> None:
    numbers = []
    for added in ((1,), (2, 3, 4, 5)):
        for number in added:
            visited(number)
        with workbench.reading() as connection, statements() as said:
            found = queries.day_round(connection, worker, "telephone-1", DAY)
        numbers.append(len(said))

    assert len(found.visits) == 5
    assert [len(one["same_day"]) for one in found.visits] == [4] * 5
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("path", ["/week?from=2026-11-24", "/visits?on=2026-11-24"])
def test_a_page_of_visits_asks_as_much_for_many_as_for_one(
    workbench: Workbench,
    worker: Actor,
    visited: Callable[[int], None],
    asked_by: Callable[[Visitor, str], list[str]],
    path: str,
) -> None:
    mine, numbers = workbench.visit_as(worker), []
    for added in ((1,), (2, 3, 4)):
        for number in added:
            visited(number)
        said = asked_by(mine, path)
        numbers.append(len(said))

    assert numbers[0] == numbers[1]
