"""Keeps whose address is hidden, and hides it in what is read."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from kasane_intake import tables
from kasane_intake.domain.consultation import PersonConcerned
from kasane_intake.domain.person_merge import PersonMerge, joined_to
from kasane_intake.domain.protected import WithheldAddress
from kasane_intake.repository.merges import PersonMerges


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

    def keep_back(self, person_id: str) -> None:
        """Hides the address of who lives with somebody protected; what is hidden already stays as it is."""
        p = tables.protected_person.c
        known = select(p.person_id).where(p.person_id == person_id)
        if self._connection.scalar(known) is None:
            self.hide(person_id, phone_too=False)

    def show(self, person_id: str) -> None:
        """Lets the address be shown again."""
        self._connection.execute(
            delete(tables.protected_person).where(tables.protected_person.c.person_id == person_id)
        )

    def withheld(self, persons: tuple[PersonConcerned, ...]) -> tuple[PersonConcerned, ...]:
        """The persons as a page may show them: without what is hidden."""
        return withheld(persons, self.among([person.person_id for person in persons]))

    def among(
        self, person_ids: Collection[str], links: Sequence[PersonMerge] | None = None
    ) -> dict[str, WithheldAddress]:
        """What is hidden of these records. A record joined to one that is hidden is hidden like it.

        ``links`` are those around the records, where the caller has read them already.
        """
        if not person_ids:
            return {}
        if links is None:
            links = PersonMerges(self._connection).around(person_ids)
        together = {one: joined_to(one, links) for one in person_ids}
        p = tables.protected_person.c
        wanted = {other for group in together.values() for other in group}
        phones = {
            row.person_id: row.phone_too
            for row in self._connection.execute(
                select(tables.protected_person).where(p.person_id.in_(wanted))
            )
        }
        return {
            one: WithheldAddress(phone_too=any(phones.get(other, False) for other in group))
            for one, group in together.items()
            if not group.isdisjoint(phones)
        }


def withheld(
    persons: Iterable[PersonConcerned], hidden: Mapping[str, WithheldAddress]
) -> tuple[PersonConcerned, ...]:
    """The persons without what is hidden of them."""
    return tuple(
        hidden[person.person_id].withhold(person) if person.person_id in hidden else person
        for person in persons
    )
