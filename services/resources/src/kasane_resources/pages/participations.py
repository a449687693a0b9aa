"""Participation support through the browser: the list, one way into taking part, and its hosts."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    hooks,
    reading,
    text,
    typed_version,
    unit_of_work,
)
from kasane_plugin_api import matching_bodies
from kasane_resources.commands.participation import (
    AnswerWorry,
    BeginTrial,
    DevelopMicroTask,
    MatchHost,
    Place,
    RecordHostSupport,
    TakeStep,
)
from kasane_resources.domain.host_support import HostSupportKind
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.participation import AFTER, ParticipationStatus, ParticipationStep
from kasane_resources.handlers import participation_steps as steps
from kasane_resources.handlers.participation import rule_for
from kasane_resources.pages import forms
from kasane_resources.pages import participation_forms as fields
from kasane_resources.pages.refusals import or_again
from kasane_resources.queries import participation as queries

blueprint = Blueprint("participations", __name__)


@blueprint.get("/participations")
@require("resources.participation.list")
def list_participations() -> str:
    """Participation support in its steps, what is due first."""
    asked = request.args.get("status", "")
    status = ParticipationStatus(asked) if asked in set(ParticipationStatus) else None
    resting = request.args.get("resting") == "1"
    with reading() as connection:
        found = queries.participations(connection, status=status, resting=resting)
        counts = queries.participation_counts(connection)
        worries = queries.waiting_worries(connection)
    return render_template(
        "resources/participations.html",
        found=found,
        counts=counts,
        worries=worries,
        status=status,
        resting=resting,
        labels=forms.need_labels(),
        today=clock.today(),
    )


@blueprint.get("/participations/<participation_id>")
@require("resources.participation.read", object_argument="participation_id")
def show(participation_id: str) -> str:
    """One way into taking part: where it stands, what comes next, what was."""
    return _page(participation_id)


@blueprint.post("/participations/<participation_id>/match")
@require("resources.participation.carry", object_argument="participation_id")
def match(participation_id: str) -> Response | tuple[str, int]:
    """Names where the person could take part."""
    form = Form(fields.match_fields(_places(request.args.get("q", ""))))
    return _step(
        participation_id,
        "match",
        form,
        lambda values, version: _change(
            steps.match_host,
            MatchHost(participation_id, values["human_service_id"], values["activity"], version),
        ),
    )


@blueprint.post("/participations/<participation_id>/develop")
@require("resources.participation.carry", object_argument="participation_id")
def develop(participation_id: str) -> Response | tuple[str, int]:
    """Makes a micro-task with a host and matches it."""

    def run(values: dict[str, Any], version: int) -> None:
        def create(uow: UnitOfWork, service_id: str) -> None:
            command = DevelopMicroTask(
                participation_id,
                service_id,
                values["task_name"],
                values["organization_name"],
                values["description"],
                tuple(values["byday"]),
                values["capacity"],
                version,
                values["address"],
            )
            steps.develop_micro_task(command, uow, hooks())

        create_once(create)

    return _step(participation_id, "develop", Form(fields.develop_fields()), run)


@blueprint.post("/participations/<participation_id>/trial")
@require("resources.participation.carry", object_argument="participation_id")
def begin_trial(participation_id: str) -> Response | tuple[str, int]:
    """Begins a trial."""
    return _step(
        participation_id,
        "trial",
        Form(fields.trial_fields()),
        lambda values, version: _change(
            steps.begin_trial,
            BeginTrial(
                participation_id,
                values["since"],
                values["until"],
                bool(values["introduces_self"]),
                version,
                values["reason"],
            ),
        ),
    )


@blueprint.post("/participations/<participation_id>/place")
@require("resources.participation.carry", object_argument="participation_id")
def place(participation_id: str) -> Response | tuple[str, int]:
    """Takes the person on for good."""
    return _step(
        participation_id,
        "place",
        Form(fields.place_fields()),
        lambda values, version: _change(
            steps.place, Place(participation_id, values["every_days"], version, values["reason"])
        ),
    )


PLAIN = {
    "settle": (steps.settle, False),
    "return": (steps.come_back, True),
    "resume": (steps.resume, False),
    "end": (steps.end_participation, True),
}


@blueprint.post("/participations/<participation_id>/<any('settle','return','resume','end'):step>")
@require("resources.participation.carry", object_argument="participation_id")
def take_step(participation_id: str, step: str) -> Response | tuple[str, int]:
    """It holds by itself, came back, goes on, or ends."""
    handler, required = PLAIN[step]
    return _step(
        participation_id,
        step,
        Form(fields.reason_fields(step, required=required)),
        lambda values, version: _change(
            handler, TakeStep(participation_id, version, values["reason"])
        ),
    )


@blueprint.get("/hosts/<host_id>")
@require("resources.host_support.list", object_argument="host_id")
def show_host(host_id: str) -> str:
    """One host: contacts, worries, visits. Nobody who takes part there is named."""
    return _host_page(host_id, Form(fields.support_fields()))


@blueprint.post("/hosts/<host_id>/support")
@require("resources.host_support.record", object_argument="host_id")
def record_support(host_id: str) -> Response | tuple[str, int]:
    """Writes down a contact, a worry or a visit."""
    form = Form(fields.support_fields())
    if not form.check(request.form, forms.say):
        return _host_page(host_id, form), 422
    values = form.values

    def create(uow: UnitOfWork, support_id: str) -> None:
        kind = HostSupportKind(values["kind"])
        command = RecordHostSupport(support_id, host_id, kind, values["on"], values["note"])
        steps.record_host_support(command, uow, hooks())

    return or_again(
        lambda: create_once(create),
        lambda: _host_page(host_id, form),
        url_for(".show_host", host_id=host_id, saved=1),
    )


@blueprint.post("/hosts/<host_id>/support/<support_id>/answer")
@require("resources.host_support.record", object_argument="host_id")
def answer_worry(host_id: str, support_id: str) -> Response | tuple[str, int]:
    """Answers a worry."""
    form = Form(fields.answer_fields(), prefix=f"{support_id}-")

    def again() -> str:
        return _host_page(host_id, Form(fields.support_fields()), {support_id: form})

    if not form.check(request.form, forms.say):
        return again(), 422
    command = AnswerWorry(host_id, support_id, form.values["answer"], typed_version())
    return or_again(
        lambda: _change(steps.answer_worry, command),
        again,
        url_for(".show_host", host_id=host_id, saved=1),
    )


def _step(
    participation_id: str, name: str, form: Form, run: Callable[[dict[str, Any], int], Any]
) -> Response | tuple[str, int]:
    if not form.check(request.form, forms.say):
        return _page(participation_id, {name: form}), 422
    return or_again(
        lambda: run(form.values, typed_version()),
        lambda: _page(participation_id, {name: form}),
        url_for(".show", participation_id=participation_id, saved=1),
    )


def _change(handler: Callable[..., Any], command: Any) -> None:
    with unit_of_work() as uow:
        handler(command, uow, hooks())


def _places(words: str) -> Sequence[HumanService]:
    with reading() as connection:
        return queries.places_to_take_part(connection, actor(), words)


def _page(participation_id: str, wrong: dict[str, Form] | None = None) -> str:
    words = request.args.get("q", "")[:200]
    with reading() as connection:
        file = queries.participation_file(connection, participation_id)
        planned = file.participation.status is ParticipationStatus.PLANNED
        places = queries.places_to_take_part(connection, actor(), words) if planned else ()
    one = file.participation
    rule = rule_for(one, hooks())
    today = clock.today()
    bodies = (
        matching_bodies(hooks().meeting_bodies(on=today), rule.judged_by) if rule.judged_by else ()
    )
    next_steps = AFTER[one.status]
    shown = {
        "match": Form(fields.match_fields(places)),
        "develop": Form(fields.develop_fields()),
        "trial": Form(fields.trial_fields(), typed={"since": today}),
        "place": Form(fields.place_fields(), typed={"every_days": str(rule.settle_every_days)}),
        **{
            name: Form(fields.reason_fields(name, required=required))
            for name, (_, required) in PLAIN.items()
        },
        **(wrong or {}),
    }
    return render_template(
        "resources/participation.html",
        file=file,
        one=one,
        rule=rule,
        gate=one.gate(rule.judged_by),
        asked="・".join(body.label for body in bodies) or rule.judged_by,
        asked_with={body.code: body.label for body in hooks().meeting_bodies(on=today)},
        offices={office.code: office.label for office in hooks().organization(on=today)},
        steps=[status for status in ParticipationStatus if status not in fields.ASIDE],
        next_steps={status.value for status in next_steps},
        history=[_line(step) for step in reversed(one.steps)],
        forms=shown,
        form=next(iter((wrong or {}).values()), None),
        places=places,
        words=words,
        labels=forms.need_labels(),
        today=today,
        saved="saved" in request.args,
    )


def _line(step: ParticipationStep) -> dict[str, Any]:
    facts = {"host": "", "activity": "", **step.facts}
    about = "　".join(filter(None, (facts["host"], facts["activity"])))
    return {
        "at": step.at.astimezone(clock.JAPAN),
        "title": text(f"participation_status.{step.status.value}"),
        "body": "　".join(filter(None, (about, step.reason, step.by_name))),
        "href": "",
        "service": "",
    }


def _host_page(host_id: str, form: Form, answers: dict[str, Form] | None = None) -> str:
    with reading() as connection:
        file = queries.host_file(connection, actor(), host_id)
    waiting = {
        one.id: Form(fields.answer_fields(), prefix=f"{one.id}-")
        for one in file.support
        if one.waiting
    }
    return render_template(
        "resources/host.html",
        file=file,
        form=form,
        answers={**waiting, **(answers or {})},
        saved="saved" in request.args,
    )
