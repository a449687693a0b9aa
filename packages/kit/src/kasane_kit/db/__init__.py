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
from kasane_kit.db.beside import BESIDE
from kasane_kit.db.choices import choices_in
from kasane_kit.db.engine import (
    DatabaseAddresses,
    Databases,
    RestoreCutOff,
    committed_loosely,
    ended_when_still,
)
from kasane_kit.db.later import (
    begin_record,
    change_later,
    gather_later,
    write_later,
    write_now,
)
from kasane_kit.db.migrate import (
    MigrationFailed,
    MigrationSource,
    levels,
    pending_migrations,
    unknown_levels,
    upgrade,
)
from kasane_kit.db.outage import is_outage
from kasane_kit.db.resealing import take_into_use
from kasane_kit.db.sealed import (
    FieldSeals,
    NotSealed,
    Sealed,
    SealedJson,
    seals_of,
    stored_text,
    tags_in,
    tags_now,
)
from kasane_kit.db.tags import Tagged, TagMaker, Tags, has_tags
from kasane_kit.db.taken import Taken, unless_taken
from kasane_kit.db.under_town_key import UnderTownKey

__all__ = [
    "BESIDE",
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
    "RestoreCutOff",
    "Sealed",
    "SealedJson",
    "TagMaker",
    "Tagged",
    "Tags",
    "Taken",
    "UnderTownKey",
    "begin_record",
    "change_later",
    "choices_in",
    "committed_loosely",
    "ended_when_still",
    "gather_later",
    "has_tags",
    "is_because_closed",
    "is_closed",
    "is_outage",
    "levels",
    "listen",
    "pending_migrations",
    "read_barrier",
    "seals_of",
    "stored_text",
    "tags_in",
    "tags_now",
    "take_into_use",
    "unknown_levels",
    "unless_taken",
    "upgrade",
    "write_later",
    "write_now",
]
