"""Takes events in for one service: tells duplicate, next and gap apart and repairs from the log."""

import logging
import threading
from collections.abc import Sequence
from contextvars import Context
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope, MalformedEnvelope
from kasane_kit import clock
from kasane_kit.bus import (
    DeadLetter,
    Message,
    MessageCodes,
    ParkingReason,
    cursor,
    dead_letters,
    outbox,
)
from kasane_kit.bus.cursor import Cursor, Place
from kasane_kit.bus.messages import LARGEST_MESSAGE_BYTES, read_message
from kasane_kit.db import is_outage
from kasane_kit.delivery.applying import Applying, NotNow, outages_wait, sentence_of
from kasane_kit.delivery.outcomes import NotDelivered, NotParked, Outcome, Stream, streams_of
from kasane_kit.keys import KeyMissing
from kasane_kit.logs import said
from kasane_kit.service import Service
from kasane_kit.tenancy import HOST, current_municipality, municipality_scope
from kasane_kit.unit_of_work import House

log = logging.getLogger("kasane.delivery")

BATCH = 500
TOGETHER = 1000
"""So many events that came by messages share a transaction; a turn of the transport brings fewer."""
OLDEST_MESSAGE = timedelta(days=7)
PATIENT = -1.0
"""Waits for its turn, however long."""
SHORT = 0.05
"""How long a message waits for its turn before it is left to the log."""


