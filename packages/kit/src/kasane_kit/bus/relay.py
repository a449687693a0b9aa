"""Moves a service's committed events from its outbox to the transport, in order, without losing one."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kasane_kit.bus import outbox
from kasane_kit.bus.transports import Transport
from kasane_kit.db import Databases
from kasane_kit.ids import new_id
from kasane_kit.meters import Meters
from kasane_kit.tenancy import current_municipality
from kasane_kit.traces import Origin, Traces

log = logging.getLogger("kasane.relay")

BATCH = 500


class AnotherLeads(RuntimeError):
    """Something waits, and another relay of the service leads in the town: it is to be looked at again soon."""


class Relay:
    """The relay of one service; one call works for the open municipality.

    Of several relays of a service one leads in a municipality. Another takes over when the leader
    was silent for ``lead_seconds``; a leader that wakes up after that marks and numbers nothing,
    and what it still publishes is recognised by its numbers. With 0 seconds none waits for another.
    """

    def __init__(
        self,
        service: str,
        databases: Databases,
        transport: Transport,
        meters: Meters | None = None,
        *,
        lead_seconds: float = 0,
        traces: Traces | None = None,
    ) -> None:
        self._id = new_id()
        self._lead_seconds = lead_seconds
        self._meters = meters or Meters()
        self._traces = traces or Traces()
        self._service = service
        self._databases = databases
        self._transport = transport

    @property
    def service(self) -> str:
        """The producer whose events this relay moves."""
        return self._service

    def run_once(self) -> int:
        """Numbers what was committed and publishes what is not yet published; returns how many.

        0 also while another relay leads.

        Raises TransportUnavailable; then nothing is marked and the same events go out again next
        time, which consumers recognise by their numbers.
        """
        try:
            share = self.take(BATCH)
        except AnotherLeads:
            return 0
        if share is None:
            return 0
        self.publish([share])
        return self.mark(share)

    def take(self, most: int, *, certain: bool = False) -> "Share | None":
        """Numbers what was committed; what is to be published next, at most so many, or None.

        When it is ``certain`` that something waits, nobody asks for it first. Raises AnotherLeads.
        """
        town = current_municipality()
        lag = self._meters.outbox
        if not certain:
            with self._databases.glancing(self._service) as connection:
                waiting, head = outbox.standing(connection)
            if not waiting and (head is None or head.published >= head.sequence):
                lag.moved(self._service, town)
                return None
        lag.waits(self._service, town)
        with self._databases.writing(self._service) as connection:
            lead = outbox.lead(connection, self._id, self._lead_seconds)
            if lead is None:
                # What waits is told by the relay that leads; this one would tell it for ever.
                lag.moved(self._service, town)
                raise AnotherLeads(f"{self._service} in {town}: another relay leads")
            outbox.number(connection, most, lead.head)
            published = lead.head.published if lead.head else 0
            stream = (town, self._service)
            events = outbox.read_texts(connection, stream, lead.epoch, published, most)
            connection.commit()
        if not events:
            lag.moved(self._service, town)
            return None
        return Share(town, lead, events)

    def publish(self, shares: "Sequence[Share]") -> None:
        """Publishes shares of several towns with one wait for the broker; raises TransportUnavailable."""
        events = [event for share in shares for event in share.events]
        with self._traces.span(
            f"relay {self._service}",
            "producer",
            links=(Origin(one.envelope().correlationid, one.id) for one in events),
            service=self._service,
            towns=len(shares),
            count=len(events),
        ):
            self._transport.publish(events)

    def mark(self, share: "Share") -> int:
        """Remembers in the share's town that it was published; returns how many events, 0 for an old lead."""
        last = share.events[-1].sequence
        with self._databases.writing(self._service) as connection:
            leads = outbox.mark_published(connection, share.lead, last)
            connection.commit()
        if not leads:
            log.warning(
                "%s in %s: another relay took over while this one stood still; what it published "
                "up to %d is known by its numbers and nothing was marked",
                *(self._service, share.municipality, last),
            )
            return 0
        self._meters.outbox.moved(self._service, share.municipality)
        self._meters.relayed.labels(self._service, share.municipality).inc(len(share.events))
        return len(share.events)


@dataclass(frozen=True)
class Share:
    """What one town has to say in one turn, under the lead it was numbered with."""

    municipality: str
    lead: outbox.Lead
    events: Sequence[outbox.Logged]
