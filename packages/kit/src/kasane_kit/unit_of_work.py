"""Joins a business change, its events and its audit entry into one transaction."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kasane_contracts import registry
from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.envelope import Envelope
from kasane_kit import audit, clock
from kasane_kit.auth import Actor, SessionKeeping, platform_actor
from kasane_kit.bus import Parcel, Sealer, outbox, parcels
from kasane_kit.db import Databases, gather_later, seals_of, write_now
from kasane_kit.db.tombstones import Tombstones, TombstonesBroken
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyMissing, KeyRing
from kasane_kit.meters import Meters
from kasane_kit.plugins import BreakerState, PluginHouse
from kasane_kit.tenancy import (
    ChosenSet,
    NoTowns,
    ProviderAccess,
    TownDirectory,
    chosen,
    current_municipality,
)
from kasane_kit.traces import Origin, Traces

log = logging.getLogger("kasane.plugins")


class UnrecordedChange(RuntimeError):
    """A change was about to be committed without an audit entry; it was rolled back."""


@dataclass(frozen=True)
class House:
    """What a process has, made once in ``runtime/compose.py`` and handed to everything.

    ``look_again`` is told that a town's chosen set of plugins moved. ``provider_access`` opens the
    towns' sign-in providers. ``traces`` tells a collector what belongs together, where there is one.
    """

    databases: Databases
    keys: KeyRing
    directory: TownDirectory
    plugins: PluginHouse
    wake: Callable[[str, str], None] = field(default=lambda _municipality, _service: None)
    prefectures: PluginHouse = field(default_factory=lambda: PluginHouse(NoTowns()))
    look_again: Callable[[str], None] = field(default=lambda _municipality: None)
    provider_access: ProviderAccess = field(default_factory=ProviderAccess)
    traces: Traces = field(default_factory=Traces)
    tombstone_folder: Path | None = None

    @property
    def tombstones(self) -> Tombstones:
        """What was destroyed for good; raises TombstonesBroken where this process was given no folder for it."""
        if self.tombstone_folder is None:
            raise TombstonesBroken(
                "this process has no folder for tombstones; nothing was destroyed; set KASANE_TOMBSTONES"
            )
        return Tombstones(self.tombstone_folder, self.keys)

    @property
    def meters(self) -> Meters:
        """What this process counts."""
        return self.plugins.meters

    @property
    def sealer(self) -> Sealer:
        """Opens personal fields of events; a unit of work seals them under the version of the key that is in use."""
        return Sealer(self.keys)

    def unseal(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """What lies directly under the open municipality's key; raises SealBroken and KeyMissing."""
        return self.keys.unseal(current_municipality(), purpose, sealed, place)


@dataclass(frozen=True)
class Cause:
    """Where work comes from: the thread it belongs to and the event that started it."""

    correlation_id: str = ""
    causation_id: str = ""


