"""Whatever comes twice, torn, mixed or in another order, and wherever a process dies: each event once, in order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, insert, select

from kasane_contracts.envelope import Envelope
from kasane_contracts.intake import ConsultationClosed, ConsultationReceived
from kasane_kit import clock
from kasane_kit.bus import Message, MessageCodes, ParkingReason
from kasane_kit.bus.dead_letters import MOST_ATTEMPTS
from kasane_kit.bus.tables import attempt
from kasane_kit.delivery import Delivery
from kasane_kit.service import Heard, Together
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork

TOWNS = ("292095", "012319")


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Said:
    """One event of a history: its town, whether it is heard with others, what it is about."""

    town: int
    together: bool
    subject: int
    poisonous: bool


@dataclass(frozen=True)
class Brought:
    """Some of each town's log, by share, in some order, as one delivery or as messages."""

    begins: tuple[float, float]
    ends: tuple[float, float]
    twice: bool
    backwards: bool
    as_messages: bool
    dies_at: int | None
    """How many more events are heard before the process dies, once."""


SHARE = st.floats(0, 1)
HISTORY = st.lists(
    st.one_of(
        st.lists(
            st.builds(
                Said,
                st.integers(0, 1),
                st.booleans(),
                st.integers(0, 3),
                st.sampled_from([*[False] * 6, True]),
            ),
            min_size=1,
            max_size=8,
        ),
        st.builds(
            Brought,
            st.tuples(SHARE, SHARE),
            st.tuples(SHARE, SHARE),
            st.booleans(),
            st.booleans(),
            st.booleans(),
            st.none() | st.integers(0, 5),
        ),
    ),
    min_size=2,
    max_size=8,
)


class Consumer:
    """Cases, which dies and is started again; what it hears is written down by its kind."""

    def __init__(self, bench: Any) -> None:
        self._bench = bench
        self.dies_after: int | None = None
        self.deaths = 0
        self.service = replace(
            bench.cases,
            hears={
                ConsultationClosed: Together(self._hear_together),
                ConsultationReceived: self._hear_one,
            },
        )
        self.delivery = Delivery(self.service, bench.house)

    def _hear_together(self, heard: Sequence[Heard], uow: UnitOfWork, _hooks: Any) -> None:
        for one in heard:
            self._write(one.event.consultation_id, one.event.outcome, uow)

    def _hear_one(self, event: ConsultationReceived, uow: UnitOfWork, _hooks: Any) -> None:
        self._write(event.consultation_id, event.story, uow)

    def _write(self, consultation_id: str, words: str, uow: UnitOfWork) -> None:
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise Killed
        table = self._bench.heard_table
        uow.connection.execute(insert(table).values(consultation_id=consultation_id, text=words))
        if words.startswith("poison"):
            raise RuntimeError(f"{words} cannot be written")

    def bring(self, brought: Brought, logs: dict[str, list[Envelope]]) -> None:
        parts = [_part_of(logs[town], brought, n) for n, town in enumerate(TOWNS)]
        # An event of which a process died three times is parked, as another test shows.
        self.dies_after = brought.dies_at if self.deaths < MOST_ATTEMPTS - 1 else None
        try:
            if brought.as_messages:
                codes = MessageCodes(self._bench.house.keys)
                self.delivery.deliver_messages(
                    [_message(part, codes) for part in parts for part in (part, part[1:]) if part]
                )
            else:
                self.delivery.deliver([one for part in parts for one in part])
        except Killed:
            self.deaths += 1
            self.delivery = Delivery(self.service, self._bench.house)
        finally:
            self.dies_after = None


def _part_of(log: Sequence[Envelope], brought: Brought, town: int) -> list[Envelope]:
    begins, ends = sorted((brought.begins[town], brought.ends[town]))
    part = list(log[int(begins * len(log)) : int(ends * len(log)) + 1])
    part = part * 2 if brought.twice else part
    return part[::-1] if brought.backwards else part


def _message(part: Sequence[Envelope], codes: MessageCodes) -> Message:
    body = f"[{','.join(one.to_json() for one in part)}]".encode()
    return Message(body, codes.code(part[0].municipality, body))


