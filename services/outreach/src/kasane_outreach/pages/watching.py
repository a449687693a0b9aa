"""Watching over people without consent: assigned at a household, reported by the watcher, read by few."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, reading, text, this_house, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands.campaigns import AssignWatch, ReportWatch
from kasane_outreach.domain.campaign_errors import WatchEnded
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.handlers.watching import (
    SEEN,
    assign_watch,
    end_watch,
    place_of_report,
    report_watch,
)
from kasane_outreach.pages import forms
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("watching", __name__)

EVERY = ("1", "3", "7", "14", "30")
Shown = tuple[str, int]


@blueprint.get("/watches")
@require("outreach.watch.list")
def list_watches() -> str:
    """Whom I watch over, the nearest day first; a coordinator sees all."""
    with reading() as connection:
        found = queries.watches(connection, actor())
        return render_template(
            "outreach/watches.html",
            watches=[(one, queries.household_watched(connection, one.request_id)) for one in found],
            names=queries.names_of_workers(connection),
            today=clock.today(),
        )


@blueprint.get("/households/<request_id>/watches/new")
@require("outreach.watch.assign", object_argument="request_id")
def new_watch(request_id: str) -> str:
    """Who looks, how often, what for, and on which basis."""
    return _new(request_id, Form(_assign_fields()))[0]


@blueprint.post("/households/<request_id>/watches/new")
@require("outreach.watch.assign", object_argument="request_id")
def create(request_id: str) -> AnyResponse | Shown:
    """Asks somebody to look regularly."""
    form = Form(_assign_fields())
    if not form.check(request.form, forms.say):
        return _new(request_id, form, 422)
    values = form.values

    def make(uow: UnitOfWork, assignment_id: str) -> None:
        command = AssignWatch(
            assignment_id,
            request_id,
            values["watcher"],
            int(values["every_days"]),
            values["what"],
            values["basis"],
            clock.today(),
        )
        assign_watch(command, uow)

    try:
        assignment_id = create_once(make)
    except OutreachRefusal as refusal:
        form.add_error("", forms.refusal_words(refusal)["why"])
        return _new(request_id, form, refusal.status)
    return redirect(url_for("watching.one_watch", assignment_id=assignment_id), 303)


@blueprint.get("/watches/<assignment_id>")
@require("outreach.watch.read", object_argument="assignment_id")
def one_watch(assignment_id: str) -> str:
    """One assignment with what was seen; for its watcher and for coordinators."""
    return _show(assignment_id, Form(_report_fields()))[0]


@blueprint.post("/watches/<assignment_id>")
@require("outreach.watch.report", object_argument="assignment_id")
def report(assignment_id: str) -> AnyResponse | Shown:
    """Keeps what the watcher saw."""
    form = Form(_report_fields())
    if not form.check(request.form, forms.say):
        return _show(assignment_id, form, 422)
    worrying, words = bool(form.values["worrying"]), form.values["words"]

    def keep(uow: UnitOfWork, report_id: str) -> None:
        report_watch(ReportWatch(report_id, assignment_id, clock.today(), worrying, words), uow)

    try:
        create_once(keep)
    except WatchEnded as refusal:
        return _show(assignment_id, form, refusal.status, refusal)
    return redirect(url_for("watching.one_watch", assignment_id=assignment_id), 303)


@blueprint.post("/watches/<assignment_id>/end")
@require("outreach.watch.assign", object_argument="assignment_id")
def end(assignment_id: str) -> AnyResponse | Shown:
    """Nobody has to look any more."""
    form = Form((FieldSpec("reason", text("watch.end_reason"), required=True, max_length=200),))
    if not form.check(request.form, forms.say):
        return _show(assignment_id, form, 422)
    with reading() as connection:
        queries.watch(connection, actor(), assignment_id)
    with unit_of_work() as uow:
        end_watch(assignment_id, form.values["reason"], uow)
    return redirect(url_for("watching.list_watches"), 303)


def _new(request_id: str, form: Form, status: int = 200) -> Shown:
    with reading() as connection:
        household = queries.household(connection, actor(), request_id)
    return render_template("outreach/watch_new.html", household=household, form=form), status


def _show(
    assignment_id: str, form: Form, status: int = 200, refusal: OutreachRefusal | None = None
) -> Shown:
    unseal = this_house().unseal
    with reading() as connection:
        found, reports = queries.watch(connection, actor(), assignment_id)
        page = render_template(
            "outreach/watch.html",
            watch=found,
            household=queries.household_watched(connection, found.request_id),
            reports=[
                (one, unseal(SEEN, sealed, place_of_report(one.id)).decode())
                for one, sealed in reports
            ],
            names=queries.names_of_workers(connection),
            form=form,
            report_form=form
            if "words" in {spec.name for spec in form.specs}
            else Form(_report_fields()),
            mine=found.watcher == actor().account_id,
            today=clock.today(),
            refusal=forms.refusal_words(refusal) if refusal else None,
        )
    return page, status


def _assign_fields() -> tuple[FieldSpec, ...]:
    with reading() as connection:
        workers = queries.workers(connection)
    return (
        FieldSpec(
            "watcher",
            text("watch.watcher"),
            FieldKind.CHOICE,
            True,
            choices=tuple(Choice(one.account_id, one.display_name) for one in workers),
        ),
        FieldSpec(
            "every_days",
            text("watch.every"),
            FieldKind.CHOICE,
            True,
            choices=tuple(Choice(one, text("watch.every_days", count=one)) for one in EVERY),
        ),
        FieldSpec("what", text("watch.what"), FieldKind.TEXTAREA, True, text("watch.what_hint")),
        FieldSpec(
            "basis",
            text("watch.basis"),
            required=True,
            hint=text("watch.basis_hint"),
            max_length=300,
        ),
    )


def _report_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("words", text("watch.seen"), FieldKind.TEXTAREA, True, text("watch.seen_hint")),
        FieldSpec("worrying", text("watch.worrying"), FieldKind.BOOLEAN),
    )
