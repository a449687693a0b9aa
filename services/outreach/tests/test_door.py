"""The door-step through real requests: a day on a telephone, what arrives, what becomes of it."""

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kasane_contracts.outreach import (
    CheckInOverdue,
    CheckInSettled,
    ConsentHeard,
    ContactNotMade,
    VisitCompleted,
)
from kasane_kit.audit.tables import audit_entry
from kasane_kit.auth import AccountFacts, Actor, accounts
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_outreach import tables
from kasane_outreach.handlers.door_days import alarm_overdue_check_ins
from kasane_outreach.repository import Visits
from kasane_outreach.repository.door import CheckIns, DoorItems, VisitPapers
from tests.support.sealed_telephone import SealedTelephone as Telephone

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]
TODAY = date(2026, 11, 24)
JPEG = b"\xff\xd8\xff\xe0" + b"picture"


@pytest.fixture
def visit_id(workbench: Workbench, coordinator: Actor, ask: Ask) -> str:
    """A visit of the first worker today at ten."""
    ask(phone="0743-00-0000")
    return schedule(workbench, coordinator)


@pytest.fixture
def telephone(workbench: Workbench, worker: Actor, visit_id: str, clock_at: Any) -> Telephone:
    """The first worker's telephone with today's round on it, ten minutes after it was handed out."""
    found = Telephone(workbench, worker)
    assert found.begin().status_code == 200
    found.round()
    clock_at(datetime(2026, 11, 24, 0, 10, tzinfo=UTC))
    return found


def schedule(
    bench: Workbench,
    coordinator: Actor,
    request_id: str = "request-1",
    at: str = "10:00",
    worker: str = "worker-1",
) -> str:
    form = {
        "on": "2026-11-24",
        "starts_at": at,
        "minutes": "45",
        "worker": worker,
        "submission": str(uuid.uuid4()),
        "despite_same_day": "true",
    }
    answer = bench.visit_as(coordinator).post(f"/households/{request_id}/visits/new", form)
    assert answer.status_code == 303, answer.text
    with bench.reading() as connection:
        return next(
            one.id
            for one in Visits(connection).of_household(request_id)
            if f"{one.starts_at:%H:%M}" == at
        )


def visit(bench: Workbench, visit_id: str) -> Any:
    with bench.reading() as connection:
        return Visits(connection).those([visit_id])[0]


def hand_over(bench: Workbench, visit_id: str, *workers: str) -> None:
    """Somebody at the office gives the visit to others."""
    with bench.unit(bench.staff("coordinator", account_id="coordinator-1")) as uow:
        visits = Visits(uow.connection)
        found = visits.get(visit_id)
        found.workers = workers
        visits.save(found)
        uow.record("outreach.visit.scheduled", "visit", visit_id)
        uow.commit()


