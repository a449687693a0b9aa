"""Says whether a town may be written here: it may be on its way to another installation, or have gone.

The barrier itself is made of triggers that the owner of the tables puts on them (``kasane towns move``): no login of
the house passes it, also that of a process that slept through the move. This module reads what the barrier says.
"""

import sqlite3
import threading
import time
from dataclasses import dataclass
from enum import StrEnum

import psycopg
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_kit.db.engine import Databases
from kasane_kit.tenancy import current_municipality

metadata = MetaData()
town_barrier = Table(
    "town_barrier",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("held_by", String(64), nullable=False),
    Column("address", String(300), nullable=False),
)

CLOSED_SQLSTATE = "57PKC"
"""Class 57P, so that a process of an earlier release takes it for an outage and waits."""
CLOSED_SENTENCE = "this town is closed for writing"
SECONDS = 2.0
"""For how long a process believes what it read of the barrier; writing is stopped by the triggers, not by this."""


class BarrierState(StrEnum):
    """How far the barrier is closed."""

    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"
    MOVED = "moved"


@dataclass(frozen=True)
class Barrier:
    """What the barrier of a town says in one service's database.

    ``held_by`` names the move that holds it; ``address`` is where a town that went is now.
    """

    state: BarrierState = BarrierState.OPEN
    held_by: str = ""
    address: str = ""


def read_barrier(connection: Connection) -> Barrier:
    """The barrier of the open municipality; one that nobody ever touched is open."""
    row = connection.execute(select(town_barrier)).one_or_none()
    return Barrier() if row is None else Barrier(BarrierState(row.state), row.held_by, row.address)


def is_closed(error: BaseException) -> bool:
    """Whether the barrier refused a write: nothing was saved, and nothing is wrong with what was to be written."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        return cause.sqlstate == CLOSED_SQLSTATE
    return isinstance(cause, sqlite3.IntegrityError) and str(cause) == CLOSED_SENTENCE


def is_because_closed(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, is the refusal of the barrier."""
    while error is not None:
        if is_closed(error):
            return True
        error = error.__cause__
    return False


class Barriers:
    """Reads barriers of the open municipality and believes them for a moment."""

    def __init__(self, databases: Databases, service: str) -> None:
        self._databases = databases
        self._service = service
        self._seen: dict[str, tuple[float, Barrier]] = {}
        self._guard = threading.Lock()

    def now(self) -> Barrier:
        """What the barrier says; where it cannot be read, the town counts as open."""
        try:
            with self._databases.reading(self._service) as connection:
                barrier = read_barrier(connection)
        except (DBAPIError, NoFreeConnection):
            barrier = Barrier()
        with self._guard:
            self._seen[current_municipality()] = (time.monotonic(), barrier)
        return barrier

    def lately(self) -> Barrier:
        """What the barrier said a moment ago."""
        with self._guard:
            at, barrier = self._seen.get(current_municipality(), (0.0, Barrier()))
        return barrier if at and time.monotonic() - at < SECONDS else self.now()
