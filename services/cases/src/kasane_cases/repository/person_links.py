"""Loads and saves which people are one person under two records."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, insert, or_, select, update

from kasane_cases import tables
from kasane_cases.domain.person_link import PersonLink


class PersonLinks:
    """The links between people of the open municipality. No person, household or case is changed by them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, link: PersonLink) -> None:
        """Saves a link, or that it was undone; what is undone stays undone whatever is heard later."""
        t = tables.person_link
        known = self._connection.execute(
            select(t.c.merge_id).where(t.c.merge_id == link.merge_id)
        ).one_or_none()
        if known is None:
            self._connection.execute(insert(t).values(**asdict(link)))
        elif link.undone:
            self._connection.execute(
                update(t).where(t.c.merge_id == link.merge_id).values(undone=True)
            )

    def around(self, person_ids: Iterable[str]) -> tuple[PersonLink, ...]:
        """Every link that holds between these people and others, directly or over others."""
        t, known = tables.person_link, set[str]()
        frontier, found = set(person_ids), {}
        while frontier:
            rows = self._connection.execute(
                select(t).where(
                    t.c.undone.is_(False),
                    or_(t.c.one_person_id.in_(frontier), t.c.other_person_id.in_(frontier)),
                )
            ).all()
            known |= frontier
            found.update({row.merge_id: PersonLink(**row._mapping) for row in rows})
            frontier = {p for row in rows for p in (row.one_person_id, row.other_person_id)} - known
        return tuple(found[merge_id] for merge_id in sorted(found))
