"""What outreach does when cases speaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from kasane_contracts.cases import AddressProtectionChanged, CaseClosed
from kasane_contracts.outreach import ContactNotMade
from kasane_contracts.resources import SettlingVisitCalledOff, SettlingVisitRequested
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_outreach.commands import RecordVisit, ScheduleVisit
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import AddressProtected, VisitCancelled
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.visit import VisitStatus
from kasane_outreach.handlers import record_visit, schedule_visit
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.watching import Watches

Ask = Callable[..., object]


def test_a_requested_household_is_on_the_list_and_on_the_map(
    workbench: Workbench, ask: Ask
) -> None:
    ask()

    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    assert (found.name, found.reason, found.status) == (
        "見本 花子",
        "電話に出ない",
        ReachStatus.WAITING,
    )
    assert (found.town_block, found.by_when) == ("東新町", date(2026, 11, 27))
    assert found.position == Position(34.692295, 135.70119)


def test_a_second_delivery_changes_nothing(workbench: Workbench, ask: Ask) -> None:
    ask()
    ask(name="別の名前")

    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).of_case("case-1")
    assert [one.name for one in found] == ["見本 花子"]


def test_a_protected_address_is_kept_off_the_map(workbench: Workbench, ask: Ask) -> None:
    ask(address_protected=True)

    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    assert (found.position, found.town_block) == (None, "")


def test_a_closed_case_closes_requests_and_cancels_what_is_due(
    workbench: Workbench,
    worker: Actor,
    ask: Ask,
    standing_clock: Callable[[datetime], None],
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2")
    with workbench.unit(worker) as uow:
        schedule_visit(
            ScheduleVisit("past", "request-1", date(2026, 11, 24), time(9), 30, ("worker-1",)), uow
        )
    with workbench.unit(worker) as uow:
        schedule_visit(
            ScheduleVisit("due", "request-1", date(2026, 11, 26), time(9), 30, ("worker-1",)), uow
        )
    standing_clock(datetime.fromisoformat("2026-11-25T10:00:00+09:00"))

    workbench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた"))
    workbench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた"))

    with workbench.reading() as connection:
        households, visits = HouseholdsToReach(connection), Visits(connection)
        assert households.get("request-1").status is ReachStatus.CLOSED
        assert households.get("request-2").status is ReachStatus.WAITING
        assert visits.get("due").status is VisitStatus.CANCELLED
        assert visits.get("due").cancel_reason == "ケースが終わったため"
        assert visits.get("past").status is VisitStatus.SCHEDULED
    with pytest.raises(VisitCancelled), workbench.unit(worker) as uow:
        record_visit(RecordVisit("due", VisitResult.MET, 2), uow)
    with workbench.unit(worker) as uow:
        record_visit(RecordVisit("past", VisitResult.ABSENT, 1), uow)
    assert [one.visit_id for one in workbench.said(ContactNotMade)] == ["past"]
    with workbench.reading() as connection:
        assert HouseholdsToReach(connection).get("request-1").status is ReachStatus.CLOSED


def test_a_case_without_requests_is_none_of_outreachs(workbench: Workbench, ask: Ask) -> None:
    ask()

    workbench.hear(CaseClosed("case-9", "", "終結"))

    with workbench.reading() as connection:
        assert HouseholdsToReach(connection).get("request-1").version == 1


def test_i_10_an_address_that_comes_sealed_is_for_the_worker_of_the_visit_alone(
    workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor, ask: Ask
) -> None:
    where = "奈良県生駒市谷田町1番1号"
    ask(address="", address_protected=True, visit_address=where)
    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    office, mine = workbench.visit_as(coordinator), workbench.visit_as(worker)
    command = ScheduleVisit(
        new_id(), "request-1", clock.today(), time(10), 45, (worker.account_id,)
    )
    with workbench.unit(coordinator) as uow:
        schedule_visit(command, uow)

    assert (found.address, found.position) == ("", None)
    assert where not in found.sealed_address
    for path in ("/households", "/households/request-1", "/visits", f"/visits/{command.visit_id}"):
        assert where not in office.get(path).text
        assert where not in office.get(f"/api/v1{path}").text
    assert where in mine.get(f"/visits/{command.visit_id}").text
    assert mine.get(f"/api/v1/visits/{command.visit_id}").json["address"] == where
    other = workbench.visit_as(second_worker).get(f"/visits/{command.visit_id}")
    assert (other.status_code, where in other.text) == (404, False)


def test_a_housemate_of_somebody_protected_is_visited_without_an_open_address(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask(address="", visit_address="奈良県生駒市谷田町1番1号")

    page = workbench.visit_as(coordinator).get("/households/request-1").text

    assert "谷田町1番1号" not in page
    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    assert (found.address_protected, found.hides_address, found.position) == (False, True, None)
    with pytest.raises(AddressProtected):
        found.place(Position(34.69, 135.7))


def test_i_10_an_address_that_is_protected_later_leaves_lists_and_map(
    workbench: Workbench, worker: Actor, ask: Ask
) -> None:
    ask()
    with workbench.reading() as connection:
        before = HouseholdsToReach(connection).get("request-1")
    assert before.position is not None
    browser = workbench.visit_as(worker)
    assert before.address in browser.get("/households").text

    workbench.hear(AddressProtectionChanged(before.person_id, "case-1", True))

    for path in ("/households", "/households/request-1", "/api/v1/households"):
        assert before.address not in browser.get(path).text
    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    assert (found.address, found.position, found.town_block) == ("", None, "")
    assert before.address not in found.sealed_address
    assert found.ready_for_round is False


def test_i_10_a_telephone_that_is_protected_with_the_address_leaves_lists_and_is_not_lost(
    workbench: Workbench, worker: Actor, ask: Ask
) -> None:
    ask(phone="090-1111-2222")
    browser = workbench.visit_as(worker)
    doors = ("/households/request-1", "/api/v1/households")
    assert all("090-1111-2222" in browser.get(path).text for path in doors)
    with workbench.reading() as connection:
        person_id = HouseholdsToReach(connection).get("request-1").person_id

    workbench.hear(AddressProtectionChanged(person_id, "case-1", True))
    assert all("090-1111-2222" in browser.get(path).text for path in doors)
    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, phone_too=True))

    for path in (*doors, "/households"):
        assert "090-1111-2222" not in browser.get(path).text
    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    found.note_contact_details("シケン", "")
    assert (found.kana, found.phone) == ("シケン", "090-1111-2222")
    workbench.hear(AddressProtectionChanged(person_id, "case-1", False))
    assert all("090-1111-2222" in browser.get(path).text for path in doors)


def test_an_address_that_is_no_longer_protected_is_shown_again(
    workbench: Workbench, worker: Actor, ask: Ask
) -> None:
    ask()
    with workbench.reading() as connection:
        before = HouseholdsToReach(connection).get("request-1")
    workbench.hear(AddressProtectionChanged(before.person_id, "case-1", True))
    workbench.hear(AddressProtectionChanged(before.person_id, "case-1", False))

    assert before.address in workbench.visit_as(worker).get("/households").text
    workbench.hear(AddressProtectionChanged("person-unknown", "case-9", True))
    assert before.address in workbench.visit_as(worker).get("/households").text


SETTLING = SettlingVisitRequested(
    "settling-1", "part-1", "case-1", "2026-0007", "person-1", date(2026, 12, 21), "ひだまり商店", "生駒市元町1-6"
)  # fmt: skip


def settling_household(bench: Workbench) -> HouseholdToReach:
    with bench.reading() as connection:
        return HouseholdsToReach(connection).get("settling-1")


def test_a_settling_visit_goes_to_the_host_and_names_the_case_instead_of_the_person(
    workbench: Workbench,
) -> None:
    workbench.hear(SETTLING)
    workbench.hear(SETTLING)

    found = settling_household(workbench)
    assert (found.name, found.address, found.by_when, found.open) == (
        "ケース 2026-0007 の本人",
        "生駒市元町1-6",
        date(2026, 12, 21),
        True,
    )
    workbench.hear(SettlingVisitCalledOff("settling-1", "part-1", "case-1"))
    workbench.hear(SettlingVisitCalledOff("unknown", "part-1", "case-1"))
    assert settling_household(workbench).open is False


def test_a_settling_visit_that_is_called_off_is_watched_no_more(
    workbench: Workbench, coordinator: Actor, worker: Actor
) -> None:
    workbench.hear(SETTLING)
    watch = {"watcher": worker.account_id, "every_days": "7", "what": "様子", "basis": "支援会議"}
    made = workbench.visit_as(coordinator).post("/households/settling-1/watches/new", watch)

    workbench.hear(SettlingVisitCalledOff("settling-1", "part-1", "case-1"))

    assert made.status_code == 303, made.text
    with workbench.reading() as connection:
        assert Watches(connection).open_ones() == ()


def test_where_a_protected_person_takes_part_is_on_no_list(workbench: Workbench) -> None:
    workbench.hear(replace(SETTLING, address_protected=True))

    found = settling_household(workbench)
    assert (found.address, found.position) == ("", None)
    assert "ひだまり商店" not in found.reason
