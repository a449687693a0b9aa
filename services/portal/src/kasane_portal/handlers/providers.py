"""Signing in with the town's own OpenID provider: asking, taking the answer once, and hearing that it is over there.

What was asked travels sealed in a cookie of the browser that asked, so an answer that another browser brings opens
nothing, and asking leaves nothing behind here.
"""

import hmac
import json
import logging
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from kasane_kit import clock
from kasane_kit.auth import Actor, ProviderLink, Session, platform_actor
from kasane_kit.auth.provider import Identity, ProviderClient, ProviderFailed, ProviderProblem
from kasane_kit.keys import SealBroken, seal, unseal
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_portal.commands import SignIn, TakeProviderAnswer
from kasane_portal.domain.errors import (
    NoProvider,
    PortalRefusal,
    ProviderAccountClosed,
    ProviderAccountUnknown,
    ProviderAnswerSpent,
    ProviderAnswerUnfit,
    ProviderDeclined,
    ProviderNotReady,
    ProviderOtherPerson,
    ProviderProofTooOld,
    ProviderTokenForeign,
    ProviderTokenForged,
    ProviderTokenStale,
    ProviderUnreachable,
    ProviderUntrusted,
)
from kasane_portal.handlers import sessions
from kasane_portal.handlers.sessions import OBJECT, SERVICE, UNKNOWN_NAME
from kasane_portal.repository import (
    Accounts,
    Credentials,
    SignInFailures,
    SpentAnswers,
    digest,
)

log = logging.getLogger("kasane.provider")

ANSWER_WITHIN = timedelta(minutes=10)
PROOF_LEEWAY_SECONDS = 60
LOGOUT_KEPT_FOR = timedelta(minutes=30)
BASIS = "oidc"

_REFUSALS: dict[ProviderProblem, type[PortalRefusal]] = {
    ProviderProblem.UNREACHABLE: ProviderUnreachable,
    ProviderProblem.UNTRUSTED: ProviderUntrusted,
    ProviderProblem.DECLINED: ProviderDeclined,
    ProviderProblem.FORGED: ProviderTokenForged,
    ProviderProblem.FOREIGN: ProviderTokenForeign,
    ProviderProblem.STALE: ProviderTokenStale,
    ProviderProblem.UNFIT: ProviderAnswerUnfit,
}


@dataclass(frozen=True)
class Asked:
    """What this browser asked the provider; ``confirming`` is the session that wants to do something grave."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    onward: str
    confirming: str
    asked_at: int


@dataclass(frozen=True)
class Proved:
    """The id of a session that a provider's answer began, and where the person wanted to be."""

    session: str
    onward: str


def ask(house: House, redirect_uri: str, onward: str, confirming: str = "") -> tuple[str, str]:
    """Where the browser goes, and what it keeps sealed until the answer."""
    client = _client(house)
    asked = Asked(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        onward=onward,
        confirming=confirming,
        asked_at=int(clock.now().timestamp()),
    )
    try:
        address = client.address_to_ask(
            redirect_uri, asked.state, asked.nonce, asked.verifier, again=bool(confirming)
        )
    except ProviderFailed as failed:
        raise _refusal(failed) from failed
    kept = seal(_key(house), json.dumps(asdict(asked)).encode(), _place())
    return address, urlsafe_b64encode(kept).decode()


def asks_for_confirmation(house: House, kept: str) -> bool:
    """Whether the sealed question was asked before something grave."""
    try:
        return bool(_opened(house, kept).confirming)
    except ProviderAnswerUnfit:
        return False


def take_answer(
    command: TakeProviderAnswer,
    house: House,
    confirming: Session | None,
    correlation_id: str = "",
) -> Proved:
    """A session for whom the provider knows; every answer is taken once. Raises refusals of the portal."""
    counted = SignIn("", "", command.address)
    with house.databases.reading(SERVICE) as connection:
        sessions.check_throttle(SignInFailures(connection), counted)
    try:
        return _take(command, house, confirming, correlation_id)
    except (ProviderNotReady, ProviderUnreachable, ProviderUntrusted, NoProvider):
        raise
    except PortalRefusal as refusal:
        _note_failure(refusal, command.address, house, correlation_id)
        raise


def _take(
    command: TakeProviderAnswer, house: House, confirming: Session | None, correlation_id: str
) -> Proved:
    client = _client(house)
    asked = _opened(house, command.kept)
    asked_at = datetime.fromtimestamp(asked.asked_at, UTC)
    if not hmac.compare_digest(command.state.encode(), asked.state.encode()):
        raise ProviderAnswerUnfit
    if not timedelta() <= clock.now() - asked_at <= ANSWER_WITHIN:
        raise ProviderAnswerUnfit
    with _unit(house, correlation_id) as uow:
        first = SpentAnswers(uow.connection).spend(
            digest(asked.state), asked_at + 2 * ANSWER_WITHIN
        )
        if not first:
            raise ProviderAnswerSpent
        uow.record("portal.session.provider_answered", OBJECT, UNKNOWN_NAME, BASIS)
        uow.commit()
    try:
        client.check_issuer(command.issuer)
        if not command.code:
            raise ProviderDeclined
        identity = client.identity(command.code, asked.redirect_uri, asked.nonce, asked.verifier)
    except ProviderFailed as failed:
        raise _refusal(failed) from failed
    if asked.confirming:
        _check_proof(identity, asked, confirming, house)
    known = _account(identity, house)
    if asked.confirming and (confirming is None or confirming.account_id != known.account.id):
        raise ProviderOtherPerson
    return Proved(
        _begin(known, identity, house, confirming if asked.confirming else None, correlation_id),
        asked.onward,
    )


