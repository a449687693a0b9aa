"""What is done with accounts; each handler is one transaction and says StaffAccountChanged."""

from dataclasses import dataclass
from typing import Any

from kasane_contracts.portal import StaffAccountChanged
from kasane_kit import clock
from kasane_kit.auth import Actor, ProviderLink
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_portal.commands import (
    ChangeAccount,
    ChangeOwnPassword,
    CreateAccount,
    SetPassword,
    SignIn,
)
from kasane_portal.domain.account import HOST_POSTS, OPERATOR, Account, Posts, check_password
from kasane_portal.domain.errors import WrongCredentials, WrongPresentPassword
from kasane_portal.handlers import passwords, sessions
from kasane_portal.repository import Accounts, SignInFailures

OBJECT = "account"


@dataclass(frozen=True)
class ChangedAccount:
    """The account's new revision, and the id of the new session of a person who changed the own account."""

    revision: int
    session: str


def create_account(command: CreateAccount, uow: UnitOfWork, hooks: Any) -> str:
    """Makes an account with roles of the town; returns its id. ``hooks`` is None for the host."""
    check_password(command.password, command.login_name)
    account = Account.make(
        command.account_id,
        command.login_name,
        command.display_name,
        command.roles,
        command.office,
        posts_of(hooks),
    )
    Accounts(uow.connection).add(account, passwords.hash_of(command.password))
    uow.record("portal.account.created", OBJECT, account.id)
    _say(account, uow)
    uow.commit()
    return account.id


def change_account(
    command: ChangeAccount, uow: UnitOfWork, hooks: Any, link: ProviderLink | None = None
) -> ChangedAccount:
    """Gives an account other roles, another office, closes or reopens it, which ends its sessions everywhere at once.

    Whoever changed the own account in a browser, whose session says by ``link`` where it was proved, and left it open
    goes on with a new session.
    """
    accounts = Accounts(uow.connection)
    account = accounts.get(command.account_id)
    account.check_revision(command.revision)
    account.change(
        command.display_name,
        command.roles,
        command.office,
        command.active,
        posts_of(hooks),
        accounts.other_administrators(account.id),
    )
    accounts.save(account)
    uow.record("portal.account.changed", OBJECT, account.id)
    _say(account, uow)
    uow.sessions.end_all_of(account.id)
    session = ""
    if link is not None and account.active and account.id == uow.actor.account_id:
        session = sessions.begin(uow, account, link)
    uow.commit()
    return ChangedAccount(account.revision, session)


def set_password(command: SetPassword, uow: UnitOfWork) -> int:
    """Gives an account a new password, which ends its sessions; returns the revision."""
    account = _set_password(
        command.account_id, command.password, uow, "portal.account.password_reset"
    )
    uow.commit()
    return account.revision


def change_own_password(
    command: ChangeOwnPassword,
    house: House,
    actor: Actor,
    link: ProviderLink,
    correlation_id: str = "",
) -> str:
    """Changes one's own password, which ends every session; returns a new one's id.

    Failures with the present one are counted like those of signing in. Raises WrongPresentPassword and Throttled.
    """
    with house.databases.reading(sessions.SERVICE) as connection:
        login_name = Accounts(connection).get(command.account_id).login_name
    asked = SignIn(login_name, command.present, command.address)
    try:
        proved = sessions.prove(asked, house, correlation_id)
    except WrongCredentials:
        raise WrongPresentPassword from None
    with UnitOfWork(house, sessions.SERVICE, actor, Cause(correlation_id)) as uow:
        sessions.answer_in_turn(asked, uow)
        Accounts(uow.connection).get(proved.id).check_revision(proved.revision)
        account = _set_password(proved.id, command.password, uow, "portal.account.password_changed")
        session = sessions.begin(uow, account, link)
        uow.commit()
    return session


def posts_of(hooks: Any) -> Posts:
    """What may be given out here: the town's roles and offices of today, or the host's one role."""
    if hooks is None:
        return HOST_POSTS
    today = clock.today()
    return Posts(
        {
            role.code: role.function.value
            for role in hooks.roles(on=today)
            if role.function.value != OPERATOR
        },
        frozenset(office.code for office in hooks.organization(on=today)),
    )


def _set_password(account_id: str, password: str, uow: UnitOfWork, action: str) -> Account:
    accounts = Accounts(uow.connection)
    account = accounts.get(account_id)
    check_password(password, account.login_name)
    account.password_changed()
    accounts.save(account, passwords.hash_of(password))
    SignInFailures(uow.connection).forget(account.login_name)
    uow.record(action, OBJECT, account.id)
    _say(account, uow)
    uow.sessions.end_all_of(account.id)
    return account


def _say(account: Account, uow: UnitOfWork) -> None:
    uow.publish(
        StaffAccountChanged(
            account_id=account.id,
            display_name=account.display_name,
            roles=account.roles,
            functions=account.functions,
            office=account.office,
            active=account.active,
            revision=account.revision,
        )
    )
