"""Planning a round: choose workers and households, look at the plan, accept it, print it
without names.
"""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import AccountFacts, require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    reading,
    text,
    this_town,
    typed_version,
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands import AcceptRound, AskForRound, PlanRound, WantedVisit, WorkerHours
from kasane_outreach.domain.errors import DayIsPast, OutreachRefusal
from kasane_outreach.domain.position import TravelMode
from kasane_outreach.domain.routing import (
    END_OF_DAY,
    LONGEST_MINUTES,
    MOST_VISITS,
    MOST_WORKERS,
    SHORTEST_MINUTES,
)
from kasane_outreach.domain.time_of_day import minute_of, time_at
from kasane_outreach.handlers import accept_round, plan_round, solve_round
from kasane_outreach.pages import forms
from kasane_plugin_api import FieldSpec

blueprint = Blueprint("rounds", __name__)

USUAL_HOURS = {"starts": "9:00", "ends": "17:00", "mode": TravelMode.CAR.value}
Shown = tuple[str, int]


@blueprint.get("/rounds/new")
@require("outreach.round.plan")
def new_round() -> str:
    """The form: day, start place, workers with their hours, households with their windows."""
    on = forms.asked_day(request.args.get("on", ""), clock.today)
    return _show_form(_form({"on": on.isoformat()}), *_rows(), status=200)[0]


@blueprint.post("/rounds/new")
@require("outreach.round.plan")
def create_round() -> Response | Shown:
    """Makes a plan and shows it; nothing is scheduled yet."""
    form = _form({})
    form.check(request.form, forms.say)
    workers, households = _rows()
    for row in (*workers.values(), *households.values()):
        row.check(request.form, forms.say)
        if not row.values.get("chosen"):
            row.errors.clear()
    wanted = _wanted(form, workers, households)
    if wanted is None:
        return _show_form(form, workers, households, status=422)
    with reading() as connection:
        problem, left_out = queries.round_problem(connection, actor(), wanted)
    plan = solve_round(problem).leaving_out(left_out)

    def keep(uow: UnitOfWork, round_id: str) -> None:
        plan_round(PlanRound(round_id, problem, plan), uow)

    try:
        round_id = create_once(keep)
    except OutreachRefusal as refusal:
        return _show_form(form, workers, households, refusal=refusal, status=refusal.status)
    return redirect(url_for("rounds.one_round", round_id=round_id), 303)


@blueprint.get("/rounds/<round_id>")
@require("outreach.round.plan", object_argument="round_id")
def one_round(round_id: str) -> str:
    """The plan of a round with what found no place, to be accepted or planned anew."""
    return _show_round("outreach/round.html", round_id)[0]


@blueprint.post("/rounds/<round_id>/accept")
@require("outreach.round.plan", object_argument="round_id")
def accept(round_id: str) -> Response | Shown:
    """Turns the plan into visits."""
    version = typed_version()
    with reading() as connection:
        queries.visit_round(connection, actor(), round_id)
    try:
        with unit_of_work() as uow:
            accept_round(AcceptRound(round_id, version), uow)
    except OutreachRefusal as refusal:
        return _show_round("outreach/round.html", round_id, refusal)
    return redirect(url_for("rounds.one_round", round_id=round_id), 303)


@blueprint.get("/rounds/<round_id>/print")
@require("outreach.round.plan", object_argument="round_id")
def print_round(round_id: str) -> str:
    """The round on paper: times and town blocks, no name and no address."""
    return _show_round("outreach/round_print.html", round_id)[0]


def _form(typed: dict[str, str]) -> Form:
    return Form(forms.round_fields(queries.town_blocks(this_town().name)), typed)


def _rows() -> tuple[dict[str, Form], dict[str, Form]]:
    with reading() as connection:
        workers = queries.workers(connection)
        waiting = queries.waiting_households(connection, actor())
    households = [line.household for line in waiting if line.reason is None]
    return (
        {
            one.account_id: Form(
                forms.round_worker_fields(), dict(USUAL_HOURS), prefix=f"worker-{one.account_id}-"
            )
            for one in workers
        },
        {
            one.id: Form(
                forms.round_visit_fields(),
                {"minutes": str(one.minutes)},
                prefix=f"household-{one.id}-",
            )
            for one in households
        },
    )