class UnitOfWork:
    """One transaction of one service in the open municipality.

    Use it as a context manager; leaving without ``commit()`` rolls everything back. ``connection`` is for the
    repository floor.
    """

    def __init__(
        self, house: House, service: str, actor: Actor, cause: Cause | None = None
    ) -> None:
        self._house = house
        self._service = service
        self.actor = actor
        self.municipality = current_municipality()
        self.correlation_id = (cause.correlation_id if cause else "") or new_id()
        self.causation_id = cause.causation_id if cause else ""
        self._said_at: datetime | None = None
        self._recorded = False
        self._chose = False
        self._said: list[Callable[[], None]] = []
        self._afterwards: list[Callable[[], None]] = []
        self._open: Any = None
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection of this unit; only inside the ``with`` block."""
        if self._connection is None:
            raise RuntimeError(
                "the unit of work is not open; nothing was read or written; use it in a with block"
            )
        return self._connection

    @property
    def sessions(self) -> SessionKeeping:
        """Begins and ends sessions with this unit; only in the service in which one signs in."""
        return SessionKeeping(self._house.databases, self.connection, self._afterwards.append)

    @property
    def said_at(self) -> datetime:
        """When what is being heard was said; this moment where nothing is heard.

        Who keeps a copy of others' facts dates it by this, so that the same events make the same copy again.
        """
        return self._said_at or clock.now()

    def hear(self, envelope: Envelope) -> None:
        """Takes the thread and the moment of an event; what is recorded from now on was caused by it."""
        self.correlation_id, self.causation_id = envelope.correlationid, envelope.id
        self._said_at = datetime.fromisoformat(envelope.time)

    def __enter__(self) -> "UnitOfWork":
        self._open = self._house.databases.writing(self._service)
        self._connection = self._open.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.rollback()
        except DBAPIError:
            if error is None:
                raise
        finally:
            self._open.__exit__(kind, error, trace)

    def record(self, action: str, object_kind: str, object_id: str, basis: str = "") -> None:
        """Writes an audit entry in this transaction and lets the portal's copy hear of it."""
        self.record_each(action, object_kind, (object_id,), basis)

    def record_each(
        self, action: str, object_kind: str, object_ids: Sequence[str], basis: str = ""
    ) -> None:
        """Writes an audit entry of its own for each object, at the cost of one."""
        drafts = [
            audit.draft(
                actor=self.actor.account_id,
                actor_name=self.actor.display_name,
                action=action,
                object_kind=object_kind,
                object_id=object_id,
                basis=basis,
                correlation_id=self.correlation_id,
                causation_id=self.causation_id,
            )
            for object_id in object_ids
        ]
        self._recorded = self._recorded or bool(drafts)
        for one in drafts:
            gather_later(self.connection, one, self._say)

    def publish(self, event: Any) -> None:
        """Writes an event into the outbox of this transaction, personal fields sealed; there is no other publish."""
        envelope = self._enveloped(event)
        gather_later(self.connection, outbox.written(envelope), self._say)
        self._said.append(
            self._house.traces.said(
                f"say {envelope.type}",
                Origin(envelope.correlationid, envelope.id),
                service=self._service,
                town=self.municipality,
                event=envelope.type,
            )
        )

    @property
    def sealer(self) -> Sealer:
        """Seals and opens the personal fields of events."""
        return Sealer(self._house.keys, self._version_in_use())

    @property
    def tombstones(self) -> Tombstones:
        """Where it is written down outside the databases what was destroyed."""
        return self._house.tombstones

    def key(self, purpose: str) -> bytes:
        """A key of 32 bytes of the open municipality for one purpose that never changes, for codes and digests."""
        return self._house.keys.derived(self.municipality, purpose)

    def name_of(self, municipality: str) -> str:
        """The name of a town of this installation; raises UnknownTown, a LookupError."""
        return self._house.directory.get(municipality).name

    def post(self, kind: str, to: str, body: Mapping[str, Any], subject: str = "") -> str:
        """Hands in a parcel for the same service of another town in this transaction; returns its id.

        Parcels about one ``subject`` keep their order, those about others go on without them.
        """
        parcel = Parcel(new_id(), kind, self.municipality, to, body, subject)
        parcels.hand_in(self.connection, parcel)
        return parcel.id

    def choose(self, plugins: ChosenSet) -> None:
        """Remembers the town's set in this transaction; this process asks it from the commit on."""
        chosen.remember(self.connection, plugins)
        self._chose = True

    def tell(self) -> None:
        """Lets the process go on with what was committed: the relay, and a set of plugins that moved."""
        if self._chose:
            self._house.look_again(self.municipality)
        for told in self._said:
            told()
        self._said.clear()
        self._house.wake(self.municipality, self._service)

    def seal(self, purpose: str, content: bytes, place: str) -> bytes:
        """The content under the town's key for a purpose; it opens only for the same purpose and place.

        The column in which it is kept is named in ``Service.under_town_key``. Raises KeyMissing.
        """
        keys, version = self._house.keys, self._version_in_use()
        return keys.seal(self.municipality, purpose, content, place, version)

    def unseal(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """What ``seal`` was given, under whichever version of the key; raises SealBroken and KeyMissing."""
        return self._house.keys.unseal(self.municipality, purpose, sealed, place)

    def commit(self) -> None:
        """Makes everything permanent at once; raises UnrecordedChange when no audit entry was written."""
        if not self._recorded:
            raise UnrecordedChange(
                f"{self._service}: nothing was saved because no audit entry was recorded"
            )
        write_now(self.connection)
        self.connection.commit()
        for step in self._afterwards:
            step()
        self.tell()

    def _version_in_use(self) -> int:
        return seals_of(self.connection).version_in_use(self.connection)

    def _say(self, said: list[audit.Draft | outbox.Written]) -> None:
        """Gives entries their places behind the end of the trail; they and the events go to the outbox in turn."""
        entered = iter(
            audit.enter(
                self.connection,
                self._house.keys.derived(self.municipality, "audit"),
                [one for one in said if isinstance(one, audit.Draft)],
            )
        )
        outbox.append_written(
            self.connection,
            [
                outbox.written(self._entry_told(next(entered)))
                if isinstance(one, audit.Draft)
                else one
                for one in said
            ],
        )

    def _entry_told(self, entry: audit.Entry) -> Envelope:
        told = AuditEntryRecorded(
            entry_id=entry.entry_id,
            service=self._service,
            position=entry.position,
            at=entry.at,
            actor=entry.actor,
            actor_name=entry.actor_name,
            action=entry.action,
            object_kind=entry.object_kind,
            object_id=entry.object_id,
            basis=entry.basis,
            correlation_id=entry.correlation_id,
            causation_id=entry.causation_id,
        )
        return self._enveloped(told, Cause(entry.correlation_id, entry.causation_id))

    def _enveloped(self, event: Any, cause: Cause | None = None) -> Envelope:
        cause = cause or Cause(self.correlation_id, self.causation_id)
        entry = registry.type_of(event)
        event_id = new_id()
        data = registry.dump(event)
        return Envelope(
            id=event_id,
            source=self._service,
            type=entry.type,
            subject=str(data[entry.subject_field]),
            time=clock.now().isoformat(),
            municipality=self.municipality,
            actor=self.actor.account_id,
            correlationid=cause.correlation_id,
            causationid=cause.causation_id,
            dataschema=f"{entry.type}.json",
            data=self.sealer.seal(self.municipality, entry.type, event_id, data),
        )


@contextmanager
def reading(house: House, service: str) -> Iterator[Connection]:
    """A connection for queries of a service in the open municipality."""
    with house.databases.reading(service) as connection:
        yield connection


def record_plugin_changes(house: House, service: str) -> None:
    """Writes into the trail of the open municipality what was left alone or asked again since the last time.

    Call it when no unit of work is open. What cannot be written is logged; nobody's work fails by it.
    """
    changes = house.plugins.changes(current_municipality())
    if not changes:
        return
    try:
        with UnitOfWork(house, service, platform_actor(service, current_municipality())) as uow:
            for change in changes:
                opened = change.state is BreakerState.OPEN
                uow.record(
                    "plugin.left_alone" if opened else "plugin.asked_again",
                    "plugin",
                    f"{change.plugin} {change.hook}".strip(),
                    change.reason[:200],
                )
            uow.commit()
    except (DBAPIError, KeyMissing):
        log.exception("%s: the change of a plugin was not written into the trail", service)
