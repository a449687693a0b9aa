"""Names which tables stay open longest, and how rows are compared, on both kinds of database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kasane_kit.db import Barrier

STILL_WRITTEN = frozenset(
    {"audit_entry", "audit_head", "outbox", "event_log", "stream", "kept_draft"}
)
"""While a town is closed people still look, which leaves a trace, and what they type is kept."""

BARRIER = "town_barrier"
GROWING = {"audit_entry": (None, "position"), "event_log": ("epoch", "sequence")}
"""Tables whose rows never change: of each group only what lies behind the highest number can be new."""


@dataclass(frozen=True)
class Table:
    """One table of a service: its columns, those of its primary key first among equals."""

    service: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def still_written(self) -> bool:
        """Whether it is written until the town is sealed."""
        return self.name in STILL_WRITTEN


class TownSide(Protocol):
    """The databases of one town in one installation, seen by their administrator."""

    kind: str

    def exists(self) -> bool:
        """Whether the town has databases here."""
        ...

    def barrier(self) -> Barrier:
        """What the barrier says; the furthest state of all services."""
        ...

    def holds_anything(self) -> bool:
        """Whether somebody ever did something in the town here."""
        ...

    def claim(self, move: str) -> None:
        """Writes the name of a move on the barrier without closing it."""
        ...

    def close(self, move: str, *, entirely: bool, seize: bool = False) -> None:
        """Shuts the barrier of every table, or of those that are not still written; returns when no write is under way.

        Raises MoveRefused when the move does not hold the barrier, unless it may seize it.
        """
        ...

    def leave(self, move: str, address: str) -> None:
        """Says for good that the town is elsewhere now; raises MoveRefused when the move does not hold the barrier."""
        ...

    def open(self) -> None:
        """Takes the barrier away; raises MoveRefused where the town has gone."""
        ...

    def tables(self) -> Sequence[Table]:
        """Every table that is copied."""
        ...

    def fingerprint(self, table: Table) -> tuple[int, str]:
        """How many rows there are, and a sum over all of them that does not depend on their order."""
        ...

    def end(self) -> None:
        """Closes the connections."""
        ...


def numbers_of_log(rows: Sequence[tuple[str, int, int]], heads: dict[str, int]) -> Iterator[str]:
    """What is wrong with a log: (epoch, how many, highest number) beside the heads of its stream."""
    for epoch, many, highest in rows:
        if many != highest or heads.get(epoch) != highest:
            yield f"epoch {epoch}: {many} events, number {highest}, head {heads.get(epoch)}"
    for epoch in heads.keys() - {epoch for epoch, _many, _highest in rows}:
        if heads[epoch]:
            yield f"epoch {epoch}: no event of {heads[epoch]}"
