"""The JSON API of participation support and of support for hosts, version 1."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)
from kasane_resources.api import participation_schemas as schemas
from kasane_resources.commands.participation import (
    AnswerWorry,
    BeginTrial,
    DevelopMicroTask,
    MatchHost,
    Place,
    RecordHostSupport,
    TakeStep,
)
from kasane_resources.domain.participation import ParticipationStatus
from kasane_resources.handlers import participation_steps as steps
from kasane_resources.queries import participation as queries

blueprint = ApiBlueprint(
    "participations_api", __name__, description="参加支援 / participation support"
)


@blueprint.route("/participations", methods=["GET"])
@require("resources.participation.list")
@blueprint.response(200, schemas.ParticipationListSchema)
def list_participations() -> dict[str, Any]:
    """Those that go on, what is due first; ``status`` those in a state, ``resting=true`` the others."""
    asked = request.args.get("status", "")
    status = ParticipationStatus(asked) if asked in set(ParticipationStatus) else None
    with reading() as connection:
        found = queries.participations(
            connection, status=status, resting=request.args.get("resting") == "true"
        )
    return {"items": found}


@blueprint.route("/participations/<participation_id>", methods=["GET"])
@require("resources.participation.read", object_argument="participation_id")
@blueprint.response(200, schemas.ParticipationSchema)
def get_participation(participation_id: str) -> Response:
    """One participation with its history and its version as ETag."""
    return _participation(participation_id)


@blueprint.route("/participations/<participation_id>/match", methods=["PUT"])
@require("resources.participation.carry", object_argument="participation_id")
@blueprint.arguments(schemas.MatchSchema)
@blueprint.response(200, schemas.ParticipationSchema)
def put_match(payload: dict[str, Any], participation_id: str) -> Response:
    """Name where the person could take part. Needs If-Match."""
    command = MatchHost(
        participation_id, payload["human_service_id"], payload["activity"], asked_version()
    )
    return _changed(steps.match_host, command, participation_id)


@blueprint.route("/participations/<participation_id>/micro-task", methods=["PUT"])
@require("resources.participation.carry", object_argument="participation_id")
@blueprint.arguments(schemas.NewMicroTaskSchema)
@blueprint.response(200, schemas.ParticipationSchema)
def put_micro_task(payload: dict[str, Any], participation_id: str) -> Response:
    """Make a micro-task with a host and match it. Needs If-Match; an Idempotency-Key helps."""
    version = asked_version()

    def create(uow: UnitOfWork, service_id: str) -> None:
        command = DevelopMicroTask(
            participation_id,
            service_id,
            payload["name"],
            payload["organization_name"],
            payload["description"],
            tuple(payload["days"]),
            payload["capacity"],
            version,
            payload["address"],
        )
        steps.develop_micro_task(command, uow, hooks())

    create_once(create)
    return _participation(participation_id)


@blueprint.route("/participations/<participation_id>/trial", methods=["PUT"])
@require("resources.participation.carry", object_argument="participation_id")
@blueprint.arguments(schemas.TrialSchema)
@blueprint.response(200, schemas.ParticipationSchema)
def put_trial(payload: dict[str, Any], participation_id: str) -> Response:
    """Begin a trial; refused while the host does not know who comes. Needs If-Match."""
    command = BeginTrial(participation_id, version=asked_version(), **payload)
    return _changed(steps.begin_trial, command, participation_id)


@blueprint.route("/participations/<participation_id>/placement", methods=["PUT"])
@require("resources.participation.carry", object_argument="participation_id")
@blueprint.arguments(schemas.PlaceSchema)
@blueprint.response(200, schemas.ParticipationSchema)
def put_placement(payload: dict[str, Any], participation_id: str) -> Response:
    """Take the person on for good; outreach is asked to look in. Needs If-Match."""
    command = Place(participation_id, version=asked_version(), **payload)
    return _changed(steps.place, command, participation_id)


STEPS = {
    "settled": steps.settle,
    "returned": steps.come_back,
    "resumed": steps.resume,
    "ended": steps.end_participation,
}


@blueprint.route(
    "/participations/<participation_id>/<any('settled','returned','resumed','ended'):step>",
    methods=["PUT"],
)
@require("resources.participation.carry", object_argument="participation_id")
@blueprint.arguments(schemas.ReasonSchema)
@blueprint.response(200, schemas.ParticipationSchema)
def put_step(payload: dict[str, Any], participation_id: str, step: str) -> Response:
    """It holds by itself, came back, goes on, or ends. Needs If-Match."""
    command = TakeStep(participation_id, asked_version(), payload["reason"])
    return _changed(STEPS[step], command, participation_id)


@blueprint.route("/hosts/<host_id>/support", methods=["GET"])
@require("resources.host_support.list", object_argument="host_id")
@blueprint.response(200, schemas.HostSupportListSchema)
def list_support(host_id: str) -> dict[str, Any]:
    """Contacts, worries and visits of one host, newest first."""
    with reading() as connection:
        return {"items": queries.host_file(connection, actor(), host_id).support}


@blueprint.route("/hosts/<host_id>/support", methods=["POST"])
@require("resources.host_support.record", object_argument="host_id")
@blueprint.arguments(schemas.HostSupportInputSchema)
@blueprint.response(201, schemas.HostSupportSchema)
def post_support(payload: dict[str, Any], host_id: str) -> Response:
    """Write down a contact, a worry or a visit, naming nobody."""

    def create(uow: UnitOfWork, support_id: str) -> None:
        steps.record_host_support(RecordHostSupport(support_id, host_id, **payload), uow, hooks())

    return _support(host_id, create_once(create), 201)


@blueprint.route("/hosts/<host_id>/support/<support_id>/answer", methods=["PUT"])
@require("resources.host_support.record", object_argument="host_id")
@blueprint.arguments(schemas.WorryAnswerSchema)
@blueprint.response(200, schemas.HostSupportSchema)
def put_answer_to_worry(payload: dict[str, Any], host_id: str, support_id: str) -> Response:
    """Answer a worry. Needs If-Match."""
    with unit_of_work() as uow:
        steps.answer_worry(
            AnswerWorry(host_id, support_id, payload["answer"], asked_version()), uow, hooks()
        )
    return _support(host_id, support_id)


def _changed(handler: Callable[..., Any], command: Any, participation_id: str) -> Response:
    with unit_of_work() as uow:
        handler(command, uow, hooks())
    return _participation(participation_id)


def _participation(participation_id: str) -> Response:
    with reading() as connection:
        found = queries.participation_file(connection, participation_id).participation
    return with_version(shown_by(schemas.ParticipationSchema, found), found.version)


def _support(host_id: str, support_id: str, status: int = 200) -> Response:
    with reading() as connection:
        lines = queries.host_file(connection, actor(), host_id).support
    found = next(one for one in lines if one.id == support_id)
    return with_version(shown_by(schemas.HostSupportSchema, found), found.version, status)
