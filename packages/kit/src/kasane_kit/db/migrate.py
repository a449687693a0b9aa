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


class MigrationFailed(RuntimeError):
    """A step could not be taken; with the caller's rollback the tables are as they were. Raised from its cause."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the migration {revision} failed; nothing of it was kept")
        self.revision = revision


def upgrade(connection: Connection, source: MigrationSource) -> None:
    """Runs what is missing in one transaction on the given connection; the caller commits.

    Does nothing where the tables are of a later release: its steps only add to what this one knows.
    Raises MigrationFailed naming the step.
    """
    script = _script(source)
    left = list(pending_migrations(connection, source))

    def taken(*_facts: object, **_more: object) -> None:
        left.pop(0)

    if not left:
        return

    def steps(revision: object, _context: MigrationContext) -> Iterable[object]:
        return script._upgrade_revs("heads", revision)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), script, fn=steps, destination_rev="heads") as environment:
        environment.configure(
            connection=connection,
            version_table=VERSION_TABLE,
            transactional_ddl=True,
            on_version_apply=taken,
        )
        try:
            environment.run_migrations()
        except Exception as error:
            raise MigrationFailed(left[0]) from error


def pending_migrations(connection: Connection, source: MigrationSource) -> tuple[str, ...]:
    """The revisions that upgrade would run, in order; empty when the database is up to date."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    script = _script(source)
    heads = context.get_current_heads()
    known = {revision.revision for revision in script.walk_revisions()}
    if not set(heads) <= known:
        # A later release was here: this one stays beside it until it is replaced.
        return ()
    # Not a comparison of heads: a database keeps no row for a head on which another depends.
    steps = script._upgrade_revs("heads", heads)  # type: ignore[arg-type]
    return tuple(step.revision.revision for step in steps)


def _script(source: MigrationSource) -> ScriptDirectory:
    locations = [KIT_MIGRATIONS / "versions", source.folder / "versions"]
    return ScriptDirectory(str(KIT_MIGRATIONS), version_locations=[str(path) for path in locations])
