"""Lets a service hear its producers' logs again into a copy of its tables; nothing is said or recorded by it."""

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from kasane_contracts.envelope import Envelope
from kasane_kit.auth import platform_actor
from kasane_kit.bus import cursor, outbox
from kasane_kit.bus.cursor import Cursor
from kasane_kit.delivery.applying import Applying, sentence_of
from kasane_kit.keys import KeyMissing
from kasane_kit.service import Service
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import House, UnitOfWork

KEPT_EVERY = 2000

Progress = Callable[[int], None]


class LogIncomplete(RuntimeError):
    """A producer's log does not hold what the service has applied of it; nothing was replayed."""


class NotReplayed(RuntimeError):
    """An event that the service once applied cannot be applied now."""


class _Silent(UnitOfWork):
    """A unit of work on the copy: the acts of long ago were recorded when they were done."""

    def __init__(self, house: House, service: str, connection: Connection) -> None:
        super().__init__(house, service, platform_actor(service, current_municipality()))
        self._connection = connection

    def record_each(
        self, action: str, object_kind: str, object_ids: Sequence[str], basis: str = ""
    ) -> None:
        """Leaves the trail as it is."""

    def publish(self, event: object) -> None:
        """Nobody may hear of it twice."""
        raise RuntimeError(
            f"{type(event).__name__} was not said: a subscriber that fills read models says nothing"
        )

    def _version_in_use(self) -> int:
        # The copy has no keys: what is put right from it is sealed where it goes.
        return 1


class Replay:
    """Applies logs in the order in which things were said, in the open municipality."""

    def __init__(self, service: Service, house: House) -> None:
        self._service = service
        self._house = house
        self._applying = Applying(service, house)

    def check_logs(self, wanted: Sequence[Cursor]) -> None:
        """Raises LogIncomplete where a log has not everything up to a cursor."""
        for place in wanted:
            with self._house.databases.reading_log(place.producer) as log:
                kept = outbox.whole_up_to(log, place.epoch)
            if kept < place.sequence:
                raise LogIncomplete(
                    f"the log of {place.producer} in {current_municipality()} holds {kept} of the "
                    f"{place.sequence} events that {self._service.name} has applied; nothing was "
                    "changed; restore that log from its backup and try again"
                )

    def catch_up(
        self,
        copy: Connection,
        wanted: Sequence[Cursor],
        leave_out: Collection[str],
        put_aside: Callable[[Envelope], None],
        told: Progress = lambda _applied: None,
    ) -> int:
        """Brings the copy and its cursors to the wanted places; returns how many events were applied.

        Events of ``leave_out`` are handed to ``put_aside`` instead. Commits now and then: after a stop the
        next call goes on from there. Raises NotReplayed.
        """
        places = {
            (one.producer, one.epoch): cursor.read(copy, one.producer, one.epoch, for_update=True)
            for one in wanted
        }
        streams = [
            self._read(places[one.producer, one.epoch], one.sequence)
            for one in wanted
            if places[one.producer, one.epoch].sequence < one.sequence
        ]
        applied = 0
        reached = dict(places)
        for envelope in heapq.merge(*streams, key=_said_at):
            if envelope.id in leave_out:
                put_aside(envelope)
            else:
                self.apply(copy, envelope)
            key = (envelope.source, envelope.epoch)
            reached[key] = Cursor(*key, envelope.sequence)
            applied += 1
            if applied % KEPT_EVERY == 0:
                _keep(copy, places, reached)
                places = dict(reached)
                copy.commit()
                told(applied)
        for one in wanted:
            reached[one.producer, one.epoch] = max(
                one, reached[one.producer, one.epoch], key=lambda place: place.sequence
            )
        _keep(copy, places, reached)
        copy.commit()
        return applied

    def apply(self, copy: Connection, envelope: Envelope) -> None:
        """Applies one event to the copy; raises NotReplayed."""
        try:
            event = self._applying.decode(envelope)
            self._applying.say(envelope, event, _Silent(self._house, self._service.name, copy))
        except KeyMissing:
            raise
        except Exception as error:
            raise NotReplayed(
                f"event {envelope.sequence} of {envelope.source} ({envelope.type}, {envelope.id}) in "
                f"{envelope.municipality} was not applied: {sentence_of(error)}; nothing was changed"
            ) from error

    def _read(self, place: Cursor, to: int) -> Iterator[Envelope]:
        after = place.sequence
        while True:
            with self._house.databases.reading_log(place.producer) as log:
                found = outbox.read_log_of(log, place.epoch, after, to, self._applying.types)
            yield from found
            if not found:
                return
            after = found[-1].sequence


def _said_at(envelope: Envelope) -> datetime:
    return datetime.fromisoformat(envelope.time)


def _keep(
    copy: Connection, before: dict[tuple[str, str], Cursor], after: dict[tuple[str, str], Cursor]
) -> None:
    for key, place in after.items():
        if place.sequence > before[key].sequence:
            cursor.advance(copy, before[key], place.sequence)
