"""Applies the events of a stream to a service, together or one by one; parks what cannot be."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_contracts.portal import StaffAccountChanged, StaffSessionEnded
from kasane_kit.auth import AccountFacts, accounts, platform_actor
from kasane_kit.bus import ParkingReason, cursor, dead_letters
from kasane_kit.bus.cursor import Cursor, Place
from kasane_kit.db import MigrationSource, is_outage, pending_migrations
from kasane_kit.keys import KeyMissing, SealBroken
from kasane_kit.service import Service
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.unit_of_work import Cause, House, UnitOfWork

log = logging.getLogger("kasane.delivery")

_HEARD_BY_ALL = frozenset(
    registry.type_of(event).type for event in (StaffAccountChanged, StaffSessionEnded)
)


class NotNow(RuntimeError):
    """The database, a key or a newer table is missing at this moment; nothing was applied."""


class Applying:
    """Moves one service's cursors together with what its subscribers write."""

    def __init__(self, service: Service, house: House) -> None:
        self._service = service
        self._house = house
        self._handlers = {
            registry.type_of(event).type: function for event, function in service.hears.items()
        }
        self._up_to_date: set[str] = set()
        self._proven: set[tuple[str, str]] = set()

    def check_tables(self) -> None:
        """Raises NotNow: events of a newer release do not meet the tables of an older one."""
        municipality = current_municipality()
        if municipality in self._up_to_date:
            return
        with outages_wait(), self._house.databases.reading(self._service.name) as connection:
            if pending_migrations(connection, MigrationSource(self._service.migrations)):
                raise NotNow(f"the tables of {municipality} are not up to date; run kasane migrate")
        self._up_to_date.add(municipality)

    def apply(self, producer: str, batch: Sequence[Envelope]) -> Cursor:
        """Applies or parks every event of the batch that is next; returns where the cursor is now.

        Raises NotNow, and then events that were applied before stay applied.
        """
        stream = (batch[0].municipality, producer)
        if stream in self._proven:
            try:
                return self._apply_together(producer, batch)
            except Exception as error:
                _raise_if_not_now(error)
                log.warning(
                    "%s: a batch of %d failed, one by one now",
                    self._service.name,
                    len(batch),
                    exc_info=True,
                )
        # A process that was just started may have died of the next event: go one by one, counting
        # each try before it is made, until a batch went through.
        place = None
        for envelope in batch:
            place = self._apply_alone(producer, envelope)
        assert place is not None
        self._proven.add(stream)
        return place

    def _apply_together(
        self, producer: str, batch: Sequence[Envelope], *, tried: bool = False
    ) -> Cursor:
        with self.unit(batch[0]) as unit:
            place = cursor.read(unit.connection, producer, batch[0].epoch, for_update=True)
            before = place
            for envelope in batch:
                if place.place(envelope) is Place.NEXT:
                    self._say_or_park(producer, envelope, unit)
                    place = Cursor(producer, envelope.epoch, envelope.sequence)
            if place != before:
                cursor.advance(unit.connection, before, place.sequence)
            if tried:
                dead_letters.forget_attempts(unit.connection, batch[0].id)
            unit.connection.commit()
        if place != before:
            self._house.wake(batch[0].municipality)
        return place

    def _apply_alone(self, producer: str, envelope: Envelope) -> Cursor:
        detail = "the process ended while it was applied"
        while True:
            with outages_wait(), self._house.databases.writing(self._service.name) as connection:
                tried = dead_letters.count_attempt(connection, envelope.id)
                connection.commit()
            if tried > dead_letters.MOST_ATTEMPTS:
                return self._park_in_stream(producer, envelope, detail)
            try:
                return self._apply_together(producer, [envelope], tried=True)
            except Exception as error:
                if is_not_now(error):
                    self._forget_attempts(envelope)
                _raise_if_not_now(error)
                log.exception("%s: %s failed on try %d", self._service.name, envelope.type, tried)
                detail = sentence_of(error)

    def _forget_attempts(self, envelope: Envelope) -> None:
        """An outage is not the event's fault."""
        try:
            with self._house.databases.writing(self._service.name) as connection:
                dead_letters.forget_attempts(connection, envelope.id)
                connection.commit()
        except Exception as error:
            log.debug("the try of %s stays counted: %s", envelope.id, error)

    def _park_in_stream(self, producer: str, envelope: Envelope, detail: str) -> Cursor:
        with outages_wait(), self._house.databases.writing(self._service.name) as connection:
            place = cursor.read(connection, producer, envelope.epoch, for_update=True)
            if place.place(envelope) is Place.NEXT:
                dead_letters.park_envelope(
                    connection, envelope, ParkingReason.SUBSCRIBER_FAILED, detail
                )
                place = cursor.advance(connection, place, envelope.sequence)
            dead_letters.forget_attempts(connection, envelope.id)
            connection.commit()
        return place

    def _say_or_park(self, producer: str, envelope: Envelope, unit: UnitOfWork) -> None:
        if envelope.type not in self._handlers and envelope.type not in _HEARD_BY_ALL:
            try:
                registry.find(envelope.type)
            except registry.UnknownEvent:
                detail = (
                    f"{envelope.type} is not in the contracts of this release; upgrade and requeue"
                )
                dead_letters.park_envelope(
                    unit.connection, envelope, ParkingReason.UNKNOWN_EVENT, detail
                )
            return
        if dead_letters.subject_is_parked(unit.connection, producer, envelope.subject):
            detail = "an earlier event about the same subject is parked"
            dead_letters.park_envelope(
                unit.connection, envelope, ParkingReason.WAITS_BEHIND, detail
            )
            return
        try:
            event = self.decode(envelope)
        except registry.InvalidEvent as error:
            dead_letters.park_envelope(
                unit.connection, envelope, ParkingReason.INVALID_EVENT, str(error.problems)
            )
        except SealBroken as error:
            dead_letters.park_envelope(
                unit.connection, envelope, ParkingReason.SEAL_BROKEN, str(error)
            )
        else:
            self.say(envelope, event, unit)

    def decode(self, envelope: Envelope) -> Any:
        """The event, its personal fields opened; raises InvalidEvent, SealBroken, UnknownEvent."""
        data = self._house.sealer.open(
            envelope.municipality, envelope.type, envelope.id, envelope.data
        )
        return registry.load(envelope.type, data)

    def say(self, envelope: Envelope, event: Any, unit: UnitOfWork) -> None:
        """Lets the subscriber hear the event in an open unit of work."""
        unit.correlation_id, unit.causation_id = envelope.correlationid, envelope.id
        if isinstance(event, StaffAccountChanged):
            accounts.remember(unit.connection, AccountFacts(**vars(event)))
        if isinstance(event, StaffSessionEnded):
            accounts.end_session(
                unit.connection, event.session, datetime.fromisoformat(event.until)
            )
        handler = self._handlers.get(envelope.type)
        if handler is not None:
            town = envelope.municipality
            hooks = self._house.plugins.hooks_for(town) if town != HOST else None
            handler(event, unit, hooks)

    def unit(self, envelope: Envelope) -> UnitOfWork:
        """A unit of work of the platform, caused by the event."""
        return UnitOfWork(
            self._house,
            self._service.name,
            platform_actor(self._service.name, envelope.municipality),
            Cause(envelope.correlationid, envelope.id),
        )


def sentence_of(error: Exception) -> str:
    """What a dead letter says of the error that parked it."""
    return f"{type(error).__name__}: {error}"


def is_not_now(error: Exception) -> bool:
    """Whether an error is an outage, which says nothing about what was to be applied."""
    return isinstance(error, NotNow | KeyMissing) or is_outage(error)


def _raise_if_not_now(error: Exception) -> None:
    if is_not_now(error):
        raise NotNow(str(error)) from error


@contextmanager
def outages_wait() -> Iterator[None]:
    """Turns a refusal of the database into NotNow; for places where no subscriber is at work."""
    try:
        yield
    except (DBAPIError, NoFreeConnection) as error:
        raise NotNow(str(error)) from error
