"""Remembers in the process what entries are compared by, so that no text is read twice.

SQL chooses; what is chosen is looked up here. Every entry has a mark in the database that changes with
each writing: the sum of the marks of what was chosen says whether all of it is remembered as it stands.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock, RLock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, String, cast, func, select
from sqlalchemy.sql.selectable import SelectBase

from kasane_resources.domain.columns import DirectoryColumns, Rows
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.matching import CandidateShelf

MOST_ROWS = 60_000
MOST_ENTRIES = 4_000
_guard = Lock()
_memories: "WeakKeyDictionary[Engine, DirectoryMemory]" = WeakKeyDictionary()
Load = Callable[[Connection, Sequence[str]], Sequence[HumanService]]


class Choice:
    """A statement, made once, that chooses entries with number, mark and id by its parameters."""

    def __init__(self, statement: SelectBase) -> None:
        chosen = statement.subquery("chosen").c
        self.sums = select(
            func.aggregate_strings(cast(chosen.number, String), ","),
            func.coalesce(func.sum(chosen.mark), 0),
        )
        self.each = select(chosen.number, chosen.mark, chosen.human_service_id).order_by(
            chosen.number
        )


@dataclass(frozen=True)
class Chosen:
    """What a choice chooses with these parameters."""

    choice: Choice
    parameters: Mapping[str, Any]

    def numbers(self, connection: Connection) -> tuple[NDArray[np.int64], int]:
        """The numbers of what is chosen, in their order, and the sum of the marks."""
        row = connection.execute(self.choice.sums, self.parameters).one()
        numbers = np.fromstring(row[0] or "", np.int64, sep=",")
        numbers.sort()
        return numbers, int(row[1])

    def marks(self, connection: Connection) -> Sequence[Any]:
        """Number, mark and id of each."""
        return connection.execute(self.choice.each, self.parameters).all()


class DirectoryMemory:
    """What one process remembers of one database."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._lock = RLock()
        self._forget()

    def _forget(self) -> None:
        self._columns = DirectoryColumns()
        self._entries: OrderedDict[int, HumanService] = OrderedDict()
        self._row_of: NDArray[np.intp] = np.full(64, -1, np.intp)
        self._mark_of: NDArray[np.int64] = np.zeros(64, np.int64)

    def shelf(self, connection: Connection, chosen: Chosen) -> CandidateShelf:
        """What is chosen, ready to be compared."""
        numbers, marks = chosen.numbers(connection)
        with self._lock:
            rows = self._rows(connection, chosen, numbers, marks)
            columns, entries = self._columns, self._entries
        load = self._load

        def fetch(wanted: Sequence[int]) -> Sequence[HumanService]:
            with columns.lock:
                missing = [row for row in wanted if row not in entries]
                found = load(connection, [columns.ids[row] for row in missing]) if missing else ()
                for row, one in zip(missing, found, strict=True):
                    entries[row] = one
                answer = [entries[row] for row in wanted]
                for row in wanted:
                    entries.move_to_end(row)
                _keep_few(entries)
            return answer

        return CandidateShelf(columns, rows, fetch)

    def _rows(
        self, connection: Connection, chosen: Chosen, numbers: NDArray[np.int64], marks: int
    ) -> Rows:
        self._make_room(numbers)
        if (self._row_of[numbers] < 0).any() or int(self._mark_of[numbers].sum()) != marks:
            if len(self._columns) > MOST_ROWS:
                self._forget()
                self._make_room(numbers)
            numbers = self._learn(connection, chosen)
        return self._row_of[numbers]

    def _learn(self, connection: Connection, chosen: Chosen) -> NDArray[np.int64]:
        """Reads what is not known or was written since; returns the numbers of what is chosen now."""
        found = chosen.marks(connection)
        numbers = np.array([number for number, _, _ in found], np.int64)
        self._make_room(numbers)
        new = [
            (number, mark, one_id)
            for number, mark, one_id in found
            if self._row_of[number] < 0 or self._mark_of[number] != mark
        ]
        entries = self._load(connection, [one_id for _, _, one_id in new])
        with self._columns.lock:
            for (number, mark, _), entry in zip(new, entries, strict=True):
                row = self._columns.add(entry)
                self._row_of[number], self._mark_of[number] = row, mark
                self._entries[row] = entry
            _keep_few(self._entries)
        return numbers

    def _make_room(self, numbers: NDArray[np.int64]) -> None:
        needed = int(numbers.max()) + 1 if len(numbers) else 0
        if needed > len(self._row_of):
            more = max(needed, 2 * len(self._row_of)) - len(self._row_of)
            self._row_of = np.concatenate([self._row_of, np.full(more, -1, np.intp)])
            self._mark_of = np.concatenate([self._mark_of, np.zeros(more, np.int64)])


def _keep_few(entries: OrderedDict[int, HumanService]) -> None:
    while len(entries) > MOST_ENTRIES:
        entries.popitem(last=False)


def memory_of(connection: Connection, load: Load) -> DirectoryMemory:
    """What this process remembers of the database of a connection."""
    with _guard:
        if connection.engine not in _memories:
            _memories[connection.engine] = DirectoryMemory(load)
        return _memories[connection.engine]
