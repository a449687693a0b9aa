"""Signing in and out, and ending what is open elsewhere.

Comparing a password takes long on purpose, so it is done before the transaction; the transaction
then counts again, and only its answer is given. So at most five answers are given for an account
in a quarter of an hour, however many tries run at once and in however many processes.
"""

from kasane_kit import clock
from kasane_kit.auth import Actor, ProviderLink, Session, platform_actor
from kasane_kit.tenancy import HOST, SignInProvider, current_municipality
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_portal.commands import SignIn
from kasane_portal.domain.account import LONGEST_PASSWORD, Account, fold_login_name
from kasane_portal.domain.errors import PasswordNotAsked, Throttled, WrongCredentials
from kasane_portal.domain.throttle import blocked_until
from kasane_portal.handlers import passwords
from kasane_portal.repository import (
    Accounts,
    Credentials,
    SignInFailures,
)

SERVICE = "portal"
OBJECT = "session"
UNKNOWN_NAME = "unknown"


def sign_in(
    command: SignIn, house: House, correlation_id: str = "", link: ProviderLink | None = None
) -> str:
    """The id of a session that begins now; raises WrongCredentials, Throttled and PasswordNotAsked.

    The trail names the login name when there is such an account: what was typed instead of one
    may be a password.
    """
    check_password_is_asked(house, command.login_name)
    with house.databases.reading(SERVICE) as connection:
        check_throttle(SignInFailures(connection), command)
        known = Accounts(connection).credentials_of(command.login_name)
    short = command.password[: LONGEST_PASSWORD + 1]
    right = passwords.matches(known.password_hash if known else None, short)
    keeps = not _breaks_glass(house) or (known is not None and known.account.administers)
    if known is None or not right or not known.account.active or not keeps:
        _refuse(command, known, house, correlation_id)
        raise WrongCredentials
    outdated = passwords.is_outdated(known.password_hash)
    renewed = passwords.hash_of(short) if outdated else ""
    account = known.account
    actor = Actor(
        account.id,
        account.display_name,
        current_municipality(),
        account.roles,
        frozenset(account.functions),
        account.office,
    )
    with UnitOfWork(house, SERVICE, actor, Cause(correlation_id)) as uow:
        answer_in_turn(command, uow)
        SignInFailures(uow.connection).forget(account.login_name)
        if renewed:
            Accounts(uow.connection).renew_hash(account.id, renewed)
        session = begin(uow, account, link or ProviderLink())
        uow.record("portal.session.opened", OBJECT, account.login_name)
        uow.commit()
    return session


def begin(uow: UnitOfWork, account: Account, link: ProviderLink) -> str:
    """The id of a new session of the account, from the commit on; raises ChangedMeanwhile.

    ``link`` says where it was proved. Whoever changes the account meanwhile waits, and ends this session as well.
    """
    Accounts(uow.connection).hold(account)
    return uow.sessions.begin(account.id, account.revision, link)


def house_provider(house: House) -> SignInProvider | None:
    """Where this town's staff may prove who they are; None where there is only the password."""
    municipality = current_municipality()
    return None if municipality == HOST else house.directory.get(municipality).provider


def check_password_is_asked(house: House, login_name: str) -> None:
    """Raises PasswordNotAsked where a town keeps one password only, and it is not this one's."""
    kept = _breaks_glass(house)
    if kept and fold_login_name(login_name) != fold_login_name(kept):
        raise PasswordNotAsked


def _breaks_glass(house: House) -> str:
    provider = house_provider(house)
    return provider.break_glass if provider else ""


def sign_out(uow: UnitOfWork, session: Session) -> ProviderLink:
    """Ends a session in every service, copies of its cookie with it; returns where it was proved."""
    account = Accounts(uow.connection).get(uow.actor.account_id)
    uow.sessions.end(session.fingerprint)
    uow.record("portal.session.closed", OBJECT, account.login_name)
    uow.commit()
    return session.link


def confirm(
    password: str, address: str, kept: Session, house: House, correlation_id: str = ""
) -> str:
    """The id of a new session for somebody who enters the own password again; the one at hand ends in every service.

    Counted like signing in; raises WrongCredentials and Throttled.
    """
    with house.databases.reading(SERVICE) as connection:
        account = Accounts(connection).get(kept.account_id)
    session = sign_in(
        SignIn(account.login_name, password, address), house, correlation_id, kept.link
    )
    actor = Actor(account.id, account.display_name, current_municipality())
    with UnitOfWork(house, SERVICE, actor, Cause(correlation_id)) as uow:
        uow.sessions.end(kept.fingerprint)
        uow.record("portal.session.closed", OBJECT, account.login_name)
        uow.commit()
    return session


def prove(asked: SignIn, house: House, correlation_id: str = "") -> Account:
    """The account whose password this is; counted like signing in. Raises WrongCredentials and Throttled.

    What rests on it is given only behind ``answer_in_turn``.
    """
    with house.databases.reading(SERVICE) as connection:
        check_throttle(SignInFailures(connection), asked)
        known = Accounts(connection).credentials_of(asked.login_name)
    if known is None or not passwords.matches(known.password_hash, asked.password):
        _refuse(asked, known, house, correlation_id)
        raise WrongCredentials
    return known.account


def answer_in_turn(asked: SignIn, uow: UnitOfWork) -> None:
    """Counts again in the transaction that gives the answer; raises Throttled."""
    failures = SignInFailures(uow.connection)
    failures.wait_for_turn()
    check_throttle(failures, asked)


def end_others(uow: UnitOfWork, kept: Session) -> int:
    """Ends every session of the actor's account but the one at hand, in every service; returns how many."""
    account = Accounts(uow.connection).get(uow.actor.account_id)
    others = [
        other for other in uow.sessions.of(account.id) if other.fingerprint != kept.fingerprint
    ]
    for other in others:
        uow.sessions.end(other.fingerprint)
    uow.record("portal.session.others_ended", OBJECT, account.login_name)
    uow.commit()
    return len(others)


def _refuse(command: SignIn, known: Credentials | None, house: House, correlation_id: str) -> None:
    actor = platform_actor(SERVICE, current_municipality())
    shown = known.account.login_name if known else UNKNOWN_NAME
    with UnitOfWork(house, SERVICE, actor, Cause(correlation_id)) as uow:
        failures = SignInFailures(uow.connection)
        failures.wait_for_turn()
        check_throttle(failures, command)
        failures.add(command.login_name, command.address)
        uow.record("portal.session.refused", OBJECT, shown)
        until = blocked_until(*failures.recent(command.login_name, command.address), clock.now())
        if until is not None:
            uow.record("portal.session.throttled", OBJECT, shown)
        uow.commit()


def check_throttle(failures: SignInFailures, command: SignIn) -> None:
    """Raises Throttled when signing in failed too often with this name or from this address."""
    now = clock.now()
    until = blocked_until(*failures.recent(command.login_name, command.address), now)
    if until is None:
        return
    seconds = max(1, round((until - now).total_seconds()))
    raise Throttled(
        seconds=seconds,
        minutes=-(-seconds // 60),
        until=f"{until.astimezone(clock.JAPAN):%H:%M}",
    )
