"""Intake's JSON API for searching, version 1."""

from typing import Any

from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api.schemas import ConsultationLineSchema, Strict
from kasane_intake.domain.search import QUERY_AT_MOST, FoundBy
from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, actor, reading

blueprint = ApiBlueprint("intake_search_api", __name__, description="さがす / search")


class SearchSchema(Strict):
    """What is searched for: names, readings, telephone, receipt number, birth date, words of the story."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=QUERY_AT_MOST))
    status = fields.String(load_default="", validate=validate.Length(max=30))


class FoundConsultationSchema(ConsultationLineSchema):
    """One consultation with why it was found: no address, no telephone number."""

    why = fields.List(fields.Enum(FoundBy, by_value=True))


class SearchAnswerSchema(Strict):
    """What was found, best first; ``more`` tells that the words could be narrowed."""

    items = fields.List(fields.Nested(FoundConsultationSchema))
    more = fields.Boolean()


@blueprint.route("/search", methods=["GET"])
@require("intake.consultation.list")
@blueprint.arguments(SearchSchema, location="query")
@blueprint.response(200, SearchAnswerSchema)
def search(asked: dict[str, Any]) -> dict[str, Any]:
    """Consultations open to me in which every word is found, each with the reason."""
    with reading() as connection:
        answer = queries.search(connection, actor(), asked["q"], status=asked["status"])
    return {
        "items": [{**vars(one.line), "why": one.why} for one in answer.found],
        "more": answer.more,
    }