def _begin(
    known: Credentials,
    identity: Identity,
    house: House,
    replaced: Session | None,
    correlation_id: str,
) -> str:
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
        link = _link(house, identity.subject, identity.session)
        session = sessions.begin(uow, account, link)
        uow.record("portal.session.opened", OBJECT, account.login_name, BASIS)
        if replaced is not None:
            uow.sessions.end(replaced.fingerprint)
            uow.record("portal.session.closed", OBJECT, account.login_name, BASIS)
        uow.commit()
    return session


def hear_ended(logout_token: str, house: House, correlation_id: str = "") -> int:
    """Ends every session that the provider says is over; returns how many. A token is heard once."""
    client = _client(house)
    try:
        ended = client.ended(logout_token)
    except ProviderFailed as failed:
        raise _refusal(failed) from failed
    link = _link(house, ended.subject, ended.session)
    with _unit(house, correlation_id) as uow:
        token = digest(f"{_provider_name(house)}|{ended.token_id}")
        if not SpentAnswers(uow.connection).spend(token, clock.now() + LOGOUT_KEPT_FOR):
            raise ProviderAnswerSpent
        over = uow.sessions.linked(link)
        for one in over:
            uow.sessions.end(one.fingerprint)
        uow.record("portal.session.ended_by_provider", OBJECT, UNKNOWN_NAME, BASIS)
        uow.commit()
    return len(over)


def address_to_sign_out(house: House, link: ProviderLink, back: str) -> str:
    """Where the provider's own session ends; empty when this session was not proved there or it offers no place."""
    if not link.subject:
        return ""
    try:
        return _client(house).address_to_sign_out(back)
    except (ProviderFailed, NoProvider, ProviderNotReady):
        return ""  # signed out here in any case


def _check_proof(
    identity: Identity, asked: Asked, confirming: Session | None, house: House
) -> None:
    if confirming is None or confirming.fingerprint != asked.confirming:
        raise ProviderOtherPerson
    provider = sessions.house_provider(house)
    assert provider is not None
    too_old = identity.asked_at < asked.asked_at - PROOF_LEEWAY_SECONDS
    if too_old or (provider.acr and identity.acr != provider.acr):
        raise ProviderProofTooOld


def _account(identity: Identity, house: House) -> Credentials:
    with house.databases.reading(SERVICE) as connection:
        known = Accounts(connection).credentials_of(identity.name)
    if known is None:
        raise ProviderAccountUnknown
    if not known.account.active:
        raise ProviderAccountClosed
    return known


def _note_failure(refusal: PortalRefusal, address: str, house: House, correlation_id: str) -> None:
    with _unit(house, correlation_id) as uow:
        failures = SignInFailures(uow.connection)
        failures.wait_for_turn()
        # Counted for the address alone: there is no name yet that could be trusted.
        failures.add(secrets.token_hex(16), address)
        uow.record("portal.session.refused", OBJECT, UNKNOWN_NAME, f"{BASIS}:{refusal.code}")
        uow.commit()


def _client(house: House) -> ProviderClient:
    provider = sessions.house_provider(house)
    if provider is None:
        raise NoProvider
    access = house.provider_access
    secret = access.client_secrets.get(current_municipality(), "")
    if not secret:
        log.error("no secret for the sign-in provider of %s", current_municipality())
        raise ProviderNotReady
    return ProviderClient(provider, secret, access.certificates)


def _opened(house: House, kept: str) -> Asked:
    try:
        sealed = urlsafe_b64decode(kept.encode())
        return Asked(**json.loads(unseal(_key(house), sealed, _place())))
    except (SealBroken, ValueError, TypeError) as error:
        raise ProviderAnswerUnfit from error


def _refusal(failed: ProviderFailed) -> PortalRefusal:
    log.warning("sign-in provider of %s: %s", current_municipality(), failed)
    return _REFUSALS[failed.problem]()


def _link(house: House, subject: str, session: str) -> ProviderLink:
    issuer = _provider_name(house)
    return ProviderLink(
        digest(f"{issuer}|{subject}") if subject else "",
        digest(f"{issuer}|{session}") if session else "",
    )


def _provider_name(house: House) -> str:
    provider = sessions.house_provider(house)
    return provider.issuer if provider else ""


def _unit(house: House, correlation_id: str) -> UnitOfWork:
    actor = platform_actor(SERVICE, current_municipality())
    return UnitOfWork(house, SERVICE, actor, Cause(correlation_id))


def _key(house: House) -> bytes:
    return house.keys.derived("signing", "provider")


def _place() -> str:
    return f"sign-in|{current_municipality()}"
