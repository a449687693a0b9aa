"""Campaigns in the JSON API: a run from its list with its ground to its end; numbers name nobody."""

from datetime import date
from typing import Any

from flask import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    this_house,
    unit_of_work,
    with_version,
)
from kasane_outreach import queries
from kasane_outreach.api import campaign_schemas as schemas
from kasane_outreach.commands.campaigns import (
    BeginRun,
    FixList,
    HearLeader,
    ListedHousehold,
    ListedPerson,
    NameGround,
    RecordSurveyVisit,
    SendWave,
    TriageReply,
)
from kasane_outreach.handlers import area_surveys, campaigns

blueprint = ApiBlueprint("campaigns_api", __name__, description="取組 / campaigns")


@blueprint.route("/campaign-runs", methods=["GET"])
@require("outreach.campaign.run")
@blueprint.response(200, schemas.RunListSchema)
def list_runs() -> dict[str, Any]:
    """The runs of the town, the newest first."""
    with reading() as connection:
        return {"items": queries.campaign_runs(connection)}


@blueprint.route("/campaign-runs", methods=["POST"])
@require("outreach.campaign.run")
@blueprint.arguments(schemas.BeginRunSchema)
@blueprint.response(201, schemas.RunFileSchema)
def begin_run(payload: dict[str, Any]) -> Response:
    """Begin to carry out a campaign. Send Idempotency-Key so that a repeated call begins no second one."""

    def make(uow: UnitOfWork, run_id: str) -> None:
        campaigns.begin_run(BeginRun(run_id, **payload), uow, hooks())

    return _run(create_once(make), 201)


