"""The operator's tool for RabbitMQ: declares and shows queues, requeues dead letters, replays a log.

Written with pika, a client that shares no code with the running system, so that what it shows is a
second opinion.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pika
from pika.exceptions import AMQPConnectionError, AMQPError, ChannelClosedByBroker

from kasane_kit.bus import MessageCodes, outbox
from kasane_kit.bus.messages import CODE_HEADER, frames, write_message
from kasane_kit.bus.topology import (
    DEAD_EXCHANGE,
    DEAD_QUEUE,
    EVENTS_EXCHANGE,
    QueueShape,
    dead_queue,
    queues_of,
    routing_key,
)
from kasane_kit.config import SettingsError
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition

ANSWER_SECONDS = 10
SHOWN_CHARACTERS = 200
WRONG = "✗"
"""How the line of a queue begins that is not as the house declares it."""


class BrokerUnreachable(RuntimeError):
    """RabbitMQ did not answer, refused or went away; the message says what was not done."""


@contextmanager
def _told() -> Iterator[None]:
    """Lets what the broker refuses in the middle, and its going away, be one sentence."""
    try:
        yield
    except AMQPError as error:
        raise BrokerUnreachable(
            f"RabbitMQ が断ったか、途中で切れました（{error!r}）。そこから先は行っていません。"
            "戻したものは戻ったまま、残りはもとの場所にあります。"
            "kasane broker show で見て、足りないキューは declare で作り、もう一度実行してください。"
            " / RabbitMQ refused or went away; nothing further was done; what was given back stays so and the rest is "
            "where it was; see kasane broker show, declare what is missing, and run it again"
        ) from error


@dataclass(frozen=True)
class QueueState:
    """One queue as the broker sees it; ``problem`` is empty when it is as the house declares it."""

    name: str
    messages: int
    consumers: int
    problem: str = ""


@dataclass(frozen=True)
class DeadMessage:
    """A message that no consumer could even park: where it was, why it left, how it begins."""

    queue: str
    reason: str
    routing_key: str
    beginning: str


def queues(
    services: Mapping[str, Service], municipalities: Sequence[str] = ()
) -> tuple[QueueShape, ...]:
    """Every queue of the house: the dead letters and, for each service, what it hears."""
    shapes = [dead_queue()]
    for name, service in sorted(services.items()):
        producers = [producer for producer in services if service.hears_producer(producer)]
        shapes += queues_of(name, producers, municipalities)
    return tuple(shapes)


@_told()
def declare(url: str, shapes: Sequence[QueueShape]) -> tuple[QueueState, ...]:
    """Makes exchanges, queues and bindings that are missing; what exists is never changed."""
    with _channel(url) as channel:
        for exchange in (EVENTS_EXCHANGE, DEAD_EXCHANGE):
            channel.exchange_declare(exchange, exchange_type="topic", durable=True)
    states = []
    for shape in shapes:
        # A channel each: the broker closes it on a queue that exists with other arguments.
        try:
            with _channel(url) as channel:
                channel.queue_declare(shape.name, durable=True, arguments=dict(shape.arguments))
                for key in shape.bindings:
                    channel.queue_bind(shape.name, shape.exchange, key)
        except ChannelClosedByBroker as error:
            states.append(QueueState(shape.name, 0, 0, error.reply_text))
        else:
            states += show(url, [shape])
    return tuple(states)


@_told()
def show(url: str, shapes: Sequence[QueueShape]) -> tuple[QueueState, ...]:
    """How many messages wait in each queue and who takes them; changes nothing."""
    states = []
    for shape in shapes:
        try:
            with _channel(url) as channel:
                found = channel.queue_declare(shape.name, passive=True).method
        except ChannelClosedByBroker as error:
            states.append(QueueState(shape.name, 0, 0, error.reply_text))
        else:
            states.append(QueueState(shape.name, found.message_count, found.consumer_count))
    return tuple(states)


@_told()
def dead_letters(url: str, most: int = 100) -> tuple[DeadMessage, ...]:
    """The oldest messages of the dead-letter queue; they stay in it."""
    found = []
    with _channel(url) as channel:
        for _ in range(most):
            method, properties, body = channel.basic_get(DEAD_QUEUE)
            if method is None:
                break
            queue, reason = _origin(properties)
            text = body[:SHOWN_CHARACTERS].decode("utf-8", "backslashreplace")
            found.append(DeadMessage(queue, reason, method.routing_key, text))
        # Nothing was acknowledged: when the channel closes they are back in their places.
    return tuple(found)


@_told()
def requeue(url: str, most: int = 1000) -> int:
    """Gives dead messages back to the queues they came from; returns how many.

    A message leaves the dead-letter queue only after the broker has confirmed it in the other.
    """
    moved = 0
    with _channel(url) as channel:
        channel.confirm_delivery()
        for _ in range(most):
            method, properties, body = channel.basic_get(DEAD_QUEUE)
            if method is None:
                break
            queue, _reason = _origin(properties)
            channel.basic_publish(
                "",
                queue,
                body,
                pika.BasicProperties(
                    content_type=properties.content_type,
                    content_encoding=properties.content_encoding,
                    message_id=properties.message_id,
                    headers=_own_headers(properties),
                    delivery_mode=pika.DeliveryMode.Persistent,
                ),
                mandatory=True,
            )
            channel.basic_ack(method.delivery_tag)
            moved += 1
    return moved


@_told()
def replay(
    url: str, composition: Composition, municipality: str, producer: str, after: int = 0
) -> tuple[int, int]:
    """Publishes what a producer's log of a town holds behind ``after`` once more; events and messages.

    Every hearer knows the numbers that it has applied, so nothing is applied twice. Each message is
    confirmed before the next is sent. Only the present epoch is said again.
    """
    if producer not in composition.services or municipality not in composition.municipalities():
        known = ", ".join(composition.services)
        raise SettingsError(
            f"{municipality} {producer} is no stream of this installation; nothing was sent; "
            f"choose a served town and one of {known}"
        )
    codes = MessageCodes(composition.house.keys)
    events = messages = 0
    with (
        municipality_scope(municipality),
        composition.house.databases.reading_log(producer) as connection,
        _channel(url) as channel,
    ):
        channel.confirm_delivery()
        head = outbox.head(connection)
        while head is not None and (found := outbox.read_log(connection, head.epoch, after)):
            for frame in frames(found):
                written = write_message(frame, codes)
                channel.basic_publish(
                    EVENTS_EXCHANGE,
                    routing_key(frame),
                    written.body,
                    pika.BasicProperties(
                        content_type="application/json",
                        content_encoding="utf-8",
                        message_id=frame[0].id,
                        headers={CODE_HEADER: written.code},
                        delivery_mode=pika.DeliveryMode.Persistent,
                    ),
                    mandatory=True,
                )
                messages += 1
            events += len(found)
            after = found[-1].sequence
    return events, messages


def definitions(shapes: Sequence[QueueShape], virtual_host: str = "/") -> dict[str, Any]:
    """The topology in the form that RabbitMQ's import_definitions reads; it names no user."""
    return {
        "exchanges": [
            {
                "name": name,
                "vhost": virtual_host,
                "type": "topic",
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for name in (DEAD_EXCHANGE, EVENTS_EXCHANGE)
        ],
        "queues": [
            {
                "name": shape.name,
                "vhost": virtual_host,
                "durable": True,
                "auto_delete": False,
                "arguments": dict(shape.arguments),
            }
            for shape in shapes
        ],
        "bindings": [
            {
                "source": shape.exchange,
                "vhost": virtual_host,
                "destination": shape.name,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for shape in shapes
            for key in shape.bindings
        ],
    }


def run(
    verb: str, url: str, services: Mapping[str, Service], municipalities: Sequence[str] = ()
) -> Iterator[str]:
    """The lines that ``kasane broker <verb>`` prints; raises BrokerUnreachable."""
    if verb in ("declare", "show"):
        shapes = queues(services, municipalities)
        for state in (declare if verb == "declare" else show)(url, shapes):
            line = f"{state.name}: {state.messages} messages, {state.consumers} consumers"
            yield f"{WRONG} {state.name}: {state.problem}" if state.problem else line
    elif verb == "dead-letters":
        letters = dead_letters(url)
        for letter in letters:
            yield f"{letter.queue} {letter.reason} {letter.routing_key}: {letter.beginning}"
        if not letters:
            yield "RabbitMQ に残ったものはありません。 / Nothing stays in RabbitMQ."
    elif verb == "requeue":
        yield f"{requeue(url)} 件を戻しました。 / given back"


def _own_headers(properties: Any) -> dict[str, Any]:
    """The headers of the sender, without those that tell how the message died."""
    headers = properties.headers or {}
    return {name: value for name, value in headers.items() if not name.startswith("x-")}


def _origin(properties: Any) -> tuple[str, str]:
    deaths = (properties.headers or {}).get("x-death") or [{}]
    return str(deaths[0].get("queue", "")), str(deaths[0].get("reason", ""))


@contextmanager
def _channel(url: str) -> Iterator[Any]:
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = ANSWER_SECONDS
    parameters.blocked_connection_timeout = ANSWER_SECONDS
    try:
        connection = pika.BlockingConnection(parameters)
    except (AMQPConnectionError, OSError) as error:
        raise BrokerUnreachable(
            f"RabbitMQ did not answer ({error!r}); nothing was changed; "
            "check KASANE_BROKER_URL and that it runs"
        ) from error
    try:
        yield connection.channel()
    finally:
        # Where it has gone there is nothing to close, and why is told by what is under way.
        with suppress(AMQPError):
            connection.close()
