"""Who is acting, what a route needs, and the one function that decides."""

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
from kasane_kit.auth.tokens import (
    COOKIE,
    AccountFacts,
    Session,
    SessionSigner,
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
    "Permission",
    "Rule",
    "Session",
    "SessionSigner",
    "access_of",
    "decide",
    "fingerprint_of",
    "platform_actor",
    "public",
    "require",
    "session_cookie",
    "signed_in",
]
