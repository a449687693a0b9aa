"""Keeps which sessions are open, so that they can be ended before their time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from kasane_kit import clock
from kasane_kit.auth import Session, accounts
from kasane_portal import tables
from kasane_portal.repository.moments import aware


@dataclass(frozen=True)
class OpenSession:
    """A session that nobody has ended: a digest of its id, and when it began and will be over by itself."""

    fingerprint: str
    account_id: str
    started_at: datetime
    until: datetime


class Sessions:
    """The open sessions of a town."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, session: Session) -> None:
        """Keeps a new session, and drops those that are over by themselves."""
        now = clock.now()
        self._connection.execute(delete(tables.session).where(tables.session.c.until < now))
        self._connection.execute(
            insert(tables.session).values(
                fingerprint=session.fingerprint,
                account_id=session.account_id,
                revision=session.revision,
                started_at=now,
                until=session.longest_until,
            )
        )

    def of(self, account_id: str) -> list[OpenSession]:
        """The account's open sessions, newest first; what a change of the account ended is not among them."""
        rows = self._connection.execute(
            select(tables.session)
            .join(tables.account, tables.account.c.id == tables.session.c.account_id)
            .where(
                tables.session.c.account_id == account_id,
                tables.session.c.revision == tables.account.c.revision,
                tables.session.c.until >= clock.now(),
            )
            .order_by(tables.session.c.started_at.desc(), tables.session.c.fingerprint)
        )
        return [
            OpenSession(row.fingerprint, row.account_id, aware(row.started_at), aware(row.until))
            for row in rows
        ]

    def end(self, fingerprint: str, until: datetime) -> None:
        """Ends one session: this service refuses it from the caller's commit on."""
        self._connection.execute(
            delete(tables.session).where(tables.session.c.fingerprint == fingerprint)
        )
        accounts.end_session(self._connection, fingerprint, until)
