"""The end of what became no consultation: the term, what counts as handled, holds, what is destroyed and what stays."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.cases import RecordsEnded
from kasane_contracts.intake import ArrivalsEnded, IntakeRecordsShredded
from kasane_intake import tables
from kasane_intake.app import service
from kasane_intake.commands.arrivals import HoldArrival, SetArrivalTerm
from kasane_intake.commands.consultation_days import (
    BookSlot,
    ChangeBooking,
    PlanDay,
    SettleBooking,
)
from kasane_intake.commands.public_form import (
    ConfirmWebMessage,
    OpenReceipt,
    SeeAdditions,
    SendWebMessage,
    SortWebMessage,
)
from kasane_intake.domain.arrival import ArrivalKind, ArrivalTerm, TermUnit
from kasane_intake.domain.arrival_errors import (
    ArrivalDestroyed,
    ArrivalHoldNeedsAReason,
    ArrivalNotFound,
    ArrivalSourceMissing,
    ArrivalTermNotPossible,
    BookingOver,
)
from kasane_intake.domain.consultation_day import Booking, ConsultationDay, DaySlot, MeetingWay
from kasane_intake.domain.errors import WrongStep
from kasane_intake.domain.public_form import ContactWay, Sender, WebMessage
from kasane_intake.domain.receipt import Receipt
from kasane_intake.handlers.arrivals import (
    end_arrivals,
    hold_arrival,
    lift_arrival_hold,
    set_arrival_term,
)
from kasane_intake.handlers.consultation_days import (
    book_slot,
    cancel_booking,
    keep_booking,
    miss_booking,
    plan_day,
)
from kasane_intake.handlers.public_form import open_receipt, send_web_message
from kasane_intake.handlers.web_messages import (
    bring_web_message_back,
    confirm_web_message,
    see_additions,
    set_web_message_aside,
)
from kasane_intake.queries import arrival_file, arrival_lines
from kasane_intake.repository.arrivals import ArrivalHolds, Arrivals, handled
from kasane_intake.repository.consultation_days import Bookings
from kasane_intake.repository.public_form import WebMessages
from kasane_kit import clock
from kasane_kit.db.sealed import field_key
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench
from tests.support.postgres_bench import on_postgres

KEY = b"k" * 32
BEGIN = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
CANARY = ("架空 太郎", "カクウ タロウ", "000-1111-2222", "眠れません", "夜は困る", "広告でした")


class Town:
    """A town to which people wrote, with days that pass."""

    def __init__(self, bench: Workbench, clock_at: Any) -> None:
        self.bench, self._clock_at, self._sent = bench, clock_at, 0
        clock_at(BEGIN)

    def go(self, days: int) -> None:
        self._clock_at(clock.now() + timedelta(days=days))

    def do(self, handler: Any, command: Any, *more: Any, function: str = "coordinator") -> Any:
        name = "管理 三郎" if function == "town_administrator" else "調整 花子"
        with self.bench.unit(self.bench.staff(function, office="fukushi", name=name)) as uow:
            return handler(command, uow, *more)

    def term(self, length: int = 6, unit: TermUnit = TermUnit.MONTHS, **changes: Any) -> None:
        facts = {
            "title": "架空町文書管理規程",
            "article": "別表",
            "document_date": date(2020, 4, 1),
        }
        command = SetArrivalTerm(new_id(), length, unit, **{**facts, **changes})
        self.do(set_arrival_term, command, function="town_administrator")

    def send(self, seconds: float = 60) -> Receipt:
        self._sent += 1
        command = SendWebMessage(
            form_id=f"form-{self._sent}",
            sender=Sender.RESIDENT,
            story="眠れません",
            name="架空 太郎",
            kana="カクウ タロウ",
            brought_by="",
            hidden=False,
            contact_way=ContactWay.PHONE,
            contact="000-1111-2222",
            do_not_contact="夜は困る",
            address=f"192.0.2.{self._sent}",
            seconds=seconds,
            trap="",
        )
        receipt: Receipt = self.do(send_web_message, command, KEY)
        return receipt

    def message(self, receipt: Receipt) -> WebMessage:
        with self.bench.reading() as connection:
            return WebMessages(connection).by_receipt(receipt.number)

    def aside(self, receipt: Receipt, reason: str = "広告でした") -> None:
        found = self.message(receipt)
        self.do(set_web_message_aside, SortWebMessage(found.id, found.version, reason))

    def add(self, receipt: Receipt, words: str) -> None:
        self.do(open_receipt, OpenReceipt(receipt.number, receipt.word, "192.0.2.99", words), KEY)

    def book(self, booking_id: str) -> Receipt:
        if booking_id == "b1":
            day = ConsultationDay(
                "day-1",
                "fukushi",
                date(2026, 4, 20),
                MeetingWay.FACE_TO_FACE,
                "市役所",
                "",
                True,
                False,
                (DaySlot("slot", time(10), time(11), 5),),
            )
            self.do(plan_day, PlanDay(day), self.bench.hooks)
        made = BookSlot(
            booking_id,
            "slot",
            "架空 太郎",
            "カクウ タロウ",
            "000-1111-2222",
            "眠れません",
            "夜は困る",
            form_id=booking_id,
            address=f"198.51.100.{booking_id[1:]}",
        )
        receipt: Receipt = self.do(book_slot, made, KEY)[1]
        return receipt

    def booking(self, booking_id: str) -> Booking:
        with self.bench.reading() as connection:
            return Bookings(connection).get(booking_id)

    def work(self) -> tuple[ArrivalsEnded, ...]:
        """The hourly job, then what cases answers to what it said; returns what is new of that."""
        before = len(self.bench.said(ArrivalsEnded))
        with municipality_scope(TOWN):
            end_arrivals(self.bench.house, TOWN)
        fresh = tuple(self.bench.said(ArrivalsEnded)[before:])
        for one in fresh:
            self.bench.hear(
                RecordsEnded(one.ending_id, "arrival", one.ending_id, one.ended_on, one.records)
            )
        return fresh

    def file(self) -> Any:
        with self.bench.reading() as connection:
            return arrival_file(connection, clock.today())

    def opened(self) -> str:
        """Every row of every table as it opens."""
        with self.bench.reading() as connection:
            return "\n".join(
                repr(tuple(row))
                for table in tables.metadata.sorted_tables
                for row in connection.execute(table.select())
            )

    def keys(self, owner: str) -> int:
        with self.bench.reading() as connection:
            asked = select(func.count()).where(field_key.c.owner == owner)
            return int(connection.scalar(asked) or 0)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town(
    request: pytest.FixtureRequest, make_workbench: BenchMaker, clock_at: Any, tmp_path: Path
) -> Iterator[Town]:
    plain = make_workbench("intake")
    kept = (
        nullcontext(plain)
        if request.param == "sqlite"
        else on_postgres(plain, request.getfixturevalue("private_postgres"), tmp_path)
    )
    with kept as bench:
        yield Town(bench, clock_at)


@pytest.mark.parametrize(
    ("length", "unit", "handled_on", "since"),
    [
        (14, TermUnit.DAYS, date(2026, 4, 1), date(2026, 4, 16)),
        (1, TermUnit.MONTHS, date(2026, 1, 31), date(2026, 3, 1)),
        (6, TermUnit.MONTHS, date(2026, 4, 1), date(2026, 10, 2)),
        (12, TermUnit.MONTHS, date(2024, 2, 29), date(2025, 3, 1)),
    ],
)
def test_a_term_counts_from_the_day_of_handling(
    length: int, unit: TermUnit, handled_on: date, since: date
) -> None:
    term = ArrivalTerm(length, unit, "架空", date(2020, 4, 1), date(2026, 1, 1), "")

    assert term.over_since(handled_on) == since
    assert term.latest(since - timedelta(1)) < handled_on <= term.latest(since)


@pytest.mark.parametrize("unit", list(TermUnit))
def test_the_latest_day_is_exactly_the_last_that_is_over(unit: TermUnit) -> None:
    term = ArrivalTerm(14, unit, "架空", date(2020, 4, 1), date(2026, 1, 1), "")
    for day in (date(2026, 1, 1) + timedelta(n) for n in range(800)):
        latest = term.latest(day)
        assert term.over_since(latest) <= day < term.over_since(latest + timedelta(1))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"length": 0}, ArrivalTermNotPossible),
        ({"length": -1}, ArrivalTermNotPossible),
        ({"length": 1201}, ArrivalTermNotPossible),
        ({"length": 13, "unit": TermUnit.DAYS}, ArrivalTermNotPossible),
        ({"length": 36501, "unit": TermUnit.DAYS}, ArrivalTermNotPossible),
        ({"title": "　"}, ArrivalSourceMissing),
        ({"article": ""}, ArrivalSourceMissing),
        ({"document_date": date(2026, 4, 2)}, ArrivalSourceMissing),
    ],
)
def test_a_term_out_of_bounds_or_without_its_document_is_refused_and_nothing_is_kept(
    town: Town, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        town.term(**changes)

    assert town.file().terms == ()


def test_without_a_term_nothing_ever_ends_and_a_new_term_waits_fourteen_days(town: Town) -> None:
    receipt = town.send()
    town.aside(receipt)
    town.go(3650)
    assert town.work() == ()
    town.term()
    town.go(13)
    assert town.work() == ()
    assert town.message(receipt).story == "眠れません"

    town.term(24)
    town.go(1)
    assert town.work() == ()
    town.go(13)
    (ended,) = town.work()

    assert ended.records == (town.message(receipt).id,)


def test_what_was_handled_is_destroyed_with_its_key_and_number_and_day_stay(town: Town) -> None:
    town.term()
    receipt = town.send()
    town.add(receipt, "眠れませんと、書き足します")
    town.aside(receipt)
    message = town.message(receipt)
    town.do(see_additions, SeeAdditions(message.id, message.version))
    booked, missed = town.book("b1"), town.book("b2")
    town.do(cancel_booking, ChangeBooking("b1", 1))
    town.go(20)
    town.do(miss_booking, SettleBooking("b2", 1))
    assert {town.keys(one) for one in (message.id, "b1", "b2")} == {1}
    town.go(400)

    (ended,) = town.work()

    assert sorted(ended.records) == sorted((message.id, "b1", "b2"))
    left = town.opened()
    assert [word for word in CANARY if word in left] == []
    assert {town.keys(one) for one in (message.id, "b1", "b2")} == {0}
    after = town.message(receipt)
    assert (after.receipt, after.arrived_at, after.gone) == (receipt.number, BEGIN, True)
    assert (town.booking("b2").status.value, town.booking("b2").gone) == ("missed", True)
    desk = town.bench.visit_as(town.bench.staff("coordinator", office="fukushi"))
    assert "町が定めた期間が終わり、消しました。" in desk.get("/consultation-days/day-1").text
    printed = desk.get("/consultation-days/day-1/list")
    assert (printed.status_code, "名前なし" in printed.text) == (200, False)
    (answer,) = town.bench.said(IntakeRecordsShredded)
    assert (answer.shredding_id, answer.keys) == (ended.ending_id, 3)
    counts = town.file().counts
    assert (counts["destroyed"], counts["ending"], counts["handled"]) == (3, 0, 0)
    assert town.work() == ()
    for one in (receipt, booked, missed):
        with pytest.raises(ArrivalDestroyed):
            town.add(one, "まだいますか")
    with pytest.raises(ArrivalDestroyed):
        town.do(bring_web_message_back, SortWebMessage(message.id, after.version, ""))
    with pytest.raises(WrongStep):
        town.do(
            keep_booking,
            SettleBooking("b2", town.booking("b2").version, "c9", "fukushi"),
            town.bench.hooks,
        )


def test_the_trail_says_how_many_whose_term_and_when_and_no_name_of_a_person(town: Town) -> None:
    town.term()
    town.aside(town.send())
    town.aside(town.send())
    town.go(400)
    town.work()

    said = [
        one
        for one in town.bench.said(AuditEntryRecorded)
        if one.action.startswith("intake.arrival")
    ]
    assert [(one.action, one.basis) for one in said] == [
        ("intake.arrival_term.set", "6か月、架空町文書管理規程 別表（2020-04-01）、管理 三郎"),
        (
            "intake.arrival.ended",
            "Webフォームの相談 2。6か月、架空町文書管理規程 別表（2020-04-01）、管理 三郎",
        ),
    ]


def test_what_nobody_handled_is_never_destroyed_and_the_list_says_that_it_waits(
    town: Town,
) -> None:
    town.term()
    waiting, machine, added = town.send(), town.send(seconds=0.1), town.send()
    town.aside(added)
    town.add(added, "もう一度お願いします")
    town.book("b1")
    town.go(1000)

    assert town.work() == ()
    file = town.file()
    assert file.counts["waiting"] == 4
    assert {one.id for one in file.waiting} == {
        "b1",
        *(town.message(one).id for one in (waiting, machine, added)),
    }
    assert file.ends == []
    with municipality_scope(TOWN):
        lines = "\n".join(arrival_lines(town.bench.house, TOWN))
    assert "だれも処理していないまま期間が過ぎて待つもの 4 件（消しません）" in lines
    assert "架空 太郎" not in lines

    seen = town.message(added)
    town.do(see_additions, SeeAdditions(seen.id, seen.version))
    town.aside(machine, "人が見た：広告でした")
    assert town.file().counts["waiting"] == 2
    assert town.work() == ()
    town.go(190)
    (ended,) = town.work()
    assert set(ended.records) == {town.message(one).id for one in (machine, added)}


def test_what_became_a_consultation_ends_with_its_record_and_not_before(town: Town) -> None:
    town.term(14, TermUnit.DAYS)
    receipt = town.send()
    town.add(receipt, "眠れませんと、書き足します")
    message = town.message(receipt)
    taken = ConfirmWebMessage(message.id, message.version, "c1", "fukushi")
    town.do(confirm_web_message, taken, town.bench.hooks)
    town.book("b1")
    town.do(keep_booking, SettleBooking("b1", 1, "c2", "fukushi"), town.bench.hooks)
    town.go(1000)

    assert town.work() == ()
    assert town.file().counts["waiting"] == 0
    assert town.message(receipt).story == "眠れません"
    assert town.booking("b1").name == "架空 太郎"

    with town.bench.reading() as connection:
        persons = set(connection.scalars(select(tables.person_concerned.c.id)))
    town.bench.hear(
        RecordsEnded("s1", "consultation", "c1", clock.today(), ("c1", "c2", *sorted(persons)))
    )
    left = town.opened()
    assert [word for word in CANARY if word in left] == []
    with pytest.raises(ArrivalDestroyed):
        town.add(receipt, "まだいますか")
    assert town.file().counts["destroyed"] == 0


def hold(town: Town, arrival_id: str, reason: str = "開示請求", kind: str = "web_message") -> None:
    town.do(hold_arrival, HoldArrival(new_id(), ArrivalKind(kind), arrival_id, reason))


def test_what_is_kept_on_stays_until_the_hold_is_lifted(town: Town) -> None:
    town.term()
    receipt = town.send()
    town.aside(receipt)
    town.book("b1")
    town.do(cancel_booking, ChangeBooking("b1", 1))
    hold(town, town.message(receipt).id)
    hold(town, "b1", kind="booking")
    town.go(400)

    assert town.work() == ()
    held = town.file().held
    assert (held[0][0].reason, held[0][1].receipt) == (
        "開示請求",
        receipt.number,
    )
    for one, _arrival in held:
        town.do(lift_arrival_hold, one.id)
    (ended,) = town.work()
    assert set(ended.records) == {town.message(receipt).id, "b1"}
    assert "開示請求" not in town.opened()
    with pytest.raises(ArrivalNotFound):
        town.do(lift_arrival_hold, held[0][0].id)


def test_what_is_unknown_a_records_or_gone_is_not_held_and_a_hold_needs_a_reason(
    town: Town,
) -> None:
    town.term()
    receipt, taken = town.send(), town.send()
    town.aside(receipt)
    found = town.message(taken)
    command = ConfirmWebMessage(found.id, found.version, "c1", "fukushi")
    town.do(confirm_web_message, command, town.bench.hooks)
    with pytest.raises(ArrivalHoldNeedsAReason):
        hold(town, town.message(receipt).id, "　")
    for wrong in ("' OR 1=1 --", "", found.id):
        with pytest.raises(ArrivalNotFound):
            hold(town, wrong)
    town.go(400)
    with municipality_scope(TOWN):
        end_arrivals(town.bench.house, TOWN)
    assert town.file().counts["ending"] == 1
    with pytest.raises(ArrivalDestroyed):
        hold(town, town.message(receipt).id)

    with town.bench.reading() as connection:
        assert ArrivalHolds(connection).running() == ()


def test_what_changed_between_looking_and_beginning_is_left_alone(town: Town) -> None:
    town.term()
    one, two, three = town.send(), town.send(), town.send()
    for each in (one, two, three):
        town.aside(each)
    town.go(400)
    latest = town.file().terms[0].latest(clock.today())
    with town.bench.reading() as connection:
        due = Arrivals(connection).those(handled(latest))
    assert len(due) == 3
    hold(town, town.message(one).id)
    back = town.message(two)
    town.do(bring_web_message_back, SortWebMessage(back.id, back.version, ""))

    with town.bench.unit(town.bench.staff("coordinator")) as uow:
        begun = Arrivals(uow.connection).begin(due, latest, "ending-1")

        assert [each.id for each in begun] == [town.message(three).id]


def test_nothing_is_added_to_a_booking_that_is_over(town: Town) -> None:
    receipt = town.book("b1")
    town.add(receipt, "少し遅れます")
    town.do(cancel_booking, ChangeBooking("b1", 2))

    with pytest.raises(BookingOver):
        town.add(receipt, "やはり行きたいです")

    assert town.booking("b1").note == "眠れません\n\n少し遅れます"


def test_the_job_runs_every_hour() -> None:
    (job,) = [one for one in service.jobs if one.name == "end-arrivals"]

    assert (job.run, job.seconds) == (end_arrivals, 3600.0)
