"""Cases in the JSON API: opening, consent, needs, requests, closing."""

from typing import Any

from flask import Response

from kasane_cases import handlers, queries
from kasane_cases.api import schemas
from kasane_cases.commands import (
    ChangeStatus,
    CloseCase,
    DecideNeedOption,
    DecideSupport,
    IdentifyNeed,
    OpenCase,
    PersonOfCase,
    RecordConsent,
    RequestOutreach,
    RequestReferral,
    TeamMember,
)
from kasane_cases.domain.consent import ConsentScope
from kasane_cases.repository import COORDINATOR
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    actor,
    asked_version,
    create_once,
    hooks,
    looking_on,
    page_size,
    read_cursor,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint("cases_api", __name__, description="ケース / cases")


@blueprint.route("/cases", methods=["GET"])
@require("cases.case.list")
@blueprint.arguments(schemas.CaseQuerySchema, location="query")
@blueprint.response(200, schemas.CasePageSchema)
def list_cases(asked: dict[str, Any]) -> Page:
    """Cases that I may see, narrowed as asked: without more, the open ones, newest first."""
    place, most = read_cursor(1), page_size()
    status = asked.pop("status")
    with reading() as connection:
        lines = queries.case_lines(
            connection,
            actor(),
            clock.today(),
            after=place[0] if place else "",
            limit=most + 1,
            narrowed=queries.CaseFilter(status=status.value if status else "", **asked),
        )
    return Page.of(lines, most, lambda line: (line.id,))


@blueprint.route("/waiting", methods=["GET"])
@require("cases.case.list")
@blueprint.response(200, schemas.WaitingListSchema)
def list_waiting() -> dict[str, Any]:
    """Consultations from which a case should be opened, urgent first."""
    with reading() as connection:
        return {"items": queries.waiting(connection, actor())}


@blueprint.route("/cases", methods=["POST"])
@require("cases.case.open")
@blueprint.arguments(schemas.OpenCaseSchema)
@blueprint.response(201, schemas.CaseSchema)
def open_case(payload: dict[str, Any]) -> Response:
    """Open a case from a consultation that waits, or with persons."""

    def command(case_id: str) -> OpenCase:
        return OpenCase(
            case_id=case_id,
            consultation_id=payload["consultation_id"],
            persons=tuple(PersonOfCase(new_id(), **person) for person in payload["persons"]),
            consent_confirmed=tuple(payload["consent_confirmed"]),
            address_protected=tuple(payload["address_protected"]),
            support_decided=payload["support_decided"],
            support_reason=payload["support_reason"],
            team=tuple(TeamMember(**member) for member in payload["team"]),
        )

    return _case(create_once(lambda uow, new: handlers.open_case(command(new), uow, hooks())), 201)


@blueprint.route("/cases/<case_id>", methods=["GET"])
@require("cases.case.read", object_argument="case_id")
@blueprint.response(200, schemas.CaseSchema)
def get_case(case_id: str) -> Response:
    """One case as far as I may see it."""
    return _case(case_id)


@blueprint.route("/cases/<case_id>/support-decision", methods=["POST"])
@require("cases.case.open", object_argument="case_id")
@blueprint.arguments(schemas.DecideSupportSchema)
@blueprint.response(200, schemas.CaseSchema)
def decide_support(payload: dict[str, Any], case_id: str) -> Response:
    """Write down that the town decided to support the household."""
    with unit_of_work() as uow:
        handlers.decide_support(DecideSupport(case_id, payload["reason"]), uow)
    return _case(case_id)


@blueprint.route("/cases/<case_id>/consents", methods=["POST"])
@require("cases.consent.record", object_argument="case_id")
@blueprint.arguments(schemas.RecordConsentSchema)
@blueprint.response(201, schemas.CaseSchema)
def record_consent(payload: dict[str, Any], case_id: str) -> Response:
    """Write down one person's consent, refusal or withdrawal, behind the entry that was read."""
    scope = ConsentScope(**{name: tuple(values) for name, values in payload.pop("scope").items()})
    create_once(
        lambda uow, new: handlers.record_consent(
            RecordConsent(consent_id=new, case_id=case_id, scope=scope, **payload), uow, hooks()
        )
    )
    return _case(case_id, 201)


