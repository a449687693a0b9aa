"""Writes the minutes of a session: a draft that several may edit, fixed once, corrected by date."""

from kasane_cases.commands import AddAddendum, DraftMinutes, FixMinutes
from kasane_cases.domain.conference import SessionStatus
from kasane_cases.domain.errors import NotInSession, WordsMissing, WrongStep
from kasane_cases.handlers.conferences import OBJECT, must_be_as_read
from kasane_cases.repository import Addenda, Sessions
from kasane_cases.repository.addenda import Addendum
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def draft_minutes(command: DraftMinutes, uow: UnitOfWork) -> None:
    """Keeps the minutes as they are; raises ChangedMeanwhile when somebody else wrote since."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    must_be_as_read(session, command.expected)
    session.draft_minutes(command.minutes, command.items, uow.actor.account_id)
    sessions.save(session)
    uow.record("cases.conference.minutes_drafted", OBJECT, session.id)
    uow.commit()


def fix_minutes(command: FixMinutes, uow: UnitOfWork) -> None:
    """Fixes the minutes of a held session; raises ChangedMeanwhile when somebody else wrote since."""
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    must_be_as_read(session, command.expected)
    session.fix_minutes(command.minutes, clock.now(), uow.actor.account_id, command.items)
    sessions.save(session)
    uow.record("cases.conference.minutes_fixed", OBJECT, session.id)
    uow.commit()


def add_addendum(command: AddAddendum, uow: UnitOfWork) -> str:
    """Adds a dated correction to fixed minutes; only who took part may (I-04)."""
    session = Sessions(uow.connection).get(command.session_id)
    if session.status is not SessionStatus.MINUTES_FIXED:
        raise WrongStep(status=session.status.value)
    if not command.text.strip():
        raise WordsMissing
    account = uow.actor.account_id
    if command.item_id:
        allowed = session.item_open_to(session.item(command.item_id), account)
    else:
        allowed = session.shows_material_to(account)
    if not allowed:
        raise NotInSession
    Addenda(uow.connection).add(
        Addendum(
            command.addendum_id,
            session.id,
            command.item_id,
            command.text.strip(),
            clock.now(),
            uow.actor.display_name,
        )
    )
    uow.record("cases.conference.minutes_corrected", OBJECT, session.id)
    uow.commit()
    return command.addendum_id
