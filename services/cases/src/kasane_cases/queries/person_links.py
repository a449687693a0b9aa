"""Reads where the people of a case also appear, as far as the viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.person_link import others_of
from kasane_cases.queries.case_list import consultation_summary
from kasane_cases.repository import PersonLinks, granted_cases
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class AlsoElsewhere:
    """Where one person also appears: cases and consultations, each with id and number. No address, no content."""

    person_id: str
    cases: tuple[tuple[str, str], ...]
    consultations: tuple[tuple[str, str], ...]


def also_elsewhere(
    connection: Connection, viewer: Actor, case_id: str, person_ids: Sequence[str], today: date
) -> tuple[AlsoElsewhere, ...]:
    """For each of these people of a case the other cases that the viewer may see whole, and consultations."""
    links = PersonLinks(connection).around(person_ids) if person_ids else ()
    found = []
    for person_id in person_ids:
        others = others_of(person_id, links)
        if not others:
            continue
        m, c = tables.membership.c, tables.case.c
        cases = connection.execute(
            select(c.id, c.number)
            .join(tables.membership, m.household_id == c.household_id)
            .where(
                m.person_id.in_(others), c.id != case_id, granted_cases(viewer, today, whole=True)
            )
            .distinct()
            .order_by(c.number)
        )
        consultations = []
        for consultation_id in sorted(set(others.values())):
            try:
                summary = consultation_summary(connection, viewer, consultation_id)
            except RecordNotFound:
                continue
            consultations.append((summary.id, summary.number))
        one = AlsoElsewhere(
            person_id, tuple((row.id, row.number) for row in cases), tuple(consultations)
        )
        if one.cases or one.consultations:
            found.append(one)
    return tuple(found)
