"""Handing households over between towns in the JSON API."""

from typing import Any

from flask import Response
from marshmallow import RAISE, Schema, fields, validate

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AcceptOffer,
    ApproveTransfer,
    PrepareTransfer,
    ReturnOffer,
    WithdrawTransfer,
)
from kasane_cases.domain.transfer import OfferStatus, TransferStatus
from kasane_kit import clock
from kasane_kit.auth import require
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

blueprint = ApiBlueprint("transfers_api", __name__, description="町どうしの引継ぎ / between towns")


class PrepareTransferSchema(Schema):
    """What is asked for to prepare a transfer."""

    class Meta:
        """Refuses what it does not know."""

        unknown = RAISE

    case_id = fields.String(required=True, validate=validate.Length(1, 36))
    to_municipality = fields.String(required=True, validate=validate.Length(6, 6))
    person_ids = fields.List(fields.String(validate=validate.Length(1, 36)), required=True)
    handover = fields.String(required=True, validate=validate.Length(1, 20_000))
    contact = fields.String(required=True, validate=validate.Length(1, 200))
    evaluation = fields.String(required=True, validate=validate.Length(1, 4_000))
    approver = fields.String(required=True, validate=validate.Length(1, 64))
    safety_notes = fields.String(load_default="", validate=validate.Length(max=4_000))
    secret = fields.Boolean(load_default=False)


class TransferSchema(Schema):
    """One transfer as its own town sees it; the accept key is never part of it."""

    id = fields.String()
    case_id = fields.String()
    to_municipality = fields.String()
    secret = fields.Boolean()
    person_ids = fields.List(fields.String())
    status = fields.Enum(TransferStatus, by_value=True)
    prepared_at = fields.AwareDateTime()
    approver = fields.String()
    approved_at = fields.AwareDateTime(allow_none=True)
    documents = fields.Integer()
    receipt = fields.String()
    receipt_documents = fields.Integer()
    reason = fields.String()
    version = fields.Integer()


class TransferListSchema(Schema):
    """Transfers, newest first."""

    items = fields.List(fields.Nested(TransferSchema))


class AcceptKeySchema(Schema):
    """The key that one officer tells the other; shown once here."""

    accept_key = fields.String()


class OfferSchema(Schema):
    """One offer: where from and how much."""

    id = fields.String()
    from_municipality = fields.String()
    from_name = fields.String()
    contact = fields.String()
    persons = fields.Integer()
    documents = fields.Integer()
    secret = fields.Boolean()
    status = fields.Enum(OfferStatus, by_value=True)
    offered_at = fields.AwareDateTime()
    case_id = fields.String()
    reason = fields.String()


class OfferListSchema(Schema):
    """Offers, newest first."""

    items = fields.List(fields.Nested(OfferSchema))


class AcceptOfferSchema(Schema):
    """The key as it was heard."""

    class Meta:
        """Refuses what it does not know."""

        unknown = RAISE

    accept_key = fields.String(required=True, validate=validate.Length(1, 40))


class AcceptedSchema(Schema):
    """The case that was opened."""

    case_id = fields.String()


class ReturnOfferSchema(Schema):
    """Why it is given back."""

    class Meta:
        """Refuses what it does not know."""

        unknown = RAISE

    reason = fields.String(required=True, validate=validate.Length(1, 4_000))


@blueprint.route("/transfers", methods=["GET"])
@require("cases.transfer.list")
@blueprint.response(200, TransferListSchema)
def list_transfers() -> dict[str, Any]:
    """The transfers that I may know of."""
    with reading() as connection:
        return {"items": queries.transfers(connection, actor(), clock.today())}


@blueprint.route("/transfers", methods=["POST"])
@require("cases.transfer.prepare")
@blueprint.arguments(PrepareTransferSchema)
@blueprint.response(201, TransferSchema)
def prepare_transfer(payload: dict[str, Any]) -> Response:
    """Prepare a transfer; nothing leaves the town yet."""
    payload["person_ids"] = tuple(payload["person_ids"])
    transfer_id = create_once(
        lambda uow, object_id: handlers.prepare_transfer(
            PrepareTransfer(transfer_id=object_id, **payload), uow, hooks()
        )
    )
    return _shown(transfer_id, 201)


@blueprint.route("/transfers/<transfer_id>", methods=["GET"])
@require("cases.transfer.read", object_argument="transfer_id")
@blueprint.response(200, TransferSchema)
def get_transfer(transfer_id: str) -> Response:
    """One transfer."""
    return _shown(transfer_id)


@blueprint.route("/transfers/<transfer_id>/approval", methods=["POST"])
@require("cases.transfer.approve", object_argument="transfer_id")
@blueprint.response(200, AcceptKeySchema)
def approve_transfer(transfer_id: str) -> dict[str, str]:
    """Let a transfer go; only its approver, with the version that was read."""
    with unit_of_work() as uow:
        key = handlers.approve_transfer(ApproveTransfer(transfer_id, asked_version()), uow, hooks())
    return {"accept_key": key}


@blueprint.route("/transfers/<transfer_id>/withdrawal", methods=["POST"])
@require("cases.transfer.approve", object_argument="transfer_id")
@blueprint.response(200, TransferSchema)
def withdraw_transfer(transfer_id: str) -> Response:
    """Take a transfer back."""
    with unit_of_work() as uow:
        handlers.withdraw_transfer(WithdrawTransfer(transfer_id), uow)
    return _shown(transfer_id)


@blueprint.route("/transfer-offers", methods=["GET"])
@require("cases.transfer.receive")
@blueprint.response(200, OfferListSchema)
def list_offers() -> dict[str, Any]:
    """What other towns offered."""
    with reading() as connection:
        return {"items": queries.offers(connection)}


@blueprint.route("/transfer-offers/<offer_id>/acceptance", methods=["POST"])
@require("cases.transfer.receive", object_argument="offer_id")
@blueprint.arguments(AcceptOfferSchema)
@blueprint.response(201, AcceptedSchema)
def accept_offer(payload: dict[str, Any], offer_id: str) -> dict[str, str]:
    """Open the package with the key, and a case with what is in it."""
    case_id = create_once(
        lambda uow, object_id: handlers.accept_offer(
            AcceptOffer(offer_id, payload["accept_key"], object_id), uow
        )
    )
    return {"case_id": case_id}


@blueprint.route("/transfer-offers/<offer_id>/return", methods=["POST"])
@require("cases.transfer.receive", object_argument="offer_id")
@blueprint.arguments(ReturnOfferSchema)
@blueprint.response(200, OfferSchema)
def return_offer(payload: dict[str, Any], offer_id: str) -> Any:
    """Give an offer back with the reason."""
    with unit_of_work() as uow:
        handlers.return_offer(ReturnOffer(offer_id, payload["reason"]), uow)
    with reading() as connection:
        return queries.offer(connection, offer_id)


def _shown(transfer_id: str, status: int = 200) -> Response:
    with reading() as connection:
        transfer = queries.transfer_file(connection, actor(), transfer_id, clock.today()).transfer
    return with_version(shown_by(TransferSchema, transfer), transfer.version, status)
