"""The front door: which town is yours?"""

from flask import Blueprint, render_template, request

from kasane_contracts import links
from kasane_kit.auth import OpenSessions, public, session_cookie
from kasane_kit.auth.sessions import TOWN_COOKIE
from kasane_kit.tenancy import HOST, UnknownTown, municipality_scope
from kasane_kit.web import text, this_house, this_service
from kasane_portal.pages.local import secure_cookies
from kasane_portal.queries import UNANSWERED

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
    municipality = request.cookies.get(TOWN_COOKIE, "")
    try:
        name = (
            text("front.host")
            if municipality == HOST
            else this_house().directory.get(municipality).name
        )
    except UnknownTown:
        return None
    session_id = request.cookies.get(session_cookie(secure_cookies()), "")
    try:
        with municipality_scope(municipality):
            found = OpenSessions(this_house().databases, this_service().name).find(session_id)
    except UNANSWERED:
        return None  # the towns are shown also while one of them cannot be asked
    return (name, links.home(municipality)) if found else None
