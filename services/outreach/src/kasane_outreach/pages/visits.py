"""The visits of a day, one visit, and its record; made for a telephone's width first."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, Refusal, actor, reading, this_house, typed_version, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands import CancelVisit, HandOverVisit, RecordVisit
from kasane_outreach.commands.mending import PinVisit
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.disruption import VisitPin
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.visit import Visit
from kasane_outreach.handlers import cancel_visit, hand_over_visit, record_visit
from kasane_outreach.handlers.mending import pin_visit
from kasane_outreach.pages import forms

blueprint = Blueprint("visits", __name__)

LONGEST_SUBMISSION = 200
Shown = tuple[str, int]


@blueprint.get("/visits")
@require("outreach.visit.list")
def list_visits() -> str:
    """The visits of a day that I may see, in their order; ``on`` is the day, ``worker`` narrows."""
    today = clock.today()
    on = forms.asked_day(request.args.get("on", ""), clock.today)
    worker = request.args.get("worker", "")[:64]
    with reading() as connection:
        lines = queries.visits_on(connection, actor(), on, worker=worker)
        rounds = queries.rounds_on(connection, actor(), on)
        workers = queries.workers(connection) if actor().has("coordinator") else ()
    return render_template(
        "outreach/visits.html",
        lines=lines,
        rounds=rounds,
        workers=workers,
        worker=worker,
        on=on,
        today=today,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
    )


@blueprint.get("/visits/<visit_id>")
@require("outreach.visit.read", object_argument="visit_id")
def one_visit(visit_id: str) -> str:
    """One visit with what the worker needs at the door, and the form for its record."""
    return _show(visit_id)[0]


@blueprint.post("/visits/<visit_id>/record")
@require("outreach.visit.record", object_argument="visit_id")
def record(visit_id: str) -> Response | Shown:
    """Writes down what came of the visit; when it is refused, what was typed stays on the
    screen.
    """
    form = Form(forms.record_fields())
    with reading() as connection:
        queries.visit(connection, actor(), visit_id)
    if not form.check(request.form, forms.say):
        return _show(visit_id, record_form=form, status=422)
    values = form.values
    command = RecordVisit(
        visit_id=visit_id,
        result=VisitResult(values["result"]),
        version=typed_version(),
        note=values["note"],
        consent_heard=values["consent_heard"],
        accompanied_to=values["accompanied_to"],
        next_wish=values["next_wish"],
        submission=request.form.get("submission", "")[:LONGEST_SUBMISSION],
    )
    try:
        with unit_of_work() as uow:
            record_visit(command, uow)
    except OutreachRefusal as refusal:
        return _show(visit_id, record_form=form, refusal=refusal, status=refusal.status)
    return redirect(url_for("visits.one_visit", visit_id=visit_id, saved=1), 303)


@blueprint.post("/visits/<visit_id>/cancel")
@require("outreach.visit.schedule", object_argument="visit_id")
def cancel(visit_id: str) -> Response | Shown:
    """Takes the visit out of the day."""
    form = Form(forms.cancel_fields())
    with reading() as connection:
        queries.visit(connection, actor(), visit_id)
    if not form.check(request.form, forms.say):
        return _show(visit_id, cancel_form=form, status=422)
    try:
        with unit_of_work() as uow:
            cancel_visit(CancelVisit(visit_id, form.values["reason"], typed_version()), uow)
    except OutreachRefusal as refusal:
        return _show(visit_id, cancel_form=form, refusal=refusal, status=refusal.status)
    return redirect(url_for("visits.one_visit", visit_id=visit_id), 303)


@blueprint.post("/visits/<visit_id>/pin")
@require("outreach.visit.schedule", object_argument="visit_id")
def pin(visit_id: str) -> Response | Shown:
    """Notes that the household was told the time, that it is locked, or that it may move."""
    with reading() as connection:
        queries.visit(connection, actor(), visit_id)
    typed = request.form.get("pin", "")
    if typed not in {one.value for one in VisitPin}:
        raise Refusal("disruption_unclear", 422)
    try:
        with unit_of_work() as uow:
            pin_visit(PinVisit(visit_id, VisitPin(typed), typed_version()), uow)
    except OutreachRefusal as refusal:
        return _show(visit_id, refusal=refusal, status=refusal.status)
    return redirect(url_for("visits.one_visit", visit_id=visit_id), 303)


@blueprint.post("/visits/<visit_id>/hand-over")
@require("outreach.visit.schedule", object_argument="visit_id")
def hand_over(visit_id: str) -> Response | Shown:
    """Gives the visit to other workers."""
    with reading() as connection:
        line = queries.visit(connection, actor(), visit_id)
        workers = queries.workers(connection)
    form = Form(forms.hand_over_fields(workers, line.visit.two_person))
    form.check(request.form, forms.say)
    if form.errors:
        return _show(visit_id, hand_over_form=form, status=422)
    chosen = (form.values["worker"], form.values["second_worker"])
    command = HandOverVisit(
        visit_id, tuple(dict.fromkeys(one for one in chosen if one)), typed_version()
    )
    try:
        with unit_of_work() as uow:
            hand_over_visit(command, uow)
    except OutreachRefusal as refusal:
        return _show(visit_id, hand_over_form=form, refusal=refusal, status=refusal.status)
    if actor().has("coordinator") or actor().account_id in command.workers:
        return redirect(url_for("visits.one_visit", visit_id=visit_id), 303)
    return redirect(url_for("visits.list_visits", on=line.visit.on.isoformat()), 303)


def _show(
    visit_id: str,
    *,
    record_form: Form | None = None,
    cancel_form: Form | None = None,
    hand_over_form: Form | None = None,
    refusal: OutreachRefusal | None = None,
    status: int = 200,
) -> Shown:
    with reading() as connection:
        line = queries.visit(connection, actor(), visit_id, this_house().unseal)
        visit = line.visit
        history = [
            one
            for one in queries.visits_of_household(connection, visit.request_id)
            if one.record is not None and one.id != visit_id
        ]
        attempts = {one.visit_id: one for one in queries.attempts_of(connection, visit.request_id)}
        same_day = queries.other_visits(
            connection, actor(), line.household, visit.on, besides=(visit_id,)
        )
        workers = queries.workers(connection)
        names = queries.names_of_workers(connection)
        from_door = queries.at_the_door(connection, visit_id)
    mine = actor().account_id in visit.workers
    typed_late = record_form is not None and refusal is not None
    cancelled_late = cancel_form is not None and refusal is not None
    page = render_template(
        "outreach/visit.html",
        line=line,
        visit=visit,
        household=line.household,
        history=history,
        attempts=attempts,
        same_day=same_day,
        names=names,
        from_door=from_door,
        mine=mine,
        may_record=(mine or actor().has("coordinator")) and (visit.due or typed_late),
        may_cancel=visit.due and not typed_late,
        cancelled_late=cancelled_late,
        record_form=record_form or Form(forms.record_fields()),
        cancel_form=cancel_form or Form(forms.cancel_fields()),
        hand_over_form=hand_over_form
        or Form(forms.hand_over_fields(workers, visit.two_person), _who(visit)),
        form=record_form or cancel_form or hand_over_form,
        refusal=forms.refusal_words(refusal) if refusal else None,
        saved=request.args.get("saved") == "1",
    )
    return page, status


def _who(visit: Visit) -> dict[str, str]:
    second = visit.workers[1] if len(visit.workers) > 1 else ""
    return {"worker": visit.workers[0], "second_worker": second}
