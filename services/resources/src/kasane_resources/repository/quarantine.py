"""Loads and saves what imports leave behind: cells in quarantine, refused rows, meanings of columns."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kasane_resources.domain.column_mapping import ColumnMapping
from kasane_resources.domain.errors import CellNotFound
from kasane_resources.domain.layout_rows import ReadRow
from kasane_resources.domain.layouts import Layout
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.quarantine import QuarantinedCell, QuarantineDecision
from kasane_resources.repository.moments import with_zone
from kasane_resources.tables import imports as tables


class Quarantine:
    """The personal contacts found in files of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, cell_id: str) -> QuarantinedCell:
        """One cell; raises CellNotFound."""
        table = tables.quarantined_cell
        row = self._connection.execute(
            select(table).where(table.c.id == cell_id).with_for_update()
        ).one_or_none()
        if row is None:
            raise CellNotFound
        return _cell(row)

    def of_row(self, source: str, row_key: str) -> list[QuarantinedCell]:
        """What was ever found in one row of a source."""
        table = tables.quarantined_cell
        rows = self._connection.execute(
            select(table)
            .where(table.c.source == source, table.c.row_key == row_key)
            .order_by(table.c.noted_at, table.c.id)
        )
        return [_cell(row) for row in rows]

    def waiting(self, most: int) -> list[QuarantinedCell]:
        """Those about which nobody decided, oldest first."""
        table = tables.quarantined_cell
        rows = self._connection.execute(
            select(table)
            .where(table.c.decision == QuarantineDecision.WAITING.value)
            .order_by(table.c.noted_at, table.c.id)
            .limit(most)
        )
        return [_cell(row) for row in rows]

    def count_waiting(self) -> int:
        """About how many nobody decided."""
        table = tables.quarantined_cell
        statement = select(func.count(table.c.id)).where(
            table.c.decision == QuarantineDecision.WAITING.value
        )
        return self._connection.scalar(statement) or 0

    def put(self, cell: QuarantinedCell) -> None:
        """Saves a new or a changed cell."""
        table = tables.quarantined_cell
        self._connection.execute(delete(table).where(table.c.id == cell.id))
        values = {**vars(cell), "decision": cell.decision.value}
        self._connection.execute(insert(table).values(**values))


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken in, as it was written, and why."""

    source: str
    row_key: str
    number: int
    name: str
    file_name: str
    original: dict[str, str]
    problems: tuple[RowProblem, ...]
    noted_at: datetime


class RefusedRows:
    """The rows of files that were not taken in; a later file with the row in order takes it away."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, source: str, file_name: str, rows: Iterable[ReadRow], at: datetime) -> None:
        """Keeps refused rows in place of what was kept of the same rows."""
        kept = {row.key: row for row in rows}
        self.forget(source, list(kept))
        for row in kept.values():
            self._connection.execute(
                insert(tables.refused_row).values(
                    source=source,
                    row_key=row.key,
                    number=row.number,
                    name=row.name,
                    file_name=file_name,
                    original=dict(row.original),
                    problems=[asdict(problem) for problem in row.problems],
                    noted_at=at,
                )
            )

    def forget(self, source: str, row_keys: Sequence[str]) -> None:
        """Lets go of rows that are taken in now."""
        c = tables.refused_row.c
        for start in range(0, len(row_keys), 400):
            part = row_keys[start : start + 400]
            self._connection.execute(
                delete(tables.refused_row).where(c.source == source, c.row_key.in_(part))
            )

    def put_back(self, source: str, row_key: str, column: str, text: str) -> None:
        """Writes a cell into the row as it was written, if the row is still kept."""
        c = tables.refused_row.c
        where = (c.source == source, c.row_key == row_key)
        original = self._connection.scalar(select(c.original).where(*where))
        if original is not None:
            self._connection.execute(
                update(tables.refused_row).where(*where).values(original={**original, column: text})
            )

    def of(self, source: str, most: int) -> list[RefusedRow]:
        """Those of one source in the order of the file."""
        table = tables.refused_row
        rows = self._connection.execute(
            select(table).where(table.c.source == source).order_by(table.c.number).limit(most)
        )
        return [
            RefusedRow(
                **{
                    **row._mapping,
                    "problems": tuple(RowProblem(**problem) for problem in row.problems),
                    "noted_at": with_zone(row.noted_at),
                }
            )
            for row in rows
        ]


class ColumnMappings:
    """What the columns of the town's own tables mean."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def layouts(self) -> list[Layout]:
        """A layout for each, the one with most columns first, so that none hides a fuller one."""
        rows = self._connection.execute(select(tables.column_mapping)).mappings()
        found = [ColumnMapping(**row).layout for row in rows]
        return sorted(found, key=lambda layout: (-len(layout.names), layout.code))

    def put(self, mapping: ColumnMapping) -> None:
        """Keeps a mapping in place of the one for the same header."""
        table, values = tables.column_mapping, {**vars(mapping), "columns": dict(mapping.columns)}
        changed = self._connection.execute(
            update(table).where(table.c.fingerprint == mapping.fingerprint).values(**values)
        )
        if changed.rowcount == 0:
            self._connection.execute(insert(table).values(**values))


def _cell(row: Row[Any]) -> QuarantinedCell:
    return QuarantinedCell(
        **{
            **row._mapping,
            "decision": QuarantineDecision(row.decision),
            "noted_at": with_zone(row.noted_at),
            "decided_at": with_zone(row.decided_at),
        }
    )
