"""Delivers inside one process: the call returns when every hearing service has committed."""

from collections.abc import Mapping, Sequence

from kasane_contracts.envelope import Envelope
from kasane_kit.bus.messages import Placed
from kasane_kit.bus.transports import Deliver, TransportUnavailable


class InProcessTransport:
    """Calls ``deliver`` of each service that hears the producer, in the order of their names."""

    def __init__(self, hearers: Mapping[str, Mapping[str, Deliver]]) -> None:
        """``hearers`` maps a producer to the services that hear it and their deliver functions."""
        self._hearers = hearers

    def publish(self, envelopes: Sequence[Placed]) -> None:
        """Raises TransportUnavailable when one of the services could not commit; the others have."""
        if not envelopes:
            return
        failures: list[str] = []
        read = [Envelope.from_log(one.to_json()) for one in envelopes]
        hearers = self._hearers.get(envelopes[0].source, {})
        for service in sorted(hearers):
            try:
                hearers[service](read)
            except Exception as error:
                failures.append(f"{service}: {error}")
        if failures:
            raise TransportUnavailable("; ".join(failures))
