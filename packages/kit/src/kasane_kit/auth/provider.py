"""Asks a town's own OpenID provider who somebody is: code and PKCE, the issuer pinned, every answer checked.

Nothing is asked of any other server than the issuer's own: the addresses that the provider names have to be there as
well, nobody is redirected, and an answer that is slow or large is given up.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter

from kasane_kit import clock
from kasane_kit.tenancy import SignInProvider

log = logging.getLogger("kasane.provider")

ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS = 60
TOKEN_SECONDS = 10 * 60
"""How old a token may be when it arrives."""
KNOWN_SECONDS = 10 * 60.0
KEYS_AGAIN_AFTER_SECONDS = 30.0
LARGEST_ANSWER = 256 * 1024
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3.0, 5.0, 8.0
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
SCOPE = "openid profile email"


class ProviderProblem(StrEnum):
    """Why a provider's answer opens nothing."""

    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    DECLINED = "declined"
    FORGED = "forged"
    FOREIGN = "foreign"
    STALE = "stale"
    UNFIT = "unfit"


class ProviderFailed(Exception):
    """Nobody is known from this answer; the text is for the log and holds nothing of the answer."""

    def __init__(self, problem: ProviderProblem, why: str) -> None:
        super().__init__(f"{problem.value}: {why}")
        self.problem = problem


@dataclass(frozen=True)
class Identity:
    """Whom the provider knows: its own name of the person, the town's name, its session, when it asked last, how."""

    subject: str
    name: str
    session: str
    asked_at: int
    acr: str


@dataclass(frozen=True)
class EndedAtProvider:
    """The provider says that a session, or with no session named every session of a person, is over."""

    token_id: str
    subject: str
    session: str


@dataclass
class _Known:
    metadata: dict[str, Any]
    keys: KeySet | None
    until: float
    keys_at: float = 0.0


_known: dict[tuple[str, str], _Known] = {}


