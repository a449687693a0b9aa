"""Closes the barrier of a bench's town exactly as a move does, and opens it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kasane_kit.db import barrier
from kasane_kit.testing.workbench import Workbench
from kasane_runtime.moving.sqlite_side import SqliteTown

MOVE = "move-1"


@contextmanager
def closed(bench: Workbench, *tables: str) -> Iterator[None]:
    """The town is closed for writing while the block runs; with names of tables only these are."""
    believed, barrier.SECONDS = barrier.SECONDS, 0.0
    with bench.reading() as connection:
        file = Path(str(connection.engine.url.database))
    town = SqliteTown(file.parent.parent, bench.municipality, [bench.service.name])
    town.close(MOVE, entirely=False)
    if tables:
        own = town.of(bench.service.name)
        kept = {
            f"barrier_{table}_{verb}" for table in tables for verb in ("insert", "update", "delete")
        }
        for (name,) in own.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            if name.startswith("barrier_") and name not in kept:
                own.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        barrier.SECONDS = believed
        town.open()
        town.end()
