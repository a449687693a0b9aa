"""Leads a session: opens it when no gate fails, writes down what is said, ends it."""

from dataclasses import replace
from typing import Any

from kasane_cases.commands import HoldSession, OpenSession, RecordFact
from kasane_cases.domain.agenda import ItemFact
from kasane_cases.domain.case import AccessGrant, GrantBasis, GrantSubject
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.disclosure import Destination
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import note
from kasane_cases.handlers.conferences import (
    BASIS_OF_BODY,
    OBJECT,
    SPOKEN_OF,
    must_be_open_to_actor,
    quorum_of,
)
from kasane_cases.handlers.disclosures import (
    Disclosing,
    Recipient,
    disclose,
    refused,
    would_disclose,
)
from kasane_cases.repository import Cases, Grants, Sessions, standings
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork


def open_session(command: OpenSession, uow: UnitOfWork, hooks: Any) -> None:
    """Opens a session unless a gate fails; those present may read each person spoken of.

    Raises ItemRestricted where somebody else has to open it, for the sake of a restricted case.
    """
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    must_be_open_to_actor(session, (item.id for item in session.agenda), uow)
    today = clock.today()
    met, reason = quorum_of(session, hooks)
    session.open(
        session.obstacles(standings(uow.connection, session.items), met, reason, today), today
    )
    sessions.save(session)
    _tell_attendees(session, uow, hooks)
    _let_attendees_in(session, uow)
    uow.record("cases.conference.opened", OBJECT, session.id)
    uow.commit()


def record_fact(command: RecordFact, uow: UnitOfWork) -> None:
    """Writes down what was told in an open session, with the agency that knew it."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    fact = ItemFact(
        command.fact_id, command.text, command.source, clock.now(), uow.actor.account_id
    )
    session.record_fact(command.item_id, fact, uow.actor.account_id)
    must_still_consent(session, command.item_id, uow)
    sessions.save(session)
    uow.record("cases.conference.fact_recorded", OBJECT, session.id, basis=session.id)
    uow.commit()


def hold_session(command: HoldSession, uow: UnitOfWork) -> None:
    """Ends a session: the rights that followed from it end with it."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    session.hold(command.next_on)
    sessions.save(session)
    Grants(uow.connection).end_with(session.id, clock.now())
    uow.record("cases.conference.held", OBJECT, session.id)
    assert session.held_on is not None
    uow.publish(
        events.ConferenceHeld(
            session_id=session.id,
            body=session.body,
            legal_kind=session.legal_kind.value,
            held_on=session.held_on,
            items=len(session.agenda),
            case_ids=tuple(
                dict.fromkeys(item.case_id for item in session.agenda if item.identified)
            ),
        )
    )
    for item in session.agenda:
        if item.identified:
            note(
                uow,
                item.case_id,
                TimelineKind.CONFERENCE_HELD,
                item.person_id,
                session.id,
                body=session.body_label,
            )
    uow.commit()


def must_still_consent(session: ConferenceSession, item_id: str, uow: UnitOfWork) -> None:
    """Raises ConsentEnded when the consent on which the item is spoken of holds no longer."""
    standing = standings(uow.connection, session.items).get(item_id)
    session.check_consent(item_id, standing, clock.today())


def _tell_attendees(session: ConferenceSession, uow: UnitOfWork, hooks: Any) -> None:
    """Who takes part in an item hears of its person: one line of the ledger for each."""
    for item in session.agenda:
        if not item.identified:
            continue
        kind, hearing = session.kind_of(item), session.admitted_to(item)
        case = Cases(uow.connection).get(item.case_id)
        before = Disclosing(
            case=case,
            person_id=item.person_id,
            recipient=Recipient(Destination(kind.value), session.body_label),
            purpose=ConsentPurpose.MULTI_AGENCY,
            data_classes=SPOKEN_OF,
            act=DisclosureAct.SESSION,
            reference=session.id,
            basis=BASIS_OF_BODY.get(kind),
            session=session,
            present=tuple(dict.fromkeys(one.kind for one in hearing)),
        )
        ruling = would_disclose(uow, hooks, before)
        if not ruling.allowed:
            raise refused(before, ruling)
        for attendee in hearing:
            to = Recipient.of_kind(attendee.kind, attendee.name, attendee.id)
            disclose(uow, hooks, replace(before, recipient=to, present=()))


def _let_attendees_in(session: ConferenceSession, uow: UnitOfWork) -> None:
    today = clock.today()
    for item in session.agenda:
        for attendee in session.admitted_to(item):
            if item.identified and attendee.account_id:
                Grants(uow.connection).add(
                    AccessGrant(
                        id=new_id(),
                        case_id=item.case_id,
                        subject_kind=GrantSubject.ACCOUNT,
                        subject=attendee.account_id,
                        basis=GrantBasis.MEETING,
                        valid_from=today,
                        basis_reference=session.id,
                        person_id=item.person_id,
                        valid_to=today,
                    )
                )
