"""Keeps whose address is hidden, and hides it in what is read."""

from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select

from kasane_intake import tables
from kasane_intake.domain.consultation import PersonConcerned


class ProtectedPersons:
    """The people of the open municipality whose address is shown on no page of intake."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hide(self, person_id: str, *, phone_too: bool) -> None:
        """Hides the address of a person, and the telephone where it was asked for."""
        self.show(person_id)
        self._connection.execute(
            insert(tables.protected_person).values(person_id=person_id, phone_too=phone_too)
        )

    def show(self, person_id: str) -> None:
        """Lets the address be shown again."""
        self._connection.execute(
            delete(tables.protected_person).where(tables.protected_person.c.person_id == person_id)
        )

    def withheld(self, persons: tuple[PersonConcerned, ...]) -> tuple[PersonConcerned, ...]:
        """The persons as a page may show them: without what is hidden."""
        p = tables.protected_person.c
        hidden = {
            row.person_id: row.phone_too
            for row in self._connection.execute(
                select(tables.protected_person).where(
                    p.person_id.in_([person.person_id for person in persons])
                )
            )
        }
        return tuple(
            replace(person, address="", phone="" if hidden[person.person_id] else person.phone)
            if person.person_id in hidden
            else person
            for person in persons
        )
