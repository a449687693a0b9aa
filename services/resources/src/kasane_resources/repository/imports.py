"""Loads and saves imports."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from kasane_kit import clock
from kasane_resources.domain.directory_import import DirectoryImport, ImportPlan, plan_import
from kasane_resources.domain.errors import ImportNotFound
from kasane_resources.domain.human_service import Visibility
from kasane_resources.domain.layout_rows import read_file
from kasane_resources.repository.human_services import HumanServices
from kasane_resources.repository.moments import with_zone
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
        return DirectoryImport(**values)

    def waiting_twin(self, source: str, digest: str, uploaded_by: str) -> str | None:
        """The id of the same file that the same person uploaded and did not apply yet."""
        return self._connection.scalar(
            select(table.c.id).where(
                table.c.source == source,
                table.c.digest == digest,
                table.c.uploaded_by == uploaded_by,
                table.c.applied_at.is_(None),
            )
        )

    def plan(self, one: DirectoryImport) -> ImportPlan:
        """What applying an import would do now. Raises FileRefused."""
        rows = read_file(
            one.content,
            Visibility(one.visibility),
            preferred=one.layout,
            today=clock.today(),
        )
        return plan_import(rows, HumanServices(self._connection).known_rows(one.source))

    def add(self, one: DirectoryImport) -> None:
        """Saves a new import."""
        self._connection.execute(insert(table).values(**vars(one)))

    def save(self, one: DirectoryImport) -> None:
        """Saves a changed import."""
        self._connection.execute(update(table).where(table.c.id == one.id).values(**vars(one)))
