"""Writes down what a session decided and who takes which part; a decision becomes a task."""

from kasane_cases.commands import FinishDecision, RecordDecision, ShareRoles
from kasane_cases.domain.agenda import AgendaItem, ItemDecision
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.errors import SessionNotFound, UnknownChoice
from kasane_cases.handlers.conferences import OBJECT, must_be_as_read
from kasane_cases.handlers.sessions import must_still_consent
from kasane_cases.repository import Sessions, restricted_items
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.auth import Actor, accounts
from kasane_kit.unit_of_work import UnitOfWork


def record_decision(command: RecordDecision, uow: UnitOfWork) -> None:
    """Writes down what was decided about an item; who is to do it finds it among their tasks."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    item = session.item(command.item_id)
    if command.owner:
        _must_be_able_to_own(session, item, command.owner, uow)
    decision = ItemDecision(
        command.decision_id,
        command.text,
        command.in_charge,
        command.role,
        command.due_on,
        command.owner,
    )
    session.record_decision(item.id, decision, uow.actor.account_id)
    must_still_consent(session, item.id, uow)
    sessions.save(session)
    uow.record("cases.conference.decision_recorded", OBJECT, session.id, basis=session.id)
    uow.publish(
        events.DecisionMade(
            decision_id=decision.id,
            session_id=session.id,
            case_id=item.case_id,
            targets=_who_is_told(session, item, decision, uow.actor),
            due_on=decision.due_on,
        )
    )
    uow.commit()


def share_roles(command: ShareRoles, uow: UnitOfWork) -> None:
    """Writes the 役割分担表 of an item anew, with at most one 主担当; raises ChangedMeanwhile."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    must_be_as_read(session, command.expected)
    session.share_roles(command.item_id, command.roles, uow.actor.account_id)
    must_still_consent(session, command.item_id, uow)
    sessions.save(session)
    uow.record("cases.conference.roles_shared", OBJECT, session.id, basis=session.id)
    uow.commit()


def finish_decision(command: FinishDecision, uow: UnitOfWork) -> None:
    """Notes that a decision was carried out: by who is to do it, or by who took part."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    item = session.item(command.item_id)
    decision = item.decision(command.decision_id)
    restricted = restricted_items(uow.connection, uow.actor, session, clock.today())
    leads = uow.actor.has("coordinator") and item.id not in restricted
    if not session.decision_open_to(
        item, decision, uow.actor.account_id, uow.actor.office, leads=leads
    ):
        raise SessionNotFound
    done = session.finish_decision(item.id, decision.id, clock.today(), command.note.strip())
    sessions.save(session)
    uow.record("cases.conference.decision_done", OBJECT, session.id)
    uow.publish(events.DecisionDone(done.id, session.id, item.case_id))
    uow.commit()


def _must_be_able_to_own(
    session: ConferenceSession, item: AgendaItem, account_id: str, uow: UnitOfWork
) -> None:
    account = accounts.find(uow.connection, account_id)
    if account is None or not account.active:
        raise UnknownChoice(choice=account_id)
    if session.kind_of(item).closed and not session.item_open_to(item, account_id):
        raise UnknownChoice(choice=account.display_name)


def _who_is_told(
    session: ConferenceSession, item: AgendaItem, decision: ItemDecision, actor: Actor
) -> tuple[str, ...]:
    if decision.owner:
        return (f"account:{decision.owner}",)
    if not session.kind_of(item).closed:
        return (f"office:{decision.in_charge}",)
    there = [
        attendee.account_id
        for attendee in session.admitted_to(item)
        if attendee.account_id and attendee.affiliation == decision.in_charge
    ]
    return tuple(f"account:{one}" for one in there or [actor.account_id])
