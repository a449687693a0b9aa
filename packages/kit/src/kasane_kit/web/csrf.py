"""Lets only our own pages change something: a token in every form, and the browser's word on where it comes from."""

import hashlib
import hmac

from flask import current_app, g, request

from kasane_kit.auth import session_cookie
from kasane_kit.keys import KeyRing
from kasane_kit.web.errors import Refusal, wants_json

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
ANONYMOUS_COOKIE = "kasane_form"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def form_token(keys: KeyRing, session: str) -> str:
    """The token that the forms of a session carry: made from its fingerprint with the installation's key."""
    key = keys.derived("signing", "forms")
    return hmac.new(key, session.encode(), hashlib.sha256).hexdigest()


def token_for_this_request(keys: KeyRing) -> str:
    """The token that a form of this page carries."""
    return form_token(keys, g.form_session)


def token_for_this_session() -> str:
    """The token that a program of ours sends along, for a page that makes its forms itself."""
    return token_for_this_request(current_app.extensions["kasane"]["house"].keys)


def check(keys: KeyRing) -> None:
    """Raises Refusal for a changing request that did not come from one of our forms.

    A program that calls an API without our cookie borrows nobody's rights, so it needs no token.
    """
    if (
        request.method in SAFE_METHODS
        or g.get("bearer")
        or (wants_json() and _session_cookie() not in request.cookies)
    ):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refusal("foreign_form", 403)
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(sent.encode(), token_for_this_request(keys).encode()):
        raise Refusal("stale_form", 403)


def _session_cookie() -> str:
    return session_cookie(current_app.config["KASANE_SECURE_COOKIES"])