def test_a_round_is_sealed_and_opens_with_the_key_of_that_day_alone(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    answer = telephone.visitor.send_json("POST", f"/api/v1/door/devices/{telephone.id}/round")
    (found,) = telephone.round()["visits"]

    assert "見本" not in answer.text
    assert (found["id"], found["name"], found["phone"]) == (visit_id, "見本 花子", "0743-00-0000")
    assert found["address"] == "奈良県生駒市東新町8番38号"
    assert (found["starts_at"], found["minutes"], found["recorded"]) == ("10:00", 45, False)


def test_the_same_telephone_gets_the_same_key_all_day_and_another_the_next(
    workbench: Workbench, worker: Actor, telephone: Telephone, clock_at: Any
) -> None:
    first = telephone.key
    telephone.begin()
    again = telephone.key
    clock_at(datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    telephone.visitor = workbench.visit_as(worker)
    telephone.begin()

    assert again == first
    assert telephone.day == "2026-11-25"
    assert telephone.key != first


def test_a_protected_address_is_on_no_telephone(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask(address_protected=True)
    schedule(workbench, coordinator)
    telephone = Telephone(workbench, worker)
    telephone.begin()

    (found,) = telephone.round()["visits"]

    assert (found["address"], found["place"], found["address_protected"]) == ("", None, True)


def test_handing_out_stands_in_the_trail_for_every_visit_once(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    telephone.round()

    entries = trail(workbench, "outreach.visit.handed_out")

    assert entries == [visit_id]


def test_a_record_arrives_without_a_session_and_only_once(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    wire = telephone.wire("record", visit_id, {"result": "met", "note": "玄関で話した"})

    first, again = telephone.send(wire).json, telephone.send(wire).json

    assert first == again
    assert (first["outcome"], first["reason"], first["stopped"]) == ("accepted", "", False)
    record = visit(workbench, visit_id).record
    assert (record.result.value, record.note, record.recorded_by) == (
        "met",
        "玄関で話した",
        "worker-1",
    )
    assert len(workbench.said(VisitCompleted)) == 1


def test_nobody_met_is_counted(workbench: Workbench, telephone: Telephone, visit_id: str) -> None:
    telephone.write("record", visit_id, {"result": "absent", "note": ""})

    (said,) = workbench.said(ContactNotMade)

    assert (said.attempt, said.result) == (1, "absent")


def test_what_was_said_of_consent_goes_to_the_case_in_its_own_words(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    said = {"said": "市役所の人に話していい", "said_by": "person"}

    telephone.write("record", visit_id, {"result": "met", "note": "", "consent": said})

    (heard,) = workbench.said(ConsentHeard)
    assert (heard.said, heard.said_by, heard.heard_by, heard.heard_by_name) == (
        "市役所の人に話していい",
        "person",
        "worker-1",
        "訪問 一子",
    )


def test_a_visit_given_to_somebody_else_meanwhile_is_rejected_with_names_and_kept(
    workbench: Workbench, telephone: Telephone, visit_id: str, worker: Actor
) -> None:
    hand_over(workbench, visit_id, "worker-2")

    answer = telephone.write("record", visit_id, {"result": "met", "note": "もう話した"})

    assert (answer["outcome"], answer["reason"]) == ("rejected", "visit_reassigned")
    assert answer["why"] == "この訪問は、訪問 二郎さんの担当に変わっています。"
    assert visit(workbench, visit_id).record is None
    (gone,) = telephone.round()["gone"]
    assert (gone["why"], gone["workers"]) == ("reassigned", ["訪問 二郎"])
    page = workbench.visit_as(worker).get(f"/telephones/items/{answer['id']}")
    assert page.status_code == 200
    assert "もう話した" in page.text


def test_words_added_afterwards_settle_what_was_rejected(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    hand_over(workbench, visit_id, "worker-2")
    rejected = telephone.write("record", visit_id, {"result": "met", "note": "話した"})

    answer = telephone.write("addendum", visit_id, {"text": "話した"}, settles=rejected["id"])

    assert answer["outcome"] == "accepted"
    with workbench.reading() as connection:
        (words,) = VisitPapers(connection).addenda_of(visit_id)
        waiting = DoorItems(connection).waiting()
    assert (words.text, words.written_by) == ("話した", "worker-1")
    assert waiting == ()


def test_the_office_can_keep_the_words_of_what_was_rejected(
    workbench: Workbench, telephone: Telephone, visit_id: str, coordinator: Actor
) -> None:
    hand_over(workbench, visit_id, "worker-2")
    rejected = telephone.write("record", visit_id, {"result": "met", "note": "庭で会えた"})
    office = workbench.visit_as(coordinator)

    answer = office.post(f"/telephones/items/{rejected['id']}", {"keep": "1"})
    twice = office.post(f"/telephones/items/{rejected['id']}", {"keep": "1"})

    assert (answer.status_code, twice.status_code) == (303, 409)
    with workbench.reading() as connection:
        (words,) = VisitPapers(connection).addenda_of(visit_id)
        kept = DoorItems(connection).sealed(rejected["id"])
    assert (words.text, kept) == ("庭で会えた", None)
    assert "庭で会えた" in office.get(f"/visits/{visit_id}").text


def test_somebody_elses_rejected_record_is_not_open_to_a_worker(
    workbench: Workbench, telephone: Telephone, visit_id: str, second_worker: Actor
) -> None:
    hand_over(workbench, visit_id, "worker-2")
    rejected = telephone.write("record", visit_id, {"result": "met", "note": "庭で会えた"})
    other = workbench.visit_as(second_worker)

    answers = [
        other.get(f"/telephones/items/{rejected['id']}").status_code,
        other.post(f"/telephones/items/{rejected['id']}", {"keep": "1"}).status_code,
        other.post(f"/telephones/{telephone.id}/stop").status_code,
        other.send_json("POST", f"/api/v1/door/devices/{telephone.id}/round").status_code,
        other.send_json("POST", "/api/v1/door/devices", {"device_id": telephone.id}).status_code,
    ]

    assert answers == [404, 404, 404, 404, 404]
    with workbench.reading() as connection:
        assert len(DoorItems(connection).waiting()) == 1


def test_a_visit_recorded_at_the_office_meanwhile_keeps_that_record(
    workbench: Workbench, telephone: Telephone, visit_id: str, coordinator: Actor
) -> None:
    office = workbench.visit_as(coordinator)
    office.post(f"/visits/{visit_id}/record", {"result": "absent", "version": "1"})

    answer = telephone.write("record", visit_id, {"result": "met", "note": "会えた"})

    assert (answer["outcome"], answer["reason"]) == ("rejected", "already_recorded")
    assert "調整 太郎" in answer["why"]
    assert visit(workbench, visit_id).record.result.value == "absent"


def test_what_was_rewritten_before_it_was_sent_is_known_as_superseded(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    earlier = telephone.wire("record", visit_id, {"result": "absent", "note": ""})

    later = telephone.write("record", visit_id, {"result": "met"}, replaces=[earlier["id"]])
    answer = telephone.send(earlier).json

    assert later["outcome"] == "accepted"
    assert answer["outcome"] == "superseded"
    assert visit(workbench, visit_id).record.result.value == "met"


def test_a_picture_is_told_by_its_content_and_lies_sealed(
    workbench: Workbench, telephone: Telephone, visit_id: str, worker: Actor, second_worker: Actor
) -> None:
    sent = {"name": "photo.jpg", "data": base64.b64encode(JPEG).decode()}
    wrong = {"name": "photo.jpg", "data": base64.b64encode(b"MZ not a picture").decode()}

    taken = telephone.write("photo", visit_id, sent)
    refused = telephone.write("photo", visit_id, wrong)

    assert (taken["outcome"], refused["outcome"]) == ("accepted", "rejected")
    assert refused["reason"] == "upload_wrong_type"
    with workbench.reading() as connection:
        rows = connection.execute(select(tables.visit_photo)).all()
    assert [row.id for row in rows] == [taken["id"]]
    assert JPEG not in rows[0].sealed
    path = f"/visits/{visit_id}/photos/{taken['id']}"
    assert workbench.visit_as(worker).get(path).data == JPEG
    assert workbench.visit_as(second_worker).get(path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"result": "dancing"},
        {"result": "met", "note": 5},
        {"result": "met", "note": "x" * 10_001},
        {"result": "met", "consent": "yes"},
    ],
    ids=["unknown-result", "note-is-a-number", "note-too-long", "consent-is-a-word"],
)
def test_content_that_no_door_sends_is_rejected_and_changes_nothing(
    workbench: Workbench, telephone: Telephone, visit_id: str, body: dict[str, Any]
) -> None:
    answer = telephone.write("record", visit_id, body)

    assert (answer["outcome"], answer["reason"]) == ("rejected", "content_unreadable")
    assert visit(workbench, visit_id).record is None


def test_a_seal_of_another_day_telephone_or_number_opens_nothing(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    wire = telephone.wire("record", visit_id, {"result": "met"})
    changed = [
        {**wire, "day": "2026-11-23"},
        {**wire, "id": str(uuid.uuid4())},
        {**wire, "sealed": wire["sealed"][:-8] + "AAAAAAA="},
        {**wire, "sealed": "no base64!"},
    ]

    answers = [telephone.send(one) for one in changed]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert {answer.json["type"] for answer in answers} == {"urn:kasane:problem:seal_broken"}
    assert telephone.send({**wire, "device_id": str(uuid.uuid4())}).status_code == 422
    assert visit(workbench, visit_id).record is None


def test_somebody_elses_visit_that_was_never_handed_out_takes_nothing_from_the_telephone(
    workbench: Workbench, telephone: Telephone, coordinator: Actor, ask: Ask
) -> None:
    ask(request_id="request-2", case_id="case-2", person_id="person-2")
    other = schedule(workbench, coordinator, "request-2", "13:00", "worker-2")

    answer = telephone.write("record", other, {"result": "met"})

    assert (answer["outcome"], answer["reason"]) == ("rejected", "not_handed_out")
    assert visit(workbench, other).record is None


def test_a_stopped_telephone_gets_nothing_and_what_it_sends_waits_at_the_office(
    workbench: Workbench, telephone: Telephone, visit_id: str, coordinator: Actor
) -> None:
    office = workbench.visit_as(coordinator)
    wire = telephone.wire("record", visit_id, {"result": "met", "note": "車で書いた"})
    assert office.post(f"/telephones/{telephone.id}/stop").status_code == 303

    begun = telephone.begin()
    round_ = telephone.visitor.send_json("POST", f"/api/v1/door/devices/{telephone.id}/round")
    answer = telephone.send(wire).json

    assert (begun.status_code, round_.status_code) == (410, 410)
    assert (answer["outcome"], answer["reason"], answer["stopped"]) == (
        "rejected",
        "device_stopped",
        True,
    )
    assert visit(workbench, visit_id).record is None
    assert "車で書いた" in office.get(f"/telephones/items/{answer['id']}").text


def test_the_sign_in_of_a_stopped_telephone_begins_no_day_under_another_number(
    workbench: Workbench, telephone: Telephone, worker: Actor
) -> None:
    telephone.visitor.post(f"/telephones/{telephone.id}/stop")
    again = Telephone(workbench, worker)
    again.visitor = telephone.visitor

    answers = [again.begin().status_code, Telephone(workbench, worker).begin().status_code]

    assert answers == [410, 200]


def test_an_account_that_was_closed_meanwhile_records_nothing_and_nothing_is_lost(
    workbench: Workbench, telephone: Telephone, visit_id: str, coordinator: Actor
) -> None:
    closed = AccountFacts("worker-1", "訪問 一子", (), ("receiver",), "", True, 2)
    with municipality_scope(TOWN), workbench.house.databases.writing("outreach") as connection:
        accounts.remember(connection, closed)
        connection.commit()

    answer = telephone.write("record", visit_id, {"result": "met", "note": "最後の訪問"})

    assert (answer["outcome"], answer["reason"]) == ("rejected", "account_closed")
    assert visit(workbench, visit_id).record is None
    page = workbench.visit_as(coordinator).get(f"/telephones/items/{answer['id']}")
    assert "最後の訪問" in page.text


def test_a_moment_that_cannot_be_is_kept_between_the_sealed_day_and_the_arrival_and_marked(
    workbench: Workbench, telephone: Telephone, visit_id: str
) -> None:
    telephone.write("addendum", visit_id, {"text": "先の日付"}, made_at="2031-01-01T00:00:00Z")
    telephone.write("addendum", visit_id, {"text": "前の日付"}, made_at="1999-01-01T00:00:00Z")

    with workbench.reading() as connection:
        items = {
            item.made_at: item.clock_moved for item in DoorItems(connection).of_visit(visit_id)
        }
    assert items == {
        datetime(2026, 11, 23, 15, 0, tzinfo=UTC): True,
        datetime(2026, 11, 24, 0, 10, tzinfo=UTC): True,
    }


def test_a_worker_whose_word_does_not_come_is_looked_for_once(
    workbench: Workbench, telephone: Telephone, visit_id: str, coordinator: Actor, clock_at: Any
) -> None:
    begun = telephone.write("check_in", visit_id, {"minutes": 30})
    expected = datetime(2026, 11, 24, 0, 10, tzinfo=UTC) + timedelta(minutes=45)
    clock_at(expected)
    _run_job(workbench)
    before = workbench.said(CheckInOverdue)
    clock_at(expected + timedelta(seconds=1))
    _run_job(workbench)
    _run_job(workbench)

    (overdue,) = workbench.said(CheckInOverdue)

    assert before == []
    assert (overdue.check_in_id, overdue.account_id, overdue.roles) == (
        begun["id"],
        "worker-1",
        ("coordinator",),
    )
    office = workbench.visit_as(coordinator)
    assert "連絡がありません（09:55までの予定）" in office.get(f"/check-ins/{begun['id']}").text
    assert office.post(f"/check-ins/{begun['id']}", {"note": ""}).status_code == 422
    assert office.post(f"/check-ins/{begun['id']}", {"note": "電話で話した"}).status_code == 303
    assert len(workbench.said(CheckInSettled)) == 1
    late = telephone.write("check_out", visit_id, {"check_in": begun["id"]})
    assert (late["outcome"], late["reason"]) == ("superseded", "already_settled")


def test_the_watch_over_a_colleague_is_ended_by_no_other_worker(
    workbench: Workbench, telephone: Telephone, visit_id: str, second_worker: Actor, worker: Actor
) -> None:
    path = f"/check-ins/{telephone.write('check_in', visit_id, {'minutes': 30})['id']}"
    other = workbench.visit_as(second_worker)

    assert other.get(path).status_code == 404
    assert other.post(path, {"note": "元気そうだった"}).status_code == 404

    with workbench.reading() as connection:
        assert [one.open for one in CheckIns(connection).open()] == [True]
    assert workbench.visit_as(worker).post(path, {"note": "出ました"}).status_code == 303


def test_a_word_in_time_ends_the_watch_and_tells_nobody(
    workbench: Workbench, telephone: Telephone, visit_id: str, clock_at: Any
) -> None:
    begun = telephone.write("check_in", visit_id, {"minutes": 30})

    ended = telephone.write("check_out", visit_id, {"check_in": begun["id"]})
    clock_at(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    _run_job(workbench)

    assert ended["outcome"] == "accepted"
    assert workbench.said(CheckInOverdue) == []
    assert workbench.said(CheckInSettled) == []


def test_the_shell_holds_no_data_and_its_worker_changes_with_the_page(
    workbench: Workbench, telephone: Telephone
) -> None:
    client = workbench.app.test_client()

    shell = client.get(f"/{TOWN}/door/")
    worker = client.get(f"/{TOWN}/door/worker.js")
    manifest = client.get(f"/{TOWN}/door/manifest.webmanifest")

    assert shell.status_code == 200
    assert "見本" not in shell.text
    assert worker.text.startswith('const VERSION = "')
    assert worker.mimetype == "text/javascript"
    assert manifest.json["scope"] == f"/{TOWN}/door/"
    assert [client.get(f"/host/door/{name}").status_code for name in ("", "worker.js")] == [404] * 2


def trail(bench: Workbench, action: str) -> list[str]:
    with bench.reading() as connection:
        return list(
            connection.scalars(
                select(audit_entry.c.object_id).where(audit_entry.c.action == action)
            )
        )


def _run_job(bench: Workbench) -> None:
    with municipality_scope(TOWN):
        alarm_overdue_check_ins(bench.house, TOWN)
