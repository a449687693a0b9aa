"""A service's user on RabbitMQ does its own work and is refused everything else."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError

from kasane_kit.bus import TransportUnavailable
from kasane_kit.bus.topology import (
    DEAD_EXCHANGE,
    DEAD_QUEUE,
    EVENTS_EXCHANGE,
    dead_queue,
    queues_of,
)
from kasane_kit.bus.transports.amqp import AmqpConsumer, AmqpTransport
from kasane_runtime import broker
from kasane_runtime.broker_rights import WATCH, rights, user_name, user_names
from kasane_runtime.compose import load_services
from tests.support.private_rabbitmq import PrivateRabbit
from tests.transports.hearers import CODES, Hearer, envelopes

ROOT = Path(__file__).parents[2]
TOWN = "292095"


@pytest.fixture(scope="module")
def as_user(
    private_rabbitmq: PrivateRabbit, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., str]]:
    """A function that gives the address of the broker for a user; every user of the house is there."""
    services, tmp_path = load_services(), tmp_path_factory.mktemp("rights")
    names = [*user_names(services), *user_names(services, TOWN)]
    _tell(private_rabbitmq, tmp_path, {"users": [_user(name) for name in names]}, rights(services))
    _tell(private_rabbitmq, tmp_path, rights(services, TOWN))
    broker.declare(private_rabbitmq.url, broker.queues(services))
    broker.declare(private_rabbitmq.url, broker.queues(services, ["012319"]))

    def address(service: str, town: str = "") -> str:
        return private_rabbitmq.url.replace(
            "guest:guest", f"{user_name(service, town)}:{user_name(service, town)}"
        )

    yield address
    with pika.BlockingConnection(pika.URLParameters(private_rabbitmq.url)) as connection:
        for shape in (*broker.queues(services), *broker.queues(services, ["012319", TOWN])):
            connection.channel().queue_delete(shape.name)


def _user(name: str) -> dict[str, object]:
    """A user whose password is its name, hashed as RabbitMQ and deploy/make-secrets.sh do."""
    digest = hashlib.sha256(b"salt" + name.encode()).digest()
    return {
        "name": name,
        "password_hash": base64.b64encode(b"salt" + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _tell(rabbit: PrivateRabbit, folder: Path, *parts: dict[str, object]) -> None:
    file = folder / "definitions.json"
    file.write_text(json.dumps({key: value for part in parts for key, value in part.items()}))
    rabbit.rabbitmqctl("import_definitions", str(file))


def test_who_watches_learns_how_long_a_queue_is_and_may_do_nothing_else(
    as_user: Callable[..., str],
) -> None:
    url = as_user(WATCH)
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        asked = connection.channel().queue_declare("kasane.cases", passive=True)
    assert (asked.method.message_count, asked.method.consumer_count) == (0, 0)

    assert refused(url, lambda channel: channel.basic_get("kasane.cases"))
    assert refused(url, lambda channel: channel.queue_purge("kasane.cases"))
    assert refused(url, lambda channel: channel.queue_delete("kasane.cases"))
    assert refused(url, lambda channel: channel.queue_declare("kasane.mine", durable=True))
    assert refused(
        url, lambda channel: channel.basic_publish(EVENTS_EXCHANGE, f"{TOWN}.cases.x", b"{}")
    )


def refused(url: str, act: Callable[..., object]) -> bool:
    """Whether the broker says ACCESS_REFUSED to what is done on a channel in confirm mode."""
    try:
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            act(channel)
    except (ChannelClosedByBroker, ProbableAccessDeniedError) as error:
        code = error.args[0]
    else:
        return False
    assert code == 403, code
    return True


def test_the_rights_beside_the_definitions_are_those_of_the_code() -> None:
    services = load_services()

    for name, wanted in (
        ("rights", rights(services)),
        (f"rights-{TOWN}", rights(services, TOWN)),
        ("shared", broker.definitions([dead_queue()])),
    ):
        written = json.loads((ROOT / f"deploy/rabbitmq/{name}.json").read_text("utf-8"))
        assert written == wanted, name


def test_a_service_speaks_under_its_own_name_and_reads_its_own_queue(
    as_user: Callable[..., str],
) -> None:
    transport = AmqpTransport(as_user("intake"), CODES)
    transport.publish(envelopes(1))
    transport.close()

    states = {
        state.name: state for state in broker.show(as_user("cases"), broker.queues(load_services()))
    }
    assert states["kasane.cases"].messages == 1

    taken: list[object] = []
    (own,) = queues_of(
        "cases",
        [n for n, s in load_services().items() if load_services()["cases"].hears_producer(n)],
    )

    def work(channel: pika.adapters.blocking_connection.BlockingChannel) -> None:
        channel.queue_declare(own.name, durable=True, arguments=dict(own.arguments))
        for key in own.bindings:
            channel.queue_bind(own.name, EVENTS_EXCHANGE, key)
        taken.append(next(channel.consume(own.name, auto_ack=True, inactivity_timeout=30))[2])

    assert not refused(as_user("cases"), work)
    assert taken[0] is not None


@pytest.mark.parametrize(
    ("what", "act"),
    [
        (
            "speak as cases",
            lambda c: c.basic_publish(EVENTS_EXCHANGE, "292095.cases.case.opened.v1", b"[]"),
        ),
        (
            "speak as a prefix",
            lambda c: c.basic_publish(EVENTS_EXCHANGE, "292095.intakes.x", b"[]"),
        ),
        ("put into a queue", lambda c: c.basic_publish("", "kasane.cases", b"[]")),
        ("put among the dead", lambda c: c.basic_publish(DEAD_EXCHANGE, "292095.intake.x", b"[]")),
        ("read another queue", lambda c: c.basic_get("kasane.cases")),
        ("read the dead", lambda c: c.basic_get(DEAD_QUEUE)),
        ("purge another queue", lambda c: c.queue_purge("kasane.cases")),
        ("delete another queue", lambda c: c.queue_delete("kasane.cases")),
        ("delete the exchange", lambda c: c.exchange_delete(EVENTS_EXCHANGE)),
        ("make a queue", lambda c: c.queue_declare("mine")),
        ("make an exchange", lambda c: c.exchange_declare("mine")),
        (
            "hear what it does not hear",
            lambda c: c.queue_bind("kasane.intake", EVENTS_EXCHANGE, "#"),
        ),
        (
            "turn others away",
            lambda c: c.queue_unbind("kasane.cases", EVENTS_EXCHANGE, "*.intake.#"),
        ),
    ],
)
def test_a_service_is_refused_what_is_not_its_own(
    as_user: Callable[..., str],
    private_rabbitmq: PrivateRabbit,
    what: str,
    act: Callable[..., object],
) -> None:
    before = broker.show(private_rabbitmq.url, broker.queues(load_services()))

    assert refused(as_user("intake"), act), what

    assert broker.show(private_rabbitmq.url, broker.queues(load_services())) == before


@pytest.mark.parametrize(
    ("what", "act"),
    [
        (
            "speak of another town",
            lambda c: c.basic_publish(EVENTS_EXCHANGE, "012319.intake.x", b"[]"),
        ),
        ("read everybody's queue", lambda c: c.basic_get("kasane.intake")),
        ("read another town's queue", lambda c: c.basic_get("kasane.intake.012319")),
        (
            "hear another town",
            lambda c: c.queue_bind("kasane.intake.292095", EVENTS_EXCHANGE, "*.cases.#"),
        ),
    ],
)
def test_a_town_s_own_worker_is_refused_another_town(
    as_user: Callable[..., str], what: str, act: Callable[..., object]
) -> None:
    (own,) = queues_of("intake", ["cases"], [TOWN])
    url = as_user("intake", TOWN)

    assert not refused(
        url, lambda c: c.queue_declare(own.name, durable=True, arguments=dict(own.arguments))
    )
    assert not refused(url, lambda c: c.queue_bind(own.name, EVENTS_EXCHANGE, own.bindings[0]))
    assert refused(url, act), what


def test_somebody_elses_events_are_not_published_by_the_transport(
    as_user: Callable[..., str],
) -> None:
    transport = AmqpTransport(as_user("cases"), CODES)

    with pytest.raises(TransportUnavailable, match=r"ACCESS_REFUSED|refused"):
        transport.publish(envelopes(1))
    transport.close()


def test_what_one_service_says_reaches_another_each_as_its_own_user(
    as_user: Callable[..., str],
) -> None:
    services = load_services()
    producers = [name for name in services if services["cases"].hears_producer(name)]
    stop, connected, hearer = threading.Event(), threading.Event(), Hearer()
    consumer = AmqpConsumer(as_user("cases"), "cases", producers)
    thread = threading.Thread(target=consumer.run, args=(hearer.take, stop, connected.set))
    thread.start()
    try:
        assert connected.wait(30)
        transport = AmqpTransport(as_user("intake"), CODES)
        transport.publish(envelopes(3))
        transport.close()
        assert len(hearer.wait_for(3)) == 3
    finally:
        stop.set()
        thread.join()
