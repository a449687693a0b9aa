"""Counts of consultations in national words, for reports."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from kasane_intake import queries
from kasane_intake.api.schemas import Strict
from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, reading

blueprint = ApiBlueprint("intake_statistics_api", __name__, description="統計 / counts")


class PeriodSchema(Strict):
    """The first and the last day, both included."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)

    @validates_schema
    def check_order(self, data: dict[str, Any], **_options: Any) -> None:
        """A period ends after it begins, and within what a calendar knows."""
        if data["last"] < data["first"]:
            raise ValidationError("last is before first", "last")
        if data["first"].year < 2 or data["last"].year > 9998:
            raise ValidationError("beyond the calendar", "last")


class ReceptionCountsSchema(Strict):
    """Consultations once each; categories in the national words, of which a consultation may have several."""

    consultations = fields.Integer()
    channels = fields.Dict(keys=fields.String(), values=fields.Integer())
    routes = fields.Dict(keys=fields.String(), values=fields.Integer())
    categories = fields.Dict(keys=fields.String(), values=fields.Integer())
    main_categories = fields.Dict(keys=fields.String(), values=fields.Integer())


@blueprint.route("/statistics/receptions", methods=["GET"])
@require("intake.statistics.read")
@blueprint.arguments(PeriodSchema, location="query")
@blueprint.response(200, ReceptionCountsSchema)
def receptions(period: dict[str, Any]) -> queries.ReceptionCounts:
    """How many consultations came, by channel, route and national category; no person is in it."""
    with reading() as connection:
        return queries.reception_counts(connection, period["first"], period["last"])
