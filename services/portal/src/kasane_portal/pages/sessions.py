"""Signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from kasane_contracts import links
from kasane_kit.auth import public, signed_in
from kasane_kit.tenancy import SignInProvider, current_municipality
from kasane_kit.web import (
    Form,
    end_session,
    set_session_cookie,
    text,
    this_house,
    unit_of_work,
)
from kasane_plugin_api import FieldKind, FieldSpec
from kasane_portal.commands import SignIn
from kasane_portal.domain.account import LONGEST_PASSWORD
from kasane_portal.domain.errors import (
    AccountNotFound,
    PasswordNotAsked,
    PortalRefusal,
    Throttled,
    WrongCredentials,
)
from kasane_portal.handlers import providers, sessions
from kasane_portal.pages.local import in_host, secure_cookies

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sign-in")
@public("nobody has a session before signing in")
def sign_in_page() -> str:
    """The form for signing in."""
    return _page(_form())


@blueprint.post("/sign-in")
@public("nobody has a session before signing in")
def sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Starts a session and goes on to where the person wanted to be."""
    form = _form()
    if not form.check(request.form, text):
        return _page(form), 422
    command = SignIn(form.values["login_name"], form.values["password"], request.remote_addr or "")
    try:
        session = sessions.sign_in(command, this_house(), g.request_id)
    except (PasswordNotAsked, WrongCredentials) as refusal:
        return _page(form, refusal), refusal.status
    except Throttled as refusal:
        headers = {"Retry-After": str(refusal.facts["seconds"])}
        return _page(form, refusal), refusal.status, headers
    municipality = current_municipality()
    onward = own_path(request.form.get("next", "")) or links.home(municipality)
    response = make_response(redirect(onward, 303))
    set_session_cookie(response, session, secure_cookies())
    return response


@blueprint.post("/sign-out")
@public("a session that is over has to be ended as well")
def sign_out() -> Response:
    """Ends the session in this browser."""
    actor, elsewhere = g.get("actor"), ""
    if actor is not None and actor.municipality == current_municipality():
        try:
            with unit_of_work() as uow:
                link = sessions.sign_out(uow, g.session)
            back = url_for("sessions.sign_in_page", _external=True)
            elsewhere = providers.address_to_sign_out(this_house(), link, back)
        except AccountNotFound:
            pass  # the account is gone and its session with it
    response = (
        _signed_out_page(elsewhere)
        if elsewhere
        else make_response(redirect(links.sign_in(current_municipality()), 303))
    )
    end_session(response, secure_cookies())
    return response


@blueprint.get("/confirm")
@signed_in("everybody confirms only the own sign-in")
def confirm_page() -> str:
    """Asks for the password again before something grave."""
    return _confirm_page(_password_form())


@blueprint.post("/confirm")
@signed_in("everybody confirms only the own sign-in")
def confirm() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Goes on in a new session to where the person wanted to be."""
    form = _password_form()
    if not form.check(request.form, text):
        return _confirm_page(form), 422
    password, address = form.values["password"], request.remote_addr or ""
    try:
        session = sessions.confirm(password, address, g.session, this_house(), g.request_id)
    except WrongCredentials as refusal:
        form.add_error("password", text("refusal.wrong_present_password.why"))
        return _confirm_page(form), refusal.status
    except Throttled as refusal:
        headers = {"Retry-After": str(refusal.facts["seconds"])}
        return _confirm_page(form, refusal), refusal.status, headers
    onward = own_path(request.form.get("next", "")) or links.home(current_municipality())
    response = make_response(redirect(onward, 303))
    set_session_cookie(response, session, secure_cookies())
    return response


def own_path(wanted: str) -> str:
    """The wanted address when it is a path of this server, else nothing."""
    unfit = not wanted.startswith("/") or "\\" in wanted or not wanted.isprintable()
    if unfit or wanted.startswith("//"):
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else wanted


def _signed_out_page(address: str) -> Response:
    """Says that it is over here, and goes on to end it at the provider too."""
    response = make_response(render_template("portal/signed_out.html", address=address))
    # A form may lead nowhere else by our own policy, so the browser goes on by itself.
    response.headers["Refresh"] = f"1; url={address}"
    return response


def sign_in_form_page(refusal: PortalRefusal) -> str:
    """The sign-in page with what went wrong elsewhere."""
    return _page(_form(), refusal)


def _form() -> Form:
    login_name = FieldSpec(
        "login_name",
        text("sign_in.login_name"),
        required=True,
        max_length=64,
        autocomplete="username",
    )
    return Form((login_name, _password_spec()))


def _password_form() -> Form:
    return Form((_password_spec(),))


def _password_spec() -> FieldSpec:
    return FieldSpec(
        "password",
        text("sign_in.password"),
        kind=FieldKind.PASSWORD,
        required=True,
        max_length=LONGEST_PASSWORD,
        autocomplete="current-password",
    )


def _confirm_page(form: Form, refusal: PortalRefusal | None = None) -> str:
    return render_template(
        "portal/confirm.html",
        form=form,
        provider=_provider_of_session(),
        refusal=refusal,
        next_path=own_path(request.values.get("next", "")),
    )


def _page(form: Form, refusal: PortalRefusal | None = None) -> str:
    return render_template(
        "portal/sign_in.html",
        form=form,
        refusal=refusal,
        in_host=in_host(),
        provider=sessions.house_provider(this_house()),
        next_path=own_path(request.values.get("next", "")),
    )


def _provider_of_session() -> SignInProvider | None:
    return sessions.house_provider(this_house()) if g.session.link.subject else None
