"""One database per (service, town): engines, and bringing the tables up to date."""

from kasane_kit.db.barrier import (
    Barrier,
    Barriers,
    BarrierState,
    is_because_closed,
    is_closed,
    read_barrier,
)
from kasane_kit.db.bell import Bell, listen
from kasane_kit.db.choices import choices_in
from kasane_kit.db.engine import (
    DatabaseAddresses,
    Databases,
    committed_loosely,
    ended_when_still,
)
from kasane_kit.db.migrate import MigrationFailed, MigrationSource, pending_migrations, upgrade
from kasane_kit.db.outage import is_outage
from kasane_kit.db.sealed import FieldSeals, NotSealed, Sealed, SealedJson

__all__ = [
    "Barrier",
    "BarrierState",
    "Barriers",
    "Bell",
    "DatabaseAddresses",
    "Databases",
    "FieldSeals",
    "MigrationFailed",
    "MigrationSource",
    "NotSealed",
    "Sealed",
    "SealedJson",
    "choices_in",
    "committed_loosely",
    "ended_when_still",
    "is_because_closed",
    "is_closed",
    "is_outage",
    "listen",
    "pending_migrations",
    "read_barrier",
    "upgrade",
]
