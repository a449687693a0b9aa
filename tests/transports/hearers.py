"""Two services that listen on a transport and keep what they hear."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import Message, MessageCodes, Transport, TransportUnavailable
from kasane_kit.bus.transports.amqp import AmqpConsumer, AmqpTransport
from kasane_kit.bus.transports.inprocess import InProcessTransport
from kasane_kit.keys import KeyRing
from tests.support import own_processes

TOWN = "292095"


class SomeKeys(KeyRing):
    """Keys that are not secret: what they protect is tried in the tests of the delivery."""

    def __init__(self) -> None:
        super().__init__(Path("/nowhere"))

    def key(self, name: str) -> bytes:
        return hashlib.sha256(name.encode()).digest()


CODES = MessageCodes(SomeKeys())


def envelopes(many: int, *, producer: str = "intake", town: str = TOWN) -> list[Envelope]:
    """Numbered events of one stream."""
    return [
        Envelope(
            id=f"{producer}-{town}-{number}",
            source=producer,
            type=f"{producer}.thing.done.v1",
            subject="s",
            time="2026-04-01T00:00:00+00:00",
            municipality=town,
            actor="a",
            correlationid="c",
            epoch="e",
            sequence=number,
            data={"text": "相談"},
        )
        for number in range(1, many + 1)
    ]


@dataclass
class Hearer:
    """What one service heard; it refuses as often as it is told to."""

    heard: list[Envelope] = field(default_factory=list)
    refusals: int = 0
    messages: int = 0

    def deliver(self, said: Sequence[Envelope]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise RuntimeError("the hearer cannot commit")
        self.heard += said

    def take(self, messages: Sequence[Message]) -> tuple[int, ...]:
        self.messages += len(messages)
        said = [[Envelope.from_dict(one) for one in json.loads(each.body)] for each in messages]
        assert all(
            CODES.fits(part[0].municipality, each)
            for part, each in zip(said, messages, strict=True)
        )
        self.deliver([envelope for part in said for envelope in part])
        return ()

    def wait_for(self, many: int) -> list[Envelope]:
        """What was heard, once it is so much."""
        enough = (len(self.heard) >= many for _ in itertools.count())
        assert own_processes.wait_until(enough, seconds=240), f"{len(self.heard)} of {many}"
        return self.heard


@dataclass
class Wired:
    """Cases hears intake; resources hears intake and cases."""

    transport: Transport
    hearers: dict[str, Hearer]

    def publish(self, said: Sequence[Envelope]) -> None:
        """As a relay does: again until the transport has taken it."""
        for _ in range(20):
            try:
                return self.transport.publish(said)
            except TransportUnavailable:
                continue
        raise AssertionError("the transport never took the events")


HEARS = {"cases": ("intake",), "resources": ("intake", "cases")}


@contextmanager
def in_process() -> Iterator[Wired]:
    """Both services in this process."""
    hearers = {name: Hearer() for name in HEARS}
    by_producer = {
        producer: {
            name: hearers[name].deliver for name, heard in HEARS.items() if producer in heard
        }
        for producer in ("intake", "cases")
    }
    yield Wired(InProcessTransport(by_producer), hearers)


@contextmanager
def over_amqp(url: str) -> Iterator[Wired]:
    """Both services behind queues of a broker."""
    hearers = {name: Hearer() for name in HEARS}
    stop = threading.Event()
    transport = AmqpTransport(url, CODES)
    with running({name: hearer.take for name, hearer in hearers.items()}, url, stop):
        yield Wired(transport, hearers)
    transport.close()


@contextmanager
def running(takes: Mapping[str, object], url: str, stop: threading.Event) -> Iterator[None]:
    """Consumers in threads, each connected before the block begins and ended after it."""
    connected = {name: threading.Event() for name in takes}
    threads = [
        threading.Thread(
            target=AmqpConsumer(url, name, HEARS[name]).run,
            args=(take, stop, connected[name].set),
        )
        for name, take in takes.items()
    ]
    for thread in threads:
        thread.start()
    try:
        for name, event in connected.items():
            assert event.wait(20), f"{name} was never connected"
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
