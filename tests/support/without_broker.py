"""A house on PostgreSQL whose services hear each other within one process."""

from __future__ import annotations

from dataclasses import replace

from kasane_kit.bus import Relay
from kasane_kit.bus.transports.inprocess import InProcessTransport
from kasane_runtime.compose import Composition


def without_broker(composition: Composition) -> Composition:
    """The same house with relays that hand over directly; ``settle`` carries everything."""
    hearers = {
        producer: {
            name: composition.deliveries[name].deliver
            for name, service in composition.services.items()
            if service.hears_producer(producer)
        }
        for producer in composition.services
    }
    transport, databases = InProcessTransport(hearers), composition.house.databases
    relays = {name: Relay(name, databases, transport) for name in composition.services}
    return replace(composition, relays=relays)
