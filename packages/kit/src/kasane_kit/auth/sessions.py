"""Keeps who is signed in: on the server alone, so that what is ended is ended in every service at once.

A browser holds an id of 256 random bits and nothing else; the database holds its SHA-256, which opens nothing. On
PostgreSQL the table stands in a schema of its own in the town's database, beside those of the services: the keeper
changes it in its own transaction, the others read it in the statement with which they look up the account. On SQLite
it is a file of its own: sessions are ended there before the keeper commits, and begun after it has.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_kit import clock
from kasane_kit.auth.accounts import AccountFacts, facts_from
from kasane_kit.auth.permissions import Actor
from kasane_kit.auth.tables import account_projection
from kasane_kit.db import Databases, MigrationSource, committed_loosely
from kasane_kit.tenancy import current_municipality

log = logging.getLogger("kasane.sessions")

SCHEMA = "sessions"
"""The schema on PostgreSQL, the file on SQLite."""
KEEPER = "portal"
"""The service in which one signs in: it alone begins and ends sessions."""
TOUCHED = "last_used"
"""The one column that the other services may write."""
MIGRATIONS = MigrationSource(Path(__file__).parent / "migrations", with_kit=False)

COOKIE = "kasane_session"
TOWN_COOKIE = "kasane_town"
IDLE_SECONDS = 15 * 60
TOUCH_AFTER_SECONDS = 60
"""What is written down of a use may be so old: a session ends 14 to 15 minutes after the last use, never later."""
LONGEST_SECONDS = 10 * 60 * 60
# How long the password counts as just entered; entering it begins a new session.
CONFIRMED_SECONDS = 15 * 60

_ID_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{43}")

open_session = Table(
    "open_session",
    MetaData(),
    Column("fingerprint", String(64), primary_key=True),
    Column("account_id", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column(TOUCHED, BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("provider_subject", String(64), nullable=False),
    Column("provider_session", String(64), nullable=False),
    schema=SCHEMA,
)
_IN_FILE = {"schema_translate_map": {SCHEMA: None}}

_s = open_session.c
_IS_OPEN = and_(_s.until >= bindparam("now"), _s.last_used >= bindparam("idle_since"))
_FIND = select(open_session).where(_s.fingerprint == bindparam("fingerprint"), _IS_OPEN)
_ACCOUNT = select(account_projection).where(account_projection.c.active.is_(True))
_FIND_ACCOUNT = _ACCOUNT.where(
    account_projection.c.account_id == bindparam("account_id"),
    account_projection.c.revision == bindparam("revision"),
)
_FIND_BOTH = (
    select(
        *_s,
        *(one for one in account_projection.c if one.name not in ("account_id", "revision")),
    )
    .join(
        account_projection,
        and_(
            account_projection.c.account_id == _s.account_id,
            account_projection.c.revision == _s.revision,
        ),
    )
    .where(
        _s.fingerprint == bindparam("fingerprint"),
        _IS_OPEN,
        account_projection.c.active.is_(True),
    )
)


@dataclass(frozen=True)
class ProviderLink:
    """Digests of a provider's own names for the person and the session; empty for a password kept here."""

    subject: str = ""
    session: str = ""


@dataclass(frozen=True)
class Session:
    """A signed-in person in one municipality; ``started`` and ``last_used`` are seconds since 1970.

    ``fingerprint`` is what a database keeps of its id: SHA-256, which nobody can sign in with.
    """

    fingerprint: str
    account_id: str
    municipality: str
    revision: int
    started: int
    last_used: int
    link: ProviderLink = ProviderLink()

    @property
    def started_at(self) -> datetime:
        """When the person signed in or entered the password again."""
        return datetime.fromtimestamp(self.started, UTC)

    @property
    def is_confirmed(self) -> bool:
        """Whether the password was entered within the last quarter of an hour."""
        return _seconds() - self.started <= CONFIRMED_SECONDS

    @property
    def wants_touch(self) -> bool:
        """Whether it is time to write down that it is still in use."""
        return _seconds() - self.last_used >= TOUCH_AFTER_SECONDS


def session_cookie(secure: bool) -> str:
    """The name of the session's cookie: over TLS one that no neighbouring host can set and no part of this one."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def fingerprint_of(session_id: str) -> str:
    """SHA-256 of the id of a session."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def actor_from(session: Session, facts: AccountFacts) -> Actor:
    """The actor of a session with the rights that the account has now."""
    return Actor(
        account_id=session.account_id,
        display_name=facts.display_name,
        municipality=session.municipality,
        roles=facts.roles,
        functions=frozenset(facts.functions),
        office=facts.office,
        session_id=session.fingerprint,
    )


