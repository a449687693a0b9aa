"""Loads and saves contacts at hosts, apart from the entries that everybody may see."""

from sqlalchemy import Connection, delete, insert, select

from kasane_resources.domain.profile import HostContact
from kasane_resources.tables import host_contact as table


class HostContacts:
    """The contacts at the hosts of the open municipality, at most one for an entry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, human_service_id: str) -> HostContact:
        """The contact at the host of an entry; an empty one when nothing is written down."""
        row = self._connection.execute(
            select(table.c.name, table.c.phone, table.c.email, table.c.note).where(
                table.c.human_service_id == human_service_id
            )
        ).one_or_none()
        return HostContact() if row is None else HostContact(*row)

    def put(self, human_service_id: str, contact: HostContact) -> None:
        """Keeps the contact in place of the one before; an empty one takes it away."""
        self._connection.execute(delete(table).where(table.c.human_service_id == human_service_id))
        if contact.known:
            self._connection.execute(
                insert(table).values(human_service_id=human_service_id, **vars(contact))
            )
