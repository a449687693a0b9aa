"""Keeps which sessions are open, so that they can be ended before their time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

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


@dataclass(frozen=True)
class ProviderLink:
    """Digests of the provider's own names for the person and the session; empty for a password kept here."""

    subject: str = ""
    session: str = ""


class Sessions:
    """The open sessions of a town."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, session: Session, link: ProviderLink) -> None:
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
                provider_subject=link.subject,
                provider_session=link.session,
            )
        )

    def link_of(self, fingerprint: str) -> ProviderLink:
        """Where an open session was proved."""
        row = self._connection.execute(
            select(tables.session).where(tables.session.c.fingerprint == fingerprint)
        ).one_or_none()
        return ProviderLink(row.provider_subject, row.provider_session) if row else ProviderLink()

    def linked(self, link: ProviderLink) -> list[OpenSession]:
        """The open sessions of one of the provider's sessions, or, when it names none, of one of its persons."""
        mine = tables.session.c
        meant = [
            column == value
            for column, value in (
                (mine.provider_session, link.session),
                (mine.provider_subject, link.subject),
            )
            if value
        ]
        if not meant:
            return []
        rows = self._connection.execute(
            select(tables.session).where(*meant, mine.until >= clock.now())
        )
        return [
            OpenSession(row.fingerprint, row.account_id, aware(row.started_at), aware(row.until))
            for row in rows
        ]

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


class SpentAnswers:
    """The answers of a provider that were taken: none of them is taken again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def spend(self, digest: str, until: datetime) -> bool:
        """Whether this is the first time; ``until`` is when it would be too old in any case."""
        self._connection.execute(
            delete(tables.spent_answer).where(tables.spent_answer.c.until < clock.now())
        )
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(tables.spent_answer).values(digest=digest, until=until)
                )
        except IntegrityError:
            return False
        return True
