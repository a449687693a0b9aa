"""Signing in with the town's own provider, and proving oneself there again before something grave."""

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from kasane_contracts import links
from kasane_kit.auth import public, signed_in
from kasane_kit.tenancy import current_municipality
from kasane_kit.web import set_session_cookie, this_house
from kasane_portal.commands import TakeProviderAnswer
from kasane_portal.domain.errors import PortalRefusal, Throttled
from kasane_portal.handlers import providers
from kasane_portal.pages.local import secure_cookies
from kasane_portal.pages.sessions import own_path, sign_in_form_page

blueprint = Blueprint("providers", __name__)

COOKIE = "kasane_asked"


@blueprint.get("/sign-in/provider")
@public("nobody has a session before signing in")
def ask() -> BaseResponse | tuple[str, int]:
    """Sends the browser to the town's provider."""
    try:
        return _to_provider("")
    except PortalRefusal as refusal:
        return sign_in_form_page(refusal), refusal.status


@blueprint.get("/confirm/provider")
@signed_in("everybody confirms only the own sign-in")
def ask_again() -> BaseResponse:
    """Sends the browser to the provider, which asks the person although it knows them."""
    return _to_provider(g.session.fingerprint)


@blueprint.get("/sign-in/provider/answer")
@public("nobody has a session before signing in")
def answer() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Takes the provider's answer and goes on to where the person wanted to be."""
    kept = request.cookies.get(COOKIE, "")
    command = TakeProviderAnswer(
        state=request.args.get("state", ""),
        code=request.args.get("code", ""),
        issuer=request.args.get("iss", ""),
        kept=kept,
        address=request.remote_addr or "",
    )
    actor = g.get("actor")
    here = actor is not None and actor.municipality == current_municipality()
    try:
        proved = providers.take_answer(
            command, this_house(), g.session if here else None, g.request_id
        )
    except Throttled as refusal:
        headers = {"Retry-After": str(refusal.facts["seconds"])}
        return sign_in_form_page(refusal), refusal.status, headers
    except PortalRefusal as refusal:
        if providers.asks_for_confirmation(this_house(), kept):
            raise
        return sign_in_form_page(refusal), refusal.status
    response = make_response(
        redirect(own_path(proved.onward) or links.home(current_municipality()), 303)
    )
    set_session_cookie(response, proved.session, secure_cookies())
    response.delete_cookie(COOKIE, path=_path(), httponly=True, samesite="Lax")
    return response


def _to_provider(confirming: str) -> BaseResponse:
    address, kept = providers.ask(
        this_house(),
        url_for("providers.answer", _external=True),
        own_path(request.args.get("next", "")),
        confirming,
    )
    response = redirect(address, 303)
    response.set_cookie(
        COOKIE,
        kept,
        max_age=int(providers.ANSWER_WITHIN.total_seconds()),
        path=_path(),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["KASANE_SECURE_COOKIES"]),
    )
    return response


def _path() -> str:
    return url_for("providers.answer")
