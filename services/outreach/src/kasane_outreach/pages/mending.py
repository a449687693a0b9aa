"""Days that do not go as planned: what would change is shown before anybody accepts it."""

import os
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Refusal, actor, reading, text, this_town, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands.mending import MendDay
from kasane_outreach.domain.disruption import (
    LONGEST_DETOUR,
    MOST_CLOSED_DAYS,
    Disruption,
    DisruptionKind,
)
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.handlers.mending import mend_days
from kasane_outreach.handlers.planning import TRAVEL_SETTING
from kasane_outreach.pages import forms
from kasane_outreach.pages.plans import clock_of
from kasane_outreach.repository.mending import MendedDay
from kasane_outreach.repository.travel import travel_times

blueprint = Blueprint("mending", __name__)

LONGEST_NAME, LONGEST_REASON = 64, 200
OVERRUNS, DETOURS = (15, 30, 45, 60, 90, 120), (0, 10, 20, 30, 60)
Shown = tuple[str, int]


@dataclass(frozen=True)
class _Asked:
    """What was chosen; ``whole`` when a proposal can be made of it."""

    disruption: Disruption
    whole: bool


@blueprint.get("/plans/changes")
@require("outreach.plan.make")
def list_kinds() -> str:
    """What can happen to a planned day, each with its own form."""
    return render_template("outreach/changes.html", kinds=tuple(DisruptionKind))


@blueprint.get("/plans/changes/<kind>")
@require("outreach.plan.make")
def propose(kind: str) -> str | Shown:
    """What happened, and what would change; nothing is changed yet."""
    return _show(_kind(kind))


@blueprint.post("/plans/changes/<kind>")
@require("outreach.plan.make")
def carry_out(kind: str) -> Response | Shown:
    """Carries out what was shown."""
    asked = _asked(_kind(kind))
    reason = request.form.get("reason", "")[:LONGEST_REASON].strip()
    shown = request.form.get("shown", "")[:LONGEST_NAME]
    command = MendDay(asked.disruption, shown, reason or text(f"mend.reason_{kind}"))
    _must_be_mine(asked.disruption)
    try:
        with unit_of_work() as uow:
            mend_days(command, queries.town_blocks(this_town().name), uow)
    except OutreachRefusal as refusal:
        return _show(_kind(kind), refusal)
    return redirect(url_for("visits.list_visits", on=asked.disruption.on.isoformat()), 303)


def _kind(typed: str) -> DisruptionKind:
    try:
        return DisruptionKind(typed)
    except ValueError as error:
        raise Refusal("not_found", 404) from error


def _asked(kind: DisruptionKind) -> _Asked:
    given = request.form if request.method == "POST" else request.args
    disruption = Disruption(
        kind,
        on=forms.asked_day(given.get("on", ""), clock.today),
        worker=given.get("worker", "")[:LONGEST_NAME],
        visit_id=given.get("visit", "")[:LONGEST_NAME],
        request_id=given.get("household", "")[:LONGEST_NAME],
        block=given.get("block", "")[:LONGEST_REASON],
        minutes=_number(given.get("minutes", ""), LONGEST_DETOUR),
        days=_number(given.get("days", ""), MOST_CLOSED_DAYS) or 1,
        fill=given.get("fill", "") == "1",
    )
    needed = {
        DisruptionKind.WORKER_ABSENT: disruption.worker,
        DisruptionKind.VISIT_CANCELLED: disruption.visit_id,
        DisruptionKind.VISIT_ADDED: disruption.request_id,
        DisruptionKind.VISIT_OVERRUN: disruption.visit_id and disruption.minutes,
        DisruptionKind.ROAD_CLOSED: disruption.block,
    }
    return _Asked(disruption, bool(needed[kind]))


def _number(typed: str, most: int) -> int:
    known = typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))
    return min(int(typed), most) if known else 0


def _must_be_mine(happened: Disruption) -> None:
    """Somebody who is no coordinator changes only what they may see."""
    with reading() as connection:
        if happened.visit_id:
            queries.visit(connection, actor(), happened.visit_id)
        if happened.request_id:
            queries.household(connection, actor(), happened.request_id)
        known = {one.account_id for one in queries.workers(connection)}
        if happened.worker and happened.worker not in known:
            raise Refusal("not_found", 404)


def _show(kind: DisruptionKind, refusal: OutreachRefusal | None = None) -> Shown:
    asked = _asked(kind)
    blocks = queries.town_blocks(this_town().name)
    mended: MendedDay | None = None
    _must_be_mine(asked.disruption)
    with reading() as connection:
        if asked.whole:
            travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
            try:
                mended = queries.mended_days(connection, asked.disruption, travel, blocks)
            except OutreachRefusal as impossible:
                refusal = refusal or impossible
        households = queries.households_of(connection, actor(), mended) if mended else {}
        workers = queries.workers(connection)
        names = queries.names_of_workers(connection)
        visits = queries.due_on(connection, actor(), asked.disruption.on)
        waiting = queries.could_be_added(connection, actor())
    page = render_template(
        "outreach/mend.html",
        kind=kind,
        asked=asked.disruption,
        mended=mended,
        households=households,
        workers=workers,
        names=names,
        visits=visits,
        waiting=waiting,
        blocks=blocks,
        overruns=OVERRUNS,
        detours=DETOURS,
        most_days=MOST_CLOSED_DAYS,
        clock_of=clock_of,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, refusal.status if refusal else 200
