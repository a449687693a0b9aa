"""Carries events through RabbitMQ: confirmed publishing and acknowledged consuming; the only kombu of the house."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import kombu
from amqp.exceptions import NotFound
from kombu.exceptions import KombuError
from kombu.transport.pyamqp import Transport as PyAmqp

from kasane_kit.bus.messages import (
    CODE_HEADER,
    Message,
    MessageCodes,
    Placed,
    frames,
    write_message,
)
from kasane_kit.bus.topology import (
    DEAD_EXCHANGE,
    DEAD_QUEUE,
    EVENTS_EXCHANGE,
    QueueShape,
    dead_queue,
    queues_of,
    routing_key,
    stream_of,
)
from kasane_kit.bus.transports import TransportUnavailable
from kasane_kit.bus.turns import Turns

log = logging.getLogger("kasane.amqp")

HEARTBEAT_SECONDS = 10
CONNECT_SECONDS = 5.0
CONFIRM_SECONDS = 10.0
IDLE_SECONDS = 0.5
A_MOMENT = 0.001
"""Not 0: without any patience py-amqp would turn on the spot while the rest of a message is on its way."""
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
PREFETCH = 128

Handle = Callable[[Sequence[Message]], Collection[int]]
LetGo = Callable[[tuple[str, str]], None]

# The broker or the way to it fails; py-amqp raises AttributeError when a connection is lost in mid-call.
_FAILURES: tuple[type[Exception], ...] = (
    *PyAmqp.connection_errors,
    *PyAmqp.channel_errors,
    KombuError,
    OSError,
    AttributeError,
)


class AmqpTransport:
    """Publishes numbered events persistently and returns when the broker has confirmed every one.

    Opens its connection on first use and anew in a child process; after any doubt the connection is
    thrown away, because a late confirmation must never be taken for that of another message.
    """

    def __init__(
        self, url: str, codes: MessageCodes, *, confirm_seconds: float = CONFIRM_SECONDS
    ) -> None:
        self._url = url
        self._codes = codes
        self._confirm_seconds = confirm_seconds
        self._lock = threading.Lock()
        self._publisher: _Publisher | None = None
        self._pid = 0

    def publish(self, envelopes: Sequence[Placed]) -> None:
        """Raises TransportUnavailable when a message was not confirmed, was refused or reached no queue."""
        if not envelopes:
            return
        parts = list(frames(envelopes))
        with self._lock:
            # A connection that lay idle may be dead without a sign; a fresh one is asked once more.
            tries = 1 if self._publisher is None else 2
            while tries:
                tries -= 1
                try:
                    self._open().publish(parts, self._confirm_seconds)
                    return
                except TransportUnavailable:
                    self._drop()
                    raise
                except _FAILURES as error:
                    self._drop()
                    if not tries:
                        raise TransportUnavailable(
                            f"the broker did not take the events: {error!r}"
                        ) from error

    def close(self) -> None:
        """Ends the connection; the next publish opens another."""
        with self._lock:
            self._drop()

    def _open(self) -> "_Publisher":
        if self._pid != os.getpid():
            # A connection from before a fork belongs to the parent; closing it here would end it there.
            self._publisher, self._pid = None, os.getpid()
        if self._publisher is None:
            self._publisher = _Publisher(self._url, self._codes)
        return self._publisher

    def _drop(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()


class _Publisher:
    """One connection with one channel in confirm mode and its own account of what was confirmed."""

    def __init__(self, url: str, codes: MessageCodes) -> None:
        self._codes = codes
        # No heartbeat: nobody is there to send one between two events. Silence ends at the deadline.
        self._connection = _connect(url, heartbeat=0)
        try:
            self._channel: Any = self._connection.channel()
            _declare(self._channel, ())
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._acked)
            self._channel.events["basic_nack"].add(self._nacked)
            self._channel.events["basic_return"].add(self._returned)
        except BaseException:
            self.close()
            raise
        self._tag = 0
        self._outstanding: set[int] = set()
        self._problem = ""

    def publish(self, parts: Sequence[Sequence[Placed]], seconds: float) -> None:
        """Sends every frame, then waits until all are confirmed; raises TransportUnavailable."""
        deadline = time.monotonic() + seconds
        for frame in parts:
            written = write_message(frame, self._codes)
            message = self._channel.prepare_message(
                written.body,
                content_type="application/json",
                content_encoding="utf-8",
                headers={CODE_HEADER: written.code},
                properties={"delivery_mode": 2, "message_id": frame[0].id},
            )
            self._tag += 1
            self._outstanding.add(self._tag)
            self._channel.basic_publish(
                message,
                exchange=EVENTS_EXCHANGE,
                routing_key=routing_key(frame),
                mandatory=True,
                timeout=seconds,
            )
        while self._outstanding and not self._problem:
            left = deadline - time.monotonic()
            if left <= 0:
                self._problem = (
                    f"{len(self._outstanding)} messages were not confirmed in {seconds} s"
                )
                break
            try:
                self._connection.drain_events(timeout=left)
            except TimeoutError:
                continue
        if self._problem:
            raise TransportUnavailable(f"the broker did not take the events: {self._problem}")

    def close(self) -> None:
        """Lets go of the socket without asking the broker, who may not answer."""
        _let_go(self._connection)

    def _acked(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._outstanding = {other for other in self._outstanding if other > tag}
        else:
            self._outstanding.discard(tag)

    def _nacked(self, _tag: int, _multiple: bool) -> None:
        self._problem = "a message was refused"

    def _returned(self, _error: object, _exchange: str, key: str, _message: object) -> None:
        self._problem = f"no queue is bound for {key}"


class AmqpConsumer:
    """Takes messages from the queues of one service and acknowledges what was dealt with.

    Messages that wait are handed over in turns between the towns, some together. Of a town that says more than
    its share of what may be in hand the rest is let go: it is in the log. Connects again by itself, for ever.
    """

    def __init__(
        self,
        url: str,
        service: str,
        producers: Sequence[str],
        municipalities: Sequence[str] = (),
        *,
        prefetch: int = PREFETCH,
    ) -> None:
        self._url = url
        self._queues = queues_of(service, producers, municipalities)
        self._prefetch = prefetch

    def run(
        self,
        handle: Handle,
        stop: threading.Event,
        on_connected: Callable[[], None] = lambda: None,
        let_go: LetGo | None = None,
    ) -> None:
        """Works until ``stop`` is set.

        ``handle`` gets some messages, those of a town in the order of their arrival, and returns the positions
        of those that may only go to the dead-letter exchange; when it returns, all others are acknowledged.
        When it raises, none is, and they come again over a new connection. ``on_connected`` is called each
        time the queues are bound: whatever was published before may have reached none of them. ``let_go`` is
        told the town and the producer of a message that was acknowledged without being handed over; without
        it none is.
        """
        pause = SHORTEST_PAUSE_SECONDS

        def connected() -> None:
            nonlocal pause
            pause = SHORTEST_PAUSE_SECONDS
            on_connected()

        while not stop.is_set():
            try:
                with _connected(self._url) as connection:
                    self._consume(connection, handle, stop, connected, let_go)
            except _FAILURES as error:
                log.warning("no connection to the broker, trying again in %.1f s: %s", pause, error)
            except Exception:
                log.exception("the messages in hand come again in %.1f s", pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _consume(
        self,
        connection: kombu.Connection,
        handle: Handle,
        stop: threading.Event,
        on_connected: Callable[[], None],
        let_go: LetGo | None,
    ) -> None:
        channel: Any = connection.channel()
        channel.message_to_python = _unpacking_nothing(channel.message_to_python)
        queues = _declare(channel, self._queues)
        arrived: deque[Any] = deque()
        turns: Turns[Any] = Turns(self._prefetch)
        consumer = kombu.Consumer(
            channel,
            queues,
            on_message=arrived.append,
            on_decode_error=_refuse,
            accept=["json"],
            prefetch_count=self._prefetch,
            auto_declare=False,
        )
        with consumer:
            on_connected()
            while not stop.is_set():
                _drain(connection, A_MOMENT if turns else IDLE_SECONDS)
                while len(arrived) < self._prefetch and _drain(connection, A_MOMENT):
                    pass
                connection.heartbeat_check()
                while arrived:
                    _sort_in(arrived.popleft(), turns, let_go)
                hand = turns.take()
                if hand:
                    _settle(hand, handle, nothing_else=not turns)


def _unpacking_nothing(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Lets a message that names a compression be refused: kombu would unpack it, perhaps to gigabytes of zeros."""

    def as_it_came(raw: Any) -> Any:
        packing = (raw.properties.get("application_headers") or {}).pop("compression", None)
        message = read(raw)
        if packing:
            error = ValueError("it names a compression, which no message of ours does")
            message.errors.append((ValueError, error, None))
        return message

    return as_it_came


