"""What waits in intake's queues stands among the tasks of who can do something about it, and leaves when done."""

from datetime import date

import pytest

from kasane_contracts import cases, intake
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_portal.queries import my_tasks

TODAY = date(2026, 11, 21)
COORDINATOR = "role:coordinator"


def tasks(bench: Workbench, *targets: str) -> list[tuple[str, str, str]]:
    with bench.reading() as connection:
        found = my_tasks(connection, frozenset(targets), TODAY)
    return [(task.kind.value, task.subject_id, task.number) for task in found]


def test_a_web_message_waits_for_its_desk_with_its_receipt_and_may_come_again(
    workbench: Workbench,
) -> None:
    waits = intake.WebMessageWaiting("w1", "12-34", "fukushi")
    workbench.hear(waits)
    assert tasks(workbench, "office:fukushi") == [("web_message", "w1", "12-34")]
    assert tasks(workbench, "office:zei", COORDINATOR) == []

    workbench.hear(intake.WebMessageSettled("w1"))
    assert tasks(workbench, "office:fukushi") == []

    workbench.hear(intake.WebMessageWaiting("w1", "12-34", "chiiki", added=True))
    assert tasks(workbench, "office:chiiki") == [("web_message", "w1", "12-34")]
    assert tasks(workbench, "office:fukushi") == []


def test_without_a_desk_a_web_message_waits_for_coordinators(workbench: Workbench) -> None:
    workbench.hear(intake.WebMessageWaiting("w1", "12-34", ""))

    assert tasks(workbench, COORDINATOR) == [("web_message", "w1", "12-34")]


def test_bookings_wait_until_nobody_is_left_and_a_day_called_off_is_another_task(
    workbench: Workbench,
) -> None:
    day = ("d1", "fukushi", date(2026, 12, 10))
    workbench.hear(intake.BookingsWaiting(*day, waiting=2))
    workbench.hear(intake.BookingsWaiting(*day, waiting=1))
    assert tasks(workbench, "office:fukushi") == [("booking", "d1", "")]

    workbench.hear(intake.BookingsWaiting(*day, waiting=3, called_off=True))
    assert tasks(workbench, "office:fukushi") == [("day_called_off", "d1", "")]

    workbench.hear(intake.BookingsWaiting(*day, waiting=0, called_off=True))
    assert tasks(workbench, "office:fukushi") == []


@pytest.mark.parametrize(
    "ended",
    [intake.PersonsMerged("m1", "p1", "p2", "c1", "c2"), intake.PersonsMergeDeclined("m1")],
    ids=["merged", "declined"],
)
def test_a_request_to_merge_waits_for_a_coordinator_who_did_not_ask(
    workbench: Workbench, ended: object
) -> None:
    workbench.hear(intake.PersonsMergeRequested("m1", "asks"))
    assert tasks(workbench, COORDINATOR, "account:other") == [("person_merge", "m1", "")]
    assert tasks(workbench, COORDINATOR, "account:asks") == []

    workbench.hear(ended)

    assert tasks(workbench, COORDINATOR, "account:other") == []


def test_the_tasks_lead_to_the_page_where_they_are_done(workbench: Workbench) -> None:
    workbench.hear(intake.WebMessageWaiting("w1", "12-34", "fukushi"))
    workbench.hear(intake.BookingsWaiting("d1", "fukushi", date(2026, 12, 10), 1))
    workbench.hear(intake.BookingsWaiting("d2", "fukushi", date(2026, 12, 11), 1, called_off=True))
    workbench.hear(intake.PersonsMergeRequested("m1", "asks"))
    actor = workbench.staff("coordinator", office="fukushi", roles=("coordinator",))
    me = workbench.visit_as(actor)

    page = me.get("/").text

    for words, path in (
        ("Webフォームから届いた相談を読む", "web-messages/w1"),
        ("相談会の席を待つ方・書き足した方を確かめる", "consultation-days/d1"),
        ("取りやめた相談会の予約の方に連絡する", "consultation-days/d2"),
        ("同じ方かどうかの申し出を確かめる", "merges/m1"),
    ):
        assert words in page
        assert f'href="/intake/292095/{path}"' in page


def test_a_sheet_that_was_seen_and_is_not_decided_goes_back_to_sender_and_post(
    workbench: Workbench,
) -> None:
    seen = intake.ReferralSheetAcknowledged("s1", "c1", "welfare", TODAY)
    late = intake.ReferralSheetUndecided("s1", "c1", "tax", "welfare", "head", TODAY)
    workbench.hear(seen)
    workbench.hear(late)
    workbench.hear(late)

    assert tasks(workbench, "office:welfare") == [("sheet_answer", "s1", "")]
    for target in ("office:tax", "role:head"):
        assert tasks(workbench, target) == [("sheet_undecided", "s1", "")]

    workbench.hear(intake.ReferralSheetAccepted("s1", "c1", "welfare"))

    assert tasks(workbench, "office:welfare", "office:tax", "role:head") == []


def test_the_data_officer_is_told_of_an_emergency_look_until_it_is_reviewed(
    workbench: Workbench,
) -> None:
    officer = "role:town_administrator"
    taken = cases.EmergencyLookTaken("l1", "k1", "looks", "disaster", TODAY, date(2026, 11, 25))
    workbench.hear(taken)
    assert tasks(workbench, officer, "account:other") == [("emergency_look", "l1", "")]
    assert tasks(workbench, officer, "account:looks") == []
    assert tasks(workbench, COORDINATOR, "account:other") == []

    workbench.hear(cases.EmergencyLookReviewed("l1", "k1", date(2026, 11, 24)))
    assert tasks(workbench, officer, "account:other") == []


def test_the_task_leads_to_the_trail_of_the_case_and_says_nothing_of_it(
    workbench: Workbench,
) -> None:
    looked = cases.EmergencyLookTaken("l1", "k1", "looks", "disaster", TODAY, date(2026, 11, 25))
    workbench.hear(looked)

    officer = workbench.staff("town_administrator", roles=("town_administrator",))
    page = workbench.visit_as(officer).get("/").text

    assert f"/portal/{TOWN}/audit?object_id=k1" in page
    assert "緊急に開かれたケースの記録を見る" in page
    assert "disaster" not in page
