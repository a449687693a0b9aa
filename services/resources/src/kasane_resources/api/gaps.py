"""The JSON API of gaps, version 1: what nobody offers, raised as an issue, closed with what was developed."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    create_once,
    hooks,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)
from kasane_plugin_api import CommunityLevel
from kasane_resources import queries
from kasane_resources.api import community_schemas
from kasane_resources.api.entry_input import Strict
from kasane_resources.commands.gaps import CloseGap, RaiseGaps
from kasane_resources.handlers import gaps as handlers
from kasane_resources.queries import community as community_queries

blueprint = ApiBlueprint("gaps_api", __name__, description="制度の狭間 / gaps")


class GapSchema(Strict):
    """A need that nothing met; ``developed`` names what was made for it when it was closed by hand."""

    id = fields.String()
    category = fields.String()
    area = fields.String()
    age_band = fields.String()
    missing = fields.List(fields.String())
    recorded_on = fields.Date()
    resolved_on = fields.Date(allow_none=True)
    issue_id = fields.String()
    developed_id = fields.String()
    developed = fields.String()


class GapThemeSchema(Strict):
    """Open gaps of a category; ``places`` are those of which an issue of their own may be raised."""

    category = fields.String()
    open = fields.Integer()
    to_raise = fields.Integer()
    places = fields.List(fields.String())


class GapListSchema(Strict):
    """Gaps, the newest first, and how many are open for each category."""

    items = fields.List(fields.Nested(GapSchema))
    themes = fields.List(fields.Nested(GapThemeSchema))


class RaiseGapsSchema(Strict):
    """The category, and the place unless it is the whole town."""

    category = fields.String(required=True, validate=validate.Length(1, 60))
    level = fields.Enum(CommunityLevel, by_value=True, required=True)
    area = fields.String(load_default="", validate=validate.Length(0, 200))


class CloseGapSchema(Strict):
    """The entry of the directory that was developed."""

    human_service_id = fields.String(required=True, validate=validate.Length(1, 36))


@blueprint.route("/gaps", methods=["GET"])
@require("resources.gap.list")
@blueprint.response(200, GapListSchema)
def list_gaps() -> dict[str, Any]:
    """What nobody offers, without the person."""
    with reading() as connection:
        return {
            "items": queries.gaps(connection, actor()),
            "themes": queries.gap_themes(connection),
        }


@blueprint.route("/gaps/issues", methods=["POST"])
@require("resources.community.write")
@blueprint.arguments(RaiseGapsSchema)
@blueprint.response(201, community_schemas.CommunityIssueSchema)
def post_issue_of_gaps(payload: dict[str, Any]) -> Response:
    """Raise the open gaps of a category as a community issue, by count and theme only."""

    def create(uow: UnitOfWork, issue_id: str) -> None:
        handlers.raise_gaps(RaiseGaps(issue_id, **payload), uow, hooks())

    issue_id = create_once(create)
    with reading() as connection:
        found = community_queries.issue(connection, issue_id)
    body = shown_by(community_schemas.CommunityIssueSchema, found)
    return with_version(body, found.version, 201)


@blueprint.route("/gaps/<gap_id>/closing", methods=["PUT"])
@require("resources.gap.close", object_argument="gap_id")
@blueprint.arguments(CloseGapSchema)
@blueprint.response(200, GapSchema)
def put_closing(payload: dict[str, Any], gap_id: str) -> Any:
    """Close a gap with what was developed; the case of the need shows it."""
    with reading() as connection:
        queries.human_service(connection, actor(), payload["human_service_id"])
    with unit_of_work() as uow:
        handlers.close_gap(CloseGap(gap_id, payload["human_service_id"]), uow, hooks())
    with reading() as connection:
        return queries.gap(connection, actor(), gap_id)