def _wanted(
    form: Form, workers: dict[str, Form], households: dict[str, Form]
) -> AskForRound | None:
    """What was asked for, or None when there is a problem, which is then at its field."""
    blocks = queries.town_blocks(this_town().name)
    place = forms.read_place(form, blocks)
    if form.values.get("on") and form.values["on"] < clock.today():
        form.add_error("on", text(f"refusal.{DayIsPast.code}.why"))
    hours = [_hours(account, row) for account, row in workers.items() if row.values["chosen"]]
    visits = [_visit(one, row) for one, row in households.items() if row.values["chosen"]]
    if not hours:
        form.add_error("workers", text("round.choose_worker"))
    if not visits:
        form.add_error("households", text("round.choose_household"))
    if len(hours) > MOST_WORKERS or len(visits) > MOST_VISITS:
        most = {"visits": MOST_VISITS, "workers": MOST_WORKERS}
        form.add_error("households", text("round.too_many", **most))
    rows = (*workers.values(), *households.values())
    wrong = form.errors or any(row.errors for row in rows if row.values["chosen"])
    if wrong or place is None or None in hours or None in visits:
        return None
    return AskForRound(
        on=form.values["on"],
        start=place[0],
        workers=tuple(one for one in hours if one is not None),
        visits=tuple(one for one in visits if one is not None),
    )


def _hours(account_id: str, row: Form) -> WorkerHours | None:
    starts, ends = forms.read_time(row, "starts"), forms.read_time(row, "ends")
    if row.errors:
        return None
    if starts is None or ends is None or ends <= starts:
        row.add_error("ends", text("round.hours_wrong"))
        return None
    mode = TravelMode(row.values["mode"] or TravelMode.CAR.value)
    return WorkerHours(account_id, minute_of(starts), minute_of(ends), mode)


def _visit(request_id: str, row: Form) -> WantedVisit | None:
    earliest, latest = forms.read_time(row, "earliest"), forms.read_time(row, "latest")
    minutes = row.values.get("minutes")
    if minutes is None or not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        row.add_error("minutes", text("round.minutes_wrong"))
    if row.errors or minutes is None:
        return None
    begins = minute_of(earliest) if earliest else 0
    ends = minute_of(latest) if latest else END_OF_DAY
    if ends - begins < minutes:
        row.add_error("latest", text("round.window_wrong"))
        return None
    return WantedVisit(request_id, minutes, begins, ends)


def _whole(form: Form, rows: Sequence[Form]) -> Form:
    """One form with every problem, so that the summary can lead to each."""
    specs: list[FieldSpec] = list(form.specs)
    errors = dict(form.errors)
    for row in rows:
        specs += [replace(spec, name=row.id_of(spec.name)) for spec in row.specs]
        errors |= {row.id_of(name): sentences for name, sentences in row.errors.items()}
    return Form(specs, form.typed, form.values, errors)


def _show_form(
    form: Form,
    workers: dict[str, Form],
    households: dict[str, Form],
    *,
    refusal: OutreachRefusal | None = None,
    status: int,
) -> Shown:
    with reading() as connection:
        waiting = queries.waiting_households(connection, actor())
        accounts: Sequence[AccountFacts] = queries.workers(connection)
    page = render_template(
        "outreach/round_form.html",
        form=_whole(form, [*workers.values(), *households.values()]),
        worker_forms=[
            (one, workers[one.account_id]) for one in accounts if one.account_id in workers
        ],
        household_forms=[
            (line.household, households[line.household.id])
            for line in waiting
            if line.household.id in households
        ],
        left_out=[line for line in waiting if line.reason is not None],
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status


def _show_round(template: str, round_id: str, refusal: OutreachRefusal | None = None) -> Shown:
    with reading() as connection:
        found = queries.visit_round(connection, actor(), round_id)
        households = queries.households_of_round(connection, found)
        names = queries.names_of_workers(connection)
        same_day = queries.same_day_of_round(connection, actor(), found, households.values())
    numbers = {stops[0].visit_id: number for number, stops in enumerate(found.together(), start=1)}
    page = render_template(
        template,
        round=found,
        days=[(names.get(one, one), found.stops_of(one)) for one in found.worker_ids],
        households=households,
        names=names,
        numbers=numbers,
        same_day=same_day,
        clock_of=lambda minute: f"{time_at(minute):%H:%M}",
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, refusal.status if refusal else 200
