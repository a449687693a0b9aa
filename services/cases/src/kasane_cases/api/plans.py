"""Support plans in the JSON API: editions, submission, decision, agreements, looks, their end."""

from collections.abc import Callable
from typing import Any

from flask import Response

from kasane_cases import handlers, queries
from kasane_cases.api import plan_schemas as schemas
from kasane_cases.commands import (
    DecidePlan,
    DraftPlan,
    EvaluatePlan,
    FinishPlan,
    RecordAgreement,
    RecordMonitoring,
    RecordOrigin,
    RevisePlan,
    SubmitPlan,
)
from kasane_cases.domain.plan_records import GoalCheck
from kasane_cases.domain.support_plan import PlanGoal, PlanTrack
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint("plans_api", __name__, description="支援プラン / support plans")


@blueprint.route("/plans/due", methods=["GET"])
@require("cases.case.list")
@blueprint.response(200, schemas.PlansDueSchema)
def list_due() -> dict[str, Any]:
    """Running plans at which somebody has to look within a fortnight."""
    with reading() as connection:
        return {"items": queries.plans_due(connection, actor(), clock.today())}


@blueprint.route("/cases/<case_id>/plans", methods=["POST"])
@require("cases.support_plan.write", object_argument="case_id")
@blueprint.arguments(schemas.DraftPlanSchema)
@blueprint.response(201, schemas.PlanSchema)
def draft_plan(payload: dict[str, Any], case_id: str) -> Response:
    """Write a plan for some persons of the case."""

    def command(plan_id: str) -> DraftPlan:
        return DraftPlan(plan_id, case_id, payload["kind"], **_content(payload))

    plan_id = create_once(lambda uow, new: handlers.draft_plan(command(new), uow, hooks()))
    return _plan(case_id, plan_id, 201)


@blueprint.route("/cases/<case_id>/plans/<plan_id>", methods=["GET"])
@require("cases.support_plan.read", object_argument="plan_id")
@blueprint.response(200, schemas.PlanSchema)
def get_plan(case_id: str, plan_id: str) -> Response:
    """One plan as far as I may see it."""
    return _plan(case_id, plan_id)


@blueprint.route("/cases/<case_id>/plans/<plan_id>", methods=["PUT"])
@require("cases.support_plan.write", object_argument="plan_id")
@blueprint.arguments(schemas.RevisePlanSchema)
@blueprint.response(200, schemas.PlanSchema)
def put_plan(payload: dict[str, Any], case_id: str, plan_id: str) -> Response:
    """Write a new edition of a plan that is not decided. Needs If-Match."""
    version, reason = asked_version(), payload["reason"]
    command = RevisePlan(case_id, plan_id, version=version, reason=reason, **_content(payload))
    return _changed(handlers.revise_plan, command)


@blueprint.route("/cases/<case_id>/plans/<plan_id>/submission", methods=["PUT"])
@require("cases.support_plan.write", object_argument="plan_id")
@blueprint.response(200, schemas.PlanSchema)
def put_submission(case_id: str, plan_id: str) -> Response:
    """Sign a draft off for a session. Needs If-Match."""
    return _changed(handlers.submit_plan, SubmitPlan(case_id, plan_id, asked_version()))


@blueprint.route("/cases/<case_id>/plans/<plan_id>/decision", methods=["POST"])
@require("cases.support_plan.decide", object_argument="plan_id")
@blueprint.arguments(schemas.DecidePlanSchema)
@blueprint.response(200, schemas.PlanSchema)
def decide_plan(payload: dict[str, Any], case_id: str, plan_id: str) -> Response:
    """Take a held session's decision, and the agreement of those who agreed there."""
    agreed_by = tuple(payload["agreed_by"])
    command = DecidePlan(case_id, plan_id, payload["session_id"], agreed_by, payload["review_on"])
    return _changed(handlers.decide_plan, command)


@blueprint.route("/cases/<case_id>/plans/<plan_id>/agreements", methods=["POST"])
@require("cases.support_plan.write", object_argument="plan_id")
@blueprint.arguments(schemas.AgreementSchema)
@blueprint.response(201, schemas.PlanSchema)
def record_agreement(payload: dict[str, Any], case_id: str, plan_id: str) -> Response:
    """Write down that a person did or did not agree to the edition that was read to them."""
    expected = payload.pop("edition")
    create_once(
        lambda uow, new: handlers.record_agreement(
            RecordAgreement(new, case_id, plan_id, expected=expected, **payload), uow
        )
    )
    return _plan(case_id, plan_id, 201)


