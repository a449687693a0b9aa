"""An import of a file: looked at first, applied row by row, and harmless when repeated."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kasane_resources.domain.errors import ImportAlreadyApplied, ImportNotRunning
from kasane_resources.domain.human_service import HumanServiceEntry, ServiceStatus
from kasane_resources.domain.layout_rows import ReadRow

AT_ONCE_UP_TO = 500
KEPT_FOR = timedelta(days=14)
HSDS = "hsds"


class RowOutcome(StrEnum):
    """What applying the import does with a row, or with an entry whose row is gone."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"
    RETIRED = "retired"


class ImportState(StrEnum):
    """Where an import stands."""

    UNMAPPED = "unmapped"
    READING = "reading"
    LOOKED_AT = "looked_at"
    QUEUED = "queued"
    RUNNING = "running"
    CANCELLED = "cancelled"
    APPLIED = "applied"
    REFUSED = "refused"


@dataclass(frozen=True)
class KnownRow:
    """A row that an earlier import brought, and whether a worker wrote its entry anew since."""

    human_service_id: str
    name: str
    digest: str
    hand_edited: bool
    status: ServiceStatus = ServiceStatus.ACTIVE


@dataclass(frozen=True)
class PlannedRow:
    """One row of the file and what becomes of it; ``before`` is the entry as it stands now, where it matters."""

    row: ReadRow
    outcome: RowOutcome
    human_service_id: str = ""
    before: HumanServiceEntry | None = None


@dataclass(frozen=True)
class NoLongerListed:
    """Entries of earlier files that a file lacks: how many would be retired, how many a worker wrote anew and stay,
    how many the source has, and the first of those that would be retired."""

    count: int
    kept: int
    known: int
    first: tuple[KnownRow, ...]

    @property
    def most(self) -> bool:
        """Whether the file lacks more than half of what earlier ones brought: perhaps it is only a part."""
        return self.count * 2 > self.known


@dataclass(frozen=True)
class ImportPlan:
    """What applying a file would do. ``gone`` are entries that it no longer lists, ``gone_kept`` those of them
    that a worker wrote anew, which stay as they are."""

    rows: tuple[PlannedRow, ...]
    gone: tuple[KnownRow, ...] = ()
    gone_kept: tuple[KnownRow, ...] = ()
    known: int = 0

    @property
    def no_longer_listed(self) -> NoLongerListed:
        """The same in numbers."""
        return NoLongerListed(len(self.gone), len(self.gone_kept), self.known, self.gone)

    def counts(self) -> dict[str, int]:
        """How many rows have each outcome, and how many have a wrong value or a personal contact."""
        outcomes = Counter(planned.outcome for planned in self.rows)
        found = {outcome.value: outcomes[outcome] for outcome in RowOutcome}
        return {
            **found,
            RowOutcome.RETIRED.value: len(self.gone),
            "wrong": sum(bool(planned.row.problems) for planned in self.rows),
            "private": sum(bool(planned.row.private) for planned in self.rows),
        }

    def of(self, outcome: RowOutcome) -> tuple[PlannedRow, ...]:
        """The rows with an outcome, in the order of the file."""
        return tuple(planned for planned in self.rows if planned.outcome is outcome)

    def with_entries(
        self, load: Callable[[Sequence[str]], Mapping[str, HumanServiceEntry]]
    ) -> "ImportPlan":
        """The same plan with the present entries of the rows that differ, as ``load`` finds them by id."""
        compared = (RowOutcome.CHANGED, RowOutcome.KEPT)
        ids = [planned.human_service_id for planned in self.rows if planned.outcome in compared]
        entries = load(ids)
        return replace(
            self,
            rows=tuple(
                replace(planned, before=entries.get(planned.human_service_id))
                if planned.outcome in compared
                else planned
                for planned in self.rows
            ),
        )


def plan_import(
    rows: Sequence[ReadRow],
    known: Mapping[str, KnownRow],
    elsewhere: Mapping[str, HumanServiceEntry] | None = None,
) -> ImportPlan:
    """Compares a file with what earlier imports of the same source brought.

    ``elsewhere`` are entries that did not come from these rows, by the id that an HSDS row gives: such a row
    changes nothing there.
    """
    others = elsewhere or {}
    planned = [_planned(row, known.get(row.key), others.get(row.ids[0])) for row in rows]
    listed = {row.key for row in rows}
    towns = {row.key.split("/", 1)[0] for row in rows}
    missing = [
        before
        for key, before in sorted(known.items())
        if key not in listed
        and key.split("/", 1)[0] in towns
        and before.status is not ServiceStatus.RETIRED
    ]
    return ImportPlan(
        tuple(planned),
        tuple(before for before in missing if not before.hand_edited),
        tuple(before for before in missing if before.hand_edited),
        len(known),
    )