def _event(said: Said, number: int) -> Any:
    words = f"{'poison' if said.poisonous else 'word'}-{number}"
    if said.together:
        return ConsultationClosed(f"c-{said.subject}", words)
    return ConsultationReceived(
        f"c-{said.subject}", "1", "window", "desk", date(2026, 4, 1), (), story=words
    )


def _expected(
    history: Sequence[tuple[Said, int]],
) -> tuple[dict[bool, list[str]], list[ParkingReason]]:
    """What is written of each kind, and why the others are parked."""
    written: dict[bool, list[str]] = {True: [], False: []}
    reasons: list[ParkingReason] = []
    held: set[int] = set()
    for said, number in history:
        if said.subject in held:
            reasons.append(ParkingReason.WAITS_BEHIND)
        elif said.poisonous:
            held.add(said.subject)
            reasons.append(ParkingReason.SUBSCRIBER_FAILED)
        else:
            written[said.together].append(f"word-{number}")
    return written, reasons


@settings(max_examples=25)
@given(history=HISTORY)
def test_each_event_is_applied_once_in_order_whatever_happens(new_bus_bench, history):
    with new_bus_bench() as bench:
        consumer = Consumer(bench)
        told: dict[str, list[tuple[Said, int]]] = {town: [] for town in TOWNS}
        logs: dict[str, list[Envelope]] = {town: [] for town in TOWNS}
        numbers = iter(range(1000))
        for step in history:
            if isinstance(step, Brought):
                consumer.bring(step, logs)
                continue
            for said in step:
                town, number = TOWNS[said.town], next(numbers)
                logs[town] += bench.say(_event(said, number), town=town)
                told[town].append((said, number))
        for town in TOWNS:
            consumer.delivery.catch_up(town, "intake")

        for town in TOWNS:
            written, reasons = _expected(told[town])
            heard = bench.heard(town)
            kinds = {f"word-{number}": said.together for said, number in told[town]}
            for together, words in written.items():
                assert [one for one in heard if kinds[one] is together] == words
            letters = bench.letters(town)
            assert Counter(letter.reason for letter in letters) == Counter(reasons)
            assert bench.place(town) == len(told[town])
            with municipality_scope(town), bench.house.databases.reading("cases") as connection:
                assert connection.scalar(select(func.count()).select_from(attempt)) == 0


def test_a_bad_event_among_many_costs_a_few_transactions_and_holds_nobody_up(bus_bench):
    bus_bench.delivery.deliver(bus_bench.close("first"))
    bus_bench.failing.add("bad")
    outcomes = [*(f"before-{n}" for n in range(60)), "bad", *(f"after-{n}" for n in range(60))]
    commits = []
    envelopes = bus_bench.close(*outcomes)
    with municipality_scope(TOWNS[0]):
        engine = bus_bench.house.databases._engine("cases")
    event.listen(engine, "commit", commits.append)

    bus_bench.delivery.deliver(envelopes)

    assert bus_bench.heard() == ["first", *(one for one in outcomes if one != "bad")]
    assert [one.reason for one in bus_bench.letters()] == [ParkingReason.SUBSCRIBER_FAILED]
    assert len(commits) < 20


def test_two_towns_in_one_frame_are_refused_and_nothing_of_it_is_applied(bus_bench):
    (here,) = bus_bench.close("here", town=TOWNS[0])
    (there,) = bus_bench.close("there", town=TOWNS[1])
    body = json.dumps([here.to_dict(), there.to_dict()]).encode()
    codes = MessageCodes(bus_bench.house.keys)

    outcome = bus_bench.delivery.deliver_messages([Message(body, codes.code(TOWNS[0], body))])

    assert outcome.unparked == (0,)
    assert (bus_bench.heard(TOWNS[0]), bus_bench.heard(TOWNS[1])) == ([], [])