@blueprint.route("/cases/<case_id>/plans/<plan_id>/monitorings", methods=["POST"])
@require("cases.support_plan.monitor", object_argument="plan_id")
@blueprint.arguments(schemas.MonitoringSchema)
@blueprint.response(201, schemas.PlanSchema)
def record_monitoring(payload: dict[str, Any], case_id: str, plan_id: str) -> Response:
    """Write down how a member's part goes."""
    checks = _checks(payload.pop("checks"))
    create_once(
        lambda uow, new: handlers.record_monitoring(
            RecordMonitoring(new, case_id, plan_id, checks=checks, **payload), uow, hooks()
        )
    )
    return _plan(case_id, plan_id, 201)


@blueprint.route("/cases/<case_id>/plans/<plan_id>/evaluation", methods=["PUT"])
@require("cases.support_plan.decide", object_argument="plan_id")
@blueprint.arguments(schemas.EvaluationSchema)
@blueprint.response(200, schemas.PlanSchema)
def put_evaluation(payload: dict[str, Any], case_id: str, plan_id: str) -> Response:
    """Evaluate a plan. Needs If-Match."""
    facts = {**payload, "checks": _checks(payload["checks"]), "version": asked_version()}
    return _changed(handlers.evaluate_plan, EvaluatePlan(new_id(), case_id, plan_id, **facts))


@blueprint.route("/cases/<case_id>/plans/<plan_id>/ending", methods=["PUT"])
@require("cases.support_plan.decide", object_argument="plan_id")
@blueprint.arguments(schemas.FinishPlanSchema)
@blueprint.response(200, schemas.PlanSchema)
def put_ending(payload: dict[str, Any], case_id: str, plan_id: str) -> Response:
    """End, renew or interrupt an evaluated plan; a renewal gives the new plan. Needs If-Match."""
    going_on = new_id()
    with unit_of_work() as uow:
        status = handlers.finish_plan(
            FinishPlan(case_id, plan_id, asked_version(), going_on, payload["review_on"]), uow
        )
    return _plan(case_id, going_on if status.value == "renewed" else plan_id)


@blueprint.route("/cases/<case_id>/origins", methods=["GET"])
@require("cases.fact_origin.record", object_argument="case_id")
@blueprint.response(200, schemas.OriginsSchema)
def list_origins(case_id: str) -> dict[str, Any]:
    """Who told which fact outside every closed session."""
    return _origins(case_id)


@blueprint.route("/cases/<case_id>/origins", methods=["POST"])
@require("cases.fact_origin.record", object_argument="case_id")
@blueprint.arguments(schemas.OriginSchema)
@blueprint.response(201, schemas.OriginsSchema)
def record_origin(payload: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Write down who told a fact outside every closed session, and when."""
    create_once(lambda uow, new: handlers.record_origin(RecordOrigin(new, case_id, **payload), uow))
    return _origins(case_id)


def _origins(case_id: str) -> dict[str, Any]:
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
        return {"items": queries.origins_of(connection, file)}


def _changed(handler: Callable[..., Any], command: Any) -> Response:
    """Runs a handler that asks the town's rules, and answers with the plan as it is now."""
    with unit_of_work() as uow:
        handler(command, uow, hooks())
    return _plan(command.case_id, command.plan_id)


def _content(payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "persons": tuple(payload["persons"]),
        "goals": tuple(PlanGoal(**goal) for goal in payload["goals"]),
        "tracks": tuple(PlanTrack(**track) for track in payload["tracks"]),
        "starts_on": payload["starts_on"],
        "ends_on": payload["ends_on"],
        "extensions": payload["extensions"],
    }


def _checks(payload: list[dict[str, Any]]) -> tuple[GoalCheck, ...]:
    return tuple(GoalCheck(**check) for check in payload)


def _plan(case_id: str, plan_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.plan_file(connection, actor(), case_id, plan_id, clock.today())
    body = {
        **vars(found.plan),
        "not_agreed": found.plan.not_agreed,
        "whole": found.whole,
        "agreements": found.agreements,
        "monitorings": found.monitorings,
        "evaluation": found.evaluation,
        "editions": found.editions,
    }
    return with_version(shown_by(schemas.PlanSchema, body), found.plan.version, status)
