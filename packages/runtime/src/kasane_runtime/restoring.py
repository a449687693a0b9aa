"""What belongs to a restored copy before it takes the town's place: nothing in it may stand for two things.

Whoever knows more than the copy is found here, and told.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, Table, select
from sqlalchemy.exc import DBAPIError

from kasane_kit.audit.tables import audit_entry, audit_head
from kasane_kit.auth import platform_actor
from kasane_kit.auth.sessions import KEEPER, end_every_session
from kasane_kit.bus import cursor, outbox
from kasane_kit.bus.tables import parcel_in, parcel_out
from kasane_kit.db import Databases, RestoreCutOff
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime.backup_manifest import Manifest
from kasane_runtime.compose import HOST_SERVICE, Composition
from kasane_runtime.retention import apply_tombstones

NUMBERS_LEFT_OUT = 1000
NUMBERS_GIVEN, AFTER_RESTORE, ACTS_BEHIND = "numbers_given", "after_restore", "acts_behind"
_UNREADABLE = (DBAPIError, OSError, KeyMissing, RestoreCutOff)


@dataclass(frozen=True)
class Ahead:
    """A service that has applied events which the restored one no longer knows that it said."""

    consumer: str
    producer: str
    known: int
    applied: int

    @property
    def sentence(self) -> str:
        """What to tell the operator."""
        return (
            f"{self.consumer} は {self.producer} の出来事を {self.applied} 番まで反映していますが、戻した "
            f"{self.producer} にあるのは {self.known} 番までです。{self.applied - self.known} 件を確かめてください。 / "
            f"{self.consumer} has applied {self.producer} up to {self.applied}, which ends at {self.known}"
        )


@dataclass(frozen=True)
class Settled:
    """What a restore has to say: who is ahead of the backup, which acts it does not know, which parcels."""

    ahead: tuple[Ahead, ...] = ()
    acts: tuple[str, ...] = ()
    parcels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Line by line; what somebody has to look at begins with △."""
        yield from (f"○ {one}" for one in self.services)
        yield from (f"△ {one.sentence}" for one in self.ahead)
        yield from (f"△ {one}" for one in (*self.acts, *self.parcels))
        if not (self.ahead or self.acts or self.parcels):
            yield "控えより先へ進んでいるものはありません。 / Nobody is ahead of the backup."


def settle_copy(
    composition: Composition,
    copy: Databases,
    manifest: Manifest,
    services: Sequence[str],
    left_out: int = NUMBERS_LEFT_OUT,
) -> Settled:
    """Makes a restored copy fit to take the place of what is there now, of which nothing is changed.

    Every restored service begins a new epoch, leaves a line of the restore on its trail, and does what it
    declares as ``after_restore``, told what was given out since as far as the replaced database can be read.
    """
    town = manifest.town
    house = replace(composition.house, databases=copy, wake=lambda _municipality, _service: None)
    acts = tuple(_lost_acts(composition, copy, town, services))
    ahead = begin_anew(composition, copy, town, services)
    said: list[str] = []
    with municipality_scope(town):
        for service in services:
            with UnitOfWork(house, service, platform_actor(service, town)) as uow:
                uow.record(f"{service}.town.restored", "backup", manifest.id, manifest.made_at)
                uow.commit()
    for stone, spoke in apply_tombstones(composition, house, town, services):
        if spoke:
            said.append(
                f"{town}: 保存期間が終わった記録 {stone.shredding_id} を、戻した控えからも消しました。"
                " / destroyed again in what was restored"
            )
    for service in services:
        declared = composition.services[service].commands
        if AFTER_RESTORE in declared:
            lines = declared[AFTER_RESTORE](
                house,
                town,
                made_at=manifest.made_at,
                left_out=left_out,
                given=_given(composition, service, town),
            )
            said += [f"{town} {service}: {line}" for line in lines]
    return Settled(ahead, acts, tuple(_parcels(composition, copy, town, services)), tuple(said))


