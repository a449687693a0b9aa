"""What only a broker can do wrong: no route, no answer, other queues, messages nobody can read."""

from __future__ import annotations

import bz2
import json
import threading
import time
from collections.abc import Sequence

import pika
import pytest

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import Message, TransportUnavailable
from kasane_kit.bus.messages import FRAME_EVENTS
from kasane_kit.bus.topology import DEAD_QUEUE, QueueShape, dead_queue, queues_of, routing_key
from kasane_kit.bus.transports.amqp import AmqpConsumer, AmqpTransport
from kasane_runtime import broker
from kasane_runtime.cli import main
from tests.support import own_processes
from tests.support.private_rabbitmq import PrivateRabbit
from tests.transports.hearers import CODES, Hearer, envelopes, over_amqp, running


def take_one(url: str, queue: str) -> tuple[pika.BasicProperties, str, bytes]:
    """What another AMQP client gets from a queue: properties, routing key and body."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        taken = connection.channel().consume(queue, auto_ack=True, inactivity_timeout=10)
        method, properties, body = next(taken)
    assert method is not None, f"nothing came from {queue}"
    return properties, method.routing_key, body


def waiting(url: str, shape: QueueShape) -> int:
    (state,) = broker.show(url, [shape])
    assert state.problem == ""
    return state.messages


def test_without_a_queue_nothing_counts_as_published(broker_url: str) -> None:
    transport = AmqpTransport(broker_url, CODES)

    with pytest.raises(TransportUnavailable, match="no queue is bound"):
        transport.publish(envelopes(1))

    broker.declare(broker_url, queues_of("cases", ["intake"]))
    transport.publish(envelopes(1))
    assert waiting(broker_url, queues_of("cases", ["intake"])[0]) == 1
    transport.close()


def test_a_single_event_is_a_persistent_json_list_under_its_own_key(broker_url: str) -> None:
    broker.declare(broker_url, queues_of("cases", ["intake"]))
    transport = AmqpTransport(broker_url, CODES)
    (said,) = envelopes(1)

    transport.publish([said])

    properties, key, body = take_one(broker_url, "kasane.cases")
    assert key == "292095.intake.thing.done.v1"
    assert (properties.delivery_mode, properties.content_type) == (2, "application/json")
    assert [Envelope.from_dict(one) for one in json.loads(body)] == [said]
    assert CODES.fits("292095", Message(body, properties.headers["kasane-code"]))
    transport.close()


def test_a_backlog_travels_in_few_messages(broker_url: str) -> None:
    with over_amqp(broker_url) as wired:
        wired.publish(envelopes(3 * FRAME_EVENTS))

        wired.hearers["cases"].wait_for(3 * FRAME_EVENTS)

        assert wired.hearers["cases"].messages == 3


def test_the_audit_entry_of_a_service_travels_under_its_producer() -> None:
    (entry,) = envelopes(1)
    said = Envelope(**{**entry.to_dict(), "type": "audit.entry.recorded.v1"})

    assert routing_key([said]) == "292095.intake.audit.entry.recorded.v1"
    assert routing_key([said, said]) == "292095.intake.frame"


def test_a_limited_process_has_a_queue_for_each_of_its_towns(broker_url: str) -> None:
    shapes = queues_of("cases", ["intake"], ["292095", "host"])
    broker.declare(broker_url, [*shapes, *queues_of("resources", ["intake"])])
    transport = AmqpTransport(broker_url, CODES)

    transport.publish(envelopes(1, town="292095"))
    transport.publish(envelopes(1, town="012319"))

    assert [shape.name for shape in shapes] == ["kasane.cases.292095", "kasane.cases.host"]
    assert [waiting(broker_url, shape) for shape in shapes] == [1, 0]
    transport.close()
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        for shape in shapes:
            connection.channel().queue_delete(shape.name)


def test_two_consumers_of_a_service_do_not_share_its_events(broker_url: str) -> None:
    first, second = Hearer(), Hearer()
    stop_first, stop_second = threading.Event(), threading.Event()
    transport = AmqpTransport(broker_url, CODES)
    said = envelopes(20)
    with (
        running({"cases": first.take}, broker_url, stop_first),
        running({"cases": second.take}, broker_url, stop_second),
    ):
        for one in said[:10]:
            transport.publish([one])
        first.wait_for(10)
        assert second.heard == []
        stop_first.set()
        for one in said[10:]:
            transport.publish([one])
        taken = (len(first.heard) + len(second.heard) >= 20 for _ in iter(int, 1))
        assert own_processes.wait_until(taken, seconds=240)

    # What the first had in hand comes to the second again, in whatever order: the cursor sorts it out.
    assert first.heard[:10] == said[:10]
    assert {one.id for one in first.heard + second.heard} == {one.id for one in said}
    transport.close()


def test_what_cannot_be_parked_waits_with_the_broker_and_can_be_given_back(broker_url: str) -> None:
    hearer = Hearer()
    refuse = threading.Event()
    refuse.set()

    def take(messages: Sequence[Message]) -> tuple[int, ...]:
        if refuse.is_set():
            return tuple(range(len(messages)))
        return hearer.take(messages)

    transport = AmqpTransport(broker_url, CODES)
    said = envelopes(1)
    with running({"cases": take}, broker_url, threading.Event()):
        transport.publish(said)
        arrived = (waiting(broker_url, dead_queue()) == 1 for _ in iter(int, 1))
        assert own_processes.wait_until(arrived, seconds=240)
        (letter,) = broker.dead_letters(broker_url)
        assert (letter.queue, letter.reason) == ("kasane.cases", "rejected")
        assert letter.routing_key == "292095.intake.thing.done.v1"

        refuse.clear()
        assert broker.requeue(broker_url) == 1

        assert hearer.wait_for(1) == said
    assert waiting(broker_url, dead_queue()) == 0
    transport.close()


@pytest.mark.parametrize(
    ("packing", "body"),
    [("no such packing", b"no such packing"), ("bzip2", bz2.compress(b" " * (64 * 1024 * 1024)))],
    ids=["unknown", "a bomb"],
)
def test_a_message_that_names_a_packing_is_not_unpacked_and_stops_nothing(
    broker_url: str, packing: str, body: bytes
) -> None:
    with over_amqp(broker_url) as wired:
        with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
            connection.channel().basic_publish(
                "kasane.events",
                "292095.intake.thing.done.v1",
                body,
                pika.BasicProperties(
                    content_type="application/json", headers={"compression": packing}
                ),
            )
        said = envelopes(1)

        wired.publish(said)

        assert wired.hearers["cases"].wait_for(1) == said
        arrived = (waiting(broker_url, dead_queue()) == 2 for _ in iter(int, 1))
        assert own_processes.wait_until(arrived, seconds=240)


def test_a_queue_with_other_arguments_is_named(broker_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        connection.channel().queue_declare(
            "kasane.cases", durable=True, arguments={"x-queue-type": "quorum"}
        )

    (state,) = broker.declare(broker_url, queues_of("cases", ["intake"]))

    assert "inequivalent arg" in state.problem


def test_what_the_broker_refuses_an_operator_is_one_sentence(
    broker_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KASANE_MODE", raising=False)
    monkeypatch.setenv("KASANE_BROKER_URL", broker_url)

    assert main(["broker", "dead-letters"]) == 2
    assert "no queue 'kasane.dead'" in capsys.readouterr().err
    assert main(["broker", "show"]) == 1
    assert "✗ kasane.dead: NOT_FOUND" in capsys.readouterr().out

    assert (main(["broker", "declare"]), main(["broker", "show"])) == (0, 0)
    assert main(["broker", "dead-letters"]) == 0
    assert "RabbitMQ に残ったものはありません。" in capsys.readouterr().out
    monkeypatch.setenv("KASANE_BROKER_URL", "amqp://no-such-host.invalid")
    assert main(["broker", "show"]) == 2
    assert "RabbitMQ did not answer" in capsys.readouterr().err


def test_a_broker_in_alarm_is_not_waited_for_for_ever(
    broker_url: str, private_rabbitmq: PrivateRabbit
) -> None:
    broker.declare(broker_url, queues_of("cases", ["intake"]))
    transport = AmqpTransport(broker_url, CODES, confirm_seconds=1.0)
    private_rabbitmq.rabbitmqctl("set_vm_memory_high_watermark", "0.00001")
    try:
        began = time.monotonic()
        with pytest.raises(TransportUnavailable):
            transport.publish(envelopes(1))
        took = time.monotonic() - began
    finally:
        private_rabbitmq.rabbitmqctl("set_vm_memory_high_watermark", "0.4")

    assert took < 8
    transport.publish(envelopes(1))
    transport.close()


def test_publishing_and_hearing_go_on_after_the_broker_was_away(
    broker_url: str, private_rabbitmq: PrivateRabbit
) -> None:
    with over_amqp(broker_url) as wired:
        wired.publish(envelopes(1))
        wired.hearers["cases"].wait_for(1)
        private_rabbitmq.stop()
        with pytest.raises(TransportUnavailable):
            wired.transport.publish(envelopes(2)[1:])
        private_rabbitmq.start()

        taken = (_publishes(wired.transport, envelopes(2)[1:]) for _ in iter(int, 1))
        assert own_processes.wait_until(taken, seconds=240)

        assert wired.hearers["cases"].wait_for(2)[:2] == envelopes(2)
    assert broker.show(broker_url, [dead_queue()])[0].name == DEAD_QUEUE


def _publishes(transport: AmqpTransport, said: Sequence[Envelope]) -> bool:
    try:
        transport.publish(said)
    except TransportUnavailable:
        return False
    return True


def test_towns_that_are_published_together_travel_in_messages_of_their_own(broker_url: str) -> None:
    said = [*envelopes(2, town="292095"), *envelopes(3, town="012319")]
    with over_amqp(broker_url) as wired:
        wired.publish(said)

        heard = wired.hearers["cases"].wait_for(5)

        assert wired.hearers["cases"].messages == 2
        assert sorted(heard, key=lambda one: one.municipality, reverse=True) == said


def test_what_a_town_says_beyond_its_share_is_let_go_and_the_others_are_heard(
    broker_url: str,
) -> None:
    shape = queues_of("cases", ["intake"])[0]
    broker.declare(broker_url, [shape])
    transport = AmqpTransport(broker_url, CODES)
    busy, quiet = envelopes(40, town="292095"), envelopes(1, town="012319")
    for one in (*busy, *quiet):
        transport.publish([one])
    transport.close()
    hearer, stop = Hearer(), threading.Event()
    let_go: list[tuple[str, str]] = []
    consumer = AmqpConsumer(broker_url, "cases", ["intake"], prefetch=8)
    thread = threading.Thread(
        target=consumer.run, args=(hearer.take, stop, lambda: None, let_go.append)
    )
    thread.start()
    try:
        settled = (len(hearer.heard) + len(let_go) >= 41 for _ in iter(int, 1))
        assert own_processes.wait_until(settled, seconds=240)
    finally:
        stop.set()
        thread.join()

    heard = [one for one in hearer.heard if one.municipality == "292095"]
    assert set(let_go) == {("292095", "intake")}
    assert len(heard) + len(let_go) == 40
    assert [one.sequence for one in heard] == sorted(one.sequence for one in heard)
    assert [one for one in hearer.heard if one.municipality == "012319"] == quiet
    assert waiting(broker_url, shape) == 0
