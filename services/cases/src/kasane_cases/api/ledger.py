"""The ledger in the JSON API: who was told what, telling somebody, other legal bases."""

from typing import Any

from marshmallow import fields, validate

from kasane_cases import handlers, queries
from kasane_cases.api.schemas import Strict
from kasane_cases.commands import AnswerLegalGround, AskLegalGround, TellSomebody
from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import ClosedClass, Destination, DisclosureBasis
from kasane_cases.domain.ledger import DisclosureAct
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, actor, create_once, hooks, reading, unit_of_work

blueprint = ApiBlueprint(
    "ledger_api", __name__, description="情報提供の台帳 / ledger of disclosures"
)

_NAME = validate.Length(min=1, max=200)


class DisclosureSchema(Strict):
    """One line of the ledger."""

    id = fields.String()
    person_id = fields.String()
    destination = fields.Enum(Destination, by_value=True)
    recipient = fields.String()
    act = fields.Enum(DisclosureAct, by_value=True)
    reference = fields.String()
    purpose = fields.Enum(ConsentPurpose, by_value=True)
    data_classes = fields.List(fields.Enum(DataClass, by_value=True))
    closed_classes = fields.List(fields.Enum(ClosedClass, by_value=True))
    basis = fields.Enum(DisclosureBasis, by_value=True)
    basis_reference = fields.String()
    reason = fields.String()
    approver = fields.String()
    disclosed_at = fields.AwareDateTime()
    disclosed_by = fields.String()


class LegalGroundSchema(Strict):
    """Another legal basis that was asked for, with its answer when there is one."""

    id = fields.String()
    person_id = fields.String()
    code = fields.String()
    label = fields.String()
    source = fields.String()
    destination = fields.Enum(Destination, by_value=True)
    recipient = fields.String()
    data_classes = fields.List(fields.Enum(DataClass, by_value=True))
    closed_classes = fields.List(fields.Enum(ClosedClass, by_value=True))
    reason = fields.String()
    valid_to = fields.Date(allow_none=True)
    asked_by = fields.String()
    asked_at = fields.AwareDateTime()
    answered_by = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)
    approved = fields.Boolean()
    answer_note = fields.String()


class LedgerSchema(Strict):
    """The ledger of a case, newest first."""

    disclosures = fields.List(fields.Nested(DisclosureSchema))
    legal_grounds = fields.List(fields.Nested(LegalGroundSchema))


class _AboutSchema(Strict):
    """About whom, to whom, which classes."""

    person_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    destination = fields.Enum(Destination, by_value=True, required=True)
    recipient = fields.String(required=True, validate=_NAME)
    data_classes = fields.List(
        fields.Enum(DataClass, by_value=True), required=True, validate=validate.Length(min=1)
    )
    closed_classes = fields.List(fields.Enum(ClosedClass, by_value=True), load_default=list)


class TellSchema(_AboutSchema):
    """Tell somebody outside something about a person."""

    purpose = fields.Enum(ConsentPurpose, by_value=True, required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class AskLegalGroundSchema(_AboutSchema):
    """Ask for another legal basis; ``code`` is one of the town's."""

    code = fields.String(required=True, validate=validate.Length(min=1, max=60))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    valid_to = fields.Date(load_default=None, allow_none=True)


class AnswerLegalGroundSchema(Strict):
    """Approve or refuse it."""

    approved = fields.Boolean(required=True)
    note = fields.String(load_default="", validate=validate.Length(max=1000))


@blueprint.route("/cases/<case_id>/disclosures", methods=["GET"])
@require("cases.disclosure.read", object_argument="case_id")
@blueprint.response(200, LedgerSchema)
def list_disclosures(case_id: str) -> dict[str, Any]:
    """Who was told what about the people of a case, and on which basis."""
    return _ledger(case_id)


@blueprint.route("/cases/<case_id>/disclosures", methods=["POST"])
@require("cases.disclosure.make", object_argument="case_id")
@blueprint.arguments(TellSchema)
@blueprint.response(201, LedgerSchema)
def tell(payload: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Write a telling into the ledger, or be refused with what would make it possible."""
    create_once(
        lambda uow, new: handlers.tell_somebody(
            TellSomebody(disclosure_id=new, case_id=case_id, **_tuples(payload)), uow, hooks()
        )
    )
    return _ledger(case_id)


@blueprint.route("/cases/<case_id>/legal-grounds", methods=["POST"])
@require("cases.legal_ground.ask", object_argument="case_id")
@blueprint.arguments(AskLegalGroundSchema)
@blueprint.response(201, LedgerSchema)
def ask_legal_ground(payload: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Ask that another legal basis is approved by somebody else."""
    create_once(
        lambda uow, new: handlers.ask_legal_ground(
            AskLegalGround(ground_id=new, case_id=case_id, **_tuples(payload)), uow, hooks()
        )
    )
    return _ledger(case_id)


@blueprint.route("/cases/<case_id>/legal-grounds/<ground_id>/answer", methods=["PUT"])
@require("cases.legal_ground.answer", object_argument="ground_id")
@blueprint.arguments(AnswerLegalGroundSchema)
@blueprint.response(200, LedgerSchema)
def answer_legal_ground(payload: dict[str, Any], case_id: str, ground_id: str) -> dict[str, Any]:
    """Approve or refuse what somebody else asked for; an answer does not change."""
    with unit_of_work() as uow:
        handlers.answer_legal_ground(AnswerLegalGround(case_id, ground_id, **payload), uow)
    return _ledger(case_id)


def _tuples(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in payload.items()}


def _ledger(case_id: str) -> dict[str, Any]:
    with reading() as connection:
        file = queries.ledger_file(connection, actor(), case_id, clock.today())
    return {"disclosures": file.disclosures, "legal_grounds": file.grounds}
