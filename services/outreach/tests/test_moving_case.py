"""Requests, visits and watching follow persons into another case when a household divides."""

from collections.abc import Callable
from datetime import date, time

import pytest

from kasane_contracts.cases import CaseClosed, OutreachRequested, PersonsMovedCase
from kasane_contracts.outreach import ContactNotMade
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_outreach.commands import RecordVisit, ScheduleVisit
from kasane_outreach.commands.campaigns import AssignWatch
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.visit import VisitStatus
from kasane_outreach.handlers import record_visit, schedule_visit
from kasane_outreach.handlers.watching import assign_watch
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.watching import Watches

Ask = Callable[..., OutreachRequested]
SON_MOVES = PersonsMovedCase("case-1", "case-9", "2026-0090", ("person-son",))


def schedule(bench: Workbench, actor: Actor, request_id: str, day: date, hour: int) -> str:
    visit_id = new_id()
    with bench.unit(actor) as uow:
        schedule_visit(
            ScheduleVisit(visit_id, request_id, day, time(hour), 45, (actor.account_id,)), uow
        )
    return visit_id


def watch(bench: Workbench, coordinator: Actor, request_id: str, watcher: str) -> str:
    with bench.unit(coordinator) as uow:
        return assign_watch(
            AssignWatch(
                new_id(), request_id, watcher, 7, "新聞", "生活困窮者自立支援法", clock.today()
            ),
            uow,
        )


@pytest.fixture
def divided(workbench: Workbench, worker: Actor, coordinator: Actor, ask: Ask) -> dict[str, str]:
    """A mother and a son of one case with a visit and a watch each; then the son has a case of his own."""
    ask(request_id="mother", person_id="person-mother")
    ask(request_id="son", person_id="person-son", address="奈良県生駒市東新町1番1号")
    found = {
        "mothers_visit": schedule(workbench, worker, "mother", date(2026, 11, 25), 10),
        "sons_visit": schedule(workbench, worker, "son", date(2026, 11, 26), 10),
        "mothers_watch": watch(workbench, coordinator, "mother", worker.account_id),
        "sons_watch": watch(workbench, coordinator, "son", worker.account_id),
    }
    workbench.hear(SON_MOVES)
    return found


def cases_of(bench: Workbench, divided: dict[str, str]) -> dict[str, str]:
    with bench.reading() as connection:
        visits = Visits(connection).those([divided["mothers_visit"], divided["sons_visit"]])
        households = HouseholdsToReach(connection).those(["mother", "son"])
        watches = [Watches(connection).get(divided[one]) for one in ("mothers_watch", "sons_watch")]
    return (
        {one.id: one.case_id for one in households}
        | {f"visit of {one.request_id}": one.case_id for one in visits}
        | {f"watch of {one.request_id}": one.case_id for one in watches}
    )


def test_what_is_open_of_the_son_goes_with_him_and_of_the_mother_stays(
    workbench: Workbench, divided: dict[str, str]
) -> None:
    workbench.hear(SON_MOVES)

    assert cases_of(workbench, divided) == {
        "mother": "case-1",
        "son": "case-9",
        "visit of mother": "case-1",
        "visit of son": "case-9",
        "watch of mother": "case-1",
        "watch of son": "case-9",
    }


def test_the_end_of_the_first_case_no_longer_calls_the_sons_visit_off(
    workbench: Workbench, divided: dict[str, str]
) -> None:
    workbench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた"))

    with workbench.reading() as connection:
        visits = {
            one.request_id: one.status
            for one in Visits(connection).those([divided["mothers_visit"], divided["sons_visit"]])
        }
        assert Watches(connection).get(divided["sons_watch"]).open
        assert not Watches(connection).get(divided["mothers_watch"]).open
    assert visits == {"mother": VisitStatus.CANCELLED, "son": VisitStatus.SCHEDULED}


def test_a_record_written_after_the_division_speaks_to_the_new_case(
    workbench: Workbench,
    worker: Actor,
    divided: dict[str, str],
    clock_at: Callable[..., None],
) -> None:
    clock_at(clock.now().replace(day=26))
    with workbench.reading() as connection:
        version = Visits(connection).get(divided["sons_visit"]).version
    with workbench.unit(worker) as uow:
        record_visit(RecordVisit(divided["sons_visit"], VisitResult.ABSENT, version), uow)

    assert [one.case_id for one in workbench.said(ContactNotMade)] == ["case-9"]


def test_what_was_recorded_before_stays_in_the_case_where_it_happened(
    workbench: Workbench, worker: Actor, ask: Ask
) -> None:
    ask(person_id="person-son")
    made = schedule(workbench, worker, "request-1", clock.today(), 8)
    with workbench.unit(worker) as uow:
        record_visit(RecordVisit(made, VisitResult.ABSENT, 1), uow)

    workbench.hear(SON_MOVES)

    with workbench.reading() as connection:
        assert Visits(connection).get(made).case_id == "case-1"
        assert HouseholdsToReach(connection).get("request-1").case_id == "case-9"