def begin_anew(
    composition: Composition, copy: Databases, town: str, services: Sequence[str]
) -> tuple[Ahead, ...]:
    """Opens a new epoch for each restored service and returns who is ahead of what it says now.

    What waited for its number at the moment of the backup gets it in the old epoch first, as it got it then:
    who has applied it already passes it over. Run again it opens another epoch and finds nobody ahead.
    Everybody signs in again: an account may be as it was before it was closed.
    """
    live = composition.house.databases
    found: list[Ahead] = []
    with municipality_scope(town):
        if KEEPER in composition.services:
            end_every_session(copy)
        for producer in services:
            with copy.writing(producer) as connection:
                while outbox.number(connection):
                    pass
                head = outbox.head(connection)
                outbox.begin_epoch(connection)
                connection.commit()
            if head is None:
                continue
            for consumer in composition.services:
                there = copy if consumer in services else live
                applied = _applied(there, consumer, producer, head.epoch)
                if applied > head.sequence:
                    found.append(Ahead(consumer, producer, head.sequence, applied))
    return tuple(found)


def _applied(databases: Databases, consumer: str, producer: str, epoch: str) -> int:
    """How far a consumer has come; 0 for one whose database cannot be read."""
    with suppress(*_UNREADABLE), databases.reading(consumer) as connection:
        return cursor.read(connection, producer, epoch).sequence
    return 0


def _given(composition: Composition, service: str, town: str) -> Mapping[int, int]:
    """The numbers that the database which is replaced gave out last; nothing where it cannot be read."""
    declared = composition.services[service].commands
    if NUMBERS_GIVEN in declared:
        with suppress(*_UNREADABLE):
            return dict(declared[NUMBERS_GIVEN](composition.house, town))
    return {}


def _lost_acts(
    composition: Composition, copy: Databases, town: str, services: Sequence[str]
) -> Iterator[str]:
    """What was done behind the backup: by the trail that is replaced, else by the portal's copy of it."""
    live = composition.house
    for service in services:
        with municipality_scope(town), copy.reading(service) as connection:
            position = connection.scalar(select(audit_head.c.position)) or 0
        try:
            with municipality_scope(town), live.databases.reading(service) as connection:
                acts = _acts(connection, position)
        except _UNREADABLE:
            try:
                acts = composition.services[HOST_SERVICE].commands[ACTS_BEHIND](
                    live, town, service=service, position=position
                )
            except (*_UNREADABLE, KeyError):
                yield (
                    f"{service}: 置きかえる前のデータベースが読めないので、控えのあとの行いは分かりません。"
                    " / what is replaced cannot be read, so nobody knows what was done behind the backup"
                )
                continue
        yield from (f"{service}: {act}" for act in acts)


def _acts(connection: Connection, position: int) -> tuple[str, ...]:
    entry = audit_entry.c
    rows = connection.execute(
        select(entry.at, entry.actor_name, entry.action, entry.object_kind, entry.object_id)
        .where(entry.position > position)
        .order_by(entry.position)
    )
    return tuple(" ".join(row) for row in rows)


def _parcels(
    composition: Composition, copy: Databases, town: str, services: Sequence[str]
) -> Iterator[str]:
    """Parcels of which the restored town and another one know different things; on its way one arrives by itself."""
    others = [one.code for one in composition.directory.towns() if one.code != town]
    carrying = [name for name in services if composition.services[name].parcels]
    for service in carrying:
        with municipality_scope(town), copy.reading(service) as connection:
            sent = set(connection.scalars(select(parcel_out.c.id)))
            taken = set(connection.scalars(select(parcel_in.c.id)))
        for other in others:
            try:
                with (
                    municipality_scope(other),
                    composition.house.databases.reading(service) as connection,
                ):
                    got = _of(connection, parcel_in, parcel_in.c.from_municipality == town)
                    gave = _of(
                        connection,
                        parcel_out,
                        parcel_out.c.to_municipality == town,
                        parcel_out.c.carried_at.is_not(None),
                    )
            except _UNREADABLE:
                yield (
                    f"{service}: {other} の小包は確かめられませんでした。 / "
                    f"the parcels of {other} could not be compared"
                )
                continue
            for number, kind in sorted(got.items()):
                if number not in sent:
                    yield (
                        f"{service}: {other} は {town} の小包 {number}（{kind}）を受け取っていますが、戻した {town} は"
                        f"出したことを知りません。 / {other} has taken a parcel that {town} does not know that it sent"
                    )
            for number, kind in sorted(gave.items()):
                if number not in taken:
                    yield (
                        f"{service}: {other} の小包 {number}（{kind}）は届いて空になりましたが、"
                        f"戻した {town} にはありません。{other} からもう一度送ってください。"
                        f" / {other} has to send again what {town} lost"
                    )


def _of(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> dict[str, str]:
    rows = connection.execute(select(table.c.id, table.c.kind).where(*conditions))
    return {row.id: row.kind for row in rows}
