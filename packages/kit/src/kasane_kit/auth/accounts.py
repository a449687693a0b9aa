"""Keeps a service's own copy of the accounts, so that no request waits for the portal."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from kasane_kit import clock
from kasane_kit.auth.tables import account_projection, ended_session
from kasane_kit.auth.tokens import AccountFacts, Session


def find(connection: Connection, account_id: str) -> AccountFacts | None:
    """The account as last heard, or None."""
    return _found(connection, account_projection.c.account_id == account_id)


def hold(connection: Connection, account_id: str) -> None:
    """Lets nobody else who holds the same account go on before this transaction ends."""
    connection.execute(
        select(account_projection.c.account_id)
        .where(account_projection.c.account_id == account_id)
        .with_for_update()
    )


def of_session(connection: Connection, session: Session) -> AccountFacts | None:
    """The account that a session acts for; None when the session was ended or the account is not as it was then."""
    ended = select(ended_session).where(ended_session.c.fingerprint == session.fingerprint)
    return _found(
        connection,
        account_projection.c.account_id == session.account_id,
        account_projection.c.active.is_(True),
        account_projection.c.revision == session.revision,
        ~ended.exists(),
    )


def end_session(connection: Connection, fingerprint: str, until: datetime) -> None:
    """Refuses a session from the caller's commit on; ``until`` is when it would have been refused in any case."""
    known = select(ended_session).where(ended_session.c.fingerprint == fingerprint)
    if connection.execute(known).first() is None:
        connection.execute(insert(ended_session).values(fingerprint=fingerprint, until=until))
    connection.execute(delete(ended_session).where(ended_session.c.until < clock.now()))


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> AccountFacts | None:
    row = connection.execute(select(account_projection).where(*conditions)).one_or_none()
    if row is None:
        return None
    return AccountFacts(
        row.account_id,
        row.display_name,
        tuple(row.roles),
        tuple(row.functions),
        row.office,
        row.active,
        row.revision,
    )


def everyone(connection: Connection) -> tuple[AccountFacts, ...]:
    """All active accounts by display name: for choosing a colleague."""
    rows = connection.execute(
        select(account_projection)
        .where(account_projection.c.active.is_(True))
        .order_by(account_projection.c.display_name, account_projection.c.account_id)
    )
    return tuple(
        AccountFacts(
            r.account_id,
            r.display_name,
            tuple(r.roles),
            tuple(r.functions),
            r.office,
            r.active,
            r.revision,
        )
        for r in rows
    )


def remember(connection: Connection, facts: AccountFacts) -> None:
    """Replaces the copy unless a newer revision is known already."""
    known = find(connection, facts.account_id)
    if known is not None and known.revision >= facts.revision:
        return
    connection.execute(
        delete(account_projection).where(account_projection.c.account_id == facts.account_id)
    )
    connection.execute(
        insert(account_projection).values(
            account_id=facts.account_id,
            display_name=facts.display_name,
            roles=list(facts.roles),
            functions=list(facts.functions),
            office=facts.office,
            active=facts.active,
            revision=facts.revision,
        )
    )
