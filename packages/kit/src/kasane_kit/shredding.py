"""A service's part when records end: its rows, keys, events and parked messages, in one transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.bus import Sealer
from kasane_kit.bus.blanking import Plain, blank_events, blank_parcels, speaking_events
from kasane_kit.db.shredding import Rules, Shredded, left_over, records_of, shred, sweep
from kasane_kit.unit_of_work import House, UnitOfWork

OBJECT = "shredding"


class Ended(Protocol):
    """The event that says which records ended."""

    @property
    def shredding_id(self) -> str:
        """Names the one shredding that all services take part in."""

    @property
    def records(self) -> tuple[str, ...]:
        """The ids of the records."""


@dataclass(frozen=True)
class Part:
    """What a service does when records end; in ``hears`` it stands as the subscriber.

    ``plain`` names the fields of its events that travel unsealed and still point at somebody. ``answer`` makes the
    event that tells how many rows, keys and events it destroyed; without one nobody is told.
    """

    rules: Rules = field(default_factory=Rules)
    plain: Plain = field(default_factory=dict)
    answer: Callable[[str, int, int, int], Any] | None = None

    def __call__(self, event: Ended, uow: UnitOfWork, _hooks: Any) -> None:
        """Destroys the service's part and answers; the delivery commits."""
        done = self.destroy(uow.connection, uow.sealer, event.shredding_id, event.records)
        uow.record("records.shredded", OBJECT, event.shredding_id)
        if self.answer is not None:
            uow.publish(self.answer(event.shredding_id, done.rows, done.keys, done.events))

    def destroy(
        self, connection: Connection, sealer: Sealer, shredding_id: str, ids: Iterable[str]
    ) -> Shredded:
        """Destroys what is personal of the records in this database; the caller commits. Again it changes nothing."""
        done = shred(connection, self.rules, ids, shredding_id, clock.now())
        events = blank_events(connection, sealer, done.records, self.plain)
        return replace(done, events=events + blank_parcels(connection, done.records))

    def records_of(self, connection: Connection, ids: Iterable[str]) -> frozenset[str]:
        """The records with everything of this service that belongs to them."""
        return records_of(connection, self.rules, ids)

    def left_over(
        self, connection: Connection, sealer: Sealer, ids: Collection[str]
    ) -> Mapping[str, int]:
        """What of the records can still be read here, by table; empty when nothing is left."""
        rows = left_over(connection, self.rules, ids)
        events = speaking_events(
            connection, sealer, records_of(connection, self.rules, ids), self.plain
        )
        return {**rows, **({"event_log": events} if events else {})}


def sweep_service(service: str) -> Callable[[House, str], None]:
    """A job that rewrites a SQLite file after something in it was destroyed, so that no freed page keeps a word."""

    def run(house: House, _municipality: str) -> None:
        with house.databases.writing(service) as connection:
            sweep(connection, clock.now())

    return run
