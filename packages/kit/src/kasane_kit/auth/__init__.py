"""Who is acting, what a route needs, and the one function that decides."""

from kasane_kit.auth.accounts import AccountFacts
from kasane_kit.auth.data_grade import DataGrade
from kasane_kit.auth.decision import Decision, Grant, Rule, decide
from kasane_kit.auth.permissions import (
    Access,
    Actor,
    Permission,
    access_of,
    platform_actor,
    public,
    require,
    signed_in,
)
from kasane_kit.auth.sessions import (
    COOKIE,
    OpenSessions,
    ProviderLink,
    Session,
    SessionKeeping,
    fingerprint_of,
    session_cookie,
)

__all__ = [
    "COOKIE",
    "Access",
    "AccountFacts",
    "Actor",
    "DataGrade",
    "Decision",
    "Grant",
    "OpenSessions",
    "Permission",
    "ProviderLink",
    "Rule",
    "Session",
    "SessionKeeping",
    "access_of",
    "decide",
    "fingerprint_of",
    "platform_actor",
    "public",
    "require",
    "session_cookie",
    "signed_in",
]
