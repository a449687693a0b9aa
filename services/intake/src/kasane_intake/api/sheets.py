"""Intake's JSON API: what is done with a つなぐシート, and the states of a consultation."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api import schemas
from kasane_intake.commands import (
    AccompanyPerson,
    ContinueContact,
    DeclareEmergency,
    RedirectReferralSheet,
    ReopenConsultation,
    SettleEmergency,
    SettleReferralSheet,
)
from kasane_intake.handlers import (
    accompany_person,
    continue_contact,
    declare_emergency,
    redirect_referral_sheet,
    reopen_consultation,
    settle_emergency,
    settle_referral_sheet,
)
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    unit_of_work,
    with_version,
)

blueprint = Blueprint("intake_sheets_api", __name__, description="つなぐシート / referral sheets")

WORDS = validate.And(validate.Length(min=1, max=2000), validate.Regexp(r"(?s).*\S"))


class RedirectSchema(schemas.Strict):
    """To whom a sheet is sent on, why, and that the person consented to it."""

    to_office = fields.String(required=True, validate=validate.Length(min=1, max=60))
    reason = fields.String(required=True, validate=WORDS)
    consent = fields.Boolean(required=True)


class SettlementSchema(schemas.Strict):
    """What the sender does; ``void`` and ``reopen`` need a reason."""

    step = fields.String(required=True, validate=validate.OneOf(["close", "void", "reopen"]))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class CompanySchema(schemas.Strict):
    """How the person was accompanied, when and by whom."""

    how = fields.String(required=True, validate=validate.Length(min=1, max=60))
    on = fields.Date(required=True)
    by = fields.String(required=True, validate=validate.And(WORDS, validate.Length(max=200)))


class WordsSchema(schemas.Strict):
    """Why, or how it ended."""

    words = fields.String(required=True, validate=WORDS)


class NextContactSchema(schemas.Strict):
    """The day of the next contact and what will be asked."""

    next_contact_on = fields.Date(required=True)
    words = fields.String(required=True, validate=WORDS)


class SheetBoardSchema(schemas.Strict):
    """All sheets of my office by what it has to do."""

    to_answer = fields.List(fields.Nested(schemas.ReferralSheetSchema))
    overdue = fields.List(fields.Nested(schemas.ReferralSheetSchema))
    waiting = fields.List(fields.Nested(schemas.ReferralSheetSchema))
    to_read = fields.List(fields.Nested(schemas.ReferralSheetSchema))
    drafts = fields.List(fields.Nested(schemas.ReferralSheetSchema))
    done = fields.List(fields.Nested(schemas.ReferralSheetSchema))


class StepSchema(schemas.Strict):
    """One change of state: of a sheet where ``sheet_id`` is not empty."""

    sheet_id = fields.String()
    from_status = fields.String()
    to_status = fields.String()
    note = fields.String()
    by_name = fields.String()
    at = fields.AwareDateTime(format="iso")


class StepsSchema(schemas.Strict):
    """The history of a consultation and its sheets, oldest first."""

    items = fields.List(fields.Nested(StepSchema))


@blueprint.route("/sheets", methods=["GET"])
@require("intake.referral_sheet.read")
@blueprint.response(200, SheetBoardSchema)
def list_sheets() -> dict[str, Any]:
    """All sheets of my office: overdue, to answer, to read, waiting, drafts, the newest that ended."""
    with reading() as connection:
        board = queries.sheet_board(connection, actor(), clock.today())
    return {name: [line.sheet for line in lines] for name, lines in vars(board).items()}


@blueprint.route("/sheets/<sheet_id>/redirects", methods=["POST"])
@require("intake.referral_sheet.answer", object_argument="sheet_id")
@blueprint.arguments(RedirectSchema)
@blueprint.response(201, schemas.ReferralSheetSchema)
def redirect_sheet(payload: dict[str, Any], sheet_id: str) -> Response:
    """Send a sheet on; the answer is the new sheet of the chain."""
    _must_see_sheet(sheet_id)

    def send_on(uow: UnitOfWork, new_id: str) -> None:
        redirect_referral_sheet(
            RedirectReferralSheet(new_sheet_id=new_id, sheet_id=sheet_id, **payload), uow, hooks()
        )

    return _sheet(create_once(send_on), 201)


@blueprint.route("/sheets/<sheet_id>/settlements", methods=["POST"])
@require("intake.referral_sheet.send", object_argument="sheet_id")
@blueprint.arguments(SettlementSchema)
@blueprint.response(200, schemas.ReferralSheetSchema)
def settle_sheet(payload: dict[str, Any], sheet_id: str) -> Response:
    """Close a sheet after its outcome, make it void, or open it again."""
    _must_see_sheet(sheet_id)
    with unit_of_work() as uow:
        settle_referral_sheet(SettleReferralSheet(sheet_id, **payload), uow)
    return _sheet(sheet_id)


@blueprint.route("/sheets/<sheet_id>/company", methods=["POST"])
@require("intake.referral_sheet.send", object_argument="sheet_id")
@blueprint.arguments(CompanySchema)
@blueprint.response(200, schemas.ReferralSheetSchema)
def record_company(payload: dict[str, Any], sheet_id: str) -> Response:
    """Write down how, when and by whom the person was accompanied."""
    _must_see_sheet(sheet_id)
    with unit_of_work() as uow:
        accompany_person(AccompanyPerson(sheet_id, **payload), uow)
    return _sheet(sheet_id)


@blueprint.route("/consultations/<consultation_id>/emergency", methods=["PUT"])
@require("intake.consultation.screen", object_argument="consultation_id")
@blueprint.arguments(WordsSchema)
@blueprint.response(200, schemas.ConsultationSchema)
def put_emergency(payload: dict[str, Any], consultation_id: str) -> Response:
    """Declare an emergency; the posts that the town names are told. Needs If-Match."""
    _must_see(consultation_id)
    with unit_of_work() as uow:
        declare_emergency(
            DeclareEmergency(consultation_id, payload["words"], asked_version()), uow, hooks()
        )
    return _consultation(consultation_id)


@blueprint.route("/consultations/<consultation_id>/emergency/end", methods=["PUT"])
@require("intake.consultation.screen", object_argument="consultation_id")
@blueprint.arguments(WordsSchema)
@blueprint.response(200, schemas.ConsultationSchema)
def put_emergency_end(payload: dict[str, Any], consultation_id: str) -> Response:
    """End an emergency, and how it ended. Needs If-Match."""
    _must_see(consultation_id)
    with unit_of_work() as uow:
        settle_emergency(SettleEmergency(consultation_id, payload["words"], asked_version()), uow)
    return _consultation(consultation_id)


@blueprint.route("/consultations/<consultation_id>/next-contact", methods=["PUT"])
@require("intake.consultation.screen", object_argument="consultation_id")
@blueprint.arguments(NextContactSchema)
@blueprint.response(200, schemas.ConsultationSchema)
def put_next_contact(payload: dict[str, Any], consultation_id: str) -> Response:
    """Stay in touch until a day. Needs If-Match."""
    _must_see(consultation_id)
    with unit_of_work() as uow:
        continue_contact(
            ContinueContact(
                consultation_id, payload["next_contact_on"], payload["words"], asked_version()
            ),
            uow,
        )
    return _consultation(consultation_id)


@blueprint.route("/consultations/<consultation_id>/reopening", methods=["PUT"])
@require("intake.consultation.close", object_argument="consultation_id")
@blueprint.arguments(WordsSchema)
@blueprint.response(200, schemas.ConsultationSchema)
def put_reopening(payload: dict[str, Any], consultation_id: str) -> Response:
    """Open an ended consultation again, with a reason. Needs If-Match."""
    _must_see(consultation_id)
    with unit_of_work() as uow:
        reopen_consultation(
            ReopenConsultation(consultation_id, payload["words"], asked_version()), uow
        )
    return _consultation(consultation_id)


@blueprint.route("/consultations/<consultation_id>/steps", methods=["GET"])
@require("intake.consultation.read", object_argument="consultation_id")
@blueprint.response(200, StepsSchema)
def list_steps(consultation_id: str) -> dict[str, Any]:
    """The history of a consultation and of its sheets."""
    with reading() as connection:
        queries.consultation(connection, actor(), consultation_id)
        return {"items": queries.steps(connection, consultation_id)}


def _must_see(consultation_id: str) -> None:
    with reading() as connection:
        queries.consultation(connection, actor(), consultation_id)


def _must_see_sheet(sheet_id: str) -> None:
    with reading() as connection:
        queries.sheet(connection, actor(), sheet_id)


def _consultation(consultation_id: str) -> Response:
    with reading() as connection:
        found = queries.consultation(connection, actor(), consultation_id)
    return with_version(schemas.ConsultationSchema().dump(found), found.version)


def _sheet(sheet_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.sheet(connection, actor(), sheet_id)
    return with_version(schemas.ReferralSheetSchema().dump(found), found.version, status)
