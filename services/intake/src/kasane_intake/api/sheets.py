"""Intake's JSON API: what is done with a つなぐシート, and the states of a consultation."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api import schemas
from kasane_intake.api.doors import changes_consultation, changes_sheet, must_see_sheet, sheet
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
from kasane_kit.web import ApiBlueprint, actor, asked_version, create_once, hooks, reading

blueprint = ApiBlueprint(
    "intake_sheets_api", __name__, description="つなぐシート / referral sheets"
)

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
    must_see_sheet(sheet_id)

    def send_on(uow: UnitOfWork, new_id: str) -> None:
        redirect_referral_sheet(
            RedirectReferralSheet(new_sheet_id=new_id, sheet_id=sheet_id, **payload), uow, hooks()
        )

    return sheet(create_once(send_on), 201)


@changes_sheet(blueprint, "settlements", "intake.referral_sheet.send", SettlementSchema)
def settle_sheet(payload: dict[str, Any], sheet_id: str, uow: UnitOfWork) -> None:
    """Close a sheet after its outcome, make it void, or open it again."""
    settle_referral_sheet(SettleReferralSheet(sheet_id, **payload), uow)


@changes_sheet(blueprint, "company", "intake.referral_sheet.send", CompanySchema)
def record_company(payload: dict[str, Any], sheet_id: str, uow: UnitOfWork) -> None:
    """Write down how, when and by whom the person was accompanied."""
    accompany_person(AccompanyPerson(sheet_id, **payload), uow)


@changes_consultation(blueprint, "emergency", "intake.consultation.screen", WordsSchema)
def put_emergency(payload: dict[str, Any], consultation_id: str, uow: UnitOfWork) -> None:
    """Declare an emergency; the posts that the town names are told. Needs If-Match."""
    declare_emergency(
        DeclareEmergency(consultation_id, payload["words"], asked_version()), uow, hooks()
    )


@changes_consultation(blueprint, "emergency/end", "intake.consultation.screen", WordsSchema)
def put_emergency_end(payload: dict[str, Any], consultation_id: str, uow: UnitOfWork) -> None:
    """End an emergency, and how it ended. Needs If-Match."""
    settle_emergency(SettleEmergency(consultation_id, payload["words"], asked_version()), uow)


@changes_consultation(blueprint, "next-contact", "intake.consultation.screen", NextContactSchema)
def put_next_contact(payload: dict[str, Any], consultation_id: str, uow: UnitOfWork) -> None:
    """Stay in touch until a day. Needs If-Match."""
    day, words = payload["next_contact_on"], payload["words"]
    continue_contact(ContinueContact(consultation_id, day, words, asked_version()), uow)


@changes_consultation(blueprint, "reopening", "intake.consultation.close", WordsSchema)
def put_reopening(payload: dict[str, Any], consultation_id: str, uow: UnitOfWork) -> None:
    """Open an ended consultation again, with a reason. Needs If-Match."""
    reopen_consultation(ReopenConsultation(consultation_id, payload["words"], asked_version()), uow)


@blueprint.route("/consultations/<consultation_id>/steps", methods=["GET"])
@require("intake.consultation.read", object_argument="consultation_id")
@blueprint.response(200, StepsSchema)
def list_steps(consultation_id: str) -> dict[str, Any]:
    """The history of a consultation and of its sheets that are open to me."""
    with reading() as connection:
        file = queries.consultation_file(connection, actor(), consultation_id)
        sheets = queries.sheets_of(connection, actor(), file)
        return {"items": queries.steps(connection, file, sheets)}
