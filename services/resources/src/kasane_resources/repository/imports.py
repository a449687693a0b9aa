"""Loads and saves imports."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kasane_kit import clock
from kasane_resources.domain import hsds
from kasane_resources.domain.directory_import import (
    HSDS,
    DirectoryImport,
    ImportPlan,
    ImportState,
    plan_import,
)
from kasane_resources.domain.errors import ImportNotFound
from kasane_resources.domain.human_service import Visibility
from kasane_resources.domain.layout_rows import ReadRow, read_file
from kasane_resources.repository.human_services import HumanServices
from kasane_resources.repository.moments import with_zone
from kasane_resources.repository.quarantine import ColumnMappings
from kasane_resources.tables import directory_import as table


class DirectoryImports:
    """The imports of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, import_id: str, *, for_update: bool = False) -> DirectoryImport:
        """The import; raises ImportNotFound. ``for_update`` lets nobody else apply it meanwhile."""
        statement = select(table).where(table.c.id == import_id)
        row = self._connection.execute(
            statement.with_for_update() if for_update else statement
        ).one_or_none()
        if row is None:
            raise ImportNotFound
        values: dict[str, Any] = dict(row._mapping)
        values["uploaded_at"] = with_zone(values["uploaded_at"])
        values["applied_at"] = with_zone(values["applied_at"])
        values["state"] = ImportState(values["state"])
        return DirectoryImport(**values)

    def waiting_twin(self, source: str, digest: str, uploaded_by: str) -> str | None:
        """The id of the same file that the same person uploaded and did not apply yet."""
        return self._connection.scalar(
            select(table.c.id).where(
                table.c.source == source,
                table.c.digest == digest,
                table.c.uploaded_by == uploaded_by,
                table.c.state.in_(
                    [
                        ImportState.READING.value,
                        ImportState.LOOKED_AT.value,
                        ImportState.UNMAPPED.value,
                    ]
                ),
            )
        )

    def under_way(self) -> list[str]:
        """The ids of imports that the worker has to read or take in, the oldest first."""
        states = [
            ImportState.READING.value,
            ImportState.QUEUED.value,
            ImportState.RUNNING.value,
        ]
        return list(
            self._connection.scalars(
                select(table.c.id)
                .where(table.c.state.in_(states))
                .order_by(table.c.uploaded_at, table.c.id)
            )
        )

    def left_alone(self, before: datetime) -> list[str]:
        """The ids of files that were looked at before a moment and never applied."""
        states = [ImportState.LOOKED_AT.value, ImportState.UNMAPPED.value]
        return list(
            self._connection.scalars(
                select(table.c.id)
                .where(table.c.state.in_(states), table.c.uploaded_at < before)
                .order_by(table.c.id)
            )
        )

    def plan(self, one: DirectoryImport) -> ImportPlan:
        """What applying an import would do now. Raises FileRefused."""
        rows = self._rows(one)
        services = HumanServices(self._connection)
        known = services.known_rows(one.source)
        wanted = [row.ids[0] for row in rows if row.ids[0] and row.key not in known]
        elsewhere = services.entries_of(wanted)
        return plan_import(rows, known, elsewhere).with_entries(services.entries_of)

    def _rows(self, one: DirectoryImport) -> tuple[ReadRow, ...]:
        visibility = Visibility(one.visibility)
        if one.layout == HSDS:
            return hsds.read_services(one.content, visibility, clock.today())
        own = ColumnMappings(self._connection).layouts()
        return read_file(
            one.content, visibility, preferred=one.layout, own=own, today=clock.today()
        )

    def add(self, one: DirectoryImport) -> None:
        """Saves a new import."""
        self._connection.execute(insert(table).values(**_columns(one)))

    def save(self, one: DirectoryImport) -> None:
        """Saves a changed import."""
        self._connection.execute(update(table).where(table.c.id == one.id).values(**_columns(one)))


def _columns(one: DirectoryImport) -> dict[str, Any]:
    return {**vars(one), "state": one.state.value}
