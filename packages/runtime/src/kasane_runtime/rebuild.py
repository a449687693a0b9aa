"""Makes the read models of a service again from the logs while the house goes on working.

The logs are heard again into a copy beside the service's database, up to where its cursors are. Then one
transaction stops the cursors, lets the copy hear the last few events and puts what differs in its place.
Until that commit nothing of the service was touched, so a stop at any moment costs only time: the next
call goes on with the copy.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kasane_kit.auth import platform_actor
from kasane_kit.bus import cursor, dead_letters
from kasane_kit.bus.cursor import Cursor
from kasane_kit.db import RestoreCutOff, is_outage
from kasane_kit.delivery import LogIncomplete, NotReplayed, Replay
from kasane_kit.keys import KeyMissing
from kasane_kit.service import Service
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_runtime.compose import Composition
from kasane_runtime.rebuild_copy import Copy, Keys, differing, forget, put_right

# While more than so many events come in during one round, another round is made before the cursors stop.
FEW = 200
MOST_ROUNDS = 5
_ONE_AT_A_TIME = 7_206_010_602

Say = Callable[[str], None]


class RebuildRefused(RuntimeError):
    """Nothing was rebuilt and nothing changed; the message says why and what to do."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did: events heard again, rows that differed and were put right, seconds it took."""

    events: int
    rows: int
    seconds: float


def rebuild_each(
    composition: Composition, service: str, town: str, *, start_over: bool, say: Say
) -> bool:
    """Rebuilds one town, or with an empty ``town`` every municipality; whether each could be.

    One that cannot be rebuilt is told and the others go on. Raises RebuildRefused and UnknownTown.
    """
    everywhere = composition.municipalities()
    if service not in composition.services:
        raise RebuildRefused(
            f"{service} is no service; nothing was done; name one of {', '.join(composition.services)}"
        )
    if town and town not in everywhere:
        raise UnknownTown(f"{town} is not served here; nothing was changed")
    good = True
    for municipality in (town,) if town else everywhere:
        try:
            done = rebuild(composition, service, municipality, start_over=start_over, say=say)
        except (RebuildRefused, LogIncomplete, NotReplayed, KeyMissing, RestoreCutOff) as problem:
            good = False
            say(f"✗ {municipality}: {problem}")
        else:
            say(
                f"○ {municipality}: 出来事 {done.events} 件から作り直し、違っていた {done.rows} 行を直しました。"
                f" / {done.events} events heard again, {done.rows} rows put right"
            )
    return good


def rebuild(
    composition: Composition,
    service_name: str,
    municipality: str,
    *,
    start_over: bool = False,
    say: Say = lambda _line: None,
) -> Rebuilt:
    """Rebuilds the read models of a service in one municipality, host included.

    Raises RebuildRefused, LogIncomplete, NotReplayed and what an outage raises; in each case the tables
    are as they were.
    """
    service = composition.services[service_name]
    if not service.read_models:
        raise RebuildRefused(
            f"{service_name} has no read models: all its tables hold what it was told itself; "
            "nothing was done; kasane rebuild portal is what can be rebuilt"
        )
    began = time.monotonic()
    path = composition.settings.var / municipality / f"{service_name}.rebuild"
    try:
        with municipality_scope(municipality), _alone(composition.house, service, path):
            if start_over:
                forget(path)
            with Copy.opened(path, service, _print_of(service)) as copy:
                events, rows = _Rebuild(composition.house, service, copy, say).run(municipality)
            forget(path)
    except DBAPIError as error:
        if not is_outage(error):
            raise
        raise RebuildRefused(
            f"the database of {service_name} in {municipality} did not answer in time "
            f"({type(error.orig).__name__}); nothing was changed; run the same command again, it goes on"
        ) from error
    return Rebuilt(events, rows, time.monotonic() - began)


class _Rebuild:
    def __init__(self, house: House, service: Service, copy: Copy, say: Say) -> None:
        self._house = house
        self._service = service
        self._copy = copy
        self._say = say
        self._replay = Replay(service, house)

    def run(self, municipality: str) -> tuple[int, int]:
        self._start_anew_if_ahead()
        events = 0
        for _round in range(MOST_ROUNDS):
            came = self._catch_up(*self._standing())
            events += came
            if came < FEW:
                break
        suspects = self._differing()
        with UnitOfWork(
            self._house, self._service.name, platform_actor(self._service.name, municipality)
        ) as unit:
            self._copy.watch()
            wanted = cursor.all_of(unit.connection, for_update=True)
            parked = dead_letters.parked_in_streams(unit.connection)
            events += self._catch_up(wanted, parked)
            for envelope in self._copy.no_longer_parked(parked):
                self._replay.apply(self._copy.connection, envelope)
                events += 1
            keys = self._copy.touched()
            for name, found in suspects.items():
                keys[name] |= found
            rows = put_right(
                unit.connection, self._copy.connection, self._service.read_models, keys
            )
            unit.record(
                "read_model.rebuilt",
                "read_model",
                municipality,
                f"{events} events, {rows} rows",
            )
            unit.commit()
        return events, rows

    def _standing(self) -> tuple[list[Cursor], frozenset[str]]:
        with self._house.databases.reading(self._service.name) as live:
            return cursor.all_of(live), dead_letters.parked_in_streams(live)

    def _start_anew_if_ahead(self) -> None:
        """A copy that heard more than the service has was made before a backup was put back."""
        wanted, _parked = self._standing()
        self._replay.check_logs(wanted)
        places = {(one.producer, one.epoch): one.sequence for one in wanted}
        for place in cursor.all_of(self._copy.connection):
            if place.sequence > places.get((place.producer, place.epoch), 0):
                raise RebuildRefused(
                    f"the copy that an earlier run left is further than {self._service.name} itself; "
                    "nothing was changed; run the command again with --start-over"
                )

    def _catch_up(self, wanted: list[Cursor], parked: frozenset[str]) -> int:
        return self._replay.catch_up(
            self._copy.connection,
            wanted,
            parked,
            self._copy.leave_out,
            lambda applied: self._say(f"… {applied}"),
        )

    def _differing(self) -> Keys:
        with self._house.databases.reading(self._service.name) as live:
            return {
                table.name: set(differing(live, self._copy.connection, table))
                for table in self._service.read_models
            }


@contextmanager
def _alone(house: House, service: Service, path: Path) -> Iterator[None]:
    """Keeps a second rebuild out: by the copy's file on one machine, by the database on several."""
    refusal = RebuildRefused(
        f"{service.name} is being rebuilt there already; nothing was begun; wait until that ends"
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path.with_suffix(".rebuild-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal from None
        with house.databases.reading(service.name) as guard, _advised(guard, refusal):
            yield
    finally:
        os.close(handle)


@contextmanager
def _advised(guard: Connection, refusal: RebuildRefused) -> Iterator[None]:
    if guard.dialect.name != "postgresql":
        guard.rollback()
        yield
        return
    key = {"key": _ONE_AT_A_TIME}
    held = guard.scalar(text("SELECT pg_try_advisory_lock(:key)"), key)
    guard.rollback()
    if not held:
        raise refusal
    try:
        yield
    finally:
        guard.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _print_of(service: Service) -> str:
    """Changes with the code that fills the read models, so that one copy is never made by two releases."""
    found = hashlib.sha256()
    for module in sorted(service.root.rglob("*.py")):
        found.update(module.read_bytes())
    return found.hexdigest()
