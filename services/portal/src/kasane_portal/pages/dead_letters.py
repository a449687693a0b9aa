"""The portal's parked letters: what was heard and could not be applied."""

from flask import Blueprint, render_template

from kasane_kit.auth import require
from kasane_kit.web import reading
from kasane_portal.queries import parked_letters, parked_parcels

blueprint = Blueprint("dead_letters", __name__)

MOST = 200


@blueprint.get("/dead-letters")
@require("portal.dead_letter.list")
def list_page() -> str:
    """Parked letters, oldest first, with the reason of each; their content is not shown."""
    with reading() as connection:
        letters = parked_letters(connection, MOST)
        parcels = parked_parcels(connection, MOST)
    return render_template("portal/dead_letters.html", letters=letters, parcels=parcels, most=MOST)
