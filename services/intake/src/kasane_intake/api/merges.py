"""Intake's JSON API for merging records of one person, version 1."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api.schemas import Strict
from kasane_intake.commands import DecideMerge, MergeStep, RequestMerge
from kasane_intake.domain.person_merge import CHOSEN, MergeStatus
from kasane_intake.handlers import decide_merge, request_merge
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    actor,
    asked_version,
    create_once,
    page_size,
    read_cursor,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint("intake_merges_api", __name__, description="名寄せ / merging of records")
REASON = validate.Length(min=1, max=2000)


class RequestMergeSchema(Strict):
    """Two records to show as one person; ``choices`` names for a field the record to go by."""

    one_id = fields.String(required=True, validate=validate.Length(max=36))
    other_id = fields.String(required=True, validate=validate.Length(max=36))
    reason = fields.String(required=True, validate=REASON)
    choices = fields.Dict(
        keys=fields.String(validate=validate.OneOf(CHOSEN)),
        values=fields.String(validate=validate.Length(max=36)),
        load_default=dict,
    )


class DeedSchema(Strict):
    """Who did a step, when and why."""

    account_id = fields.String()
    name = fields.String()
    at = fields.AwareDateTime(format="iso", allow_none=True)
    reason = fields.String()


class PersonMergeSchema(Strict):
    """One request to merge; it holds no value of a person, only which record to go by."""

    id = fields.String()
    one_id = fields.String()
    other_id = fields.String()
    one_consultation_id = fields.String()
    other_consultation_id = fields.String()
    choices = fields.Dict(keys=fields.String(), values=fields.String())
    evidence = fields.List(fields.String())
    status = fields.Enum(MergeStatus, by_value=True)
    requested = fields.Nested(DeedSchema)
    decided = fields.Nested(DeedSchema)
    undone = fields.Nested(DeedSchema)
    version = fields.Integer()


class PersonMergePageSchema(Strict):
    """A page of requests, newest first."""

    items = fields.List(fields.Nested(PersonMergeSchema))
    next_cursor = fields.String()


class AskedMergesSchema(Strict):
    """Those that wait for a decision, or those decided."""

    waiting = fields.Boolean(load_default=True)
    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=50)


class MergeReasonSchema(Strict):
    """Why."""

    reason = fields.String(required=True, validate=REASON)


class DecideMergeSchema(MergeReasonSchema):
    """What is decided, and why."""

    step = fields.String(
        required=True,
        validate=validate.OneOf(
            [MergeStep.APPROVE.value, MergeStep.REFUSE.value, MergeStep.UNDO.value]
        ),
    )


@blueprint.route("/merges", methods=["GET"])
@require("intake.person_merge.list")
@blueprint.arguments(AskedMergesSchema, location="query")
@blueprint.response(200, PersonMergePageSchema)
def list_merges(asked: dict[str, Any]) -> Page:
    """Requests about two consultations that are both open to me, newest first."""
    place, most = read_cursor(1), page_size()
    with reading() as connection:
        lines = queries.person_merges(
            connection,
            actor(),
            waiting=asked["waiting"],
            before=place[0] if place else "",
            most=most + 1,
        )
    return Page.of([line.merge for line in lines], most, lambda merge: (merge.id,))


@blueprint.route("/merges", methods=["POST"])
@require("intake.person_merge.request")
@blueprint.arguments(RequestMergeSchema)
@blueprint.response(201, PersonMergeSchema)
def create_merge(payload: dict[str, Any]) -> Response:
    """Ask that two records be shown as one person; somebody else decides."""
    with reading() as connection:
        queries.compared_pair(connection, actor(), payload["one_id"], payload["other_id"])

    def ask(uow: UnitOfWork, merge_id: str) -> None:
        request_merge(RequestMerge(merge_id=merge_id, **payload), uow)

    return _merge(create_once(ask), 201)


@blueprint.route("/merges/<merge_id>", methods=["GET"])
@require("intake.person_merge.read", object_argument="merge_id")
@blueprint.response(200, PersonMergeSchema)
def get_merge(merge_id: str) -> Response:
    """One request with its version as ETag."""
    return _merge(merge_id)


@blueprint.route("/merges/<merge_id>/decision", methods=["PUT"])
@require("intake.person_merge.decide", object_argument="merge_id")
@blueprint.arguments(DecideMergeSchema)
@blueprint.response(200, PersonMergeSchema)
def put_decision(payload: dict[str, Any], merge_id: str) -> Response:
    """Approve, refuse or undo. Needs If-Match."""
    return _do(merge_id, MergeStep(payload["step"]), payload["reason"])


@blueprint.route("/merges/<merge_id>/withdrawal", methods=["PUT"])
@require("intake.person_merge.request", object_argument="merge_id")
@blueprint.arguments(MergeReasonSchema)
@blueprint.response(200, PersonMergeSchema)
def put_withdrawal(payload: dict[str, Any], merge_id: str) -> Response:
    """Take back one's own request. Needs If-Match."""
    return _do(merge_id, MergeStep.WITHDRAW, payload["reason"])


def _do(merge_id: str, step: MergeStep, reason: str) -> Response:
    with reading() as connection:
        queries.person_merge(connection, actor(), merge_id)
    with unit_of_work() as uow:
        decide_merge(DecideMerge(merge_id, step, reason, asked_version()), uow)
    return _merge(merge_id)


def _merge(merge_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.person_merge(connection, actor(), merge_id).merge
    return with_version(shown_by(PersonMergeSchema, found), found.version, status)
