"""Comparing two records of one person, asking to merge them, deciding it and taking it back."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands import DecideMerge, MergeStep, RequestMerge
from kasane_intake.domain.errors import ChangedMeanwhile
from kasane_intake.domain.merge_errors import MergeStepImpossible
from kasane_intake.domain.person_merge import CHOSEN, POINTED_AT
from kasane_intake.handlers import decide_merge, request_merge
from kasane_intake.pages import forms
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    read_cursor,
    reading,
    text,
    unit_of_work,
    write_cursor,
)
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("merges", __name__)

PER_PAGE = 30
# A request is asked for by whoever can compare the two; the others need the right to decide.
DECIDES = frozenset({"responsible", "coordinator"})


@blueprint.get("/persons/<one_id>/same-as/<other_id>")
@require("intake.person_merge.request", object_argument="one_id")
def compare_records(one_id: str, other_id: str) -> str:
    """Two records side by side, with reasons, and the form that asks to merge them."""
    return _show_pair(one_id, other_id, Form(_request_fields()))


@blueprint.post("/persons/<one_id>/same-as/<other_id>")
@require("intake.person_merge.request", object_argument="one_id")
def ask_for_merge(one_id: str, other_id: str) -> Response | tuple[str, int]:
    """Saves the request; nothing is joined before somebody else approves."""
    with reading() as connection:
        pair = queries.compared_pair(connection, actor(), one_id, other_id)
    form = Form(_request_fields())
    if not form.check(request.form, forms.say):
        return _show_pair(one_id, other_id, form), 422
    chosen = {name: request.form.get(f"by-{name}", "") for name in CHOSEN}

    def ask(uow: UnitOfWork, merge_id: str) -> None:
        request_merge(
            RequestMerge(merge_id, pair.one.id, pair.other.id, form.values["reason"], chosen), uow
        )

    return redirect(url_for(".show_merge", merge_id=create_once(ask), saved=1), 303)


@blueprint.get("/merges")
@require("intake.person_merge.list")
def list_merges() -> str:
    """Requests that wait for a decision, and those decided."""
    waiting = request.args.get("decided") != "1"
    place = read_cursor(1)
    with reading() as connection:
        lines = queries.person_merges(
            connection,
            actor(),
            waiting=waiting,
            before=place[0] if place else "",
            most=PER_PAGE + 1,
        )
    shown = lines[:PER_PAGE]
    return render_template(
        "intake/merges.html",
        lines=shown,
        waiting=waiting,
        next_cursor=write_cursor((shown[-1].merge.id,)) if len(lines) > PER_PAGE else "",
    )


@blueprint.get("/merges/<merge_id>")
@require("intake.person_merge.read", object_argument="merge_id")
def show_merge(merge_id: str) -> str:
    """One request with what spoke for it, and what can be done with it."""
    return _show_merge(merge_id, Form(_decision_fields()))


@blueprint.post("/merges/<merge_id>")
@require("intake.person_merge.request", object_argument="merge_id")
def withdraw(merge_id: str) -> Response | tuple[str, int]:
    """Takes back one's own request."""
    return _do(merge_id, frozenset({MergeStep.WITHDRAW}))


@blueprint.post("/merges/<merge_id>/decision")
@require("intake.person_merge.decide", object_argument="merge_id")
def decide(merge_id: str) -> Response | tuple[str, int]:
    """Approves, refuses or undoes."""
    return _do(merge_id, frozenset({MergeStep.APPROVE, MergeStep.REFUSE, MergeStep.UNDO}))


def _do(merge_id: str, steps: frozenset[MergeStep]) -> Response | tuple[str, int]:
    with reading() as connection:
        line = queries.person_merge(connection, actor(), merge_id)
    form = Form(_decision_fields())
    if not form.check(request.form, forms.say):
        return _show_merge(merge_id, form), 422
    asked = request.form.get("step", "")
    if asked not in steps:
        raise MergeStepImpossible(status=line.merge.status.value)
    try:
        with unit_of_work() as uow:
            decide_merge(
                DecideMerge(
                    merge_id, MergeStep(asked), form.values["reason"], form.values["version"]
                ),
                uow,
            )
    except ChangedMeanwhile:
        form.add_error("reason", text("text.changed_meanwhile"))
        return _show_merge(merge_id, form), 412
    return redirect(url_for(".show_merge", merge_id=merge_id), 303)


def _show_pair(one_id: str, other_id: str, form: Form) -> str:
    with reading() as connection:
        pair = queries.compared_pair(connection, actor(), one_id, other_id)
    return render_template(
        "intake/compare.html",
        pair=pair,
        form=form,
        fields=CHOSEN,
        pointed_at=POINTED_AT,
        offices=forms.office_labels(),
    )


def _show_merge(merge_id: str, form: Form) -> str:
    with reading() as connection:
        line = queries.person_merge(connection, actor(), merge_id)
    mine = line.merge.requested.account_id == actor().account_id
    return render_template(
        "intake/merge.html",
        line=line,
        form=form,
        mine=mine,
        decides=any(actor().has(function) for function in DECIDES),
        saved="saved" in request.args,
        fields=CHOSEN,
        offices=forms.office_labels(),
    )


def _request_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "reason",
            text("merge.field_reason"),
            FieldKind.TEXTAREA,
            True,
            text("merge.hint_reason"),
            max_length=2000,
        ),
    )


def _decision_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "reason",
            text("merge.field_decision"),
            FieldKind.TEXTAREA,
            True,
            text("merge.hint_decision"),
            max_length=2000,
        ),
        FieldSpec("version", text("field.version"), FieldKind.INTEGER, True),
    )
