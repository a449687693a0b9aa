"""Brings the tables of a service in a municipality up to date: the kit's and the service's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

KIT_MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "schema_version"


@dataclass(frozen=True)
class MigrationSource:
    """Where a service keeps its migrations: the folder that holds ``versions/``."""

    folder: Path


def upgrade(connection: Connection, source: MigrationSource) -> None:
    """Runs what is missing in one transaction on the given connection; the caller commits."""
    script = _script(source)

    def steps(revision: object, _context: MigrationContext) -> Iterable[object]:
        return script._upgrade_revs("heads", revision)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), script, fn=steps, destination_rev="heads") as environment:
        environment.configure(
            connection=connection, version_table=VERSION_TABLE, transactional_ddl=True
        )
        environment.run_migrations()


def pending_migrations(connection: Connection, source: MigrationSource) -> tuple[str, ...]:
    """The revisions that upgrade would run, in order; empty when the database is up to date."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    # Not a comparison of heads: a database keeps no row for a head on which another depends.
    steps = _script(source)._upgrade_revs("heads", context.get_current_heads())  # type: ignore[arg-type]
    return tuple(step.revision.revision for step in steps)


def _script(source: MigrationSource) -> ScriptDirectory:
    locations = [KIT_MIGRATIONS / "versions", source.folder / "versions"]
    return ScriptDirectory(str(KIT_MIGRATIONS), version_locations=[str(path) for path in locations])
