"""What a delivery says of what it could not do now."""

from collections.abc import Sequence
from dataclasses import dataclass

from kasane_contracts.envelope import Envelope

Stream = tuple[str, str]
"""A municipality and a producer."""


class NotDelivered(RuntimeError):
    """Some streams wait: what was not applied now is in the producers' logs and comes later."""

    def __init__(
        self,
        sentence: str,
        streams: Sequence[Stream] = (),
        *,
        unfinished: Sequence[Stream] = (),
    ) -> None:
        super().__init__(sentence)
        self.streams = frozenset(streams)
        self.unfinished = frozenset(unfinished)


class NotParked(RuntimeError):
    """A message that is no event of a served town could not be kept in the host's database."""


@dataclass(frozen=True)
class Outcome:
    """What is left of several messages: those not even parked, by position; streams that wait.

    ``unfinished`` are streams that somebody is at work on, or that have more behind them than one turn may take.
    """

    unparked: tuple[int, ...] = ()
    waiting: frozenset[Stream] = frozenset()
    unfinished: frozenset[Stream] = frozenset()


def streams_of(envelopes: Sequence[Envelope]) -> list[tuple[str, str, list[Envelope]]]:
    """Envelopes by town, producer and epoch, each in the order of its numbers."""
    groups: dict[tuple[str, str, str], list[Envelope]] = {}
    for envelope in envelopes:
        key = (envelope.municipality, envelope.source, envelope.epoch)
        groups.setdefault(key, []).append(envelope)
    return [
        (municipality, producer, sorted(batch, key=lambda one: one.sequence))
        for (municipality, producer, _epoch), batch in groups.items()
    ]
