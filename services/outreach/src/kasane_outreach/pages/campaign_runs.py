"""Carrying out a campaign: receivers, list, ground, approval, waves, replies."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    hooks,
    reading,
    term,
    text,
    this_house,
    typed_version,
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands.campaigns import (
    BeginRun,
    FixList,
    ListedHousehold,
    ListedPerson,
    NameGround,
    SendWave,
    TriageReply,
)
from kasane_outreach.domain.errors import ChangedMeanwhile, OutreachRefusal
from kasane_outreach.domain.survey import NeedLevel, code_of
from kasane_outreach.handlers import campaigns
from kasane_outreach.handlers.campaigns import CODES, answers_of
from kasane_outreach.pages import forms
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("campaign_runs", __name__)

POSTAL = "postal_survey"
MOST_LINES = 5000
WANTS_HELP = frozenset({"visit", "call", "online"})
Shown = tuple[str, int]


@blueprint.post("/campaigns/runs")
@require("outreach.campaign.run")
def begin() -> AnyResponse:
    """Begins to carry out a campaign of the town."""
    typed = request.form.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0

    def make(uow: UnitOfWork, run_id: str) -> None:
        campaigns.begin_run(BeginRun(run_id, request.form.get("campaign", ""), year), uow, hooks())

    return redirect(url_for("campaign_runs.one_run", run_id=create_once(make)), 303)


@blueprint.get("/campaigns/runs/<run_id>")
@require("outreach.campaign.run", object_argument="run_id")
def one_run(run_id: str) -> str:
    """A run with what is done and what comes next."""
    return _show(run_id)[0]


@blueprint.post("/campaigns/runs/<run_id>/receivers")
@require("outreach.campaign.run", object_argument="run_id")
def confirm(run_id: str) -> AnyResponse | Shown:
    """Somebody says that those who receive are ready."""
    return _do(
        run_id,
        lambda uow: campaigns.confirm_receiver(run_id, request.form.get("precondition", ""), uow),
    )


@blueprint.post("/campaigns/runs/<run_id>/list")
@require("outreach.campaign.run", object_argument="run_id")
def add_to_list(run_id: str) -> AnyResponse | Shown:
    """Adds the lines that were pasted: 氏名,ふりがな,住所 or 自治会,法人,世帯."""
    form = Form(_list_fields())
    if not form.check(request.form, forms.say):
        return _show(run_id, form, 422)
    with reading() as connection:
        postal = queries.campaign_run(connection, run_id).kind == POSTAL
    lines = [
        [part.strip() for part in line.replace("、", ",").replace("\t", ",").split(",")]
        for line in form.values["lines"].splitlines()
        if line.strip()
    ]
    wrong = [
        str(number)
        for number, line in enumerate(lines, 1)
        if len(line) != 3 or not line[0] or not line[2]
    ]
    if wrong or len(lines) > MOST_LINES:
        form.add_error("lines", text("run.lines_wrong", lines="、".join(wrong[:10]) or MOST_LINES))
        return _show(run_id, form, 422)

    def add(uow: UnitOfWork, _key: str) -> None:
        if postal:
            campaigns.add_people(run_id, [ListedPerson(*line) for line in lines], uow)
        else:
            campaigns.add_households(run_id, [ListedHousehold(*line) for line in lines], uow)

    return _done(run_id, lambda: create_once(add), form)


@blueprint.post("/campaigns/runs/<run_id>/ground")
@require("outreach.campaign.run", object_argument="run_id")
def ground(run_id: str) -> AnyResponse | Shown:
    """Says where the list is from, on which ground, and how long it is kept."""
    form = Form(_ground_fields())
    if not form.check(request.form, forms.say):
        return _show(run_id, form, 422)
    values = form.values
    command = NameGround(run_id, values["source"], values["legal_ground"], values["keep_until"])
    return _do(run_id, lambda uow: campaigns.name_ground(command, uow), form)


@blueprint.post("/campaigns/runs/<run_id>/approve")
@require("outreach.campaign.approve", object_argument="run_id")
def approve(run_id: str) -> AnyResponse | Shown:
    """A second person fixes the list as the page showed it."""
    command = FixList(run_id, typed_version())
    return _do(run_id, lambda uow: campaigns.fix_list(command, uow))


@blueprint.post("/campaigns/runs/<run_id>/waves")
@require("outreach.campaign.run", object_argument="run_id")
def send_wave(run_id: str) -> AnyResponse | Shown:
    """The letters of a wave go out."""
    command = SendWave(run_id, typed_version())
    return _do(run_id, lambda uow: campaigns.send_wave(command, uow))


@blueprint.post("/campaigns/runs/<run_id>/visits")
@require("outreach.campaign.run", object_argument="run_id")
def ask_for_visits(run_id: str) -> AnyResponse | Shown:
    """Those with a high need and those who did not reply are to be visited."""
    return _do(run_id, lambda uow: campaigns.ask_for_visits(run_id, uow))


@blueprint.post("/campaigns/runs/<run_id>/close")
@require("outreach.campaign.run", object_argument="run_id")
def close(run_id: str) -> AnyResponse | Shown:
    """Ends the run; nobody is written to or visited for it any more."""
    form = Form(_close_fields())
    if not form.check(request.form, forms.say):
        return _show(run_id, form, 422)
    reason = form.values["close_reason"]
    return _do(run_id, lambda uow: campaigns.close_run(run_id, reason, uow), form)


@blueprint.get("/campaigns/runs/<run_id>/letters")
@require("outreach.campaign.run", object_argument="run_id")
def letters(run_id: str) -> str:
    """The inner sheets of the last wave, one a person; the outside says nothing of what is in it."""
    key = this_house().keys.derived(current_municipality(), CODES)
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        targets = queries.survey_targets(connection, run_id)
    return render_template(
        "outreach/letters.html",
        run=run,
        letters=[
            (one, code_of(key, one.id)) for one in targets if run.waves and one.wave == run.waves
        ],
        reply_address=url_for("survey_reply.open_form", _external=True),
    )


@blueprint.get("/campaigns/runs/<run_id>/replies/<target_id>")
@require("outreach.survey_reply.read", object_argument="target_id")
def one_reply(run_id: str, target_id: str) -> str:
    """What one person wrote back, and the choice of what it needs."""
    return _show_reply(run_id, target_id)[0]


@blueprint.post("/campaigns/runs/<run_id>/replies/<target_id>")
@require("outreach.survey_reply.read", object_argument="target_id")
def triage(run_id: str, target_id: str) -> AnyResponse | Shown:
    """Somebody read it and says what it needs; what was sent or decided meanwhile is shown first."""
    form = Form(_triage_fields())
    if not form.check(request.form, forms.say):
        return _show_reply(run_id, target_id, form, 422)
    need, to_intake = NeedLevel(form.values["need"]), bool(form.values["to_intake"])
    command = TriageReply(target_id, typed_version(), need, to_intake)
    with reading() as connection:
        queries.survey_reply(connection, run_id, target_id)
    try:
        with unit_of_work() as uow:
            campaigns.triage_reply(command, uow)
    except ChangedMeanwhile as refusal:
        return _show_reply(run_id, target_id, form, refusal.status, refusal)
    return redirect(url_for("campaign_runs.one_run", run_id=run_id), 303)


def _do(
    run_id: str, act: Callable[[UnitOfWork], Any], form: Form | None = None
) -> AnyResponse | Shown:
    def in_a_unit() -> None:
        with unit_of_work() as uow:
            act(uow)

    return _done(run_id, in_a_unit, form)


def _done(run_id: str, act: Callable[[], Any], form: Form | None = None) -> AnyResponse | Shown:
    """Does something to a run; what a refused form brought is shown again."""
    try:
        act()
    except OutreachRefusal as refusal:
        return _show(run_id, form, refusal.status, refusal)
    return redirect(url_for("campaign_runs.one_run", run_id=run_id), 303)


def _show(
    run_id: str,
    form: Form | None = None,
    status: int = 200,
    refusal: OutreachRefusal | None = None,
) -> Shown:
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        page = render_template(
            "outreach/campaign_run.html",
            run=run,
            postal=run.kind == POSTAL,
            targets=queries.survey_targets(connection, run_id),
            areas=queries.area_progress(connection, run_id),
            counts=queries.postal_counts(connection, run_id),
            close_form=form if form and "close_reason" in form.typed else Form(_close_fields()),
            names=queries.names_of_workers(connection),
            list_form=form if form and "lines" in form.typed else Form(_list_fields()),
            ground_form=form if form and "source" in form.typed else Form(_ground_fields()),
            form=form,
            mine=run.made_by == actor().account_id,
            today=clock.today(),
            refusal=forms.words_beside_new(refusal) if refusal else None,
        )
    return page, status


def _show_reply(
    run_id: str,
    target_id: str,
    form: Form | None = None,
    status: int = 200,
    refusal: OutreachRefusal | None = None,
) -> Shown:
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        target, sealed = queries.survey_reply(connection, run_id, target_id)
    answers = answers_of(this_house().unseal, target_id, sealed)
    page = render_template(
        "outreach/survey_reply.html",
        run=run,
        target=target,
        answers=answers,
        form=form or Form(_triage_fields(), {"to_intake": answers.get("want") in WANTS_HELP}),
        refusal=forms.words_beside_new(refusal) if refusal else None,
    )
    return page, status


def _list_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("lines", text("run.lines"), FieldKind.TEXTAREA, True, text("run.lines_hint")),
    )


def _ground_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("source", text("run.source"), required=True, max_length=300),
        forms.legal_ground_field(),
        FieldSpec(
            "keep_until", text("run.keep_until"), FieldKind.DATE, True, text("run.keep_hint")
        ),
    )


def _close_fields() -> tuple[FieldSpec, ...]:
    return (FieldSpec("close_reason", text("run.close_reason"), required=True, max_length=200),)


def _triage_fields() -> tuple[FieldSpec, ...]:
    needs = tuple(Choice(one.value, term(f"need_level.{one.value}")) for one in NeedLevel)
    return (
        FieldSpec("need", text("run.need"), FieldKind.CHOICE, True, choices=needs),
        FieldSpec(
            "to_intake", text("run.to_intake"), FieldKind.BOOLEAN, hint=text("run.to_intake_hint")
        ),
    )
