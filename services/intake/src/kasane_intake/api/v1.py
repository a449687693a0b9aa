"""Intake's JSON API, version 1."""

from datetime import UTC
from typing import Any

from flask import Response

from kasane_intake import queries
from kasane_intake.api import schemas
from kasane_intake.api.doors import (
    changes_consultation,
    changes_sheet,
    consultation,
    must_see,
    sheet,
    shown,
)
from kasane_intake.commands import (
    AnswerReferralSheet,
    CloseConsultation,
    ReceiveConsultation,
    ScreenConsultation,
    SendReferralSheet,
)
from kasane_intake.domain.consultation import (
    Consultation,
    ContactPerson,
    PersonConcerned,
    Screening,
)
from kasane_intake.domain.reception import Reception
from kasane_intake.handlers import (
    answer_referral_sheet,
    close_consultation,
    receive_consultation,
    screen_consultation,
    send_referral_sheet,
)
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    actor,
    asked_version,
    create_once,
    hooks,
    page_size,
    read_cursor,
    reading,
)

blueprint = ApiBlueprint("intake_api", __name__, description="相談 / consultations")


@blueprint.route("/consultations", methods=["GET"])
@require("intake.consultation.list")
@blueprint.response(200, schemas.ConsultationPageSchema)
def list_consultations() -> Page:
    """Consultations that I may see, newest first."""
    place, most = read_cursor(2), page_size()
    with reading() as connection:
        lines = queries.consultations(
            connection, actor(), before=(place[0], place[1]) if place else None, most=most + 1
        )
    return Page.of(
        lines, most, lambda line: (line.received_at.astimezone(UTC).isoformat(), line.id)
    )


@blueprint.route("/consultations", methods=["POST"])
@require("intake.consultation.receive")
@blueprint.arguments(schemas.ReceiveConsultationSchema)
@blueprint.response(201, schemas.ConsultationSchema)
def create_consultation(payload: dict[str, Any]) -> Response:
    """Take a consultation. Send Idempotency-Key so that a repeated call makes no second one."""

    taken: dict[str, Consultation] = {}

    def receive(uow: UnitOfWork, consultation_id: str) -> None:
        taken[consultation_id] = receive_consultation(
            ReceiveConsultation(
                consultation_id=consultation_id,
                desk=payload["desk"],
                channel=payload["channel"],
                story=payload["story"],
                categories=tuple(payload["categories"]),
                main_category=payload["main_category"],
                contact=ContactPerson(**payload["contact"]),
                persons=tuple(
                    PersonConcerned(person_id=new_id(), **person) for person in payload["persons"]
                ),
                urgent=payload["urgent"],
                screening=Screening(**payload["screening"]),
                reception=Reception(**payload["reception"]),
            ),
            uow,
            hooks(),
        )

    consultation_id = create_once(receive)
    # Only what an earlier call made is read: of what was just saved the desk that took it may know everything.
    if consultation_id in taken:
        return shown(taken[consultation_id], 201)
    return consultation(consultation_id, 201)


@blueprint.route("/consultations/<consultation_id>", methods=["GET"])
@require("intake.consultation.read", object_argument="consultation_id")
@blueprint.response(200, schemas.ConsultationSchema)
def get_consultation(consultation_id: str) -> Response:
    """One consultation with its version as ETag."""
    return consultation(consultation_id)


@changes_consultation(blueprint, "screening", "intake.consultation.screen", schemas.ScreeningSchema)
def put_screening(payload: dict[str, Any], consultation_id: str, uow: UnitOfWork) -> None:
    """Write down what the desk found; the town's rule is asked again. Needs If-Match."""
    answers = Screening(**payload)
    screen_consultation(ScreenConsultation(consultation_id, answers, asked_version()), uow, hooks())


@changes_consultation(
    blueprint, "outcome", "intake.consultation.close", schemas.CloseConsultationSchema
)
def put_outcome(payload: dict[str, Any], consultation_id: str, uow: UnitOfWork) -> None:
    """End a consultation with its outcome. Needs If-Match."""
    close_consultation(CloseConsultation(consultation_id, payload["outcome"], asked_version()), uow)


@blueprint.route("/consultations/<consultation_id>/sheets", methods=["POST"])
@require("intake.referral_sheet.send", object_argument="consultation_id")
@blueprint.arguments(schemas.SendReferralSheetSchema)
@blueprint.response(201, schemas.ReferralSheetSchema)
def create_sheet(payload: dict[str, Any], consultation_id: str) -> Response:
    """Send a つなぐシート with the person's consent."""
    must_see(consultation_id)

    def send(uow: UnitOfWork, sheet_id: str) -> None:
        send_referral_sheet(
            SendReferralSheet(sheet_id=sheet_id, consultation_id=consultation_id, **payload),
            uow,
            hooks(),
        )

    return sheet(create_once(send), 201)


@blueprint.route("/sheets/<sheet_id>", methods=["GET"])
@require("intake.referral_sheet.read", object_argument="sheet_id")
@blueprint.response(200, schemas.ReferralSheetSchema)
def get_sheet(sheet_id: str) -> Response:
    """One つなぐシート."""
    return sheet(sheet_id)


@changes_sheet(
    blueprint, "answers", "intake.referral_sheet.answer", schemas.AnswerReferralSheetSchema
)
def answer_sheet(payload: dict[str, Any], sheet_id: str, uow: UnitOfWork) -> None:
    """Acknowledge, accept, return or report the outcome of a sheet."""
    command = AnswerReferralSheet(sheet_id, payload["step"], payload["text"])
    answer_referral_sheet(command, uow, hooks())
