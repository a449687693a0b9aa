"""Remembers whose address cases asked to hide, for requests that come afterwards."""

from sqlalchemy import Connection, delete, insert, select

from kasane_outreach import tables


class ProtectedPersons:
    """The people of the open municipality whose own address is protected."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has(self, person_id: str) -> bool:
        """Whether the address of the person is protected."""
        p = tables.protected_person.c
        found = self._connection.scalar(select(p.person_id).where(p.person_id == person_id))
        return found is not None

    def note(self, person_id: str, *, protected: bool) -> None:
        """Remembers that the address of a person is protected, or no longer."""
        p = tables.protected_person.c
        self._connection.execute(delete(tables.protected_person).where(p.person_id == person_id))
        if protected:
            self._connection.execute(insert(tables.protected_person).values(person_id=person_id))