class OpenSessions:
    """The open sessions of the open municipality, as every service sees them."""

    def __init__(self, databases: Databases, service: str) -> None:
        self._databases = databases
        self._service = service

    def find(self, session_id: str) -> tuple[Session, AccountFacts] | None:
        """The session of this id and the account it acts for, as this service has heard of it.

        None for an id that was never given out here, and when the session was ended, was not used for 15 minutes, is
        older than ten hours, or the account is not as it was then: nobody can tell these apart.
        """
        if not _ID.fullmatch(session_id):
            return None
        asked = {"fingerprint": fingerprint_of(session_id), **_moments()}
        if self._databases.in_files(self._service):
            return self._find_in_files(asked)
        with self._databases.asking(self._service) as connection:
            row = connection.execute(_FIND_BOTH, asked).one_or_none()
        return None if row is None else (_session(row), facts_from(row))

    def touch(self, session: Session) -> None:
        """Writes down that a session is in use; that it cannot be written down keeps nobody from working."""
        statement = update(open_session).where(
            _s.fingerprint == session.fingerprint, _s.last_used == session.last_used
        )
        try:
            if self._databases.in_files(self._service):
                with self._databases.writing(SCHEMA) as connection:
                    connection.execute(
                        statement.values(last_used=_seconds()), execution_options=_IN_FILE
                    )
                    connection.commit()
                return
            with self._databases.asking(self._service) as connection:
                connection.execute(
                    statement.values(last_used=_seconds()).returning(committed_loosely())
                )
        except (DBAPIError, NoFreeConnection):
            log.warning("%s: the use of a session was not written down", self._service)

    def _find_in_files(self, asked: dict[str, object]) -> tuple[Session, AccountFacts] | None:
        with self._databases.asking(SCHEMA) as connection:
            row = connection.execute(_FIND, asked, execution_options=_IN_FILE).one_or_none()
        if row is None:
            return None
        account = {"account_id": row.account_id, "revision": row.revision}
        with self._databases.asking(self._service) as connection:
            facts = connection.execute(_FIND_ACCOUNT, account).one_or_none()
        return None if facts is None else (_session(row), facts_from(facts))


class SessionKeeping:
    """Begins and ends sessions of the open municipality together with a transaction of the keeper.

    ``connection`` is the transaction's, ``afterwards`` takes what is done once it is committed.
    """

    def __init__(
        self,
        databases: Databases,
        connection: Connection,
        afterwards: Callable[[Callable[[], None]], None],
    ) -> None:
        self._databases = databases
        self._connection = connection
        self._afterwards = afterwards

    def begin(self, account_id: str, revision: int, link: ProviderLink = ProviderLink()) -> str:
        """A new session from the commit on; returns its id, which is kept nowhere.

        The caller's transaction holds the account, so that no change of it ends sessions between.
        """
        session_id, now = secrets.token_urlsafe(_ID_BYTES), _seconds()
        row = {
            "fingerprint": fingerprint_of(session_id),
            "account_id": account_id,
            "revision": revision,
            "started": now,
            "last_used": now,
            "until": now + LONGEST_SECONDS,
            "provider_subject": link.subject,
            "provider_session": link.session,
        }
        over = delete(open_session).where(or_(_s.until < now, _s.last_used < now - IDLE_SECONDS))

        def write() -> None:
            with self._changing() as (connection, options):
                connection.execute(over, execution_options=options)
                connection.execute(insert(open_session).values(row), execution_options=options)

        if self._in_file:
            self._afterwards(write)
        else:
            write()
        return session_id

    def end(self, fingerprint: str) -> None:
        """Ends one session; on SQLite at once, also when the transaction is given up."""
        self._end(delete(open_session).where(_s.fingerprint == fingerprint))

    def end_all_of(self, account_id: str) -> None:
        """Ends every session of an account; on SQLite at once, also when the transaction is given up."""
        self._end(delete(open_session).where(_s.account_id == account_id))

    def of(self, account_id: str) -> list[Session]:
        """The account's open sessions, newest first."""
        return sessions_of(self._databases, account_id)

    def linked(self, link: ProviderLink) -> list[Session]:
        """The open sessions of one of a provider's sessions, or, when it names none, of one of its persons."""
        meant = [
            column == value
            for column, value in (
                (_s.provider_session, link.session),
                (_s.provider_subject, link.subject),
            )
            if value
        ]
        return _look(self._databases, select(open_session).where(*meant)) if meant else []

    @property
    def _in_file(self) -> bool:
        return self._databases.in_files(KEEPER)

    def _end(self, statement: Any) -> None:
        with self._changing() as (connection, options):
            connection.execute(statement, execution_options=options)

    @contextmanager
    def _changing(self) -> Iterator[tuple[Connection, dict[str, Any]]]:
        if not self._in_file:
            yield self._connection, {}
            return
        with self._databases.writing(SCHEMA) as connection:
            yield connection, _IN_FILE
            connection.commit()


def sessions_of(databases: Databases, account_id: str) -> list[Session]:
    """The open sessions of an account, newest first."""
    return _look(
        databases,
        select(open_session)
        .where(_s.account_id == account_id)
        .order_by(_s.started.desc(), _s.fingerprint),
    )


def end_every_session(databases: Databases) -> None:
    """Signs everybody of the open municipality out; does nothing where sessions were never kept."""
    in_file = databases.in_files(KEEPER)
    with databases.writing(SCHEMA if in_file else KEEPER) as connection:
        if inspect(connection).has_table(open_session.name, schema=None if in_file else SCHEMA):
            options = _IN_FILE if in_file else {}
            connection.execute(delete(open_session), execution_options=options)
            connection.commit()


def _look(databases: Databases, statement: Any) -> list[Session]:
    in_file = databases.in_files(KEEPER)
    with databases.reading(SCHEMA if in_file else KEEPER) as connection:
        rows = connection.execute(
            statement.where(_IS_OPEN), _moments(), execution_options=_IN_FILE if in_file else {}
        )
        return [_session(row) for row in rows]


def _session(row: Row[Any]) -> Session:
    return Session(
        fingerprint=row.fingerprint,
        account_id=row.account_id,
        municipality=current_municipality(),
        revision=row.revision,
        started=row.started,
        last_used=row.last_used,
        link=ProviderLink(row.provider_subject, row.provider_session),
    )


def _moments() -> dict[str, object]:
    now = _seconds()
    return {"now": now, "idle_since": now - IDLE_SECONDS}


def _seconds() -> int:
    return int(clock.now().timestamp())
