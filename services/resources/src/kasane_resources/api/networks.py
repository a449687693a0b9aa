"""The JSON API of community building, version 1: networks, partner companies, training."""

from typing import Any

from flask import request
from marshmallow import fields, validate

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import ApiBlueprint, create_once, hooks, reading, unit_of_work
from kasane_resources.api.entry_input import Strict, short
from kasane_resources.commands.community import JoinNetwork, Leave, RegisterPartner
from kasane_resources.domain.community import ParticipantKind
from kasane_resources.domain.errors import CommunityNotFound
from kasane_resources.handlers import community as handlers
from kasane_resources.queries import community as queries

blueprint = ApiBlueprint(
    "networks_api", __name__, description="ネットワークと研修 / networks and training"
)


class NetworkMemberInputSchema(Strict):
    """A group, what it does in the network (one or several activities of it), since when."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    activities = fields.List(fields.String(), required=True, validate=validate.Length(1, 50))
    since = fields.Date(required=True)


class NetworkMemberSchema(NetworkMemberInputSchema):
    """A group in a network; ``until`` is null while it is a member, ``void_reason`` says why it never was one."""

    id = fields.String()
    network = fields.String()
    until = fields.Date(allow_none=True)
    void_reason = fields.String()


class NetworkCountsSchema(Strict):
    """A fiscal year: each group once, and the groups of each activity, where one may count several times."""

    year = fields.Integer()
    groups = fields.Integer()
    by_activity = fields.Dict(keys=fields.String(), values=fields.Integer())


class NetworkSchema(Strict):
    """A network of the town with its members and its numbers, the newest year first."""

    code = fields.String(attribute="network.code")
    label = fields.String(attribute="network.label")
    multi_counted = fields.Boolean(attribute="network.multi_counted")
    members = fields.List(fields.Nested(NetworkMemberSchema))
    counts = fields.List(fields.Nested(NetworkCountsSchema))


class NetworkListSchema(Strict):
    """The networks of the town; empty where its documents name none."""

    items = fields.List(fields.Nested(NetworkSchema))


class PartnerInputSchema(Strict):
    """A company and what it offers."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    offers = short(1000)
    area = short()
    since = fields.Date(required=True)


class PartnerSchema(PartnerInputSchema):
    """A partner company; ``until`` is null while it is one, ``void_reason`` says why it never was one."""

    id = fields.String()
    until = fields.Date(allow_none=True)
    void_reason = fields.String()


class PartnerListSchema(Strict):
    """Every partner company, by name."""

    items = fields.List(fields.Nested(PartnerSchema))


class LeavingSchema(Strict):
    """The last day."""

    until = fields.Date(required=True)


class CourseSchema(Strict):
    """A training course of the town with attendance of a fiscal year by kind, and the new ties made."""

    code = fields.String()
    label = fields.String()
    audience = fields.String()
    sessions = fields.Integer()
    present = fields.Integer()
    by_kind = fields.Dict(keys=fields.Enum(ParticipantKind, by_value=True), values=fields.Integer())
    new_ties = fields.Integer()


class TrainingSchema(Strict):
    """The courses of a fiscal year; what belongs to no course stands last with an empty code."""

    year = fields.Integer()
    courses = fields.List(fields.Nested(CourseSchema))


@blueprint.route("/community/networks", methods=["GET"])
@require("resources.community.list")
@blueprint.response(200, NetworkListSchema)
def list_networks() -> dict[str, Any]:
    """Each network with its members and its numbers of three fiscal years."""
    today = clock.today()
    networks = hooks().community_networks(on=today)
    with reading() as connection:
        return {"items": [queries.network_file(connection, one, today) for one in networks]}


@blueprint.route("/community/networks/<network>/members", methods=["POST"])
@require("resources.community.write", object_argument="network")
@blueprint.arguments(NetworkMemberInputSchema)
@blueprint.response(201, NetworkMemberSchema)
def post_member(payload: dict[str, Any], network: str) -> Any:
    """Write a group down as a member; refused for an activity that the network does not have."""

    def create(uow: UnitOfWork, member_id: str) -> None:
        activities = tuple(payload["activities"])
        values = {**payload, "activities": activities}
        handlers.join_network(JoinNetwork(member_id, network, **values), uow, hooks())

    member_id = create_once(create)
    with reading() as connection:
        return queries.network_member(connection, member_id)


@blueprint.route("/community/networks/members/<member_id>/leaving", methods=["PUT"])
@require("resources.community.write", object_argument="member_id")
@blueprint.arguments(LeavingSchema)
@blueprint.response(200, NetworkMemberSchema)
def put_member_leaving(payload: dict[str, Any], member_id: str) -> Any:
    """A member leaves on a day; what it did until then stays counted."""
    with reading() as connection:
        queries.network_member(connection, member_id)
    _leave(member_id, payload)
    with reading() as connection:
        return queries.network_member(connection, member_id)


@blueprint.route("/community/partners", methods=["GET"])
@require("resources.community.list")
@blueprint.response(200, PartnerListSchema)
def list_partners() -> dict[str, Any]:
    """The partner companies, by name."""
    with reading() as connection:
        return {"items": queries.partners(connection)}


@blueprint.route("/community/partners", methods=["POST"])
@require("resources.community.write")
@blueprint.arguments(PartnerInputSchema)
@blueprint.response(201, PartnerSchema)
def post_partner(payload: dict[str, Any]) -> Any:
    """Register a company as a partner."""

    def create(uow: UnitOfWork, partner_id: str) -> None:
        handlers.register_partner(RegisterPartner(partner_id, **payload), uow, hooks())

    return _partner(create_once(create))


@blueprint.route("/community/partners/<partner_id>/leaving", methods=["PUT"])
@require("resources.community.write", object_argument="partner_id")
@blueprint.arguments(LeavingSchema)
@blueprint.response(200, PartnerSchema)
def put_partner_leaving(payload: dict[str, Any], partner_id: str) -> Any:
    """A company is no partner any more after a day."""
    _partner(partner_id)
    _leave(partner_id, payload)
    return _partner(partner_id)


@blueprint.route("/community/training", methods=["GET"])
@require("resources.community.list")
@blueprint.response(200, TrainingSchema)
def get_training() -> dict[str, Any]:
    """The town's courses with attendance of a fiscal year (``year``, else this one)."""
    today = clock.today()
    year = queries.asked_year(request.args.get("year", ""), today)
    with reading() as connection:
        counted = {one.course: one for one in queries.attendance(connection, year)}
    labels = {one.code: (one.label, one.audience) for one in hooks().training_courses(on=today)}
    codes = [*labels, *(code for code in counted if code not in labels)]
    return {
        "year": year,
        "courses": [
            {
                "code": code,
                "label": labels.get(code, ("", ""))[0],
                "audience": labels.get(code, ("", ""))[1],
                **_counts(counted.get(code)),
            }
            for code in codes
        ],
    }


def _counts(one: queries.AttendanceCounts | None) -> dict[str, Any]:
    if one is None:
        return {"sessions": 0, "present": 0, "by_kind": {}, "new_ties": 0}
    return {
        "sessions": one.sessions,
        "present": one.present,
        "by_kind": one.by_kind,
        "new_ties": one.new_ties,
    }


def _leave(object_id: str, payload: dict[str, Any]) -> None:
    with unit_of_work() as uow:
        handlers.leave(Leave(object_id, payload["until"]), uow, hooks())


def _partner(partner_id: str) -> Any:
    with reading() as connection:
        for one in queries.partners(connection):
            if one.id == partner_id:
                return one
    raise CommunityNotFound