def _planned(
    row: ReadRow, before: KnownRow | None, elsewhere: HumanServiceEntry | None
) -> PlannedRow:
    if row.entry is None:
        return PlannedRow(row, RowOutcome.REFUSED)
    if before is None and elsewhere is not None:
        same = elsewhere == row.entry
        return PlannedRow(row, RowOutcome.UNCHANGED if same else RowOutcome.KEPT, row.ids[0])
    if before is None:
        return PlannedRow(row, RowOutcome.ADDED)
    back = before.status is ServiceStatus.RETIRED and not before.hand_edited
    if before.digest == row.digest and not back:
        return PlannedRow(row, RowOutcome.UNCHANGED, before.human_service_id)
    outcome = RowOutcome.KEPT if before.hand_edited else RowOutcome.CHANGED
    return PlannedRow(row, outcome, before.human_service_id)


@dataclass
class DirectoryImport:
    """One uploaded file with its counts; the bytes are let go once it is applied or stopped.

    ``done`` of ``rows`` are taken in; ``retires`` says that entries which the file no longer lists are retired.
    A ``long`` one is read by the worker: while it is READING, ``done`` rows are read; ``layout`` and ``headers``
    (our names for columns, the file's own) then say how its rows are read; ``content`` is only its first lines,
    as long as nobody knows its header. ``refusal`` has the code and the facts of what the worker could not read.
    """

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
    state: ImportState = ImportState.LOOKED_AT
    rows: int = 0
    done: int = 0
    retires: bool = False
    long: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: Mapping[str, Any] = field(default_factory=dict)

    @property
    def applied(self) -> bool:
        """Whether it has changed the directory to the end."""
        return self.state is ImportState.APPLIED

    @property
    def under_way(self) -> bool:
        """Whether the worker has it, or will: to be read or to be taken in."""
        return self.state in (ImportState.READING, ImportState.QUEUED, ImportState.RUNNING)

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in (ImportState.APPLIED, ImportState.CANCELLED, ImportState.REFUSED)

    def must_wait(self) -> None:
        """Raises ImportAlreadyApplied when it has been started."""
        if self.state not in (ImportState.LOOKED_AT, ImportState.UNMAPPED):
            raise ImportAlreadyApplied(file_name=self.file_name)

    def queue(self, plan: ImportPlan, *, retires: bool) -> None:
        """Hands it to the worker, with what it is going to do. Raises ImportAlreadyApplied."""
        self.must_wait()
        self.state, self.retires = ImportState.QUEUED, retires
        self.counts, self.rows, self.done = self._counts(plan, retires), len(plan.rows), 0

    def begin_reading(self) -> None:
        """Hands a long file to the worker to be read from its beginning."""
        self.state, self.content, self.rows, self.done = ImportState.READING, b"", 0, 0
        self.counts = {}

    def read(self, counts: dict[str, int]) -> None:
        """Every row of a long file is read; it waits to be looked at and applied."""
        self.state, self.counts, self.done = ImportState.LOOKED_AT, counts, 0

    def refuse(self, code: str, facts: Mapping[str, object], at: datetime) -> None:
        """The worker could not read a long file to its end."""
        self.state, self.applied_at, self.content = ImportState.REFUSED, at, b""
        self.refusal = {"code": code, "facts": {name: str(fact) for name, fact in facts.items()}}

    def queue_read(self, *, retires: bool) -> None:
        """Hands the rows of a long file to the worker; they are counted as they go in. Raises ImportAlreadyApplied."""
        self.must_wait()
        self.state, self.retires, self.done, self.counts = ImportState.QUEUED, retires, 0, {}

    def took_in(self, rows: Sequence[PlannedRow]) -> None:
        """Counts rows of a long file that were taken in."""
        more = ImportPlan(tuple(rows)).counts()
        self.counts = {name: self.counts.get(name, 0) + count for name, count in more.items()}
        self.state, self.done = ImportState.RUNNING, self.done + len(rows)

    def retired(self, entries: int) -> None:
        """Counts entries that were retired because the file no longer lists them."""
        name = RowOutcome.RETIRED.value
        self.counts = {**self.counts, name: self.counts.get(name, 0) + entries}

    def stop(self, at: datetime) -> None:
        """Somebody stops it: what was taken in stays. Raises ImportNotRunning."""
        if not self.under_way:
            raise ImportNotRunning(file_name=self.file_name)
        self.state, self.applied_at, self.content = ImportState.CANCELLED, at, b""

    def forget(self, at: datetime) -> None:
        """Nobody applied it for long: its bytes, which may hold personal contacts, are let go."""
        self.must_wait()
        self.state, self.applied_at, self.content = ImportState.CANCELLED, at, b""

    def apply(self, plan: ImportPlan, at: datetime, *, retires: bool) -> None:
        """Marks it as done at once. Raises ImportAlreadyApplied."""
        self.must_wait()
        self.retires, self.rows = retires, len(plan.rows)
        self.counts = self._counts(plan, retires)
        self.finish(at)

    def finish(self, at: datetime) -> None:
        """Everything is taken in."""
        self.state, self.applied_at, self.content = ImportState.APPLIED, at, b""
        self.done = self.rows

    @staticmethod
    def _counts(plan: ImportPlan, retires: bool) -> dict[str, int]:
        counts = plan.counts()
        return counts if retires else {**counts, RowOutcome.RETIRED.value: 0}
