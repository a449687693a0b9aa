"""What a person can do in outreach, with a real database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from kasane_contracts import outreach as events
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Workbench
from kasane_outreach import queries
from kasane_outreach.commands import (
    AcceptRound,
    AskForRound,
    CancelVisit,
    NoteContactDetails,
    PlaceHousehold,
    PlanRound,
    RecordVisit,
    ScheduleVisit,
    WantedVisit,
    WorkerHours,
)
from kasane_outreach.domain import errors
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.routing import UnplacedReason
from kasane_outreach.domain.visit import Visit, VisitStatus
from kasane_outreach.handlers import (
    accept_round,
    cancel_visit,
    note_contact_details,
    place_household,
    plan_round,
    record_visit,
    schedule_visit,
    solve_round,
)
from kasane_outreach.repository import HouseholdsToReach, VisitRounds, Visits

TODAY = date(2026, 11, 24)
HERE = Position(34.69, 135.70)
SCHEDULE = ScheduleVisit("visit-1", "request-1", TODAY, time(10), 45, ("worker-1",))
RECORD = RecordVisit("visit-1", VisitResult.MET, 1, "玄関で話せた", submission="s-1")

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]


def schedule(bench: Workbench, actor: Actor, command: ScheduleVisit = SCHEDULE) -> None:
    with bench.unit(actor) as uow:
        schedule_visit(command, uow)


def record(bench: Workbench, actor: Actor, command: RecordVisit = RECORD) -> None:
    with bench.unit(actor) as uow:
        record_visit(command, uow)


def household(bench: Workbench, request_id: str = "request-1") -> HouseholdToReach:
    with bench.reading() as connection:
        return HouseholdsToReach(connection).get(request_id)


def visit(bench: Workbench, visit_id: str = "visit-1") -> Visit:
    with bench.reading() as connection:
        return Visits(connection).get(visit_id)


def visits(bench: Workbench, request_id: str = "request-1") -> tuple[Visit, ...]:
    with bench.reading() as connection:
        return Visits(connection).of_household(request_id)


def test_a_visit_scheduled_by_hand_is_said(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()

    schedule(workbench, coordinator)

    assert household(workbench).status is ReachStatus.SCHEDULED
    assert workbench.said(events.VisitScheduled) == [
        events.VisitScheduled(
            "visit-1",
            "request-1",
            "case-1",
            "worker-1",
            TODAY,
            "10:00",
            45,
            person_id="person-1",
        )
    ]


def test_a_past_day_an_unknown_worker_and_a_missing_second_one_are_refused(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask(two_person=True)
    receiver = workbench.staff("receiver", account_id="receiver-1")

    with pytest.raises(errors.DayIsPast):
        schedule(workbench, coordinator, replace(SCHEDULE, on=date(2026, 11, 23)))
    with pytest.raises(errors.WorkersMissing):
        schedule(workbench, coordinator, SCHEDULE)
    both = ("worker-1", receiver.account_id)
    with pytest.raises(errors.WorkersMissing):
        schedule(workbench, coordinator, replace(SCHEDULE, workers=both))
    with pytest.raises(errors.WorkersMissing):
        schedule(workbench, coordinator, replace(SCHEDULE, workers=("worker-1", "nobody")))

    assert visits(workbench) == ()
    assert household(workbench).status is ReachStatus.WAITING
    assert workbench.said(events.VisitScheduled) == []


def test_two_at_one_house_on_one_day_needs_a_word(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", person_id="person-2")
    schedule(workbench, coordinator)
    second = ScheduleVisit("visit-2", "request-2", TODAY, time(15), 45, ("worker-2",))

    with pytest.raises(errors.SameDayVisit):
        schedule(workbench, coordinator, second)
    assert visits(workbench, "request-2") == ()
    schedule(workbench, coordinator, replace(second, despite_same_day=True))

    assert [one.id for one in visits(workbench, "request-2")] == ["visit-2"]


def test_a_worker_is_at_one_place_at_a_time(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2")
    schedule(workbench, coordinator)
    second = ScheduleVisit("visit-2", "request-2", TODAY, time(10, 30), 45, ("worker-1",))

    with pytest.raises(errors.WorkerBusy) as refusal:
        schedule(workbench, coordinator, second)

    assert refusal.value.facts == {"worker": "訪問 一子", "at": "10:00"}
    assert visits(workbench, "request-2") == ()


def test_a_visit_with_contact_is_said_with_what_was_heard(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(workbench, coordinator)

    record(workbench, worker, replace(RECORD, consent_heard=True, accompanied_to="福祉課の窓口"))

    assert household(workbench).status is ReachStatus.REACHED
    made = visit(workbench)
    assert made.status is VisitStatus.COMPLETED
    assert made.record is not None
    assert made.record.accompanied_to == "福祉課の窓口"
    assert workbench.said(events.VisitCompleted) == [
        events.VisitCompleted(
            "visit-1", "request-1", "case-1", "person-1", TODAY, "met", True, "玄関で話せた"
        )
    ]


def test_attempts_are_counted_and_the_household_waits_again(
    workbench: Workbench,
    coordinator: Actor,
    worker: Actor,
    ask: Ask,
    standing_clock: Callable[[datetime], None],
) -> None:
    ask()
    schedule(workbench, coordinator)
    record(workbench, worker, replace(RECORD, result=VisitResult.ABSENT, note="名刺を置いた"))
    schedule(workbench, coordinator, replace(SCHEDULE, visit_id="visit-2", on=date(2026, 11, 26)))

    record(
        workbench,
        worker,
        RecordVisit("visit-2", VisitResult.REFUSED, 1, "今日は会いたくない", submission="s-2"),
    )

    reached = household(workbench)
    assert (reached.status, reached.attempts) == (ReachStatus.WAITING, 2)
    said = workbench.said(events.ContactNotMade)
    assert [(one.attempt, one.result, one.on) for one in said] == [
        (1, "absent", TODAY),
        (2, "refused", TODAY),
    ]
    with workbench.reading() as connection:
        numbers = [one.number for one in queries.attempts_of(connection, "request-1")]
    assert numbers == [1, 2]


def test_the_same_submission_is_recorded_and_said_once(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(workbench, coordinator)

    record(workbench, worker)
    record(workbench, worker)

    assert len(workbench.said(events.VisitCompleted)) == 1
    assert visit(workbench).version == 2


def test_a_second_person_recording_the_visit_is_told_who_was_first(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(workbench, coordinator)
    record(workbench, worker)

    with pytest.raises(errors.AlreadyRecorded) as refusal:
        record(workbench, coordinator, replace(RECORD, note="別の記録", submission="s-2"))

    assert refusal.value.facts == {"by": "訪問 一子"}
    kept = visit(workbench).record
    assert kept is not None
    assert kept.note == "玄関で話せた"
    assert len(workbench.said(events.VisitCompleted)) == 1


def test_only_an_assigned_worker_or_a_coordinator_records(
    workbench: Workbench, coordinator: Actor, second_worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(workbench, coordinator)

    with pytest.raises(errors.VisitNotFound):
        record(workbench, second_worker)

    assert visit(workbench).record is None
    assert workbench.said(events.VisitCompleted) == []


def test_a_record_for_an_older_version_is_refused(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(workbench, coordinator)

    with pytest.raises(errors.ChangedMeanwhile):
        record(workbench, worker, replace(RECORD, version=7))

    assert visit(workbench).record is None


def test_a_cancelled_visit_puts_the_household_back_and_takes_no_record(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    schedule(workbench, coordinator)

    with workbench.unit(coordinator) as uow:
        cancel_visit(CancelVisit("visit-1", "本人から連絡", 1), uow)
    with pytest.raises(errors.VisitCancelled):
        record(workbench, worker, replace(RECORD, version=2))

    assert household(workbench).status is ReachStatus.WAITING
    assert visit(workbench).record is None


def test_a_household_is_placed_by_hand_and_its_details_noted(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask(address="どこか")
    assert household(workbench).position is None

    with workbench.unit(coordinator) as uow:
        place_household(PlaceHousehold("request-1", HERE, "東新町", 1), uow)
    with workbench.unit(coordinator) as uow:
        note_contact_details(
            NoteContactDetails("request-1", "みほん はなこ", "0743-00-0000", 2), uow
        )
    with pytest.raises(errors.ChangedMeanwhile), workbench.unit(coordinator) as uow:
        place_household(PlaceHousehold("request-1", HERE, "壱分町", 1), uow)

    found = household(workbench)
    assert (found.position, found.town_block, found.kana) == (HERE, "東新町", "みほん はなこ")
    assert found.ready_for_round is True


def planned(bench: Workbench, actor: Actor, *request_ids: str) -> None:
    wanted = AskForRound(
        TODAY,
        HERE,
        (WorkerHours("worker-1", 540, 1020), WorkerHours("worker-2", 540, 1020)),
        tuple(WantedVisit(one, 45) for one in request_ids),
    )
    with bench.reading() as connection:
        problem, left_out = queries.round_problem(connection, actor, wanted)
    plan = solve_round(problem).leaving_out(left_out)
    with bench.unit(actor) as uow:
        plan_round(PlanRound("round-1", problem, plan), uow)


def test_an_accepted_round_becomes_visits_each_said_once(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2", address="生駒市白庭台3-1", two_person=True)
    planned(workbench, coordinator, "request-1", "request-2")
    assert workbench.said(events.VisitScheduled) == []

    with workbench.unit(coordinator) as uow:
        accept_round(AcceptRound("round-1", 1), uow)
    with workbench.unit(coordinator) as uow:
        accept_round(AcceptRound("round-1", 1), uow)

    (pair,) = visits(workbench, "request-2")
    assert set(pair.workers) == {"worker-1", "worker-2"}
    assert (len(visits(workbench)), pair.round_id) == (1, "round-1")
    assert {one.request_id for one in workbench.said(events.VisitScheduled)} == {
        "request-1",
        "request-2",
    }
    assert len(workbench.said(events.VisitScheduled)) == 2


def test_protected_unplaced_and_busy_households_are_left_out_with_the_reason(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2", address_protected=True)
    ask(request_id="request-3", case_id="case-3", address="不明")
    ask(request_id="request-4", case_id="case-4")
    schedule(workbench, coordinator, replace(SCHEDULE, request_id="request-4"))

    planned(workbench, coordinator, "request-1", "request-2", "request-3", "request-4")

    with workbench.reading() as connection:
        kept = VisitRounds(connection).get("round-1")
    assert {one.visit_id: one.reason for one in kept.plan.unplaced} == {
        "request-2": UnplacedReason.ADDRESS_PROTECTED,
        "request-3": UnplacedReason.NO_POSITION,
        "request-4": UnplacedReason.NOT_WAITING,
    }
    assert {one.visit_id for one in kept.plan.stops} == {"request-1"}
    assert {one.id for one in kept.problem.visits} == {"request-1"}


def test_a_round_is_planned_again_when_a_household_was_scheduled_meanwhile(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    planned(workbench, coordinator, "request-1")
    schedule(workbench, coordinator, replace(SCHEDULE, on=date(2026, 11, 26)))

    with pytest.raises(errors.RoundOutdated), workbench.unit(coordinator) as uow:
        accept_round(AcceptRound("round-1", 1), uow)

    assert len(visits(workbench)) == 1
    assert len(workbench.said(events.VisitScheduled)) == 1


def test_a_household_that_is_not_mine_is_not_planned(
    workbench: Workbench, worker: Actor, ask: Ask
) -> None:
    ask(agency="another-office")

    with pytest.raises(errors.HouseholdNotFound):
        planned(workbench, worker, "request-1")

    with workbench.reading() as connection, pytest.raises(errors.RoundNotFound):
        VisitRounds(connection).get("round-1")
