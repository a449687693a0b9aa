"""Visits to every household of an area: what leaders said, what came of each visit, months of agencies."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    reading,
    term,
    text,
    this_house,
    typed_version,
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands.campaigns import HearLeader, RecordSurveyVisit, TakeArea
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.visit import VISITING_FUNCTIONS
from kasane_outreach.handlers import area_surveys
from kasane_outreach.handlers.area_surveys import WORDS, place_of_words
from kasane_outreach.pages import forms
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("area_surveys", __name__)

Shown = tuple[str, int]


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

    def keep(uow: UnitOfWork, hearing_id: str) -> None:
        command = HearLeader(
            hearing_id,
            run_id,
            area,
            values["heard_from"],
            clock.today(),
            values["legal_ground"],
            values["words"],
        )
        area_surveys.hear_leader(command, uow)

    try:
        create_once(keep)
    except OutreachRefusal as refusal:
        return _area(run_id, area, form, refusal.status, refusal)
    return redirect(url_for("area_surveys.one_area", run_id=run_id, area=area), 303)


@blueprint.post("/campaigns/runs/<run_id>/areas/<area>/today")
@require("outreach.survey_household.visit", object_argument="run_id")
def walk(run_id: str, area: str) -> AnyResponse | Shown:
    """The area lies in the telephone today."""
    try:
        with unit_of_work() as uow:
            area_surveys.take_area(TakeArea(run_id, area), uow)
    except OutreachRefusal as refusal:
        return _area(run_id, area, Form(_hearing_fields()), refusal.status, refusal)
    return redirect(url_for("area_surveys.one_area", run_id=run_id, area=area), 303)


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
        household_id,
        VisitResult(form.values["result"]),
        clock.today(),
        form.values["words"],
        typed_version(),
    )
    try:
        create_once(lambda uow, _key: area_surveys.record_survey_visit(command, uow))
    except OutreachRefusal as refusal:
        return _household(run_id, household_id, form, refusal.status, refusal)
    return redirect(
        url_for("area_surveys.one_household", run_id=run_id, household_id=household_id), 303
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


def _household(
    run_id: str,
    household_id: str,
    form: Form,
    status: int = 200,
    refusal: OutreachRefusal | None = None,
) -> Shown:
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
        refusal=forms.words_beside_new(refusal) if refusal else None,
    )
    return page, status


def _hearing_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("heard_from", text("run.heard_from"), required=True, max_length=100),
        forms.legal_ground_field(),
        FieldSpec("words", text("run.heard_words"), FieldKind.TEXTAREA, True),
    )


def _visit_fields() -> tuple[FieldSpec, ...]:
    results = tuple(Choice(one.value, term(f"visit_result.{one.value}")) for one in VisitResult)
    return (
        FieldSpec("result", text("visit.result"), FieldKind.CHOICE, True, choices=results),
        FieldSpec("words", text("run.own_words"), FieldKind.TEXTAREA, hint=text("run.own_hint")),
    )