@blueprint.route("/cases/<case_id>/needs", methods=["POST"])
@require("cases.support_need.identify", object_argument="case_id")
@blueprint.arguments(schemas.IdentifyNeedSchema)
@blueprint.response(201, schemas.CaseSchema)
def identify_need(payload: dict[str, Any], case_id: str) -> Response:
    """Write down what a person needs; the directory answers with suggestions."""
    create_once(
        lambda uow, new: handlers.identify_need(
            IdentifyNeed(
                need_id=new,
                case_id=case_id,
                **{**payload, "circumstances": tuple(payload["circumstances"])},
            ),
            uow,
            hooks(),
        )
    )
    return _case(case_id, 201)


@blueprint.route("/cases/<case_id>/needs/<need_id>/options/<human_service_id>", methods=["POST"])
@require("cases.need_option.decide", object_argument="case_id")
@blueprint.arguments(schemas.DecideNeedOptionSchema)
@blueprint.response(201, schemas.NeedOptionSchema(many=True))
def decide_option(
    payload: dict[str, Any], case_id: str, need_id: str, human_service_id: str
) -> Any:
    """Pin, reject or propose a human service for a need, or write down the person's answer."""
    create_once(
        lambda uow, new: handlers.decide_need_option(
            DecideNeedOption(new, case_id, need_id, human_service_id, **payload), uow
        )
    )
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    return [one for one in file.options if one.need_id == need_id]


@blueprint.route("/cases/<case_id>/referrals", methods=["POST"])
@require("cases.referral.request", object_argument="case_id")
@blueprint.arguments(schemas.RequestReferralSchema)
@blueprint.response(201, schemas.CaseSchema)
def request_referral(payload: dict[str, Any], case_id: str) -> Response:
    """Ask a human service to take the person of a need on."""
    create_once(
        lambda uow, new: handlers.request_referral(
            RequestReferral(referral_id=new, case_id=case_id, **payload), uow, hooks()
        )
    )
    return _case(case_id, 201)


@blueprint.route("/cases/<case_id>/outreach-requests", methods=["POST"])
@require("cases.outreach.request", object_argument="case_id")
@blueprint.arguments(schemas.RequestOutreachSchema)
@blueprint.response(201, schemas.CaseSchema)
def request_outreach(payload: dict[str, Any], case_id: str) -> Response:
    """Ask that somebody visits a person."""
    create_once(
        lambda uow, new: handlers.request_outreach(
            RequestOutreach(request_id=new, case_id=case_id, **payload), uow, hooks()
        )
    )
    return _case(case_id, 201)


@blueprint.route("/cases/<case_id>/status", methods=["PUT"])
@require("cases.case.close", object_argument="case_id")
@blueprint.arguments(schemas.ChangeStatusSchema)
@blueprint.response(200, schemas.CaseSchema)
def put_status(payload: dict[str, Any], case_id: str) -> Response:
    """Move a case to another state. Needs If-Match."""
    with unit_of_work() as uow:
        handlers.change_status(ChangeStatus(case_id, version=asked_version(), **payload), uow)
    return _case(case_id)


@blueprint.route("/cases/<case_id>/closing", methods=["PUT"])
@require("cases.case.close", object_argument="case_id")
@blueprint.arguments(schemas.CloseCaseSchema)
@blueprint.response(200, schemas.CaseSchema)
def put_closing(payload: dict[str, Any], case_id: str) -> Response:
    """End the multi-agency work with an evaluation. Needs If-Match."""
    with unit_of_work() as uow:
        handlers.close_case(CloseCase(case_id, version=asked_version(), **payload), uow, hooks())
    return _case(case_id)


def _case(case_id: str, status: int = 200) -> Response:
    today = clock.today()
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, today)
        steps = queries.case_steps(connection, file)
    looking_on(file.admission.basis or COORDINATOR)
    body = {
        "id": file.case.id,
        "number": file.case.number,
        "status": file.case.status,
        "consultation_id": file.case.consultation_id,
        "persons": [
            {
                "id": person.id,
                "name": person.name,
                "kana": person.kana,
                "birth_date": person.birth_date,
                "consent_state": file.consent_state(person.id, today),
                "consent_number": file.consent_number(person.id),
            }
            for person in file.persons
        ],
        "needs": file.needs,
        "referrals": file.referrals,
        "outreach": file.outreach,
        "plans": file.plans,
        "timeline": file.timeline,
        "tasks": file.tasks,
        "steps": steps,
        "version": file.case.version,
    }
    return with_version(shown_by(schemas.CaseSchema, body), file.case.version, status)