class ProviderClient:
    """Speaks with one town's provider."""

    def __init__(self, provider: SignInProvider, secret: str, certificates: str = "") -> None:
        self._provider = provider
        self._secret = secret
        self._certificates = certificates

    def address_to_ask(
        self, redirect_uri: str, state: str, nonce: str, verifier: str, *, again: bool
    ) -> str:
        """Where the browser goes; ``again`` asks the person to prove it anew although the provider knows them."""
        more = {"nonce": nonce, "response_type": "code"}
        if again:
            more |= {"prompt": "login", "max_age": "0"}
            if self._provider.acr:
                more["acr_values"] = self._provider.acr
        metadata = self._metadata()
        with self._web(redirect_uri=redirect_uri) as web:
            address, _ = web.create_authorization_url(
                metadata["authorization_endpoint"], state=state, code_verifier=verifier, **more
            )
        return str(address)

    def identity(self, code: str, redirect_uri: str, nonce: str, verifier: str) -> Identity:
        """Who a code stands for; raises ProviderFailed."""
        metadata = self._metadata()
        offered = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        try:
            with self._web(redirect_uri=redirect_uri, token_endpoint_auth_method=method) as web:
                token = web.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=verifier
                )
        except AuthlibBaseError as error:
            raise ProviderFailed(ProviderProblem.DECLINED, "the code was not taken") from error
        except RequestException as error:
            raise _unreachable(error) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise ProviderFailed(ProviderProblem.UNFIT, "no token in the answer") from error
        claims = self._claims(token.get("id_token"), nonce, str(token.get("access_token", "")))
        name = claims.get(self._provider.claim)
        told_by = claims
        if name is None and metadata.get("userinfo_endpoint"):
            told_by = self._userinfo(str(token.get("access_token", "")), claims["sub"])
            name = told_by.get(self._provider.claim)
        if not isinstance(name, str) or not name:
            raise ProviderFailed(ProviderProblem.UNFIT, f"no claim {self._provider.claim}")
        if self._provider.claim == "email" and told_by.get("email_verified") is not True:
            raise ProviderFailed(ProviderProblem.UNFIT, "the address is not verified")
        asked_at = claims.get("auth_time", 0)
        return Identity(
            subject=claims["sub"],
            name=name,
            session=str(claims.get("sid", "")),
            asked_at=int(asked_at) if isinstance(asked_at, int | float) else 0,
            acr=str(claims.get("acr", "")),
        )

    def check_issuer(self, issuer: str) -> None:
        """Raises ProviderFailed when an answer names another issuer, or none where this provider names itself."""
        named = self._metadata().get("authorization_response_iss_parameter_supported") is True
        if issuer != self._provider.issuer and (issuer or named):
            raise ProviderFailed(ProviderProblem.FOREIGN, "another issuer answered")

    def ended(self, logout_token: str) -> EndedAtProvider:
        """What a logout token ends; raises ProviderFailed."""
        claims = self._verified(logout_token, {})
        events = claims.get("events")
        if not isinstance(events, Mapping) or LOGOUT_EVENT not in events or "nonce" in claims:
            raise ProviderFailed(ProviderProblem.FORGED, "no logout token")
        subject, session, token_id = (str(claims.get(key, "")) for key in ("sub", "sid", "jti"))
        if not token_id or not (subject or session):
            raise ProviderFailed(ProviderProblem.UNFIT, "it names no session and nobody")
        return EndedAtProvider(token_id, subject, session)

    def address_to_sign_out(self, back: str) -> str:
        """Where the browser ends the provider's own session; empty when it offers no such place."""
        place = self._metadata().get("end_session_endpoint")
        if not place:
            return ""
        asked = {"client_id": self._provider.client_id, "post_logout_redirect_uri": back}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def _claims(self, token: Any, nonce: str, access_token: str) -> Mapping[str, Any]:
        claims = self._verified(token, {"nonce": nonce, "access_token": access_token})
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise ProviderFailed(ProviderProblem.UNFIT, "no subject")
        return claims

    def _verified(self, token: Any, params: dict[str, Any]) -> Mapping[str, Any]:
        if not isinstance(token, str) or not token:
            raise ProviderFailed(ProviderProblem.UNFIT, "no id token")
        decoded = self._decoded(token)
        claims = decoded.claims
        now = int(clock.now().timestamp())
        self._check_addressee(claims)
        try:
            if params:
                known = {**params, "client_id": self._provider.client_id}
                CodeIDToken(claims, decoded.header, {}, known).validate(now, LEEWAY_SECONDS)
            elif "exp" in claims and claims["exp"] < now - LEEWAY_SECONDS:
                raise ExpiredTokenError("exp")
        except ClaimError as error:
            early = isinstance(error, InvalidClaimError) and error.claim in ("iat", "nbf")
            timed = early or isinstance(error, ExpiredTokenError)
            problem = ProviderProblem.STALE if timed else ProviderProblem.FORGED
            raise ProviderFailed(problem, f"claim {error.claim}") from error
        except (JoseError, AuthlibBaseError, TypeError, ValueError) as error:
            raise ProviderFailed(ProviderProblem.FORGED, type(error).__name__) from error
        issued = claims.get("iat")
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            raise ProviderFailed(ProviderProblem.FORGED, "no moment of issue")
        if not now - TOKEN_SECONDS <= issued <= now + LEEWAY_SECONDS:
            raise ProviderFailed(ProviderProblem.STALE, "it was issued at another time")
        return claims

    def _check_addressee(self, claims: Mapping[str, Any]) -> None:
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        mine = self._provider.client_id
        addressed = isinstance(audiences, list) and mine in audiences
        alone = addressed and (len(audiences or ()) == 1 or claims.get("azp") == mine)
        if claims.get("iss") != self._provider.issuer or not alone:
            raise ProviderFailed(ProviderProblem.FOREIGN, "another issuer or another addressee")
        if claims.get("azp", mine) != mine:
            raise ProviderFailed(ProviderProblem.FOREIGN, "it was issued to another client")

    def _decoded(self, token: str) -> jwt.Token:
        for fresh in (False, True):
            try:
                return jwt.decode(token, self._keys(fresh=fresh), algorithms=list(ALGORITHMS))
            except (JoseError, ValueError, TypeError, KeyError) as error:
                # A provider changes its keys: one look at the present ones, then it is a forgery.
                if fresh:
                    raise ProviderFailed(ProviderProblem.FORGED, type(error).__name__) from error
        raise AssertionError

    def _userinfo(self, access_token: str, subject: str) -> Mapping[str, Any]:
        told = self._get(
            self._metadata()["userinfo_endpoint"], {"Authorization": f"Bearer {access_token}"}
        )
        if told.get("sub") != subject:
            raise ProviderFailed(ProviderProblem.FOREIGN, "it tells of another person")
        return told

    def _metadata(self) -> dict[str, Any]:
        return self._remembered().metadata

    def _remembered(self) -> _Known:
        place = (self._provider.issuer, self._provider.client_id)
        known = _known.get(place)
        if known is None or known.until < monotonic():
            found = self._get(
                f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            )
            known = _Known(self._fit(found), None, monotonic() + KNOWN_SECONDS)
            _known[place] = known
        return known

    def _fit(self, found: dict[str, Any]) -> dict[str, Any]:
        if found.get("issuer") != self._provider.issuer:
            raise ProviderFailed(ProviderProblem.UNTRUSTED, "its document names another issuer")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        offered = ("end_session_endpoint", "userinfo_endpoint")
        for key in (*needed, *(key for key in offered if key in found)):
            if not isinstance(found.get(key), str) or not self._is_there(found[key]):
                raise ProviderFailed(ProviderProblem.UNTRUSTED, f"its {key} is somewhere else")
        return found

    def _keys(self, *, fresh: bool) -> KeySet:
        known = self._remembered()
        rested = monotonic() - known.keys_at > KEYS_AGAIN_AFTER_SECONDS
        if known.keys is None or (fresh and rested):
            found = self._get(known.metadata["jwks_uri"])
            try:
                known.keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderFailed(ProviderProblem.UNTRUSTED, "its keys are no keys") from error
            known.keys_at = monotonic()
        return known.keys

    def _get(self, address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            with self._web() as web:
                answer = web.get(address, withhold_token=True, headers=dict(headers or {}))
                found = answer.json() if answer.status_code == 200 else None
        except ValueError as error:  # no JSON; what requests raises is no ValueError unless it is
            raise ProviderFailed(ProviderProblem.UNREACHABLE, "no JSON came") from error
        except RequestException as error:
            raise _unreachable(error) from error
        if not isinstance(found, dict):
            raise ProviderFailed(ProviderProblem.UNREACHABLE, "no document came")
        return found

    def _is_there(self, address: str) -> bool:
        return _origin(address) == _origin(self._provider.issuer)

    def _web(self, **more: Any) -> OAuth2Session:
        web = OAuth2Session(
            self._provider.client_id,
            self._secret,
            scope=SCOPE,
            code_challenge_method="S256",
            **more,
        )
        web.trust_env = False
        web.max_redirects = 0
        web.verify = self._certificates or True
        adapter = _OneServer(_origin(self._provider.issuer))
        web.mount("https://", adapter)
        web.mount("http://", adapter)
        return web


class _OneServer(HTTPAdapter):
    """Speaks with one server only, and not for long."""

    def __init__(self, origin: tuple[str, str, int]) -> None:
        super().__init__(max_retries=0)
        self._origin = origin

    def send(self, request: PreparedRequest, *_args: Any, **options: Any) -> Response:
        if _origin(request.url or "") != self._origin:
            raise RequestException("asked for another server")
        started = monotonic()
        settings = {"verify": options.get("verify", True), "cert": options.get("cert")}
        answer = super().send(
            request, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS), **settings
        )
        parts: list[bytes] = []
        size = 0
        try:
            while part := answer.raw.read1(8192, decode_content=True):
                size += len(part)
                parts.append(part)
                if size > LARGEST_ANSWER or monotonic() - started > WHOLE_SECONDS:
                    raise RequestException("too much or too slow")
        except RequestException:
            raise
        except Exception as error:  # whatever a broken line makes of it
            raise RequestException("the answer broke off") from error
        finally:
            answer.close()
        answer._content = b"".join(parts)
        return answer


def _origin(address: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ("", "", 0)
    return (parts.scheme, (parts.hostname or "").lower(), port)


def _unreachable(error: Exception) -> ProviderFailed:
    return ProviderFailed(ProviderProblem.UNREACHABLE, type(error).__name__)
