"""An import of a file: looked at first, applied once, and harmless when repeated."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kasane_resources.domain.errors import ImportAlreadyApplied
from kasane_resources.domain.layout_rows import ReadRow


class RowOutcome(StrEnum):
    """What applying the import does with a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True)
class KnownRow:
    """A row that an earlier import brought, and whether a worker wrote its entry anew since."""

    human_service_id: str
    name: str
    digest: str
    hand_edited: bool


@dataclass(frozen=True)
class PlannedRow:
    """One row of the file and what becomes of it."""

    row: ReadRow
    outcome: RowOutcome
    human_service_id: str = ""


@dataclass(frozen=True)
class ImportPlan:
    """What applying a file would do; ``gone`` are entries that it no longer lists, which stay."""

    rows: tuple[PlannedRow, ...]
    gone: tuple[KnownRow, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many rows have each outcome, and how many have a wrong value."""
        outcomes = Counter(planned.outcome for planned in self.rows)
        found = {outcome.value: outcomes[outcome] for outcome in RowOutcome}
        return {**found, "wrong": sum(bool(planned.row.problems) for planned in self.rows)}

    def of(self, outcome: RowOutcome) -> tuple[PlannedRow, ...]:
        """The rows with an outcome, in the order of the file."""
        return tuple(planned for planned in self.rows if planned.outcome is outcome)


def plan_import(rows: Sequence[ReadRow], known: Mapping[str, KnownRow]) -> ImportPlan:
    """Compares a file with what earlier imports of the same source brought."""
    planned = []
    for row in rows:
        before = known.get(row.key)
        if row.entry is None:
            planned.append(PlannedRow(row, RowOutcome.REFUSED))
        elif before is None:
            planned.append(PlannedRow(row, RowOutcome.ADDED))
        elif before.digest == row.digest:
            planned.append(PlannedRow(row, RowOutcome.UNCHANGED, before.human_service_id))
        elif before.hand_edited:
            planned.append(PlannedRow(row, RowOutcome.KEPT, before.human_service_id))
        else:
            planned.append(PlannedRow(row, RowOutcome.CHANGED, before.human_service_id))
    listed = {row.key for row in rows}
    towns = {row.key.split("/", 1)[0] for row in rows}
    gone = tuple(
        before
        for key, before in sorted(known.items())
        if key not in listed and key.split("/", 1)[0] in towns
    )
    return ImportPlan(tuple(planned), gone)


@dataclass
class DirectoryImport:
    """One uploaded file with its counts; the bytes are let go once it is applied."""

    id: str
    source: str
    layout: str
    visibility: str
    file_name: str
    digest: str
    content: bytes
    uploaded_by: str
    uploaded_at: datetime
    applied_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def applied(self) -> bool:
        """Whether it has changed the directory."""
        return self.applied_at is not None

    def must_wait(self) -> None:
        """Raises ImportAlreadyApplied when it has changed the directory."""
        if self.applied:
            raise ImportAlreadyApplied(file_name=self.file_name)

    def apply(self, counts: dict[str, int], at: datetime) -> None:
        """Marks it as done. Raises ImportAlreadyApplied."""
        self.must_wait()
        self.applied_at = at
        self.counts = counts
        self.content = b""