class Delivery:
    """Applies events to one service. Safe to call from several threads and processes."""

    def __init__(
        self, service: Service, house: House, oldest: timedelta | None = OLDEST_MESSAGE
    ) -> None:
        """``oldest`` is how old a message may be; what is older is read from the log instead."""
        self._service = service
        self._house = house
        self._oldest = oldest
        self._producers = frozenset(entry.producer for entry in registry.all_events())
        self._applying = Applying(service, house)
        self._codes = MessageCodes(house.keys)
        self._turns: dict[str, threading.Lock] = {}
        self._known: dict[tuple[str, str, str], int] = {}

    def deliver(self, envelopes: Sequence[Envelope]) -> None:
        """Applies what comes next, skips what was applied, fetches what is missing from the log.

        Returns when the service has committed its place behind the last of them. Raises
        NotDelivered naming the streams that wait, after the others were applied, and NotParked.
        """
        placed = []
        for envelope in envelopes:
            fault = self._fault_of(envelope)
            if fault is None:
                placed.append(envelope)
            else:
                self._park_on_host(envelope.to_json(), *fault, envelope)
        self._deliver_placed(placed, PATIENT)

    def _deliver_placed(self, placed: Sequence[Envelope], patience: float) -> set[Stream]:
        """Returns the streams that are not finished because they are somebody's turn, or too far behind."""
        waiting: dict[Stream, str] = {}
        unfinished: set[Stream] = set()
        for municipality, producer, batch in streams_of(placed):
            try:
                with municipality_scope(municipality):
                    if not self._take(producer, batch, patience):
                        unfinished.add((municipality, producer))
            except NotNow as error:
                waiting[municipality, producer] = str(error)
        if waiting:
            sentences = "; ".join(sorted(set(waiting.values())))
            raise NotDelivered(
                f"{self._service.name}: {sentences}", tuple(waiting), unfinished=tuple(unfinished)
            )
        return unfinished

    def deliver_messages(self, messages: Sequence[Message]) -> Outcome:
        """Like ``deliver`` for what a transport brought; tells instead of raising.

        What is not an envelope is parked with its reason and stops none of the others. A message without the code
        of its municipality, or larger than any that the house sends, is not applied and not parked: what it
        pretends to bring is in the producer's log. One that is stale is not applied either: its streams are
        ``unfinished``, and what they have beyond the cursor is read from the log.
        """
        unparked: list[int] = []
        collected: list[Envelope] = []
        waiting: set[Stream] = set()
        stale: set[Stream] = set()
        for position, message in enumerate(messages):
            if len(message.body) > LARGEST_MESSAGE_BYTES:
                log.error(
                    "%s: a message of %d bytes was not opened; it goes to the broker's dead letters",
                    *(self._service.name, len(message.body)),
                )
                self._house.meters.forged.labels(self._service.name).inc()
                unparked.append(position)
                continue
            good, bad = read_message(message.body)
            try:
                if good and not self._is_authentic(good, message):
                    log.error(
                        "%s: a message for %s does not carry its code; it goes to the broker's dead letters",
                        self._service.name,
                        good[0].municipality,
                    )
                    self._house.meters.forged.labels(self._service.name).inc()
                    unparked.append(position)
                    continue
                if good and self._is_stale(good):
                    self._house.meters.stale.labels(self._service.name).inc()
                    stale.update(
                        (one.municipality, one.source)
                        for one in good
                        if self._fault_of(one) is None
                    )
                    continue
                for body, problems in bad:
                    self._park_on_host(body, ParkingReason.NOT_AN_ENVELOPE, problems, None)
                for envelope in good:
                    fault = self._fault_of(envelope)
                    if fault is None:
                        collected.append(envelope)
                    else:
                        self._park_on_host(envelope.to_json(), *fault, envelope)
            except KeyMissing as error:
                log.warning("%s: %s", self._service.name, error)
                waiting.update((one.municipality, one.source) for one in good)
            except NotParked as error:
                log.error("%s; the message goes to the broker's dead letters", error)
                unparked.append(position)
        try:
            unfinished = frozenset(self._deliver_placed(collected, SHORT))
        except NotDelivered as error:
            log.warning("%s", error)
            waiting |= error.streams
            unfinished = error.unfinished
        return Outcome(tuple(unparked), frozenset(waiting), unfinished | stale)

    def _is_stale(self, envelopes: Sequence[Envelope]) -> bool:
        """Whether even the newest of them is older than a message may be."""
        if self._oldest is None:
            return False
        oldest = clock.now() - self._oldest
        return all(datetime.fromisoformat(one.time) < oldest for one in reversed(envelopes))

    def _is_authentic(self, envelopes: Sequence[Envelope], message: Message) -> bool:
        """Whether one municipality speaks and it is the one whose code the message has; raises KeyMissing.

        A town that this process does not serve has no key here, and its events are only parked.
        """
        municipality = envelopes[0].municipality
        if any(envelope.municipality != municipality for envelope in envelopes):
            return False
        try:
            return self._codes.fits(municipality, message)
        except KeyMissing:
            if self._fault_of(envelopes[0]) is None:
                raise
            return True

    def behind(self, municipality: str, producers: Sequence[str]) -> list[str]:
        """The producers whose logs do not end where this service stands; the look keeps no connection.

        Raises NotDelivered naming all of them.
        """
        databases = self._house.databases
        try:
            with municipality_scope(municipality), outages_wait():
                with databases.glancing_at_logs(producers) as log_of:
                    heads = {producer: outbox.heads(log_of(producer)) for producer in producers}
                with databases.glancing(self._service.name) as connection:
                    places = {
                        (one.producer, one.epoch): one.sequence for one in cursor.all_of(connection)
                    }
        except NotNow as error:
            raise NotDelivered(
                f"{self._service.name}: {error}", [(municipality, one) for one in producers]
            ) from error
        return [
            producer
            for producer in producers
            if any(places.get((producer, one.epoch), 0) != one.sequence for one in heads[producer])
        ]

    def catch_up(self, municipality: str, producer: str, most: int = 0) -> int:
        """Applies what the producer's log has beyond this service's cursors; returns how many.

        This is what makes a wiped broker harmless: heads are compared with cursors at start and
        while idle. With ``most`` it stops when so many were applied or more, and others have their turn.
        Raises NotDelivered.
        """
        try:
            with municipality_scope(municipality):
                return self._catch_up(producer, most)
        except NotNow as error:
            raise NotDelivered(
                f"{self._service.name}: {error}", [(municipality, producer)]
            ) from error

    def requeue(self, letter_id: str) -> int:
        """Applies a parked event and those that waited behind it, in order; returns how many.

        Works in the open municipality. Stops at the first that still fails: that one stays with
        the new reason, and so do the later ones. Of a message that was parked beside every stream
        nothing is applied but what its producer's log has; otherwise it stays. Raises NotDelivered.
        """
        with self._house.databases.reading(self._service.name) as connection:
            letter = dead_letters.find(connection, letter_id)
        if letter is None:
            return 0
        if letter.reason in dead_letters.OUTSIDE:
            return self._judge_anew(letter)
        done = 0
        with self._turn(current_municipality()):
            while self._requeue_first(letter):
                done += 1
        return done

    def _requeue_first(self, like: DeadLetter) -> bool:
        """Applies the first letter of a subject; False when none is left or it still fails."""
        envelope = Envelope.from_json(like.body)
        try:
            with self._applying.unit(envelope) as unit:
                # Its lock: a delivery that asks whether the subject is parked waits for this.
                cursor.read(unit.connection, envelope.source, envelope.epoch, for_update=True)
                first = next(iter(dead_letters.letters_of_subject(unit.connection, like)), None)
                if first is None:
                    return False
                like, envelope = first, Envelope.from_json(first.body)
                self._applying.say(envelope, self._applying.decode(envelope), unit)
                dead_letters.remove(unit.connection, first.id)
                dead_letters.forget_attempts(unit.connection, envelope.id)
                unit.record(f"{self._service.name}.dead_letter.requeued", "dead_letter", first.id)
                unit.commit()
        except Exception as error:
            if is_outage(error):
                raise NotDelivered(f"{self._service.name}: {said(error)}") from error
            log.warning(
                "%s: %s %s still fails", self._service.name, envelope.type, like.id, exc_info=True
            )
            with self._house.databases.writing(self._service.name) as connection:
                dead_letters.explain(connection, like.id, sentence_of(error))
                connection.commit()
            return False
        return True

    def _judge_anew(self, letter: DeadLetter) -> int:
        good, bad = read_message(letter.body)
        if bad or any(self._fault_of(envelope) for envelope in good):
            return 0
        # The letter lies with the host, the event belongs to its own town: leave this scope for it.
        made_up = [one for one in good if not Context().run(self._comes_by_the_log, one)]
        with self._house.databases.writing(self._service.name) as connection:
            if made_up:
                never = (
                    f"{letter.producer} never said it: what is in its log was applied, this was not"
                )
                dead_letters.explain(connection, letter.id, never)
            else:
                dead_letters.remove(connection, letter.id)
            connection.commit()
        return 0 if made_up else len(good)

    def _comes_by_the_log(self, envelope: Envelope) -> bool:
        """Applies what the producer's log has, and tells whether this event is among it.

        A letter has no code any more by which one could see who sent it, so nothing is taken from itself.
        """
        self.catch_up(envelope.municipality, envelope.source)
        with (
            municipality_scope(envelope.municipality),
            self._house.databases.reading_log(envelope.source) as connection,
        ):
            said = outbox.read_log(connection, envelope.epoch, envelope.sequence - 1, 1)
        return bool(said) and (said[0].id, said[0].sequence) == (envelope.id, envelope.sequence)

    def _fault_of(self, envelope: Envelope) -> tuple[ParkingReason, str] | None:
        """Why an envelope has no place in any stream of this process, or None."""
        producer = envelope.source
        if not envelope.epoch or envelope.sequence < 1:
            return ParkingReason.NOT_AN_ENVELOPE, "the event has no place in its producer's log"
        speaker = envelope.type.partition(".")[0]
        if producer not in self._producers or speaker not in (producer, "audit"):
            return ParkingReason.NOT_AN_ENVELOPE, f"{producer} does not say {envelope.type}"
        town = envelope.municipality
        if town != HOST and not self._house.directory.serves(town):
            return ParkingReason.TOWN_NOT_SERVED, f"{town} is not served by this process"
        return None

    def _turn(self, municipality: str) -> threading.Lock:
        """Threads of this process take turns within a town; those of others wait for the cursor's row."""
        return self._turns.setdefault(municipality, threading.Lock())

    def _take(self, producer: str, batch: Sequence[Envelope], patience: float) -> bool:
        """False when it has to be gone on with later: another thread is at it, or the gap is long."""
        turn = self._turn(batch[0].municipality)
        if not turn.acquire(timeout=patience):
            return False
        try:
            self._applying.check_tables()
            return self._take_in_turn(producer, batch, patience)
        finally:
            turn.release()

    def _take_in_turn(self, producer: str, batch: Sequence[Envelope], patience: float) -> bool:
        epoch, last = batch[0].epoch, batch[-1].sequence
        stream = (batch[0].municipality, producer, epoch)
        place = Cursor(producer, epoch, self._known.get(stream, -1))
        if batch[0].sequence != place.sequence + 1:
            with outages_wait(), self._house.databases.reading(self._service.name) as connection:
                place = cursor.read(connection, producer, epoch)
        wanted = [envelope for envelope in batch if place.place(envelope) is not Place.PASSED]
        if not wanted:
            return True
        first = wanted[0].sequence
        if first == place.sequence + 1 and last - first == len(wanted) - 1:
            for start in range(0, len(wanted), TOGETHER):
                place = self._apply(producer, wanted[start : start + TOGETHER])
        began = place.sequence
        while place.sequence < last:
            if patience != PATIENT and place.sequence - began >= BATCH:
                return False
            missing = self._missing(producer, epoch, place.sequence)
            if not missing:
                beyond = [envelope for envelope in wanted if envelope.sequence > place.sequence]
                self._park_beyond_the_log(beyond, place)
                return True
            self._count_repairs(producer, place, missing)
            place = self._apply(producer, missing)
        return True

    def _apply(self, producer: str, batch: Sequence[Envelope]) -> Cursor:
        place = self._applying.apply(producer, batch)
        # So the next batch need not ask first; whether it is the next is seen under the cursor's lock.
        self._known[batch[0].municipality, producer, place.epoch] = place.sequence
        return place

    def _count_repairs(self, producer: str, place: Cursor, missing: Sequence[Envelope]) -> None:
        read = sum(1 for envelope in missing if envelope.sequence > place.sequence)
        self._house.meters.repaired.labels(
            self._service.name, missing[0].municipality, producer
        ).inc(read)

    def _catch_up(self, producer: str, most: int) -> int:
        self._applying.check_tables()
        applied = 0
        with outages_wait(), self._house.databases.reading_log(producer) as connection:
            heads = outbox.heads(connection)
        for head in heads:
            with outages_wait(), self._house.databases.reading(self._service.name) as connection:
                place = cursor.read(connection, producer, head.epoch)
            if place.sequence > head.sequence and head is heads[-1]:
                log.error(
                    "%s has applied event %d of %s, whose log ends at %d. Nothing new of it is "
                    "applied. If it was restored from a backup, see docs/operations/back-up.md",
                    *(self._service.name, place.sequence, producer, head.sequence),
                )
            while place.sequence < head.sequence:
                if most and applied >= most:
                    return applied
                missing = self._missing(producer, head.epoch, place.sequence)
                if not missing:
                    break
                applied += missing[-1].sequence - place.sequence
                self._count_repairs(producer, place, missing)
                with self._turn(current_municipality()):
                    place = self._apply(producer, missing)
        return applied

    def _missing(self, producer: str, epoch: str, after: int) -> Sequence[Envelope]:
        with outages_wait(), self._house.databases.reading_log(producer) as connection:
            try:
                return outbox.read_log(connection, epoch, after, BATCH)
            except MalformedEnvelope as error:
                raise NotNow(
                    f"the log of {producer} behind {after} is not readable: {said(error)}"
                ) from error

    def _park_beyond_the_log(self, beyond: Sequence[Envelope], place: Cursor) -> None:
        """Keeps what claims numbers that its producer never gave; the cursor stays where it is."""
        detail = f"the log of {place.producer} ends at {place.sequence}"
        with outages_wait(), self._house.databases.writing(self._service.name) as connection:
            for envelope in beyond:
                dead_letters.park_envelope(
                    connection, envelope, ParkingReason.BEYOND_THE_LOG, detail
                )
            connection.commit()
        self._house.meters.parked.labels(
            self._service.name, beyond[0].municipality, ParkingReason.BEYOND_THE_LOG.value
        ).inc(len(beyond))

    def _park_on_host(
        self, body: str, reason: ParkingReason, detail: str, envelope: Envelope | None
    ) -> None:
        def park() -> None:
            with (
                municipality_scope(HOST),
                self._house.databases.writing(self._service.name) as connection,
            ):
                text = body.replace("\x00", "\\x00")
                dead_letters.park(connection, text, reason, detail, envelope)
                connection.commit()

        try:
            # The message has no town here, so the scope that happens to be open is not its own.
            Context().run(park)
            self._house.meters.parked.labels(self._service.name, HOST, reason.value).inc()
        except (DBAPIError, OSError, ValueError, KeyMissing) as error:
            raise NotParked(f"{self._service.name}: {reason}: {said(error)}") from error
