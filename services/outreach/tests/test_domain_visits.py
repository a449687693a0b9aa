"""Households to reach and visits, without a database."""

from datetime import UTC, date, datetime, time

import pytest

from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import (
    AddressProtected,
    AlreadyRecorded,
    HouseholdClosed,
    NotAVisitTime,
    ReasonMissing,
    VisitCancelled,
    WorkersMissing,
)
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.visit import Visit, VisitRecord, VisitStatus

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)


def household(**changes: object) -> HouseholdToReach:
    values = {
        "id": "request-1",
        "case_id": "case-1",
        "person_id": "person-1",
        "name": "見本 花子",
        "address": "生駒市東新町8番38号",
        "reason": "電話に出ない",
        "purpose": "初回訪問",
        "heard_at": NOW,
        "position": Position(34.69, 135.70),
        "town_block": "東新町",
    }
    return HouseholdToReach(**{**values, **changes})  # type: ignore[arg-type]


def visit(**changes: object) -> Visit:
    values = {
        "id": "visit-1",
        "request_id": "request-1",
        "case_id": "case-1",
        "person_id": "person-1",
        "on": DAY,
        "starts_at": time(10),
        "minutes": 45,
        "workers": ("worker-1",),
    }
    return Visit(**{**values, **changes})  # type: ignore[arg-type]


def record(result: VisitResult = VisitResult.MET, **changes: object) -> VisitRecord:
    values = {"result": result, "made_on": DAY, "recorded_by": "worker-1", "recorded_at": NOW}
    return VisitRecord(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "status", "attempts"),
    [
        (VisitResult.MET, ReachStatus.REACHED, 0),
        (VisitResult.WORRYING, ReachStatus.REACHED, 0),
        (VisitResult.ABSENT, ReachStatus.WAITING, 1),
        (VisitResult.REFUSED, ReachStatus.WAITING, 1),
        (VisitResult.MOVED, ReachStatus.WAITING, 1),
    ],
)
def test_without_contact_the_household_goes_back_to_the_list_and_the_attempt_counts(
    result: VisitResult, status: ReachStatus, attempts: int
) -> None:
    reached = household(status=ReachStatus.SCHEDULED)

    reached.visited(result, others_due=False)

    assert (reached.status, reached.attempts, reached.last_result) == (status, attempts, result)


def test_after_a_removal_the_place_is_forgotten() -> None:
    reached = household(status=ReachStatus.SCHEDULED)

    reached.visited(VisitResult.MOVED, others_due=False)

    assert (reached.position, reached.town_block) == (None, "")


def test_a_household_with_another_visit_due_stays_scheduled() -> None:
    reached = household(status=ReachStatus.SCHEDULED)

    reached.visited(VisitResult.ABSENT, others_due=True)
    reached.visit_cancelled(others_due=True)

    assert reached.status is ReachStatus.SCHEDULED


def test_a_household_that_was_reached_stays_so_when_a_further_visit_is_cancelled() -> None:
    reached = household(status=ReachStatus.SCHEDULED, by_when=date(2026, 11, 1))

    reached.visited(VisitResult.MET, others_due=True)
    reached.visit_cancelled(others_due=False)

    assert reached.status is ReachStatus.REACHED
    assert reached.overdue(date(2026, 12, 1)) is False
    reached.visit_scheduled()
    reached.visit_cancelled(others_due=False, wanted=True)
    assert reached.status is ReachStatus.WAITING


def test_a_closed_household_stays_closed_and_takes_no_visit() -> None:
    reached = household()
    reached.close()

    reached.visited(VisitResult.ABSENT, others_due=False)

    assert (reached.status, reached.attempts) == (ReachStatus.CLOSED, 1)
    with pytest.raises(HouseholdClosed):
        reached.visit_scheduled()


def test_a_protected_address_is_never_placed_nor_taken_into_a_round() -> None:
    hidden = household(address_protected=True, position=None, town_block="")

    with pytest.raises(AddressProtected):
        hidden.place(Position(34.69, 135.70), "東新町")

    assert hidden.position is None
    assert hidden.ready_for_round is False


def test_a_two_person_visit_needs_two_different_workers() -> None:
    with pytest.raises(WorkersMissing):
        visit(two_person=True)
    with pytest.raises(WorkersMissing):
        visit(two_person=True, workers=("worker-1", "worker-1"))
    with pytest.raises(WorkersMissing):
        visit(workers=())

    assert visit(two_person=True, workers=("worker-1", "worker-2")).due is True


@pytest.mark.parametrize(
    ("starts_at", "minutes"), [(time(10), 4), (time(10), 481), (time(23, 30), 45)]
)
def test_a_visit_has_a_length_and_ends_on_its_day(starts_at: time, minutes: int) -> None:
    with pytest.raises(NotAVisitTime):
        visit(starts_at=starts_at, minutes=minutes)


def test_visits_of_one_worker_overlap_and_those_of_strangers_do_not() -> None:
    first = visit()

    assert first.overlaps(visit(id="visit-2", starts_at=time(10, 44))) is True
    assert first.overlaps(visit(id="visit-2", starts_at=time(10, 45))) is False
    assert first.overlaps(visit(id="visit-2", workers=("worker-2",))) is False
    assert first.overlaps(visit(id="visit-2", on=date(2026, 11, 25))) is False


def test_the_same_record_again_changes_nothing_and_another_one_is_refused() -> None:
    made = visit()
    assert made.write_record(record(note="会えた", submission="s-1")) is True

    assert made.write_record(record(note="会えた", submission="s-1")) is False
    with pytest.raises(AlreadyRecorded):
        made.write_record(record(note="ちがう", submission="s-1"))
    with pytest.raises(AlreadyRecorded):
        made.write_record(record(note="会えた", submission="s-1", recorded_by="worker-2"))

    assert made.record is not None
    assert made.record.note == "会えた"
    assert made.status is VisitStatus.COMPLETED


def test_two_records_without_a_submission_are_two() -> None:
    made = visit()
    made.write_record(record())

    with pytest.raises(AlreadyRecorded):
        made.write_record(record())


def test_a_cancelled_visit_takes_no_record_and_says_why() -> None:
    made = visit()
    with pytest.raises(ReasonMissing):
        made.cancel("  ")
    made.cancel("本人から連絡")

    with pytest.raises(VisitCancelled) as refusal:
        made.write_record(record())

    assert refusal.value.facts == {"reason": "本人から連絡"}
    assert made.record is None


def test_a_recorded_visit_is_not_cancelled() -> None:
    made = visit()
    made.write_record(record(VisitResult.ABSENT))

    with pytest.raises(AlreadyRecorded):
        made.cancel("まちがい")

    assert made.status is VisitStatus.NOT_MADE
