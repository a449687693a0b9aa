"""Loads what the gates of a session ask about each person on its agenda."""

from sqlalchemy import Connection

from kasane_cases.domain.conference import ConferenceSession, PersonStanding
from kasane_cases.repository.cases import Cases
from kasane_cases.repository.consents import Consents


def standings(connection: Connection, session: ConferenceSession) -> dict[str, PersonStanding]:
    """The consent that stands and the town's decision, for each identified item, by item id."""
    found = {}
    for item in session.items:
        if item.identified:
            case = Cases(connection).get(item.case_id)
            consent = Consents(connection).standing_of(item.case_id, item.person_id)
            name = case.person(item.person_id).name
            found[item.id] = PersonStanding(consent, case.support_decided, name)
    return found
