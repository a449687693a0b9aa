"""Loads and saves contacts at hosts, apart from the entries that everybody may see."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from kasane_kit.db import Taken, unless_taken
from kasane_resources.domain.errors import ChangedMeanwhile
from kasane_resources.domain.profile import HostContact
from kasane_resources.tables import host_contact as table


class HostContacts:
    """The contacts at the hosts of the open municipality, at most one for an entry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, human_service_id: str) -> HostContact:
        """The contact at the host of an entry; an empty one when nothing is written down."""
        c = table.c
        row = self._connection.execute(
            select(c.name, c.phone, c.email, c.note, c.version).where(
                c.human_service_id == human_service_id
            )
        ).one_or_none()
        return HostContact() if row is None else HostContact(*row)

    def put(self, human_service_id: str, contact: HostContact) -> None:
        """Keeps the contact in place of the one that was read; ChangedMeanwhile when that is not the one kept.

        An empty one keeps its line, so that its version is never counted a second time.
        """
        values = {**vars(contact), "version": contact.version + 1}
        if contact.version == 0:
            self._add(human_service_id, values)
            return
        saved = self._connection.execute(
            update(table)
            .where(table.c.human_service_id == human_service_id, table.c.version == contact.version)
            .values(**values)
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def _add(self, human_service_id: str, values: dict[str, Any]) -> None:
        try:
            with unless_taken(table.c.human_service_id), self._connection.begin_nested():
                self._connection.execute(
                    insert(table).values(human_service_id=human_service_id, **values)
                )
        except Taken:
            raise ChangedMeanwhile from None
