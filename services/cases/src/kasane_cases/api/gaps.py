"""The gap watcher in the JSON API: counts of every kind, and the lines of one."""

from typing import Any

from marshmallow import fields

from kasane_cases import queries
from kasane_cases.api.schemas import Strict
from kasane_cases.domain.gap import GapKind
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, actor, reading

blueprint = ApiBlueprint("gaps_api", __name__, description="見落としの一覧 / gaps")


class GapQuerySchema(Strict):
    """Which kind of gap is asked for."""

    kind = fields.Enum(GapKind, by_value=True, load_default=None, allow_none=True)


class GapSchema(Strict):
    """One case that may be lost from sight; no name and no address."""

    kind = fields.Enum(GapKind, by_value=True)
    since = fields.Date()
    case_id = fields.String()
    number = fields.String()
    person_id = fields.String()
    consultation_id = fields.String()
    reference = fields.String()


class GapListSchema(Strict):
    """How many there are of each kind, and the oldest of the kind that was asked for."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    items = fields.List(fields.Nested(GapSchema))


@blueprint.route("/gaps", methods=["GET"])
@require("cases.gap.list")
@blueprint.arguments(GapQuerySchema, location="query")
@blueprint.response(200, GapListSchema)
def list_gaps(asked: dict[str, Any]) -> dict[str, Any]:
    """What is about to be lost from sight."""
    today = clock.today()
    with reading() as connection:
        counts = queries.gap_counts(connection, actor(), today)
        kinds = [asked["kind"]] if asked["kind"] else []
        items = [gap for kind in kinds for gap in queries.gaps(connection, actor(), today, kind)]
    return {"counts": {kind.value: number for kind, number in counts.items()}, "items": items}
