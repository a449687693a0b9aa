"""Names the exchanges, queues and bindings once: for the transport, the operator's tool and the deployment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kasane_kit.bus.messages import Placed

EVENTS_EXCHANGE = "kasane.events"
DEAD_EXCHANGE = "kasane.dead"
DEAD_QUEUE = "kasane.dead"
QUEUE_TYPE = {"x-queue-type": "quorum"}


@dataclass(frozen=True)
class QueueShape:
    """One durable quorum queue: its arguments and the keys by which events reach it.

    Changing the arguments of a queue that exists needs a new name: a broker refuses the same name
    with other arguments.
    """

    name: str
    bindings: tuple[str, ...]
    exchange: str = EVENTS_EXCHANGE
    arguments: Mapping[str, Any] = field(
        default_factory=lambda: {
            **QUEUE_TYPE,
            "x-single-active-consumer": True,
            "x-dead-letter-exchange": DEAD_EXCHANGE,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
    )


def queues_of(
    service: str, producers: Sequence[str], municipalities: Sequence[str] = ()
) -> tuple[QueueShape, ...]:
    """The queues of a consumer: one for all municipalities, or one for each of those named.

    A queue is bound to everything a producer says, so that the numbers it brings have no holes.
    """
    names = sorted(producers)
    if not municipalities:
        return (QueueShape(f"kasane.{service}", tuple(f"*.{name}.#" for name in names)),)
    return tuple(
        QueueShape(f"kasane.{service}.{code}", tuple(f"{code}.{name}.#" for name in names))
        for code in municipalities
    )


def dead_queue() -> QueueShape:
    """Where the broker keeps what a consumer could not even park in its database."""
    return QueueShape(DEAD_QUEUE, ("#",), DEAD_EXCHANGE, dict(QUEUE_TYPE))


def routing_key(envelopes: Sequence[Placed]) -> str:
    """``<municipality>.<type>`` for one event, ``<municipality>.<producer>.frame`` for several.

    The second word is always the producer, also for the audit entry, whose type names none.
    """
    first = envelopes[0]
    if len(envelopes) > 1:
        return f"{first.municipality}.{first.source}.frame"
    producer, _, _ = first.type.partition(".")
    said = first.type if producer == first.source else f"{first.source}.{first.type}"
    return f"{first.municipality}.{said}"


def stream_of(key: str) -> tuple[str, str]:
    """The municipality and the producer that a routing key names; nothing proves that they said it."""
    municipality, _, rest = key.partition(".")
    return municipality, rest.partition(".")[0]
