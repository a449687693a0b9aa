"""The front door: which town is yours?"""

from flask import Blueprint, render_template, request

from kasane_contracts import links
from kasane_kit.auth import public, session_cookie
from kasane_kit.tenancy import HOST, UnknownTown
from kasane_kit.web import current_signer, text, this_house
from kasane_portal.pages.local import secure_cookies

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
@public("the list of towns; holds no data about anybody")
def front_door() -> str:
    """The towns by name, the host beside them, and the way on for whoever is signed in."""
    return render_template(
        "portal/front.html",
        towns=this_house().directory.towns(),
        sign_in=links.sign_in,
        host=HOST,
        signed_in=_signed_in_at(),
    )


def _signed_in_at() -> tuple[str, str] | None:
    session = current_signer().read(request.cookies.get(session_cookie(secure_cookies()), ""))
    if session is None:
        return None
    if session.municipality == HOST:
        return text("front.host"), links.home(HOST)
    try:
        town = this_house().directory.get(session.municipality)
    except UnknownTown:
        return None
    return town.name, links.home(town.code)
