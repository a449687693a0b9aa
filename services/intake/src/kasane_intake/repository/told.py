"""Of whom a viewer may read in consultations that are open to them: those who consented to the sheet (I-07)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, or_, select

from kasane_intake import tables
from kasane_intake.domain.consultation import PersonConcerned
from kasane_intake.domain.names_in_text import without_names
from kasane_intake.repository.visibility import KEPT_BY_THE_SENDER, copied_to, named_roles
from kasane_kit.auth import Actor

AT_ONCE = 500


@dataclass(frozen=True)
class Told:
    """The answer for some consultations: ``whole`` are open with everybody in them."""

    whole: frozenset[str]
    persons: frozenset[str] = field(default_factory=frozenset)

    def of(self, consultation_id: str, person_id: str) -> bool:
        """Whether the viewer may read of this person."""
        return consultation_id in self.whole or person_id in self.persons

    def story(self, consultation_id: str, story: str, persons: Iterable[PersonConcerned]) -> str:
        """The story without the names of those whom the viewer is not told about."""
        everybody = tuple(persons)
        told = [one for one in everybody if self.of(consultation_id, one.person_id)]
        untold = [one for one in everybody if one not in told]
        return without_names(story, told, untold)

    def only(
        self, consultation_id: str, persons: Iterable[PersonConcerned]
    ) -> tuple[PersonConcerned, ...]:
        """The persons, of those whom the viewer is not told about nothing but that they are there."""
        return tuple(
            one if self.of(consultation_id, one.person_id) else PersonConcerned(one.person_id)
            for one in persons
        )


def told_to(connection: Connection, viewer: Actor, consultation_ids: Collection[str]) -> Told:
    """Everybody for the desk that heard it, for coordinators and the role it waits for; else who consented."""
    ids = list(dict.fromkeys(consultation_ids))
    if viewer.has("coordinator"):
        return Told(frozenset(ids))
    c, s = tables.consultation.c, tables.referral_sheet.c
    whole: set[str] = set()
    persons: set[str] = set()
    for some in in_batches(ids):
        whole.update(connection.scalars(select(c.id).where(c.id.in_(some), hears_it(viewer))))
        others = set(some) - whole
        if not others:
            continue
        sent = connection.scalars(
            select(s.persons).where(
                s.consultation_id.in_(others),
                or_(s.to_office == viewer.office, copied_to(viewer)),
                s.status.not_in(KEPT_BY_THE_SENDER),
            )
        )
        persons.update(person for named in sent for person in named)
    return Told(frozenset(whole), frozenset(persons))


def hears_it(viewer: Actor) -> ColumnElement[bool]:
    """Consultations of which the viewer may read everything by their desk or post."""
    c = tables.consultation.c
    return or_(
        c.desk == viewer.office,
        c.received_by == viewer.account_id,
        c.target_role.in_(named_roles(viewer)),
    )


def told_rows(
    connection: Connection, viewer: Actor, rows: Sequence[tuple[str, str, bool]]
) -> frozenset[str]:
    """Which of these records (person, consultation, consultation open to the viewer) the viewer may read."""
    told = told_to(connection, viewer, {c for _, c, is_open in rows if is_open})
    return frozenset(p for p, c, is_open in rows if is_open and told.of(c, p))


def in_batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """So many ids at a time as one statement takes."""
    listed = list(ids)
    return (listed[i : i + AT_ONCE] for i in range(0, len(listed), AT_ONCE))
