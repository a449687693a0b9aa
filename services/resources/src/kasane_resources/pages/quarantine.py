"""Personal contacts found in files: looked at one by one, given to supporters, put back, or let go for good."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Refusal, hooks, reading, this_house, unit_of_work
from kasane_resources.commands import DecideCell
from kasane_resources.domain.quarantine import QuarantineDecision
from kasane_resources.handlers import decide_cell, open_cells

blueprint = Blueprint("quarantine", __name__)

MOST_SHOWN = 50


@blueprint.get("/human-services/quarantine")
@require("resources.quarantine.read")
def list_cells() -> str:
    """The contacts about which nobody decided, oldest first."""
    with reading() as connection:
        cells = open_cells(connection, this_house().unseal, MOST_SHOWN)
    return render_template("resources/quarantine.html", cells=cells, saved="saved" in request.args)


@blueprint.post("/human-services/quarantine/<cell_id>")
@require("resources.quarantine.decide", object_argument="cell_id")
def decide(cell_id: str) -> Response:
    """Keeps the decision about one contact."""
    try:
        decision = QuarantineDecision(request.form.get("decision", ""))
    except ValueError:
        raise Refusal("bad_request", 400) from None
    if decision is QuarantineDecision.WAITING:
        raise Refusal("bad_request", 400)
    with unit_of_work() as uow:
        decide_cell(DecideCell(cell_id, decision), uow, hooks())
    return redirect(url_for(".list_cells", saved=1), 303)
