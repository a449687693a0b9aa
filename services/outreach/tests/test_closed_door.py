"""A town that is being moved tells no telephone that something was taken which was not kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from kasane_contracts.outreach import VisitCompleted
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Workbench
from kasane_outreach import tables
from tests.support.closed_town import closed
from tests.support.sealed_telephone import SealedTelephone as Telephone

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")


@pytest.fixture
def visit_id(workbench: Workbench, coordinator: Actor, ask: Callable[..., object]) -> str:
    """A visit of the first worker today at ten."""
    ask(phone="0743-00-0000")
    form = {
        "on": "2026-11-24",
        "starts_at": "10:00",
        "minutes": "45",
        "worker": "worker-1",
        "submission": "a visit",
        "despite_same_day": "true",
    }
    answer = workbench.visit_as(coordinator).post("/households/request-1/visits/new", form)
    assert answer.status_code == 303, answer.text
    with workbench.reading() as connection:
        return str(connection.scalar(select(tables.visit.c.id)))


@pytest.fixture
def telephone(workbench: Workbench, worker: Actor, visit_id: str, clock_at: Any) -> Telephone:
    """The worker's telephone with the round of today on it."""
    found = Telephone(workbench, worker)
    assert found.begin().status_code == 200
    found.round()
    clock_at(datetime(2026, 11, 24, 0, 20, tzinfo=UTC))
    return found


@pytest.mark.parametrize("shut", [(), ("outreach_door_item",)], ids=["town", "items alone"])
def test_a_record_is_not_taken_while_the_town_moves_and_is_taken_after(
    workbench: Workbench, telephone: Telephone, visit_id: str, shut: tuple[str, ...]
) -> None:
    wire = telephone.wire("record", visit_id, {"result": "met", "note": "玄関で話した"})
    with closed(workbench, *shut):
        refused = telephone.send(wire)
    with workbench.reading() as connection:
        kept = connection.scalar(select(func.count()).select_from(tables.door_item))
    assert (refused.status_code, kept, workbench.said(VisitCompleted)) == (503, 0, [])
    assert refused.json["type"] == "urn:kasane:problem:town_is_moving"

    later, again = telephone.send(wire), telephone.send(wire)

    assert (later.status_code, later.json["outcome"]) == (200, "accepted")
    assert (again.json, len(workbench.said(VisitCompleted))) == (later.json, 1)
