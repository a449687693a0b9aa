"""Households whose address names no town block: a person gives them a place."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, this_town, typed_version, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands import PlaceHousehold
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.town_block import similar_blocks
from kasane_outreach.handlers import place_household
from kasane_outreach.pages import forms

blueprint = Blueprint("placing", __name__)

MOST_SHOWN = 50
Shown = tuple[str, int]


@blueprint.get("/households/unplaced")
@require("outreach.household.list")
def list_unplaced() -> str:
    """The addresses that found no place, each with the blocks that are most like it."""
    return _show()[0]


@blueprint.post("/households/unplaced/<request_id>")
@require("outreach.visit.schedule", object_argument="request_id")
def place(request_id: str) -> Response | Shown:
    """Puts one of them on the map."""
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    blocks = queries.town_blocks(this_town().name)
    form = Form(forms.place_fields(blocks))
    form.check(request.form, forms.say)
    found = forms.read_place(form, blocks) if not form.errors else None
    if found is None:
        return _show(request_id, form, status=422)
    command = PlaceHousehold(request_id, *found, typed_version())
    try:
        with unit_of_work() as uow:
            place_household(command, uow)
    except OutreachRefusal as refusal:
        return _show(request_id, form, refusal, refusal.status)
    return redirect(url_for("placing.list_unplaced"), 303)


def _show(
    at: str = "",
    form: Form | None = None,
    refusal: OutreachRefusal | None = None,
    status: int = 200,
) -> Shown:
    town = this_town().name
    blocks = queries.town_blocks(town)
    with reading() as connection:
        households, hidden = queries.unplaced(connection, actor(), MOST_SHOWN)
    page = render_template(
        "outreach/unplaced.html",
        households=households,
        hidden=hidden,
        blocks=blocks,
        similar={one.id: similar_blocks(one.address, town, blocks) for one in households},
        at=at,
        form=form,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status
