"""Moves a service's committed events from its outbox to the transport, in order, without losing one."""

from kasane_kit.bus import outbox
from kasane_kit.bus.transports import Transport
from kasane_kit.db import Databases

BATCH = 500


class Relay:
    """The relay of one service; one call works for the open municipality."""

    def __init__(self, service: str, databases: Databases, transport: Transport) -> None:
        self._service = service
        self._databases = databases
        self._transport = transport

    @property
    def service(self) -> str:
        """The producer whose events this relay moves."""
        return self._service

    def run_once(self) -> int:
        """Numbers what was committed and publishes what is not yet published; returns how many.

        Raises TransportUnavailable; then nothing is marked and the same events go out again next
        time, which consumers recognise by their numbers.
        """
        with self._databases.reading(self._service) as connection:
            waiting = outbox.anything_waiting(connection)
            head = outbox.head(connection)
        if waiting:
            with self._databases.writing(self._service) as connection:
                outbox.number(connection, BATCH)
                head = outbox.head(connection)
                connection.commit()
        if head is None or head.published >= head.sequence:
            return 0
        with self._databases.reading(self._service) as connection:
            envelopes = outbox.read_log(connection, head.epoch, head.published, BATCH)
        if not envelopes:
            return 0
        self._transport.publish(envelopes)
        with self._databases.writing(self._service) as connection:
            outbox.mark_published(connection, head.epoch, envelopes[-1].sequence)
            connection.commit()
        return len(envelopes)
