"""Reads what sessions decided: one decision for who has it to do, open ones of a person for the next."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_cases.domain.agenda import AgendaItem, ItemDecision
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.errors import SessionNotFound
from kasane_cases.queries.conferences import readable_items
from kasane_cases.repository import Sessions, restricted_items, standings
from kasane_kit import clock
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class DecisionOfSession:
    """One decision with the session and the item it was made about."""

    session: ConferenceSession
    item: AgendaItem
    decision: ItemDecision


def one_decision(connection: Connection, viewer: Actor, decision_id: str) -> DecisionOfSession:
    """A decision for who took part, who is to do it or who leads; raises SessionNotFound (I-04)."""
    d = tables.item_decision.c
    place = connection.execute(
        select(d.session_id, d.item_id).where(d.id == decision_id)
    ).one_or_none()
    if place is None:
        raise SessionNotFound
    session = Sessions(connection).get(place.session_id)
    item = session.item(place.item_id)
    decision = item.decision(decision_id)
    restricted = restricted_items(connection, viewer, session, clock.today())
    leads = viewer.has("coordinator") and item.id not in restricted
    if not session.decision_open_to(item, decision, viewer.account_id, viewer.office, leads=leads):
        raise SessionNotFound
    return DecisionOfSession(session, item, decision)


def carried_over(
    connection: Connection, viewer: Actor, item: AgendaItem, session_id: str, today: date
) -> list[DecisionOfSession]:
    """Decisions of earlier sessions about the person of an item that are not done, as far as the
    viewer may read them."""
    if not item.identified:
        return []
    i, d = tables.agenda_item.c, tables.item_decision.c
    earlier = connection.scalars(
        select(i.session_id)
        .where(
            i.case_id == item.case_id,
            i.person_id == item.person_id,
            i.session_id != session_id,
            select(d.id).where(d.item_id == i.id, d.done_on.is_(None)).exists(),
        )
        .distinct()
        .order_by(i.session_id)
    ).all()
    found: list[DecisionOfSession] = []
    leads = viewer.has("coordinator")
    sessions = Sessions(connection).several(earlier)
    known = standings(connection, [one for session in sessions for one in session.items])
    for session in sessions:
        readable = readable_items(session, viewer, today, known, town=leads)
        readable -= restricted_items(connection, viewer, session, today)
        found.extend(
            DecisionOfSession(session, one, decision)
            for one in session.agenda
            if one.id in readable and (one.case_id, one.person_id) == (item.case_id, item.person_id)
            for decision in one.decisions
            if decision.done_on is None
        )
    return found
