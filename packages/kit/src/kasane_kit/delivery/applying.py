"""Applies the events of a stream to a service, together or one by one; parks what cannot be."""

import logging
import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_contracts.portal import (
    MunicipalityConfigured,
    StaffAccountChanged,
)
from kasane_kit import clock
from kasane_kit.auth import AccountFacts, accounts, platform_actor
from kasane_kit.bus import ParkingReason, cursor, dead_letters
from kasane_kit.bus.cursor import Cursor, Place
from kasane_kit.db import MigrationSource, is_outage, pending_migrations
from kasane_kit.keys import KeyMissing, SealBroken
from kasane_kit.logs import said
from kasane_kit.service import Heard, Service, Together
from kasane_kit.tenancy import HOST, ChosenSet, current_municipality
from kasane_kit.traces import Origin
from kasane_kit.unit_of_work import Cause, House, UnitOfWork

log = logging.getLogger("kasane.delivery")

_HEARD_BY_ALL = frozenset(
    registry.type_of(event).type for event in (MunicipalityConfigured, StaffAccountChanged)
)


CAREFUL = 16
"""So many events are tried alone, and then together, where a process may have died."""


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
        self._together = {
            name: handler.hear
            for name, handler in self._handlers.items()
            if isinstance(handler, Together) and name not in _HEARD_BY_ALL
        }
        self._up_to_date: set[str] = set()
        self._proven: set[tuple[str, str]] = set()

    def check_tables(self) -> None:
        """Raises NotNow: events of a newer release do not meet the tables of an older one."""
        municipality = current_municipality()
        if municipality in self._up_to_date:
            return
        with outages_wait(), self._house.databases.reading(self._service.name) as connection:
            if pending_migrations(
                connection, MigrationSource(self._service.migrations), contract=False
            ):
                raise NotNow(f"the tables of {municipality} are not up to date; run kasane migrate")
        self._up_to_date.add(municipality)

    def apply(self, producer: str, batch: Sequence[Envelope]) -> Cursor:
        """Applies or parks every event of the batch that is next; returns where the cursor is now.

        Raises NotNow, and then events that were applied before stay applied.
        """
        stream = (batch[0].municipality, producer)
        if stream in self._proven:
            return self._apply_or_halve(producer, batch)
        # A process that was just started may have died of one of these: each try is counted before it is
        # made, until a batch went through.
        place = None
        for group in self._groups(batch):
            place = self._apply_counted(producer, group)
        assert place is not None
        self._proven.add(stream)
        return place

    def _groups(self, batch: Sequence[Envelope]) -> Iterator[Sequence[Envelope]]:
        """The whole batch; small parts of it when a process began with it before and did not end it."""
        with outages_wait(), self._house.databases.reading(self._service.name) as connection:
            begun = dead_letters.was_tried(connection, batch[0].id)
        if not begun:
            yield batch
            return
        for envelope in batch[:CAREFUL]:
            yield [envelope]
        for start in range(CAREFUL, len(batch), CAREFUL):
            yield batch[start : start + CAREFUL]

    def _apply_counted(self, producer: str, group: Sequence[Envelope]) -> Cursor:
        if len(group) == 1:
            return self._apply_alone(producer, group[0])
        with outages_wait(), self._house.databases.writing(self._service.name) as connection:
            # Under the cursor's lock: a try of what another worker applied is never left counted.
            place = cursor.read(connection, producer, group[0].epoch, for_update=True)
            left = [envelope for envelope in group if envelope.sequence > place.sequence]
            if not left:
                return place
            dead_letters.count_attempt(connection, left[0].id)
            connection.commit()
        try:
            return self._apply_or_halve(producer, left)
        except NotNow:
            self._forget_attempts(left[0])
            raise

    def _apply_or_halve(self, producer: str, batch: Sequence[Envelope]) -> Cursor:
        """All at once; when that fails, each half by itself: one bad event costs a few more transactions."""
        if len(batch) == 1:
            return self._apply_alone(producer, batch[0])
        try:
            return self._apply_together(producer, batch)
        except Exception as error:
            _raise_if_not_now(error)
            log.warning(
                "%s: a batch of %d failed, its halves now: %s",
                *(self._service.name, len(batch), sentence_of(error)),
            )
            self._forget_attempts(batch[0])
        middle = len(batch) // 2
        self._apply_or_halve(producer, batch[:middle])
        return self._apply_or_halve(producer, batch[middle:])

    def _apply_together(self, producer: str, batch: Sequence[Envelope]) -> Cursor:
        later: dict[str, list[tuple[Envelope, Heard]]] = {}
        with self.unit(batch[0]) as unit:
            before = cursor.read(unit.connection, producer, batch[0].epoch, for_update=True)
            sequence, parked = before.sequence, []
            # Once for all of them: the cursor's lock keeps requeueing out until the commit.
            held = dead_letters.parked_subjects(unit.connection, producer)
            for envelope in batch:
                if envelope.sequence == sequence + 1:
                    reason = self._say_or_park(envelope, unit, held, later)
                    if reason is not None:
                        parked.append(reason)
                    if reason in dead_letters.HOLDS_BACK:
                        held.add(envelope.subject)
                    sequence = envelope.sequence
            self._say_together(later, unit)
            place = before
            if sequence != before.sequence:
                place = cursor.advance(unit.connection, before, sequence)
            # Also those of a worker that counted its try and was killed before it.
            dead_letters.forget_attempts(unit.connection, *(envelope.id for envelope in batch))
            unit.connection.commit()
        if place is not before:
            unit.tell()
            self._count(producer, batch, before, parked)
        return place

    def _count(
        self,
        producer: str,
        batch: Sequence[Envelope],
        before: Cursor,
        parked: Sequence[ParkingReason],
    ) -> None:
        """Counts what was committed; a parked event has left the stream like an applied one."""
        meters, name, now = self._house.meters, self._service.name, clock.now()
        done = [envelope for envelope in batch if envelope.sequence > before.sequence]
        meters.applied.labels(name, batch[0].municipality, producer).inc(len(done))
        delay = meters.delay_seconds.labels(name, producer)
        for envelope in done:
            delay.observe(max(0.0, (now - datetime.fromisoformat(envelope.time)).total_seconds()))
        for reason in parked:
            meters.parked.labels(name, batch[0].municipality, reason.value).inc()

    def _apply_alone(self, producer: str, envelope: Envelope) -> Cursor:
        detail = "the process ended while it was applied"
        while True:
            with outages_wait(), self._house.databases.writing(self._service.name) as connection:
                # Under the cursor's lock: a try of what another worker applied is never left counted.
                place = cursor.read(connection, producer, envelope.epoch, for_update=True)
                if place.place(envelope) is not Place.NEXT:
                    return place
                tried = dead_letters.count_attempt(connection, envelope.id)
                connection.commit()
            if tried > dead_letters.MOST_ATTEMPTS:
                return self._park_in_stream(producer, envelope, detail)
            try:
                return self._apply_together(producer, [envelope])
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
            parked = False
            if place.place(envelope) is Place.NEXT:
                dead_letters.park_envelope(
                    connection, envelope, ParkingReason.SUBSCRIBER_FAILED, detail
                )
                place = cursor.advance(connection, place, envelope.sequence)
                parked = True
            dead_letters.forget_attempts(connection, envelope.id)
            connection.commit()
        if parked:
            self._house.meters.parked.labels(
                self._service.name, envelope.municipality, ParkingReason.SUBSCRIBER_FAILED.value
            ).inc()
        return place

    def _say_or_park(
        self,
        envelope: Envelope,
        unit: UnitOfWork,
        held: Set[str],
        later: dict[str, list[tuple[Envelope, Heard]]],
    ) -> ParkingReason | None:
        """Lets the subscriber hear the event, now or with others; the reason when it was parked instead."""
        reason, detail = self._fault_of(envelope, held)
        if reason is None and self._is_heard(envelope):
            try:
                event = self.decode(envelope)
            except registry.InvalidEvent as error:
                reason, detail = ParkingReason.INVALID_EVENT, str(error.problems)
            except SealBroken as error:
                reason, detail = ParkingReason.SEAL_BROKEN, said(error)
            else:
                if envelope.type in self._together:
                    heard = Heard(event, envelope.id, datetime.fromisoformat(envelope.time))
                    later.setdefault(envelope.type, []).append((envelope, heard))
                else:
                    self.say(envelope, event, unit)
        if reason is not None:
            dead_letters.park_envelope(unit.connection, envelope, reason, detail)
        return reason

    def _say_together(
        self, later: Mapping[str, Sequence[tuple[Envelope, Heard]]], unit: UnitOfWork
    ) -> None:
        for type_name, events in later.items():
            last, _ = events[-1]
            unit.hear(last)
            with self._house.traces.span(
                f"hear {type_name}",
                "consumer",
                links=(Origin(one.correlationid, one.id) for one, _ in events),
                service=self._service.name,
                town=last.municipality,
                event=type_name,
                count=len(events),
            ):
                self._together[type_name](
                    [heard for _, heard in events], unit, self._hooks_of(last.municipality)
                )

    def _fault_of(self, envelope: Envelope, held: Set[str]) -> tuple[ParkingReason | None, str]:
        """Why an event is parked without looking into it, and what to say of it."""
        if not self._is_heard(envelope):
            try:
                registry.find(envelope.type)
            except registry.UnknownEvent:
                return ParkingReason.UNKNOWN_EVENT, (
                    f"{envelope.type} is not in the contracts of this release; upgrade and requeue"
                )
        elif envelope.subject in held:
            return ParkingReason.WAITS_BEHIND, "an earlier event about the same subject is parked"
        return None, ""

    def _is_heard(self, envelope: Envelope) -> bool:
        return envelope.type in self._handlers or envelope.type in _HEARD_BY_ALL

    @property
    def types(self) -> frozenset[str]:
        """The types of event that a subscriber of the service hears."""
        return frozenset(self._handlers)

    def decode(self, envelope: Envelope) -> Any:
        """The event, its personal fields opened; raises InvalidEvent, SealBroken, UnknownEvent."""
        data = self._house.sealer.open(
            envelope.municipality, envelope.type, envelope.id, envelope.data
        )
        return registry.load(envelope.type, data)

    def say(self, envelope: Envelope, event: Any, unit: UnitOfWork) -> None:
        """Lets the subscriber hear the event in an open unit of work."""
        unit.hear(envelope)
        if isinstance(event, MunicipalityConfigured):
            unit.choose(
                ChosenSet(
                    event.revision,
                    event.plugins,
                    tomllib.loads(event.settings),
                    event.chosen_on,
                )
            )
        handler = self._handlers.get(envelope.type)
        if handler is not None:
            with self._house.traces.span(
                f"hear {envelope.type}",
                "consumer",
                origin=Origin(envelope.correlationid, envelope.id),
                service=self._service.name,
                town=envelope.municipality,
                event=envelope.type,
            ):
                handler(event, unit, self._hooks_of(envelope.municipality))
        if isinstance(event, StaffAccountChanged):
            # Behind the subscriber, who may compare with what was known.
            accounts.remember(unit.connection, AccountFacts(**vars(event)))

    def _hooks_of(self, municipality: str) -> Any:
        return self._house.plugins.hooks_for(municipality) if municipality != HOST else None

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
    return f"{type(error).__name__}: {said(error)}"


def is_not_now(error: Exception) -> bool:
    """Whether an error is an outage, which says nothing about what was to be applied."""
    return isinstance(error, NotNow | KeyMissing) or is_outage(error)


def _raise_if_not_now(error: Exception) -> None:
    if is_not_now(error):
        raise NotNow(said(error)) from error


@contextmanager
def outages_wait() -> Iterator[None]:
    """Turns a refusal of the database, or a login without its key, into NotNow; where no subscriber is at work."""
    try:
        yield
    except (DBAPIError, NoFreeConnection, KeyMissing) as error:
        raise NotNow(said(error)) from error