def _sort_in(message: Any, turns: Turns[Any], let_go: LetGo | None) -> None:
    stream = stream_of(str(message.delivery_info.get("routing_key", "")))
    if turns.add(stream[0], message, len(message.body)):
        return
    if let_go is None:
        turns.add(stream[0], message, len(message.body), share=False)
        return
    let_go(stream)
    message.ack()


def _settle(hand: Sequence[Any], handle: Handle, *, nothing_else: bool) -> None:
    refused = handle([_message(message) for message in hand])
    for position in refused:
        hand[position].reject(requeue=False)
    accepted = [message for n, message in enumerate(hand) if n not in refused]
    if nothing_else and accepted:
        # One acknowledgement for all up to the last; those refused above are settled already.
        max(accepted, key=lambda message: message.delivery_tag).ack(multiple=True)
    else:
        for message in accepted:
            message.ack()


def _refuse(message: Any, error: Exception) -> None:
    log.error("a message that cannot be unpacked goes to %s: %s", DEAD_EXCHANGE, error)
    message.reject(requeue=False)


def _message(arrived: Any) -> Message:
    body: bytes | str = arrived.body
    content = body.encode("utf-8", "backslashreplace") if isinstance(body, str) else bytes(body)
    return Message(content, str(arrived.headers.get(CODE_HEADER, "")))


