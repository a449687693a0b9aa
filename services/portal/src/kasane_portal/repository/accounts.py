"""Loads and saves accounts, and counts failures to sign in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    insert,
    select,
    text,
    update,
)

from kasane_kit import clock
from kasane_kit.auth import AccountFacts, accounts
from kasane_kit.db import Taken, unless_taken
from kasane_kit.ids import new_id
from kasane_portal import tables
from kasane_portal.domain.account import Account, fold_login_name
from kasane_portal.domain.errors import (
    AccountNotFound,
    ChangedMeanwhile,
    LoginNameTaken,
)
from kasane_portal.domain.throttle import WINDOW
from kasane_portal.repository.moments import aware

_SIGN_IN_LOCK = 7_206_010_701


@dataclass(frozen=True)
class Credentials:
    """What signing in compares: the account and the hash of its password."""

    account: Account
    password_hash: str


class Accounts:
    """The accounts of the open municipality; saving also renews the portal's own projection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: str) -> Account:
        """The account; raises AccountNotFound."""
        return self._one(tables.account.c.id == account_id).account

    def credentials(self, account_id: str) -> Credentials:
        """The account with its hash; raises AccountNotFound."""
        return self._one(tables.account.c.id == account_id)

    def credentials_of(self, login_name: str) -> Credentials | None:
        """The account that signs in with this name, typed in any width and case; or None."""
        try:
            return self._one(tables.account.c.login_name == fold_login_name(login_name))
        except AccountNotFound:
            return None

    def hold(self, account: Account) -> None:
        """Lets nobody change the account before this transaction ends; raises ChangedMeanwhile when somebody did."""
        row = self._connection.execute(
            select(tables.account.c.revision, tables.account.c.active)
            .where(tables.account.c.id == account.id)
            .with_for_update()
        ).one_or_none()
        if row is None or row.revision != account.revision or not row.active:
            raise ChangedMeanwhile

    def other_administrators(self, account_id: str) -> int:
        """How many other accounts can look after the accounts now."""
        rows = self._connection.execute(
            select(tables.account)
            .where(tables.account.c.active.is_(True), tables.account.c.id != account_id)
            .with_for_update()
        )
        return sum(_account(row).administers for row in rows)

    def add(self, account: Account, password_hash: str) -> None:
        """Saves a new account; raises LoginNameTaken."""
        taken = self.credentials_of(account.login_name)
        if taken is not None:
            raise LoginNameTaken(login_name=account.login_name)
        try:
            with unless_taken(tables.account.c.login_name), self._connection.begin_nested():
                self._connection.execute(
                    insert(tables.account).values(**_columns(account), password_hash=password_hash)
                )
        except Taken:
            raise LoginNameTaken(login_name=account.login_name) from None
        self._project(account)

    def save(self, account: Account, password_hash: str = "") -> None:
        """Saves a changed account one revision on; raises ChangedMeanwhile."""
        values = _columns(account)
        if password_hash:
            values["password_hash"] = password_hash
        saved = self._connection.execute(
            update(tables.account)
            .where(
                tables.account.c.id == account.id,
                tables.account.c.revision == account.revision - 1,
            )
            .values(**values)
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        self._project(account)

    def renew_hash(self, account_id: str, password_hash: str) -> None:
        """Keeps the same password under today's parameters; no change of the account."""
        self._connection.execute(
            update(tables.account)
            .where(tables.account.c.id == account_id)
            .values(password_hash=password_hash)
        )

    def _one(self, condition: ColumnElement[bool]) -> Credentials:
        row = self._connection.execute(select(tables.account).where(condition)).one_or_none()
        if row is None:
            raise AccountNotFound
        return Credentials(_account(row), row.password_hash)

    def _project(self, account: Account) -> None:
        accounts.remember(
            self._connection,
            AccountFacts(
                account.id,
                account.display_name,
                account.roles,
                account.functions,
                account.office,
                account.active,
                account.revision,
            ),
        )


class SignInFailures:
    """The failures to sign in of the last minutes; names and addresses are kept as digests."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wait_for_turn(self) -> None:
        """Lets one sign-in of this town be counted after the other, in whichever process."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SIGN_IN_LOCK}
            )

    def recent(self, login_name: str, address: str) -> tuple[list[datetime], list[datetime]]:
        """When signing in failed lately: with this name, and from this address."""
        failure = tables.sign_in_failure.c
        return (
            self._moments(failure.subject == digest(fold_login_name(login_name))),
            self._moments(failure.address == digest(address)) if address else [],
        )

    def add(self, login_name: str, address: str) -> None:
        """Counts a failure, and forgets those that no longer count."""
        self._connection.execute(
            delete(tables.sign_in_failure).where(
                tables.sign_in_failure.c.at <= clock.now() - WINDOW
            )
        )
        self._connection.execute(
            insert(tables.sign_in_failure).values(
                id=new_id(),
                at=clock.now(),
                subject=digest(fold_login_name(login_name)),
                address=digest(address),
            )
        )

    def forget(self, login_name: str) -> None:
        """The right password was given or a new one was set: the name starts anew."""
        self._connection.execute(
            delete(tables.sign_in_failure).where(
                tables.sign_in_failure.c.subject == digest(fold_login_name(login_name))
            )
        )

    def _moments(self, condition: ColumnElement[bool]) -> list[datetime]:
        rows = self._connection.scalars(
            select(tables.sign_in_failure.c.at).where(
                condition, tables.sign_in_failure.c.at > clock.now() - WINDOW
            )
        )
        return [aware(moment) for moment in rows]


def digest(value: str) -> str:
    """A name or an address as it is counted: a mistyped password must not stay readable."""
    return hashlib.sha256(value.encode()).hexdigest()


def account_of(row: Row[tuple[object, ...]]) -> Account:
    """An account from its row."""
    return _account(row)


def _columns(account: Account) -> dict[str, object]:
    return {
        **vars(account),
        "roles": list(account.roles),
        "functions": list(account.functions),
    }


def _account(row: Row[tuple[object, ...]]) -> Account:
    values = row._mapping
    return Account(
        id=values["id"],
        login_name=values["login_name"],
        display_name=values["display_name"],
        roles=_texts(values["roles"]),
        functions=_texts(values["functions"]),
        office=values["office"],
        active=values["active"],
        revision=values["revision"],
    )


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(values)