def test_a_long_gap_is_left_to_the_sweep_and_a_short_one_is_filled_at_once(bus_bench):
    bus_bench.delivery.deliver(bus_bench.close("first"))
    envelopes = bus_bench.close(*(str(number) for number in range(1200)))
    codes = MessageCodes(bus_bench.house.keys)

    outcome = bus_bench.delivery.deliver_messages([_message(envelopes[-1:], codes)])

    assert outcome.unfinished == {(TOWNS[0], "intake")}
    assert bus_bench.place() == 501
    assert bus_bench.delivery.catch_up(TOWNS[0], "intake", most=200) == 500
    assert bus_bench.delivery.catch_up(TOWNS[0], "intake", most=200) == 200
    assert len(bus_bench.heard()) == 1201


@pytest.mark.parametrize("failing", [(), ("two",)])
def test_what_is_heard_together_is_called_once_for_a_batch(bus_bench, failing):
    calls: list[list[str]] = []

    def hear(heard: Sequence[Heard], uow: UnitOfWork, _hooks: Any) -> None:
        calls.append([one.event.outcome for one in heard])
        if set(calls[-1]) & set(failing):
            raise RuntimeError("it cannot be written")

    service = replace(bus_bench.cases, hears={ConsultationClosed: Together(hear)})
    delivery = Delivery(service, bus_bench.house)
    delivery.deliver(bus_bench.close("zero"))
    envelopes = bus_bench.close("one", "two", "three", "four")
    calls.clear()

    delivery.deliver(envelopes)

    assert calls[0] == ["one", "two", "three", "four"]
    if not failing:
        assert len(calls) == 1
    else:
        assert [one for one in calls if "two" not in one] == [["one"], ["three", "four"]]
        assert len(bus_bench.letters()) == 1


def test_a_stale_message_is_only_a_hint_and_its_events_come_from_the_log(bus_bench):
    envelopes = bus_bench.close("one", "two")
    message = _message(envelopes, MessageCodes(bus_bench.house.keys))
    later = clock.now() + timedelta(days=7, seconds=60)

    with clock.fixed(lambda: later):
        outcome = bus_bench.delivery.deliver_messages([message])

        assert (outcome.unparked, outcome.unfinished) == ((), {(TOWNS[0], "intake")})
        assert bus_bench.heard() == []
        assert bus_bench.delivery.catch_up(TOWNS[0], "intake") == 2
        assert bus_bench.delivery.deliver_messages([message]).unfinished == outcome.unfinished
        assert bus_bench.delivery.catch_up(TOWNS[0], "intake") == 0
    stale = bus_bench.house.meters.registry.get_sample_value(
        "kasane_stale_messages_total", {"service": "cases"}
    )
    assert (bus_bench.heard(), stale) == (["one", "two"], 2.0)


def test_a_message_of_yesterday_is_taken_and_without_a_limit_any(bus_bench):
    (one,) = bus_bench.close("one")
    (two,) = bus_bench.close("two")
    codes = MessageCodes(bus_bench.house.keys)
    tomorrow = clock.now() + timedelta(days=1)
    with clock.fixed(lambda: tomorrow):
        bus_bench.delivery.deliver_messages([_message([one], codes)])
    without = Delivery(bus_bench.cases, bus_bench.house, None)
    years_later = clock.now() + timedelta(days=4000)
    with clock.fixed(lambda: years_later):
        without.deliver_messages([_message([two], codes)])

    assert bus_bench.heard() == ["one", "two"]


def test_a_process_that_dies_of_one_event_again_and_again_parks_it_at_last(bus_bench):
    envelopes = bus_bench.close(*(str(number) for number in range(60)))
    lives = 0

    def hear(event: ConsultationClosed, uow: UnitOfWork, _hooks: Any) -> None:
        if event.outcome == "47":
            raise Killed
        uow.connection.execute(
            insert(bus_bench.heard_table).values(consultation_id="c", text=event.outcome)
        )

    service = replace(bus_bench.cases, hears={ConsultationClosed: hear})
    while bus_bench.place() < 60:
        lives += 1
        try:
            Delivery(service, bus_bench.house).deliver(envelopes)
        except Killed:
            continue

    assert bus_bench.heard() == [str(number) for number in range(60) if number != 47]
    assert [one.reason for one in bus_bench.letters()] == [ParkingReason.SUBSCRIBER_FAILED]
    assert lives == 6
