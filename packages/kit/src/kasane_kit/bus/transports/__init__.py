"""How events travel: a protocol and its adapters."""

from collections.abc import Callable, Sequence
from typing import Protocol

from kasane_contracts.envelope import Envelope
from kasane_kit.bus.messages import Placed


class TransportUnavailable(RuntimeError):
    """Nothing is known to have arrived; the events stay in the log and are sent again."""


class Transport(Protocol):
    """Brings numbered events of a producer, those of a town in their order, to every service that hears it."""

    def publish(self, envelopes: Sequence[Placed]) -> None:
        """Returns when every event is safe with its hearers or a broker; raises TransportUnavailable."""
        ...


Deliver = Callable[[Sequence[Envelope]], None]

__all__ = ["Deliver", "Transport", "TransportUnavailable"]
