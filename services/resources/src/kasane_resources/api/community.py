"""The JSON API of community building, version 1: issues and gatherings."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)
from kasane_resources.api import community_schemas as schemas
from kasane_resources.commands.community import (
    AnswerIssue,
    CancelGathering,
    CountGathering,
    HandUpIssue,
    PlanGathering,
    RaiseIssue,
    RouteIssue,
)
from kasane_resources.handlers import community as handlers
from kasane_resources.queries import community as queries

blueprint = ApiBlueprint("community_api", __name__, description="地域づくり / community building")


@blueprint.route("/community/issues", methods=["GET"])
@require("resources.community.list")
@blueprint.response(200, schemas.CommunityIssueListSchema)
def list_issues() -> dict[str, Any]:
    """Issues that wait, oldest first; with ``answered=true`` those with an answer."""
    with reading() as connection:
        waiting = request.args.get("answered", "") != "true"
        return {"items": queries.issues(connection, waiting=waiting)}


@blueprint.route("/community/issues", methods=["POST"])
@require("resources.community.write")
@blueprint.arguments(schemas.RaiseIssueSchema)
@blueprint.response(201, schemas.CommunityIssueSchema)
def post_issue(payload: dict[str, Any]) -> Response:
    """Raise an issue in words that name nobody; the town's rule gives it to a body."""

    def create(uow: UnitOfWork, issue_id: str) -> None:
        areas = tuple(payload["areas"])
        handlers.raise_issue(RaiseIssue(issue_id, **{**payload, "areas": areas}), uow, hooks())

    return _issue(create_once(create), 201)


@blueprint.route("/community/issues/<issue_id>", methods=["GET"])
@require("resources.community.list", object_argument="issue_id")
@blueprint.response(200, schemas.CommunityIssueSchema)
def get_issue(issue_id: str) -> Response:
    """One issue with its version as ETag."""
    return _issue(issue_id)


@blueprint.route("/community/issues/<issue_id>/body", methods=["PUT"])
@require("resources.community.write", object_argument="issue_id")
@blueprint.arguments(schemas.RouteSchema)
@blueprint.response(200, schemas.CommunityIssueSchema)
def put_body(payload: dict[str, Any], issue_id: str) -> Response:
    """Give it to a body. Needs If-Match."""
    command = RouteIssue(issue_id, payload["body"], asked_version())
    return _changed(handlers.route_issue, command, issue_id)


@blueprint.route("/community/issues/<issue_id>/level", methods=["PUT"])
@require("resources.community.write", object_argument="issue_id")
@blueprint.arguments(schemas.HandUpSchema)
@blueprint.response(200, schemas.CommunityIssueSchema)
def put_level(payload: dict[str, Any], issue_id: str) -> Response:
    """Hand it up to the next level. Needs If-Match."""
    command = HandUpIssue(issue_id, payload["reason"], asked_version())
    return _changed(handlers.hand_up_issue, command, issue_id)


@blueprint.route("/community/issues/<issue_id>/answer", methods=["PUT"])
@require("resources.community.write", object_argument="issue_id")
@blueprint.arguments(schemas.AnswerSchema)
@blueprint.response(200, schemas.CommunityIssueSchema)
def put_answer_to_issue(payload: dict[str, Any], issue_id: str) -> Response:
    """Write the body's answer down; it goes back to where the issue came from. Needs If-Match."""
    command = AnswerIssue(issue_id, payload["outcome"], payload["answer"], asked_version())
    return _changed(handlers.answer_issue, command, issue_id)


@blueprint.route("/community/gatherings", methods=["GET"])
@require("resources.community.list")
@blueprint.response(200, schemas.GatheringListSchema)
def list_gatherings() -> dict[str, Any]:
    """Gatherings of the last months and the coming year, in order."""
    with reading() as connection:
        return {"items": queries.gatherings(connection)}


@blueprint.route("/community/gatherings", methods=["POST"])
@require("resources.community.write")
@blueprint.arguments(schemas.GatheringInputSchema)
@blueprint.response(201, schemas.GatheringSchema)
def post_gathering(payload: dict[str, Any]) -> Response:
    """Plan a gathering; a public one is in the public calendar."""

    def create(uow: UnitOfWork, gathering_id: str) -> None:
        handlers.plan_gathering(PlanGathering(gathering_id, **payload), uow, hooks())

    return _gathering(create_once(create), 201)


@blueprint.route("/community/gatherings/<gathering_id>/attendance", methods=["PUT"])
@require("resources.community.write", object_argument="gathering_id")
@blueprint.arguments(schemas.CountSchema)
@blueprint.response(200, schemas.GatheringSchema)
def put_attendance(payload: dict[str, Any], gathering_id: str) -> Response:
    """Write down who came by kind, and new ties. Needs If-Match."""
    command = CountGathering(
        gathering_id, asked_version(), payload["attendance"], payload["new_ties"]
    )
    with unit_of_work() as uow:
        handlers.count_gathering(command, uow, hooks())
    return _gathering(gathering_id)


@blueprint.route("/community/gatherings/<gathering_id>/cancellation", methods=["PUT"])
@require("resources.community.write", object_argument="gathering_id")
@blueprint.response(200, schemas.GatheringSchema)
def put_cancellation(gathering_id: str) -> Response:
    """Say that it does not take place; calendars show it crossed out. Needs If-Match."""
    with unit_of_work() as uow:
        handlers.cancel_gathering(CancelGathering(gathering_id, asked_version()), uow, hooks())
    return _gathering(gathering_id)


def _changed(handler: Callable[..., Any], command: Any, issue_id: str) -> Response:
    with unit_of_work() as uow:
        handler(command, uow, hooks())
    return _issue(issue_id)


def _issue(issue_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.issue(connection, issue_id)
    return with_version(shown_by(schemas.CommunityIssueSchema, found), found.version, status)


def _gathering(gathering_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.gathering(connection, gathering_id)
    return with_version(shown_by(schemas.GatheringSchema, found), found.version, status)