def _drain(connection: kombu.Connection, seconds: float) -> bool:
    try:
        connection.drain_events(timeout=seconds)
    except TimeoutError:
        return False
    return True


def _connect(url: str, *, heartbeat: int) -> kombu.Connection:
    connection = kombu.Connection(
        url,
        heartbeat=heartbeat,
        connect_timeout=CONNECT_SECONDS,
        transport_options={"read_timeout": CONFIRM_SECONDS, "write_timeout": CONFIRM_SECONDS},
    )
    connection.connect()
    return connection


@contextmanager
def _connected(url: str) -> Iterator[kombu.Connection]:
    connection = _connect(url, heartbeat=HEARTBEAT_SECONDS)
    try:
        yield connection
    except BaseException:
        _let_go(connection)
        raise
    connection.release()


def _let_go(connection: kombu.Connection) -> None:
    try:
        connection.collect(socket_timeout=1.0)
    except _FAILURES as error:
        log.debug("the connection was gone already: %s", error)


def _declare(channel: Any, queues: Sequence[QueueShape]) -> list[kombu.Queue]:
    """Makes the given queues, and what everybody shares where it is not there; does nothing where all are.

    A service's own user on the broker may not make what is shared, for it could delete it as well.
    """
    exchanges = {
        EVENTS_EXCHANGE: kombu.Exchange(EVENTS_EXCHANGE, type="topic", durable=True),
        DEAD_EXCHANGE: kombu.Exchange(DEAD_EXCHANGE, type="topic", durable=True),
    }
    shapes = list(queues)
    if not _shared_is_there(channel):
        for exchange in exchanges.values():
            exchange(channel).declare()
        shapes.append(dead_queue())
    made = []
    for shape in shapes:
        queue = kombu.Queue(
            shape.name,
            queue_arguments=dict(shape.arguments),
            durable=True,
        )
        # Bound here and not by kombu, which would declare the exchange once more for each binding.
        queue(channel).queue_declare()
        for key in shape.bindings:
            queue(channel).bind_to(exchanges[shape.exchange].name, key)
        made.append(queue)
    return made[: len(queues)]


def _shared_is_there(channel: Any) -> bool:
    # A channel of its own: the broker closes it over what is not there.
    asking = channel.connection.channel()
    try:
        for name in (EVENTS_EXCHANGE, DEAD_EXCHANGE):
            asking.exchange_declare(name, "topic", passive=True, auto_delete=False)
        asking.queue_declare(DEAD_QUEUE, passive=True)
    except NotFound:
        return False
    asking.close()
    return True
