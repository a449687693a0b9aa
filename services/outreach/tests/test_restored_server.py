"""A server that was restored from a backup: what telephones sent since comes again, and is there exactly once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_outreach.repository import Visits
from kasane_outreach.repository.door import CheckIns, DoorDevices, DoorItems, VisitPapers
from tests.doorstep.backup import OutreachBackup
from tests.support.sealed_telephone import SealedTelephone as Telephone

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]
NOTE = "玄関で10分話した。"


@pytest.fixture
def planned(workbench: Workbench, coordinator: Actor, ask: Ask) -> str:
    """A visit of the first worker today at ten."""
    ask()
    return plan(workbench, coordinator, "worker-1")


def plan(bench: Workbench, coordinator: Actor, worker: str, at: str = "10:00") -> str:
    form = {
        "on": "2026-11-24",
        "starts_at": at,
        "minutes": "45",
        "worker": worker,
        "submission": f"plan-{at}",
        "despite_same_day": "true",
    }
    answer = bench.visit_as(coordinator).post("/households/request-1/visits/new", form)
    assert answer.status_code == 303, answer.text
    with bench.reading() as connection:
        visits = Visits(connection).of_household("request-1")
    return next(one.id for one in visits if f"{one.starts_at:%H:%M}" == at)


def begun(bench: Workbench, worker: Actor, clock_at: Any) -> Telephone:
    """A telephone with the round of today on it, twenty minutes later."""
    telephone = Telephone(bench, worker)
    assert telephone.begin().status_code == 200
    telephone.round()
    clock_at(datetime(2026, 11, 24, 0, 20, tzinfo=UTC))
    return telephone


def epoch(bench: Workbench) -> str:
    answer = bench.app.test_client().get(f"/{TOWN}/api/v1/door/epoch")
    assert answer.status_code == 200
    assert answer.json["now"] > 1_700_000_000_000
    return str(answer.json["epoch"])


def test_a_restore_is_seen_in_the_epoch_of_every_answer_and_copies_are_kept_for_35_days(
    workbench: Workbench, worker: Actor, planned: str, clock_at: Any
) -> None:
    backup = OutreachBackup(workbench)
    backup.take()
    before = epoch(workbench)
    telephone = begun(workbench, worker, clock_at)
    answer = telephone.write("record", planned, {"result": "met", "note": NOTE})
    backup.put_back()
    after = epoch(workbench)

    assert before
    assert after not in ("", before)
    assert answer["epoch"] == before
    kept_until = datetime.fromtimestamp(answer["keep_until"] / 1000, UTC)
    assert kept_until == datetime(2026, 12, 29, 0, 20, tzinfo=UTC)


def test_what_a_restored_server_lost_is_taken_again_once_without_a_hand_out_or_a_sign_in(
    workbench: Workbench, worker: Actor, planned: str, clock_at: Any
) -> None:
    backup = OutreachBackup(workbench)
    backup.take()
    telephone = begun(workbench, worker, clock_at)
    sent = [
        telephone.wire("check_in", planned, {"minutes": 30}),
        telephone.wire("record", planned, {"result": "met", "note": NOTE}),
        telephone.wire("addendum", planned, {"text": "帰りに郵便受けを見た。"}),
    ]
    sent.append(telephone.wire("check_out", planned, {"check_in": sent[0]["id"]}))
    assert {telephone.send(one).json["outcome"] for one in sent} == {"accepted"}

    for _ in range(2):
        backup.put_back()
        with workbench.reading() as connection:
            assert DoorDevices(connection).find(telephone.id) is None
            assert Visits(connection).those([planned])[0].record is None
        clock_at(datetime(2026, 11, 26, 3, 0, tzinfo=UTC))
        for _again in range(2):
            assert [telephone.send(one).json["outcome"] for one in sent] == ["accepted"] * 4

    with workbench.reading() as connection:
        record = Visits(connection).those([planned])[0].record
        items = DoorItems(connection).of_visit(planned)
        words = VisitPapers(connection).addenda_of(planned)
        watches = CheckIns(connection).of_visit(planned)
        device = DoorDevices(connection).get(telephone.id)
    assert record is not None
    assert (record.note, record.recorded_by) == (NOTE, "worker-1")
    assert sorted(one.id for one in items) == sorted(one["id"] for one in sent)
    # The moment that the telephone named is believed: the sealed day proves it.
    assert {(one.made_at, one.clock_moved) for one in items} == {
        (datetime(2026, 11, 24, 0, 10, tzinfo=UTC), False)
    }
    assert [one.text for one in words] == ["帰りに郵便受けを見た。"]
    assert [one.open for one in watches] == [False]
    assert (device.account_id, device.stopped) == ("worker-1", False)


def test_the_telephone_begins_its_day_again_and_another_worker_on_it_changes_nothing_of_what_was_written(
    workbench: Workbench, worker: Actor, second_worker: Actor, planned: str, clock_at: Any
) -> None:
    backup = OutreachBackup(workbench)
    backup.take()
    telephone = begun(workbench, worker, clock_at)
    wire = telephone.wire("record", planned, {"result": "met", "note": NOTE})
    telephone.send(wire)
    backup.put_back()

    other = Telephone(workbench, second_worker)
    other.id = telephone.id
    assert other.begin().status_code == 200
    answer = telephone.send(wire)

    assert (answer.status_code, answer.json["outcome"]) == (200, "accepted")
    with workbench.reading() as connection:
        record = Visits(connection).those([planned])[0].record
    assert record is not None
    assert record.recorded_by == "worker-1"


def test_a_record_of_a_visit_that_a_restored_server_does_not_know_waits_at_the_office_in_its_words(
    workbench: Workbench, worker: Actor, coordinator: Actor, ask: Ask, clock_at: Any
) -> None:
    ask()
    backup = OutreachBackup(workbench)
    backup.take()
    visit_id = plan(workbench, coordinator, "worker-1")
    telephone = begun(workbench, worker, clock_at)
    wire = telephone.wire("record", visit_id, {"result": "worrying", "note": NOTE})
    assert telephone.send(wire).json["outcome"] == "accepted"
    backup.put_back()

    answers = [telephone.send(wire).json for _ in range(2)]

    assert {(one["outcome"], one["reason"]) for one in answers} == {("rejected", "visit_unknown")}
    assert answers[0]["why"].startswith("この訪問は、サーバーにありません。")
    desk = workbench.visit_as(coordinator)
    assert desk.get("/telephones").text.count(wire["id"]) == 1
    assert NOTE in desk.get(f"/telephones/items/{wire['id']}").text


def test_an_account_that_did_not_seal_it_and_a_telephone_nobody_names_open_nothing(
    workbench: Workbench, worker: Actor, planned: str, clock_at: Any
) -> None:
    backup = OutreachBackup(workbench)
    backup.take()
    telephone = begun(workbench, worker, clock_at)
    wire = telephone.wire("record", planned, {"result": "met", "note": NOTE})
    backup.put_back()
    client = workbench.app.test_client()
    path = f"/{TOWN}/api/v1/door/items"

    strange = [
        client.post(path, json=wire, headers={"X-Door-Account": name})
        for name in ("worker-2", "nobody", "x" * 65)
    ]
    unnamed = client.post(path, json=wire)

    assert [one.status_code for one in strange] == [422, 422, 422]
    assert unnamed.status_code == 404
    with workbench.reading() as connection:
        assert DoorDevices(connection).find(telephone.id) is None
        assert DoorItems(connection).find(wire["id"]) is None


def test_another_town_is_not_moved_by_the_restore_of_this_one(
    workbench: Workbench, planned: str
) -> None:
    backup = OutreachBackup(workbench)
    backup.take()
    before = backup.epoch_of("012319")

    backup.put_back()

    assert backup.epoch_of("012319") == before
