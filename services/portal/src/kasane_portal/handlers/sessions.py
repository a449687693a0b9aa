"""Signing in and out, and ending what is open elsewhere.

Comparing a password takes long on purpose, so it is done before the transaction; the transaction
then counts again, and only its answer is given. So at most five answers are given for an account
in a quarter of an hour, however many tries run at once and in however many processes.
"""

from datetime import datetime

from kasane_contracts.portal import StaffSessionEnded
from kasane_kit import clock
from kasane_kit.auth import Actor, Session, SessionSigner, platform_actor
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_portal.commands import SignIn
from kasane_portal.domain.account import LONGEST_PASSWORD, Account
from kasane_portal.domain.errors import Throttled, WrongCredentials
from kasane_portal.domain.throttle import blocked_until
from kasane_portal.handlers import passwords
from kasane_portal.repository import Accounts, Credentials, Sessions, SignInFailures

SERVICE = "portal"
OBJECT = "session"
UNKNOWN_NAME = "unknown"


def sign_in(command: SignIn, house: House, correlation_id: str = "") -> Session:
    """A session that begins now; raises WrongCredentials and Throttled.

    The trail names the login name when there is such an account: what was typed instead of one
    may be a password.
    """
    with house.databases.reading(SERVICE) as connection:
        _check_throttle(SignInFailures(connection), command)
        known = Accounts(connection).credentials_of(command.login_name)
    short = command.password[: LONGEST_PASSWORD + 1]
    right = passwords.matches(known.password_hash if known else None, short)
    if known is None or not right or not known.account.active:
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
        failures = SignInFailures(uow.connection)
        failures.wait_for_turn()
        _check_throttle(failures, command)
        failures.forget(account.login_name)
        if renewed:
            Accounts(uow.connection).renew_hash(account.id, renewed)
        session = begin(uow, account, SessionSigner(house.keys))
        uow.record("portal.session.opened", OBJECT, account.login_name)
        uow.commit()
    return session


def begin(uow: UnitOfWork, account: Account, signer: SessionSigner) -> Session:
    """A new session of the account, kept in the caller's transaction."""
    session = signer.new(account.id, uow.municipality, account.revision)
    Sessions(uow.connection).begin(session)
    return session


def sign_out(uow: UnitOfWork, session: Session) -> None:
    """Ends a session in every service; whoever kept a copy of the cookie is signed out with it."""
    account = Accounts(uow.connection).get(uow.actor.account_id)
    _end(uow, session.fingerprint, session.longest_until)
    uow.record("portal.session.closed", OBJECT, account.login_name)
    uow.commit()


def confirm(
    password: str, address: str, kept: Session, house: House, correlation_id: str = ""
) -> Session:
    """A new session for somebody who enters the own password again; the one at hand ends in every service.

    Counted like signing in; raises WrongCredentials and Throttled.
    """
    with house.databases.reading(SERVICE) as connection:
        account = Accounts(connection).get(kept.account_id)
    session = sign_in(SignIn(account.login_name, password, address), house, correlation_id)
    actor = Actor(account.id, account.display_name, current_municipality())
    with UnitOfWork(house, SERVICE, actor, Cause(correlation_id)) as uow:
        _end(uow, kept.fingerprint, kept.longest_until)
        uow.record("portal.session.closed", OBJECT, account.login_name)
        uow.commit()
    return session


def end_others(uow: UnitOfWork, kept: Session) -> int:
    """Ends every session of the actor's account but the one at hand, in every service; returns how many."""
    account = Accounts(uow.connection).get(uow.actor.account_id)
    others = [
        other
        for other in Sessions(uow.connection).of(account.id)
        if other.fingerprint != kept.fingerprint
    ]
    for other in others:
        _end(uow, other.fingerprint, other.until)
    uow.record("portal.session.others_ended", OBJECT, account.login_name)
    uow.commit()
    return len(others)


def _end(uow: UnitOfWork, fingerprint: str, until: datetime) -> None:
    Sessions(uow.connection).end(fingerprint, until)
    uow.publish(
        StaffSessionEnded(
            session=fingerprint, account_id=uow.actor.account_id, until=until.isoformat()
        )
    )


def _refuse(command: SignIn, known: Credentials | None, house: House, correlation_id: str) -> None:
    actor = platform_actor(SERVICE, current_municipality())
    shown = known.account.login_name if known else UNKNOWN_NAME
    with UnitOfWork(house, SERVICE, actor, Cause(correlation_id)) as uow:
        failures = SignInFailures(uow.connection)
        failures.wait_for_turn()
        _check_throttle(failures, command)
        failures.add(command.login_name, command.address)
        uow.record("portal.session.refused", OBJECT, shown)
        until = blocked_until(*failures.recent(command.login_name, command.address), clock.now())
        if until is not None:
            uow.record("portal.session.throttled", OBJECT, shown)
        uow.commit()


def _check_throttle(failures: SignInFailures, command: SignIn) -> None:
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
