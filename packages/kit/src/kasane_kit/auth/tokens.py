"""Makes and reads the signed session: made by the portal, read by every service, short-lived."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer

from kasane_kit import clock
from kasane_kit.auth.permissions import Actor
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing

COOKIE = "kasane_session"
IDLE_SECONDS = 30 * 60
RENEW_AFTER_SECONDS = 5 * 60
LONGEST_SECONDS = 10 * 60 * 60
# How long the password counts as just entered.
CONFIRMED_SECONDS = 15 * 60


@dataclass(frozen=True)
class Session:
    """A signed-in person in one municipality.

    ``started``, ``renewed`` and ``confirmed``, when the password was last entered, are seconds since 1970.
    """

    session_id: str
    account_id: str
    municipality: str
    revision: int
    started: int
    renewed: int
    confirmed: int

    @property
    def fingerprint(self) -> str:
        """What a database keeps of the session: SHA-256 of its id, which nobody can sign in with."""
        return fingerprint_of(self.session_id)

    @property
    def longest_until(self) -> datetime:
        """The moment from which nobody accepts the session, however often it was renewed."""
        return datetime.fromtimestamp(self.started + LONGEST_SECONDS, UTC)

    @property
    def is_confirmed(self) -> bool:
        """Whether the password was entered within the last quarter of an hour."""
        return _seconds() - self.confirmed <= CONFIRMED_SECONDS

    @property
    def wants_renewal(self) -> bool:
        """True when the cookie should be sent again with a new time."""
        return _seconds() - self.renewed > RENEW_AFTER_SECONDS


def session_cookie(secure: bool) -> str:
    """The name of the session's cookie: over TLS one that no neighbouring host can set and no part of this one."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def fingerprint_of(session_id: str) -> str:
    """SHA-256 of the id of a session."""
    return hashlib.sha256(session_id.encode()).hexdigest()


class SessionSigner:
    """Signs sessions with the installation's key; the content is readable, so it holds no personal data."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def new(self, account_id: str, municipality: str, revision: int) -> Session:
        """A session that starts now."""
        moment = _seconds()
        return Session(new_id(), account_id, municipality, revision, moment, moment, moment)

    def write(self, session: Session) -> str:
        """The session as text for the cookie, with the present time as its renewal."""
        return self._serializer().dumps(
            [
                session.session_id,
                session.account_id,
                session.municipality,
                session.revision,
                session.started,
                _seconds(),
                session.confirmed,
            ]
        )

    def read(self, text: str) -> Session | None:
        """The session, or None when it was forged, is idle for 30 minutes or older than ten hours."""
        try:
            values = self._serializer().loads(text)
            session = Session(*values)
            idle, age = _seconds() - session.renewed, _seconds() - session.started
        except (BadSignature, TypeError, ValueError):
            return None
        return None if idle > IDLE_SECONDS or age > LONGEST_SECONDS else session

    def form_token(self, session_id: str) -> str:
        """The token that a form of this session carries."""
        key = self._keys.derived("signing", "forms")
        return hmac.new(key, session_id.encode(), hashlib.sha256).hexdigest()

    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._keys.derived("signing", "sessions"), salt="kasane-session"
        )


def actor_from(session: Session, projection: "AccountFacts", role_labels: tuple[str, ...]) -> Actor:
    """The actor of a session with the rights that the account has now."""
    return Actor(
        account_id=session.account_id,
        display_name=projection.display_name,
        municipality=session.municipality,
        roles=projection.roles,
        functions=frozenset(projection.functions),
        office=projection.office,
        role_labels=role_labels,
        session_id=session.session_id,
    )


@dataclass(frozen=True)
class AccountFacts:
    """What a service knows of an account from the portal's events."""

    account_id: str
    display_name: str
    roles: tuple[str, ...]
    functions: tuple[str, ...]
    office: str
    active: bool
    revision: int


def _seconds() -> int:
    return int(clock.now().timestamp())
