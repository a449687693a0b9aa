"""Watching in the JSON API; what a watcher saw is read on the page only, by the watcher and by coordinators."""

from typing import Any

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import ApiBlueprint, actor, create_once, reading, unit_of_work
from kasane_outreach import queries
from kasane_outreach.api import campaign_schemas as schemas
from kasane_outreach.commands.campaigns import AssignWatch, ReportWatch
from kasane_outreach.domain.watch_assignment import WatchAssignment
from kasane_outreach.handlers import watching

blueprint = ApiBlueprint("watches_api", __name__, description="見守り / watching")


@blueprint.route("/watches", methods=["GET"])
@require("outreach.watch.list")
@blueprint.response(200, schemas.WatchListSchema)
def list_watches() -> dict[str, Any]:
    """Whom I watch over, the nearest day first; a coordinator sees all."""
    with reading() as connection:
        return {"items": queries.watches(connection, actor())}


@blueprint.route("/watches", methods=["POST"])
@require("outreach.watch.assign")
@blueprint.arguments(schemas.AssignWatchSchema)
@blueprint.response(201, schemas.WatchSchema)
def assign(payload: dict[str, Any]) -> WatchAssignment:
    """Ask a worker to look regularly. Send Idempotency-Key so that a repeated call asks only once."""

    def make(uow: UnitOfWork, assignment_id: str) -> None:
        command = AssignWatch(assignment_id=assignment_id, begins_on=clock.today(), **payload)
        watching.assign_watch(command, uow)

    return _watch(create_once(make))


@blueprint.route("/watches/<assignment_id>", methods=["GET"])
@require("outreach.watch.read", object_argument="assignment_id")
@blueprint.response(200, schemas.WatchSchema)
def get_watch(assignment_id: str) -> WatchAssignment:
    """One watching, for its watcher and for coordinators."""
    return _watch(assignment_id)


@blueprint.route("/watches/<assignment_id>/reports", methods=["POST"])
@require("outreach.watch.report", object_argument="assignment_id")
@blueprint.arguments(schemas.WatchReportSchema)
@blueprint.response(201, schemas.WatchSchema)
def report(payload: dict[str, Any], assignment_id: str) -> WatchAssignment:
    """Keep what the watcher saw; the next day is counted from today. Send Idempotency-Key so that it counts once."""

    def keep(uow: UnitOfWork, report_id: str) -> None:
        watching.report_watch(ReportWatch(report_id, assignment_id, clock.today(), **payload), uow)

    create_once(keep)
    return _watch(assignment_id)


@blueprint.route("/watches/<assignment_id>/end", methods=["POST"])
@require("outreach.watch.assign", object_argument="assignment_id")
@blueprint.arguments(schemas.ReasonSchema)
@blueprint.response(200, schemas.WatchSchema)
def end(payload: dict[str, Any], assignment_id: str) -> WatchAssignment:
    """Nobody has to look any more."""
    _watch(assignment_id)
    with unit_of_work() as uow:
        watching.end_watch(assignment_id, payload["reason"], uow)
    return _watch(assignment_id)


def _watch(assignment_id: str) -> WatchAssignment:
    with reading() as connection:
        return queries.watch(connection, actor(), assignment_id)[0]
