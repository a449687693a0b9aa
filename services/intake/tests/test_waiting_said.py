"""What waits in a queue is said to others without a word of a person, and that it no longer waits."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from kasane_contracts.intake import (
    BookingsWaiting,
    PersonsMerged,
    PersonsMergeDeclined,
    PersonsMergeRequested,
    WebMessageSettled,
    WebMessageWaiting,
)
from kasane_intake.commands import DecideMerge, MergeStep, RequestMerge
from kasane_intake.commands.consultation_days import BookSlot, CancelDay, ChangeBooking, PlanDay
from kasane_intake.commands.public_form import (
    ConfirmWebMessage,
    OpenReceipt,
    SeeAdditions,
    SendWebMessage,
    SetPublicForm,
    SortWebMessage,
)
from kasane_intake.domain.consultation_day import ConsultationDay, DaySlot, MeetingWay
from kasane_intake.domain.public_form import ContactWay, PublicForm, Sender, WebMessage
from kasane_intake.domain.receipt import Receipt
from kasane_intake.handlers import decide_merge, request_merge
from kasane_intake.handlers.consultation_days import (
    book_slot,
    cancel_booking,
    cancel_day,
    move_booking,
    plan_day,
    see_added_words,
)
from kasane_intake.handlers.public_form import open_receipt, send_web_message, set_public_form
from kasane_intake.handlers.web_messages import (
    bring_web_message_back,
    confirm_web_message,
    see_additions,
    set_web_message_aside,
)
from kasane_intake.repository.public_form import WebMessages
from kasane_kit import clock
from kasane_kit.testing.workbench import Workbench

KEY = b"k" * 32
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HELD_ON = date(2026, 12, 10)


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.fixed(lambda: NOW):
        yield


def do(bench: Workbench, handler: Any, command: Any, *more: Any, account: str = "desk") -> Any:
    with bench.unit(bench.staff("coordinator", account_id=account, office="fukushi")) as uow:
        return handler(command, uow, *more)


def open_form(bench: Workbench, office: str = "fukushi", version: int = 0) -> None:
    form = PublicForm(enabled=True, office=office, phone="000-0000-9999", version=version)
    do(bench, set_public_form, SetPublicForm(form), ())


def send(bench: Workbench, form_id: str = "f1", seconds: float = 60) -> Receipt:
    command = SendWebMessage(
        form_id=form_id,
        sender=Sender.RESIDENT,
        story="眠れません。",
        name="架空 太郎",
        kana="",
        brought_by="",
        hidden=False,
        contact_way=ContactWay.PHONE,
        contact="000-1111-2222",
        do_not_contact="",
        address="192.0.2.7",
        seconds=seconds,
        trap="",
    )
    receipt: Receipt = do(bench, send_web_message, command, KEY)
    return receipt


def message_of(bench: Workbench, receipt: Receipt) -> WebMessage:
    with bench.reading() as connection:
        return WebMessages(connection).by_receipt(receipt.number)


def add(bench: Workbench, receipt: Receipt, words: str) -> None:
    do(bench, open_receipt, OpenReceipt(receipt.number, receipt.word, "192.0.2.7", words), KEY)


def said(bench: Workbench) -> list[Any]:
    kinds = (
        WebMessageWaiting,
        WebMessageSettled,
        BookingsWaiting,
        PersonsMergeRequested,
        PersonsMerged,
        PersonsMergeDeclined,
    )
    return [event for event in bench.said() if isinstance(event, kinds)]


def test_a_message_waits_for_the_desk_of_the_form_until_it_is_taken_up(
    workbench: Workbench,
) -> None:
    open_form(workbench)
    receipt = send(workbench)
    message = message_of(workbench, receipt)

    do(
        workbench,
        confirm_web_message,
        ConfirmWebMessage(message.id, message.version, "c1", "fukushi"),
        workbench.hooks,
    )

    assert said(workbench) == [
        WebMessageWaiting(message.id, receipt.number, "fukushi"),
        WebMessageSettled(message.id),
    ]
    assert all("架空" not in str(asdict(event)) for event in said(workbench))


def test_what_a_machine_sent_waits_for_nobody(workbench: Workbench) -> None:
    open_form(workbench)

    send(workbench, seconds=0.1)

    assert said(workbench) == []


def test_what_is_set_aside_waits_no_longer_and_once_brought_back_waits_again(
    workbench: Workbench,
) -> None:
    open_form(workbench)
    receipt = send(workbench)
    message = message_of(workbench, receipt)

    do(workbench, set_web_message_aside, SortWebMessage(message.id, message.version, "宣伝"))
    later = message_of(workbench, receipt)
    do(workbench, bring_web_message_back, SortWebMessage(message.id, later.version, ""))

    waits = WebMessageWaiting(message.id, receipt.number, "fukushi")
    assert said(workbench) == [waits, WebMessageSettled(message.id), waits]


def test_an_addition_to_what_was_taken_up_waits_until_it_is_read(workbench: Workbench) -> None:
    open_form(workbench)
    receipt = send(workbench)
    message = message_of(workbench, receipt)
    do(
        workbench,
        confirm_web_message,
        ConfirmWebMessage(message.id, message.version, "c1", "fukushi"),
        workbench.hooks,
    )

    add(workbench, receipt, "電話は夕方にお願いします。")
    do(workbench, see_additions, SeeAdditions(message.id, message_of(workbench, receipt).version))

    assert said(workbench)[2:] == [
        WebMessageWaiting(message.id, receipt.number, "fukushi", added=True),
        WebMessageSettled(message.id),
    ]


def test_another_desk_of_the_form_gets_what_waits(workbench: Workbench) -> None:
    open_form(workbench)
    receipt = send(workbench)
    message = message_of(workbench, receipt)

    open_form(workbench, "chiiki", version=1)

    assert said(workbench)[1:] == [WebMessageWaiting(message.id, receipt.number, "chiiki")]


SLOTS = (DaySlot("one", time(10, 0), time(10, 50), 1), DaySlot("two", time(11), time(12), 1))


def a_day(bench: Workbench, day_id: str = "day-1", slots: tuple[DaySlot, ...] = SLOTS) -> None:
    day = ConsultationDay(
        day_id, "fukushi", HELD_ON, MeetingWay.FACE_TO_FACE, "会議室", "", True, False, slots
    )
    do(bench, plan_day, PlanDay(day), bench.hooks)


def book(
    bench: Workbench, booking_id: str, *, may_wait: bool = False, form_id: str = ""
) -> Receipt:
    command = BookSlot(
        booking_id=booking_id,
        slot_id="one",
        name="架空 花子",
        kana="",
        phone="000-1111-2222",
        note="眠れません。",
        may_wait=may_wait,
        form_id=form_id,
    )
    _, receipt = do(bench, book_slot, command, KEY)
    return receipt


def test_somebody_without_a_seat_waits_until_there_is_one(workbench: Workbench) -> None:
    a_day(workbench)
    book(workbench, "b1")
    assert said(workbench) == []

    book(workbench, "b2", may_wait=True)
    book(workbench, "b3", may_wait=True)
    do(workbench, move_booking, ChangeBooking("b2", 1, "two"))
    do(workbench, cancel_booking, ChangeBooking("b3", 1))

    assert [event.waiting for event in said(workbench)] == [1, 2, 1, 0]
    assert said(workbench)[0] == BookingsWaiting("day-1", "fukushi", HELD_ON, 1)


def test_a_day_that_is_called_off_waits_until_everybody_was_told(workbench: Workbench) -> None:
    a_day(workbench)
    book(workbench, "b1")
    book(workbench, "b2", may_wait=True)

    do(workbench, cancel_day, CancelDay("day-1", 1))
    do(workbench, cancel_booking, ChangeBooking("b1", 1))
    do(workbench, cancel_booking, ChangeBooking("b2", 1))

    assert said(workbench)[1:] == [
        BookingsWaiting("day-1", "fukushi", HELD_ON, waiting, called_off=True)
        for waiting in (2, 1, 0)
    ]


def test_what_a_sender_adds_to_a_booking_waits_until_it_is_read(workbench: Workbench) -> None:
    open_form(workbench)
    a_day(workbench)
    receipt = book(workbench, "b1", form_id="f1")
    book(workbench, "b2", may_wait=True)

    add(workbench, receipt, "車いすで行きます。")
    add(workbench, receipt, "付き添いがいます。")
    visit = workbench.visit_as(workbench.staff("receiver", office="fukushi"))
    pages = ["/consultation-days", "/consultation-days/day-1"]
    shown = [visit.get(page).text for page in pages]
    visit.post("/bookings/b1/seen", {"version": "3"})
    shown += [visit.get(page).text for page in pages]

    assert ["予約した方の書き足しあり" in page for page in shown] == [True, True, False, False]
    assert "付き添いがいます。" in shown[1]
    assert [event.waiting for event in said(workbench)] == [1, 2, 2, 1]
    assert "車いす" not in str(said(workbench))


def test_added_words_that_nobody_read_wait_on_the_day_to_which_the_booking_moves(
    workbench: Workbench,
) -> None:
    a_day(workbench)
    a_day(workbench, "day-2", (DaySlot("three", time(13), time(14), 1),))
    receipt = book(workbench, "b1", form_id="f1")
    add(workbench, receipt, "車いすで行きます。")

    do(workbench, move_booking, ChangeBooking("b1", 2, "three"))
    do(workbench, see_added_words, ChangeBooking("b1", 3))

    assert [(event.day_id, event.waiting) for event in said(workbench)] == [
        ("day-1", 1),
        ("day-1", 0),
        ("day-2", 1),
        ("day-2", 0),
    ]


@pytest.mark.parametrize("outcome", ["kept", "missed", "cancelled"])
def test_who_settles_a_booking_has_read_what_was_added(workbench: Workbench, outcome: str) -> None:
    open_form(workbench)
    a_day(workbench)
    receipt = book(workbench, "b1", form_id="f1")
    add(workbench, receipt, "車いすで行きます。")

    with clock.fixed(lambda: datetime.combine(HELD_ON, time(12), clock.JAPAN)):
        visit = workbench.visit_as(workbench.staff("receiver", office="fukushi"))
        headers = {"If-Match": '"2"'}
        answer = visit.send_json(
            "PUT", "/api/v1/bookings/b1/outcome", {"outcome": outcome}, headers=headers
        )

    assert (answer.status_code, answer.json["added_at"]) == (200, None)
    assert [event.waiting for event in said(workbench)] == [1, 0]


def test_words_added_while_somebody_reads_are_not_taken_for_read(workbench: Workbench) -> None:
    open_form(workbench)
    a_day(workbench)
    receipt = book(workbench, "b1", form_id="f1")
    add(workbench, receipt, "車いすで行きます。")
    visit = workbench.visit_as(workbench.staff("receiver", office="fukushi"))
    add(workbench, receipt, "付き添いがいます。")

    refused = visit.post("/bookings/b1/seen", {"version": "2"})

    assert refused.status_code == 412
    assert said(workbench)[-1].waiting == 1


def test_a_program_reads_who_booked_and_says_that_added_words_were_read(
    workbench: Workbench,
) -> None:
    open_form(workbench)
    a_day(workbench)
    receipt = book(workbench, "b1", form_id="f1")
    book(workbench, "b2", may_wait=True)
    add(workbench, receipt, "車いすで行きます。")
    holds, other = (
        workbench.visit_as(workbench.staff("receiver", office=office, account_id=office))
        for office in ("fukushi", "zei")
    )
    who, seen = "/api/v1/consultation-days/day-1/bookings", "/api/v1/bookings/b1/seen"

    listed = holds.get(who).json["items"]
    old = holds.send_json("PUT", seen, {}, headers={"If-Match": '"1"'})
    foreign = [
        other.get(who),
        other.send_json("PUT", seen, {}, headers={"If-Match": '"2"'}),
    ]
    read = holds.send_json("PUT", seen, {}, headers={"If-Match": f'"{listed[0]["version"]}"'})

    assert [(one["id"], one["status"], bool(one["added_at"])) for one in listed] == [
        ("b1", "booked", True),
        ("b2", "waiting", False),
    ]
    assert "車いす" in listed[0]["note"]
    assert [answer.status_code for answer in (old, *foreign, read)] == [412, 404, 404, 200]
    assert "車いす" not in "".join(answer.text for answer in foreign)
    assert read.json["added_at"] is None
    assert [event.waiting for event in said(workbench)][-2:] == [2, 1]


def merge_request(bench: Workbench, merge_id: str) -> None:
    persons = []
    desk = bench.visit_as(bench.staff("receiver", office="zei"))
    for name in ("架空 太郎", "架空 たろう"):
        body = {"desk": "zei", "channel": "window", "story": "相談", "persons": [{"name": name}]}
        persons.append(
            desk.send_json("POST", "/api/v1/consultations", body).json["persons"][0]["person_id"]
        )
    do(bench, request_merge, RequestMerge(merge_id, *persons, reason="同じ方"), account="asks")


@pytest.mark.parametrize(
    ("step", "account", "ends_with"),
    [
        (MergeStep.APPROVE, "decides", PersonsMerged),
        (MergeStep.REFUSE, "decides", PersonsMergeDeclined),
        (MergeStep.WITHDRAW, "asks", PersonsMergeDeclined),
    ],
)
def test_a_request_to_merge_waits_for_somebody_else_until_it_is_decided(
    workbench: Workbench, step: MergeStep, account: str, ends_with: type
) -> None:
    merge_request(workbench, "m1")

    do(workbench, decide_merge, DecideMerge("m1", step, "理由", 1), account=account)

    asked, ended = said(workbench)
    assert asked == PersonsMergeRequested("m1", "asks")
    assert (type(ended), ended.merge_id) == (ends_with, "m1")
