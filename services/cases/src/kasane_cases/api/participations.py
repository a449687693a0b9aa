"""Participation support and community issues in the JSON API of cases."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_cases import handlers, queries
from kasane_cases.api.schemas import Strict
from kasane_cases.commands.participation import (
    JudgeParticipation,
    ProposeParticipation,
    RaiseCommunityIssue,
    TellHost,
)
from kasane_cases.domain.community_issue import IssueLevel
from kasane_cases.domain.consent import AttendeeKind, DataClass
from kasane_cases.queries import participation as own_queries
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, actor, create_once, hooks, reading, unit_of_work

blueprint = ApiBlueprint(
    "cases_participations_api", __name__, description="参加支援と地域課題 / participation, issues"
)
NOT_NUL = validate.Regexp(r"^[^\x00]*$", error="A text cannot hold NUL.")


class ParticipationProposalSchema(Strict):
    """A proposal in words that name nobody."""

    person_id = fields.String(required=True, validate=validate.Length(1, 36))
    category = fields.String(required=True, validate=validate.Length(1, 60))
    wish = fields.String(required=True, validate=[validate.Length(1, 1000), NOT_NUL])


class CaseParticipationSchema(Strict):
    """Participation support of one person, as the case knows it."""

    id = fields.String()
    person_id = fields.String()
    category = fields.String()
    wish = fields.String()
    status = fields.String()
    host = fields.String()
    due_on = fields.Date(allow_none=True)
    judged_on = fields.Date(allow_none=True)
    judged_needed = fields.Boolean(allow_none=True)
    told_on = fields.Date(allow_none=True)


class CaseParticipationListSchema(Strict):
    """Those of a case, newest first."""

    items = fields.List(fields.Nested(CaseParticipationSchema))


class ToldHostSchema(Strict):
    """Who the host is, and what is told beside who comes."""

    recipient = fields.Enum(AttendeeKind, by_value=True, required=True)
    data_classes = fields.List(fields.Enum(DataClass, by_value=True), load_default=list)


class HostToldSchema(Strict):
    """The line of the ledger."""

    disclosure_id = fields.String()


class ParticipationJudgementSchema(Strict):
    """What the session judged."""

    needed = fields.Boolean(required=True)


class IssueInputSchema(Strict):
    """A theme and a place; the number is counted and not sent."""

    theme = fields.String(required=True, validate=validate.Length(1, 60))
    level = fields.Enum(IssueLevel, by_value=True, required=True)
    areas = fields.List(fields.String(validate=validate.Length(1, 200)), load_default=list)


class IssueSchema(Strict):
    """An issue raised from cases; ``said`` is null where the number is too small."""

    id = fields.String()
    theme = fields.String()
    level = fields.Enum(IssueLevel, by_value=True)
    areas = fields.List(fields.String())
    said = fields.Integer(allow_none=True)
    raised_on = fields.Date()
    body = fields.String()
    answer = fields.String()
    answered_on = fields.Date(allow_none=True)


class IssueListSchema(Strict):
    """Issues, newest first."""

    items = fields.List(fields.Nested(IssueSchema))


@blueprint.route("/cases/<case_id>/participation", methods=["GET"])
@require("cases.participation.read", object_argument="case_id")
@blueprint.response(200, CaseParticipationListSchema)
def list_participations(case_id: str) -> dict[str, Any]:
    """Participation support of the persons whose record I may see."""
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
        return {"items": own_queries.participations_of(connection, file)}


@blueprint.route("/cases/<case_id>/participation", methods=["POST"])
@require("cases.participation.propose", object_argument="case_id")
@blueprint.arguments(ParticipationProposalSchema)
@blueprint.response(201, CaseParticipationSchema)
def propose(payload: dict[str, Any], case_id: str) -> Any:
    """Propose participation support for a person."""
    made = create_once(
        lambda uow, new: handlers.propose_participation(
            ProposeParticipation(new, case_id, **payload), uow, hooks()
        )
    )
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
        found = own_queries.participations_of(connection, file)
    return next(one for one in found if one.id == made)


@blueprint.route("/cases/<case_id>/participation/<participation_id>/host", methods=["POST"])
@require("cases.participation.tell_host", object_argument="case_id")
@blueprint.arguments(ToldHostSchema)
@blueprint.response(201, HostToldSchema)
def tell_host(payload: dict[str, Any], case_id: str, participation_id: str) -> dict[str, str]:
    """Tell the host who comes, when something allows it."""

    def command(new: str) -> TellHost:
        more = tuple(payload["data_classes"])
        return TellHost(new, case_id, participation_id, payload["recipient"], more)

    told = create_once(lambda uow, new: handlers.tell_host(command(new), uow, hooks()))
    return {"disclosure_id": told}


@blueprint.route(
    "/conferences/<session_id>/items/<item_id>/participation/<participation_id>", methods=["PUT"]
)
@require("cases.participation.judge", object_argument="session_id")
@blueprint.arguments(ParticipationJudgementSchema)
@blueprint.response(204)
def judge(
    payload: dict[str, Any], session_id: str, item_id: str, participation_id: str
) -> Response:
    """Write down whether a held session judged it needed."""
    command = JudgeParticipation(session_id, item_id, participation_id, payload["needed"])
    with unit_of_work() as uow:
        handlers.judge_participation(command, uow)
    return Response(status=204)


@blueprint.route("/community-issues", methods=["GET"])
@require("cases.community_issue.raise")
@blueprint.response(200, IssueListSchema)
def list_issues() -> dict[str, Any]:
    """Issues raised from cases with their answers, newest first."""
    with reading() as connection:
        return {"items": own_queries.community_issues(connection)}


@blueprint.route("/community-issues", methods=["POST"])
@require("cases.community_issue.raise")
@blueprint.arguments(IssueInputSchema)
@blueprint.response(201, IssueSchema)
def raise_issue(payload: dict[str, Any]) -> Any:
    """Raise a theme for places or the whole town; the households are counted."""

    def command(new: str) -> RaiseCommunityIssue:
        return RaiseCommunityIssue(new, payload["theme"], payload["level"], tuple(payload["areas"]))

    made = create_once(lambda uow, new: handlers.raise_community_issue(command(new), uow, hooks()))
    with reading() as connection:
        found = own_queries.community_issues(connection)
    return next(one for one in found if one.id == made)
