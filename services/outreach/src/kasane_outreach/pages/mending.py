"""A worker is ill: what becomes of their visits is shown before anybody accepts it."""

import os
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Refusal, reading, text, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands.mending import MendDay
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.handlers.mending import give_out_anew
from kasane_outreach.handlers.planning import TRAVEL_SETTING
from kasane_outreach.pages import forms
from kasane_outreach.pages.plans import clock_of
from kasane_outreach.repository.travel import travel_times

blueprint = Blueprint("mending", __name__)

Shown = tuple[str, int]


@blueprint.get("/plans/absent")
@require("outreach.plan.make")
def absent() -> str:
    """Who is away on which day, and what would change; nothing is changed yet."""
    return _show()[0]


@blueprint.post("/plans/absent")
@require("outreach.plan.make")
def give_out() -> Response | Shown:
    """Carries out what was shown."""
    on, worker = _on(request.form.get("on", "")), request.form.get("worker", "")[:64]
    command = MendDay(on, worker, request.form.get("shown", "")[:64])
    try:
        with unit_of_work() as uow:
            give_out_anew(command, uow, text("plan.absent_reason"))
    except OutreachRefusal as refusal:
        return _show(refusal)
    return redirect(url_for("visits.list_visits", on=on.isoformat()), 303)


def _on(typed: str) -> date:
    return forms.asked_day(typed, clock.today)


def _show(refusal: OutreachRefusal | None = None) -> Shown:
    asked = request.form if request.method == "POST" else request.args
    on, worker = _on(asked.get("on", "")), asked.get("worker", "")[:64]
    with reading() as connection:
        workers = queries.workers(connection)
        names = queries.names_of_workers(connection)
        if worker and worker not in {one.account_id for one in workers}:
            raise Refusal("not_found", 404)
        travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
        mended = queries.mended_day(connection, on, worker, travel) if worker else None
        households = queries.households_of_day(connection, mended) if mended else {}
    page = render_template(
        "outreach/absent.html",
        on=on,
        worker=worker,
        workers=workers,
        names=names,
        mended=mended,
        households=households,
        clock_of=clock_of,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, refusal.status if refusal else 200
