"""Brings the tables of a service in a municipality up to date: the kit's and the service's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

KIT_MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "schema_version"
CONTRACT = "contract"
"""The name that a migration gives a sentence under when it takes away what an earlier release may still use."""


@dataclass(frozen=True)
class MigrationSource:
    """Where a service keeps its migrations: the folder that holds ``versions/``; the kit's own go before them."""

    folder: Path
    with_kit: bool = True


class MigrationFailed(RuntimeError):
    """A step could not be taken; with the caller's rollback the tables are as they were. Raised from its cause."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the migration {revision} failed; nothing of it was kept")
        self.revision = revision


def upgrade(connection: Connection, source: MigrationSource, *, expand_only: bool = False) -> None:
    """Runs what is missing in one transaction on the given connection; the caller commits.

    With ``expand_only`` what takes something away from an earlier release stays for later. Does nothing where
    the tables are of a later release: its steps only add to what this one knows.
    Raises MigrationFailed naming the step.
    """
    script = _script(source)
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    left = _missing(script, context.get_current_heads(), contract=not expand_only)

    def steps(_heads: object, _context: MigrationContext) -> Iterable[object]:
        return tuple(left)

    def taken(*_facts: object, **_more: object) -> None:
        left.pop(0)

    if not left:
        return
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
            raise MigrationFailed(left[0].revision.revision) from error


def pending_migrations(
    connection: Connection, source: MigrationSource, *, contract: bool = True
) -> tuple[str, ...]:
    """The revisions that upgrade would run, in order; empty when the database is up to date.

    Without ``contract`` only those that this release cannot work without.
    """
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    missing = _missing(_script(source), context.get_current_heads(), contract=contract)
    return tuple(step.revision.revision for step in missing)


def levels(connection: Connection) -> tuple[str, ...]:
    """The newest revisions that the tables of a service have; empty before the first."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return tuple(sorted(context.get_current_heads()))


def unknown_levels(source: MigrationSource, found: Iterable[str]) -> tuple[str, ...]:
    """Those of some revisions that this release does not have: a later one made them."""
    known = {revision.revision for revision in _script(source).walk_revisions()}
    return tuple(sorted(set(found) - known))


def _missing(script: ScriptDirectory, heads: tuple[str, ...], *, contract: bool) -> list[Any]:
    known = {revision.revision for revision in script.walk_revisions()}
    if not set(heads) <= known:
        # A later release was here: this one stays beside it until it is replaced.
        return []
    # Not a comparison of heads: a database keeps no row for a head on which another depends.
    steps = list(script._upgrade_revs("heads", heads))  # type: ignore[arg-type]
    if contract:
        return steps
    # A step that takes away waits for its turn, unless something that is needed stands on it: then it is
    # of an earlier release, whose predecessor is gone.
    needed: set[str] = set()
    kept: list[Any] = []
    for step in reversed(steps):
        one = step.revision
        if one.revision in needed or not hasattr(one.module, CONTRACT):
            needed.update(one._all_down_revisions)
            kept.insert(0, step)
    return kept


def _script(source: MigrationSource) -> ScriptDirectory:
    kit = [KIT_MIGRATIONS / "versions"] if source.with_kit else []
    locations = [*kit, source.folder / "versions"]
    return ScriptDirectory(str(KIT_MIGRATIONS), version_locations=[str(path) for path in locations])
