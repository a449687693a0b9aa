"""Of several relays one leads; one that stood still while another took over changes nothing any more."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from kasane_contracts.intake import ConsultationClosed
from kasane_kit.auth import Actor
from kasane_kit.bus import Relay, TransportUnavailable, outbox, tables
from kasane_kit.bus.messages import FRAME_BYTES, LARGEST_MESSAGE_BYTES, Message, frames
from kasane_kit.delivery import Outcome
from kasane_kit.meters import Meters
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork

TOWN = "292095"


class Kept:
    """Keeps what it is given, after doing what happens meanwhile."""

    def __init__(self, meanwhile=lambda: None) -> None:
        self.numbers: list[int] = []
        self._meanwhile = meanwhile

    def publish(self, envelopes) -> None:
        self._meanwhile()
        self.numbers += [envelope.sequence for envelope in envelopes]


def commit(bench, *outcomes: str) -> None:
    with municipality_scope(TOWN):
        for outcome in outcomes:
            with UnitOfWork(bench.house, "intake", Actor("a", "職員 一郎", TOWN)) as uow:
                uow.publish(ConsultationClosed("consultation-1", outcome))
                uow.connection.commit()


def run(relay: Relay) -> int:
    with municipality_scope(TOWN):
        return relay.run_once()


def run_as(relay: Relay, transport: Kept) -> int:
    relay._transport = transport
    return run(relay)


def lag_of(meters: Meters) -> float | None:
    labels = {"service": "intake", "town": TOWN}
    return meters.registry.get_sample_value("kasane_outbox_lag_seconds", labels)


def head(bench) -> outbox.Head | None:
    with municipality_scope(TOWN), bench.house.databases.reading("intake") as connection:
        return outbox.head(connection)


def test_a_relay_that_stands_by_does_not_say_that_events_wait(bus_bench):
    databases = bus_bench.house.databases
    leader, standby = Meters(), Meters()
    leads = Relay("intake", databases, Kept(), leader, lead_seconds=3600)
    stands_by = Relay("intake", databases, Kept(), standby, lead_seconds=3600)
    commit(bus_bench, "one")
    run(leads)
    commit(bus_bench, "two")

    run(stands_by)

    assert lag_of(standby) is None

    def away() -> None:
        raise TransportUnavailable("nobody listens")

    with pytest.raises(TransportUnavailable):
        run_as(leads, Kept(away))
    assert lag_of(leader) is not None


def test_while_one_relay_leads_the_other_says_nothing(bus_bench):
    first, second = Kept(), Kept()
    databases = bus_bench.house.databases
    leader = Relay("intake", databases, first, lead_seconds=3600)
    commit(bus_bench, "one")

    assert run(leader) == 1
    commit(bus_bench, "two")
    assert run(Relay("intake", databases, second, lead_seconds=3600)) == 0
    assert run(leader) == 1

    assert (first.numbers, second.numbers) == ([1, 2], [])


def test_a_silent_leader_is_replaced(bus_bench):
    first, second = Kept(), Kept()
    databases = bus_bench.house.databases
    commit(bus_bench, "one")
    run(Relay("intake", databases, first, lead_seconds=0))
    commit(bus_bench, "two")

    assert run(Relay("intake", databases, second, lead_seconds=3600)) == 1

    assert (first.numbers, second.numbers) == ([1], [2])


@pytest.mark.parametrize("lead_seconds", [0, 3600], ids=["embedded", "distributed"])
def test_a_clock_that_is_set_back_keeps_no_event_waiting(bus_bench, lead_seconds):
    """The leader ended, and the hour before the change of the clock comes a second time."""
    databases, second = bus_bench.house.databases, Kept()
    commit(bus_bench, "one")
    run(Relay("intake", databases, Kept(), lead_seconds=lead_seconds))
    with municipality_scope(TOWN), databases.writing("intake") as connection:
        later = tables.stream.c.led_until + 3600 * 1000
        connection.execute(update(tables.stream).values(led_until=later))
        connection.commit()
    commit(bus_bench, "two")

    assert run(Relay("intake", databases, second, lead_seconds=lead_seconds)) == 1

    assert second.numbers == [2]


def test_a_leader_that_wakes_up_after_another_took_over_marks_nothing(bus_bench, caplog):
    """It stood still between reading the log and the broker's confirmation."""
    databases = bus_bench.house.databases
    second = Kept()

    def refuses() -> None:
        raise TransportUnavailable("the broker is away")

    successor = Relay("intake", databases, Kept(refuses), lead_seconds=3600)

    def taken_over() -> None:
        with pytest.raises(TransportUnavailable):
            successor.run_once()

    woken = Relay("intake", databases, Kept(taken_over), lead_seconds=0)
    commit(bus_bench, "one", "two")

    assert run(woken) == 0

    assert head(bus_bench).published == 0
    assert "another relay took over" in caplog.text
    successor._transport = second
    assert run(successor) == 2
    assert second.numbers == [1, 2]


def test_the_lead_of_an_old_epoch_marks_nothing(bus_bench):
    commit(bus_bench, "one")
    with municipality_scope(TOWN), bus_bench.house.databases.writing("intake") as connection:
        old = outbox.lead(connection, "relay", 3600)
        outbox.number(connection)
        outbox.begin_epoch(connection)
        new = outbox.lead(connection, "relay", 3600)
        assert outbox.mark_published(connection, new, 1)
        assert outbox.mark_published(connection, old, 1)
        assert [one.published for one in outbox.heads(connection)] == [1, 1]
        assert not outbox.mark_published(connection, outbox.Lead(new.epoch, new.generation - 1), 2)


def test_an_event_too_large_for_a_message_is_refused_where_it_is_said(bus_bench):
    with pytest.raises(outbox.EventTooLarge, match="nothing was saved"):
        commit(bus_bench, "長" * 200_000)

    commit(bus_bench, "short")
    kept = Kept()
    run(Relay("intake", bus_bench.house.databases, kept))
    assert kept.numbers == [1]


def test_a_message_larger_than_any_of_ours_is_not_opened(bus_bench):
    (one,) = bus_bench.close("one")
    huge = Message(b"[" + b" " * LARGEST_MESSAGE_BYTES + b"]", "")

    outcome = bus_bench.delivery.deliver_messages([huge])

    assert outcome == Outcome((0,))
    assert bus_bench.letters("host") == []
    bus_bench.delivery.deliver([one])
    assert bus_bench.heard() == ["one"]


def test_the_largest_frame_and_the_largest_event_fit_into_a_message(bus_bench):
    envelopes = bus_bench.close(*("長" * 1000 for _ in range(120)), consultation="c")

    sizes = [sum(len(one.to_json().encode()) for one in frame) for frame in frames(envelopes)]

    assert max(sizes) <= FRAME_BYTES < LARGEST_MESSAGE_BYTES
    assert outbox.LARGEST_EVENT_BYTES < LARGEST_MESSAGE_BYTES