@blueprint.route("/campaign-runs/<run_id>", methods=["GET"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.response(200, schemas.RunFileSchema)
def get_run(run_id: str) -> Response:
    """A run with its numbers; they stay when the list is deleted."""
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/receivers", methods=["POST"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.arguments(schemas.ReceiverSchema)
@blueprint.response(200, schemas.RunFileSchema)
def confirm_receiver(payload: dict[str, Any], run_id: str) -> Response:
    """Those who receive are ready."""
    with unit_of_work() as uow:
        campaigns.confirm_receiver(run_id, payload["precondition"], uow)
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/people", methods=["POST"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.arguments(schemas.PersonListSchema)
@blueprint.response(200, schemas.RunFileSchema)
def add_people(payload: dict[str, Any], run_id: str) -> Response:
    """Add people to the list of a postal survey while it is not fixed. Send Idempotency-Key so that they join once."""
    people = [ListedPerson(**one) for one in payload["people"]]
    create_once(lambda uow, _key: campaigns.add_people(run_id, people, uow))
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/households", methods=["POST"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.arguments(schemas.HouseholdListSchema)
@blueprint.response(200, schemas.RunFileSchema)
def add_households(payload: dict[str, Any], run_id: str) -> Response:
    """Add households to the list of a survey from house to house while it is not fixed.

    Send Idempotency-Key so that they join once.
    """
    households = [ListedHousehold(**one) for one in payload["households"]]
    create_once(lambda uow, _key: campaigns.add_households(run_id, households, uow))
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/ground", methods=["PUT"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.arguments(schemas.GroundSchema)
@blueprint.response(200, schemas.RunFileSchema)
def put_ground(payload: dict[str, Any], run_id: str) -> Response:
    """Say where the list is from, on which ground, and until when it is kept."""
    with unit_of_work() as uow:
        campaigns.name_ground(NameGround(run_id, **payload), uow)
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/approve", methods=["POST"])
@require("outreach.campaign.approve", object_argument="run_id")
@blueprint.response(200, schemas.RunFileSchema)
def approve(run_id: str) -> Response:
    """A second person fixes the list as they read it. Needs If-Match."""
    command = FixList(run_id, asked_version())
    with unit_of_work() as uow:
        campaigns.fix_list(command, uow)
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/waves", methods=["POST"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.response(200, schemas.RunFileSchema)
def send_wave(run_id: str) -> Response:
    """The letters of a wave go out, once. Needs If-Match."""
    command = SendWave(run_id, asked_version())
    with unit_of_work() as uow:
        campaigns.send_wave(command, uow)
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/visits", methods=["POST"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.response(200, schemas.RunFileSchema)
def ask_for_visits(run_id: str) -> Response:
    """Put those with a high need and those who did not reply on the list of households to reach, once each."""
    with unit_of_work() as uow:
        campaigns.ask_for_visits(run_id, uow)
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/close", methods=["POST"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.arguments(schemas.ReasonSchema)
@blueprint.response(200, schemas.RunFileSchema)
def close(payload: dict[str, Any], run_id: str) -> Response:
    """End a run; its list stays until its term."""
    with unit_of_work() as uow:
        campaigns.close_run(run_id, payload["reason"], uow)
    return _run(run_id)


@blueprint.route("/campaign-runs/<run_id>/people", methods=["GET"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.response(200, schemas.TargetListSchema)
def list_people(run_id: str) -> dict[str, Any]:
    """The list of a postal survey; empty after its term."""
    with reading() as connection:
        queries.campaign_run(connection, run_id)
        return {"items": queries.survey_targets(connection, run_id)}


@blueprint.route("/campaign-runs/<run_id>/replies/<target_id>", methods=["GET"])
@require("outreach.survey_reply.read", object_argument="target_id")
@blueprint.response(200, schemas.ReplySchema)
def get_reply(run_id: str, target_id: str) -> Response:
    """What one person answered; no answers where nothing came."""
    return _reply(run_id, target_id)


@blueprint.route("/campaign-runs/<run_id>/replies/<target_id>/triage", methods=["POST"])
@require("outreach.survey_reply.read", object_argument="target_id")
@blueprint.arguments(schemas.TriageSchema)
@blueprint.response(200, schemas.ReplySchema)
def post_triage(payload: dict[str, Any], run_id: str, target_id: str) -> Response:
    """Say what the reply that was read needs; where help is wanted it becomes a consultation, once. Needs If-Match."""
    _reply(run_id, target_id)
    command = TriageReply(target_id, asked_version(), **payload)
    with unit_of_work() as uow:
        campaigns.triage_reply(command, uow)
    return _reply(run_id, target_id)


@blueprint.route("/campaign-runs/<run_id>/areas/<area>", methods=["GET"])
@require("outreach.survey_household.visit", object_argument="run_id")
@blueprint.response(200, schemas.SurveyHouseholdListSchema)
def list_households(run_id: str, area: str) -> dict[str, Any]:
    """The households of an area."""
    with reading() as connection:
        return {"items": queries.households_of_area(connection, run_id, area)}


@blueprint.route("/campaign-runs/<run_id>/areas/<area>/hearings", methods=["POST"])
@require("outreach.survey_household.visit", object_argument="run_id")
@blueprint.arguments(schemas.HearingSchema)
@blueprint.response(201, schemas.SurveyHouseholdListSchema)
def post_hearing(payload: dict[str, Any], run_id: str, area: str) -> dict[str, Any]:
    """Keep what a leader said, apart from what households say. Send Idempotency-Key so that it is kept once."""

    def hear(uow: UnitOfWork, hearing_id: str) -> None:
        command = HearLeader(hearing_id, run_id=run_id, area=area, on=clock.today(), **payload)
        area_surveys.hear_leader(command, uow)

    create_once(hear)
    with reading() as connection:
        return {"items": queries.households_of_area(connection, run_id, area)}


@blueprint.route("/campaign-runs/<run_id>/households/<household_id>/visits", methods=["POST"])
@require("outreach.survey_household.visit", object_argument="household_id")
@blueprint.arguments(schemas.SurveyVisitSchema)
@blueprint.response(201, schemas.SurveyHouseholdSchema)
def post_visit(payload: dict[str, Any], run_id: str, household_id: str) -> Response:
    """Keep what came of a visit; a worrying household is put on the list of those to reach, once.

    Needs If-Match with the household's ``version``; send Idempotency-Key so that a repeated call counts once.
    """
    with reading() as connection:
        queries.survey_household(connection, run_id, household_id)
    command = RecordSurveyVisit(
        household_id=household_id, on=clock.today(), version=asked_version(), **payload
    )
    create_once(lambda uow, _key: area_surveys.record_survey_visit(command, uow))
    with reading() as connection:
        found = queries.survey_household(connection, run_id, household_id)[0]
    return with_version(shown_by(schemas.SurveyHouseholdSchema, found), found.version, 201)


@blueprint.route("/campaign-runs/<run_id>/months", methods=["GET"])
@require("outreach.campaign.run", object_argument="run_id")
@blueprint.arguments(schemas.MonthQuerySchema, location="query")
@blueprint.response(200, schemas.MonthSchema)
def get_month(query: dict[str, Any], run_id: str) -> dict[str, Any]:
    """What each agency did in a month; counts only."""
    month: date = query.get("month", clock.today())
    with reading() as connection:
        return {
            "month": month.replace(day=1),
            "items": queries.agency_months(connection, run_id, month),
        }


def _run(run_id: str, status: int = 200) -> Response:
    with reading() as connection:
        run = queries.campaign_run(connection, run_id)
        found = {
            "run": run,
            "counts": queries.postal_counts(connection, run_id),
            "areas": queries.area_progress(connection, run_id),
        }
    return with_version(shown_by(schemas.RunFileSchema, found), run.version, status)


def _reply(run_id: str, target_id: str) -> Response:
    with reading() as connection:
        target, sealed = queries.survey_reply(connection, run_id, target_id)
    found = {
        "target": target,
        "answers": campaigns.answers_of(this_house().unseal, target_id, sealed),
    }
    return with_version(shown_by(schemas.ReplySchema, found), target.version)
