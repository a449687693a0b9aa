"""Which version of the town's key is in use: its database says so, so that all machines change together.

A version that was only made is not in use: there is time to copy it to every machine. From the moment at which it is
taken into use, whoever has not got it is told so and writes nothing.
"""

import time
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from kasane_kit.db.beside import BESIDE

metadata = MetaData()
key_in_use = Table(
    "key_in_use",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

BELIEVED_SECONDS = 5.0
"""For how long a process believes which version is in use: so soon another one is sealed with, without a restart."""


class VersionsInUse:
    """Reads the version from the databases of one town and believes it for a moment."""

    def __init__(self) -> None:
        self._seen: WeakKeyDictionary[Engine, tuple[float, int]] = WeakKeyDictionary()

    def of(self, connection: Connection) -> int:
        """The version under which this service seals now; 1 until another was taken into use."""
        seen = self._seen.get(connection.engine)
        if seen is not None and time.monotonic() - seen[0] < BELIEVED_SECONDS:
            return seen[1]
        version = version_in_use(connection)
        self._seen[connection.engine] = time.monotonic(), version
        return version

    def forget(self) -> None:
        """Reads it at the next question."""
        self._seen.clear()


def version_in_use(connection: Connection) -> int:
    """The version that the database says, asked now."""
    return connection.scalar(select(key_in_use.c.version), execution_options=BESIDE) or 1


def put_into_use(connection: Connection, version: int) -> None:
    """Says that a version is in use from the commit on; one that is later already stays."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(key_in_use).values(id=1, version=version)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[key_in_use.c.id],
            set_={"version": statement.excluded.version},
            where=key_in_use.c.version < statement.excluded.version,
        )
    )
