"""One database per (service, town): engines, and bringing the tables up to date."""

from kasane_kit.db.engine import DatabaseAddresses, Databases
from kasane_kit.db.migrate import MigrationSource, pending_migrations, upgrade
from kasane_kit.db.outage import is_outage

__all__ = [
    "DatabaseAddresses",
    "Databases",
    "MigrationSource",
    "is_outage",
    "pending_migrations",
    "upgrade",
]
