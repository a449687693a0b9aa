"""Loads what the gates of a session ask about each person on its agenda."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.conference import PersonStanding
from kasane_cases.repository.consents import Consents


def standings(connection: Connection, items: Iterable[AgendaItem]) -> dict[str, PersonStanding]:
    """The consent that stands and the town's decision, for each identified item, by item id."""
    identified = [item for item in items if item.identified]
    if not identified:
        return {}
    case, person = tables.case.c, tables.person.c
    cases = sorted({item.case_id for item in identified})
    decided = connection.execute(select(case.id, case.support_decided_on).where(case.id.in_(cases)))
    decided_on = {row.id: row.support_decided_on for row in decided}
    persons = {item.person_id for item in identified}
    found = connection.execute(select(person.id, person.name).where(person.id.in_(persons)))
    names = {row.id: row.name for row in found}
    consents = Consents(connection).standing_in(cases)
    return {
        item.id: PersonStanding(
            consents.get((item.case_id, item.person_id)),
            decided_on[item.case_id] is not None,
            names[item.person_id],
        )
        for item in identified
    }
