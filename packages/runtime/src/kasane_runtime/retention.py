"""Records whose time is over: what was destroyed, what of it is left, and what a restored backup brings back."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.db.shredding import shredded_record, sweep
from kasane_kit.db.tombstones import Tombstone
from kasane_kit.shredding import OBJECT
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_runtime.compose import Composition

BURY = "bury"


def apply_tombstones(
    composition: Composition, house: House, town: str, services: Sequence[str]
) -> Iterator[tuple[Tombstone, int]]:
    """Destroys in the services of a house what a restored backup brought back; yields how many tables still spoke.

    Raises TombstonesBroken before anything is changed. Done again it finds nothing.
    """
    stones = house.tombstones.all(town)
    with municipality_scope(town):
        for stone in stones:
            spoke = 0
            for name in services:
                part = composition.services[name].shreds
                if part is None:
                    continue
                with UnitOfWork(house, name, platform_actor(name, town)) as uow:
                    left = part.left_over(uow.connection, uow.sealer, stone.records)
                    spoke += len(left)
                    part.destroy(uow.connection, uow.sealer, stone.shredding_id, stone.records)
                    if left:
                        uow.record("records.shredded", OBJECT, stone.shredding_id, "tombstone")
                        uow.commit()
                    else:
                        uow.connection.commit()
            for name in services:
                bury = composition.services[name].commands.get(BURY)
                if bury is not None:
                    bury(house, town, stone)
            yield stone, spoke
        for name in services:
            with house.databases.writing(name) as connection:
                sweep(connection, clock.now())


def left_over(composition: Composition, town: str) -> Iterator[tuple[Tombstone, str, str, int]]:
    """What of destroyed records can still be read: tombstone, service, table, how many rows."""
    house = composition.house
    with municipality_scope(town):
        for stone in house.tombstones.all(town):
            for name, service in composition.services.items():
                if service.shreds is None:
                    continue
                with house.databases.reading(name) as connection:
                    found = service.shreds.left_over(connection, house.sealer, stone.records)
                for table, rows in found.items():
                    yield stone, name, table, rows


def without_tombstone(composition: Composition, town: str) -> Sequence[str]:
    """Shreddings that a service remembers and of which no tombstone is written down."""
    house = composition.house
    written = {stone.shredding_id for stone in house.tombstones.all(town)}
    known: set[str] = set()
    with municipality_scope(town):
        for name in composition.services:
            with house.databases.reading(name) as connection:
                known.update(connection.scalars(select(shredded_record.c.shredding_id).distinct()))
    return sorted(known - written)


def swept(composition: Composition, town: str) -> Iterator[str]:
    """Rewrites the town's SQLite files in which something was destroyed; names the services."""
    with municipality_scope(town):
        for name in composition.services:
            with composition.house.databases.writing(name) as connection:
                if sweep(connection, clock.now()):
                    yield name


def brought_back(stones: Sequence[Tombstone], made_at: str) -> int:
    """How many records a backup of a moment still holds that were destroyed since."""
    moment = datetime.fromisoformat(made_at)
    return sum(1 for stone in stones if datetime.fromisoformat(stone.at) >= moment)
