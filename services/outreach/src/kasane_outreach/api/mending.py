"""Days that do not go as planned, in the JSON API: what would change, and carrying it out as it was shown."""

import os
from collections.abc import Mapping
from typing import Any

from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, Refusal, actor, reading, text, this_town, unit_of_work
from kasane_outreach import queries
from kasane_outreach.api import mending_schemas as schemas
from kasane_outreach.commands.mending import MendDay
from kasane_outreach.domain.disruption import Disruption
from kasane_outreach.domain.planning import VisitSlot
from kasane_outreach.domain.planning_errors import PlanOutdated
from kasane_outreach.domain.time_of_day import time_at
from kasane_outreach.handlers.mending import mend_days
from kasane_outreach.handlers.planning import TRAVEL_SETTING
from kasane_outreach.repository.mending import MendedDay, MendedVisit
from kasane_outreach.repository.travel import travel_times

blueprint = ApiBlueprint(
    "mending_api", __name__, description="予定の組み直し / repairs of planned days"
)


@blueprint.route("/repairs/preview", methods=["POST"])
@require("outreach.plan.make")
@blueprint.arguments(schemas.DisruptionSchema)
@blueprint.response(200, schemas.RepairSchema)
def preview_repair(payload: dict[str, Any]) -> Any:
    """Show what would become of the visits; nothing is changed. ``mark`` stands for everything that is shown."""
    return _shown(_happened(payload))


@blueprint.route("/repairs", methods=["POST"])
@require("outreach.plan.make")
@blueprint.arguments(schemas.RepairOrderSchema)
@blueprint.response(200, schemas.RepairSchema)
def carry_out_repair(payload: dict[str, Any]) -> Any:
    """Carry out what a preview showed; refused when anything is not as it was shown (its ``mark``)."""
    mark, reason = payload.pop("mark"), payload.pop("reason").strip()
    happened = _happened(payload)
    shown = _shown(happened)
    if shown["mark"] != mark:
        raise PlanOutdated
    command = MendDay(happened, mark, reason or text(f"mend.reason_{happened.kind.value}"))
    with unit_of_work() as uow:
        mend_days(command, queries.town_blocks(this_town().name), uow)
    return shown


def _happened(payload: Mapping[str, Any]) -> Disruption:
    """What happened, when it concerns only what the caller may see."""
    happened = Disruption(**payload)
    with reading() as connection:
        if happened.visit_id:
            queries.visit(connection, actor(), happened.visit_id)
        if happened.request_id:
            queries.household(connection, actor(), happened.request_id)
        known = {one.account_id for one in queries.workers(connection)}
    if happened.worker and happened.worker not in known:
        raise Refusal("not_found", 404)
    return happened


def _shown(happened: Disruption) -> dict[str, Any]:
    travel = travel_times(os.environ.get(TRAVEL_SETTING, ""))
    with reading() as connection:
        blocks = queries.town_blocks(this_town().name)
        mended = queries.mended_days(connection, happened, travel, blocks)
        seen = frozenset(queries.households_of(connection, actor(), mended))
    return {
        "kind": happened.kind,
        "days": list(mended.days),
        "hit": [_changed(mended, one, seen) for one in mended.hit],
        "moved": [_changed(mended, one, seen) for one in mended.moved],
        "added": [
            {"request_id": household.id if household.id in seen else "", "to": _time(mended, slots)}
            for household, slots in mended.added
        ],
        "others": mended.others,
        "mark": mended.mark,
    }


def _changed(mended: MendedDay, one: MendedVisit, seen: frozenset[str]) -> dict[str, Any]:
    mine = one.visit.request_id in seen
    return {
        "visit_id": one.visit.id if mine else "",
        "request_id": one.visit.request_id if mine else "",
        "from_on": one.visit.on,
        "from_starts_at": one.visit.starts_at,
        "told_before": one.told,
        "to": _time(mended, one.slots) if one.slots else None,
    }


def _time(mended: MendedDay, slots: tuple[VisitSlot, ...]) -> dict[str, Any]:
    return {
        "on": mended.days[slots[0].day],
        "starts_at": time_at(slots[0].starts),
        "minutes": slots[0].minutes,
        "workers": [slot.worker for slot in slots],
    }
