"""Carrying out a campaign: receivers, list, ground, approval, waves, replies, areas, months."""

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
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands.campaigns import (
    BeginRun,
    HearLeader,
    ListedHousehold,
    ListedPerson,
    NameGround,
    RecordSurveyVisit,
    TakeArea,
    TriageReply,
)
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.survey import NeedLevel, code_of
from kasane_outreach.domain.visit import VISITING_FUNCTIONS
from kasane_outreach.handlers import area_surveys, campaigns
from kasane_outreach.handlers.area_surveys import WORDS, place_of_words
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

    def add(uow: UnitOfWork) -> None:
        if postal:
            campaigns.add_people(run_id, [ListedPerson(*line) for line in lines], uow)
        else:
            campaigns.add_households(run_id, [ListedHousehold(*line) for line in lines], uow)

    return _do(run_id, add)


@blueprint.post("/campaigns/runs/<run_id>/ground")
@require("outreach.campaign.run", object_argument="run_id")
def ground(run_id: str) -> AnyResponse | Shown:
    """Says where the list is from, on which ground, and how long it is kept."""
    form = Form(_ground_fields())
    if not form.check(request.form, forms.say):
        return _show(run_id, form, 422)
    values = form.values
    command = NameGround(run_id, values["source"], values["legal_ground"], values["keep_until"])
    return _do(run_id, lambda uow: campaigns.name_ground(command, uow))


@blueprint.post("/campaigns/runs/<run_id>/approve")
@require("outreach.campaign.approve", object_argument="run_id")
def approve(run_id: str) -> AnyResponse | Shown:
    """A second person fixes the list."""
    return _do(run_id, lambda uow: campaigns.fix_list(run_id, uow))


@blueprint.post("/campaigns/runs/<run_id>/waves")
@require("outreach.campaign.run", object_argument="run_id")
def send_wave(run_id: str) -> AnyResponse | Shown:
    """The letters of a wave go out."""
    return _do(run_id, lambda uow: campaigns.send_wave(run_id, uow))


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
    return _do(run_id, lambda uow: campaigns.close_run(run_id, form.values["close_reason"], uow))


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
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        target, sealed = queries.survey_reply(connection, run_id, target_id)
    answers = answers_of(this_house().unseal, target_id, sealed)
    return render_template(
        "outreach/survey_reply.html",
        run=run,
        target=target,
        answers=answers,
        form=Form(_triage_fields(), {"to_intake": answers.get("want") in WANTS_HELP}),
    )


@blueprint.post("/campaigns/runs/<run_id>/replies/<target_id>")
@require("outreach.survey_reply.read", object_argument="target_id")
def triage(run_id: str, target_id: str) -> AnyResponse | Shown:
    """Somebody read it and says what it needs."""
    form = Form(_triage_fields())
    if not form.check(request.form, forms.say):
        return _show(run_id, form, 422)
    values = form.values
    command = TriageReply(target_id, NeedLevel(values["need"]), bool(values["to_intake"]))
    with reading() as connection:
        queries.survey_reply(connection, run_id, target_id)
    return _do(run_id, lambda uow: campaigns.triage_reply(command, uow))


@blueprint.get("/campaigns/runs/<run_id>/areas/<area>")
@require("outreach.survey_household.visit", object_argument="run_id")
def one_area(run_id: str, area: str) -> str:
    """The households of an area, and, apart, what leaders said."""
    return _area(run_id, area, Form(_hearing_fields()))[0]


@blueprint.post("/campaigns/runs/<run_id>/areas/<area>")
@require("outreach.survey_household.visit", object_argument="run_id")
def hear(run_id: str, area: str) -> AnyResponse | Shown:
    """Keeps what a leader said."""
    form = Form(_hearing_fields())
    if not form.check(request.form, forms.say):
        return _area(run_id, area, form, 422)
    values = form.values
    with unit_of_work() as uow:
        area_surveys.hear_leader(
            HearLeader(
                run_id,
                area,
                values["heard_from"],
                clock.today(),
                values["legal_ground"],
                values["words"],
            ),
            uow,
        )
    return redirect(url_for("campaign_runs.one_area", run_id=run_id, area=area), 303)


@blueprint.post("/campaigns/runs/<run_id>/areas/<area>/today")
@require("outreach.survey_household.visit", object_argument="run_id")
def walk(run_id: str, area: str) -> AnyResponse | Shown:
    """The area lies in the telephone today."""
    try:
        with unit_of_work() as uow:
            area_surveys.take_area(TakeArea(run_id, area), uow)
    except OutreachRefusal as refusal:
        return _area(run_id, area, Form(_hearing_fields()), refusal.status, refusal)
    return redirect(url_for("campaign_runs.one_area", run_id=run_id, area=area), 303)


@blueprint.get("/campaigns/runs/<run_id>/households/<household_id>")
@require("outreach.survey_household.visit", object_argument="household_id")
def one_household(run_id: str, household_id: str) -> str:
    """One household with its own words and the form for a visit."""
    return _household(run_id, household_id, Form(_visit_fields()))[0]


@blueprint.post("/campaigns/runs/<run_id>/households/<household_id>")
@require("outreach.survey_household.visit", object_argument="household_id")
def visit(run_id: str, household_id: str) -> AnyResponse | Shown:
    """Keeps what came of a visit."""
    form = Form(_visit_fields())
    if not form.check(request.form, forms.say):
        return _household(run_id, household_id, form, 422)
    command = RecordSurveyVisit(
        household_id, VisitResult(form.values["result"]), clock.today(), form.values["words"]
    )
    try:
        with unit_of_work() as uow:
            area_surveys.record_survey_visit(command, uow)
    except OutreachRefusal as refusal:
        form.add_error("", forms.refusal_words(refusal)["why"])
        return _household(run_id, household_id, form, refusal.status)
    return redirect(
        url_for("campaign_runs.one_household", run_id=run_id, household_id=household_id), 303
    )


@blueprint.get("/campaigns/runs/<run_id>/months")
@require("outreach.campaign.run", object_argument="run_id")
def months(run_id: str) -> str:
    """What each agency did in a month; counts only."""
    month = forms.asked_day(f"{request.args.get('month', '')}-01", clock.today)
    with reading() as connection:
        return render_template(
            "outreach/agency_months.html",
            run=queries.campaign_run(connection, run_id),
            months=queries.agency_months(connection, run_id, month),
            month=month,
            results=tuple(VisitResult),
        )


def _do(run_id: str, act: Callable[[UnitOfWork], Any]) -> AnyResponse | Shown:
    try:
        with unit_of_work() as uow:
            act(uow)
    except OutreachRefusal as refusal:
        return _show(run_id, status=refusal.status, refusal=refusal)
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
            refusal=forms.refusal_words(refusal) if refusal else None,
        )
    return page, status


def _area(
    run_id: str,
    area: str,
    form: Form,
    status: int = 200,
    refusal: OutreachRefusal | None = None,
) -> Shown:
    unseal = this_house().unseal
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        households = queries.households_of_area(connection, run_id, area)
        hearings = queries.hearings_of_area(connection, run_id, area)
        taken = queries.walks_area(connection, actor(), run_id, area, clock.today())
    page = render_template(
        "outreach/survey_area.html",
        run=run,
        area=area,
        households=households,
        hearings=[
            (one, unseal(WORDS, sealed, place_of_words(one.id)).decode())
            for one, sealed in hearings
        ],
        form=form,
        taken=taken,
        may_walk=bool(actor().functions & VISITING_FUNCTIONS),
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status


def _household(run_id: str, household_id: str, form: Form, status: int = 200) -> Shown:
    unseal = this_house().unseal
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        household, visits = queries.survey_household(connection, run_id, household_id)
    page = render_template(
        "outreach/survey_household.html",
        run=run,
        household=household,
        visits=[
            (one, unseal(WORDS, sealed, place_of_words(one.id)).decode()) for one, sealed in visits
        ],
        form=form,
    )
    return page, status


def _list_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("lines", text("run.lines"), FieldKind.TEXTAREA, True, text("run.lines_hint")),
    )


def _ground_fields() -> tuple[FieldSpec, ...]:
    bases = [one.label for one in hooks().legal_bases(on=clock.today())]
    return (
        FieldSpec("source", text("run.source"), required=True, max_length=300),
        FieldSpec(
            "legal_ground",
            text("run.legal_ground"),
            FieldKind.CHOICE,
            True,
            choices=tuple(Choice(label, label) for label in bases),
        ),
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


def _hearing_fields() -> tuple[FieldSpec, ...]:
    _source, legal_ground, _keep = _ground_fields()
    return (
        FieldSpec("heard_from", text("run.heard_from"), required=True, max_length=100),
        legal_ground,
        FieldSpec("words", text("run.heard_words"), FieldKind.TEXTAREA, True),
    )


def _visit_fields() -> tuple[FieldSpec, ...]:
    results = tuple(Choice(one.value, term(f"visit_result.{one.value}")) for one in VisitResult)
    return (
        FieldSpec("result", text("visit.result"), FieldKind.CHOICE, True, choices=results),
        FieldSpec("words", text("run.own_words"), FieldKind.TEXTAREA, hint=text("run.own_hint")),
    )
