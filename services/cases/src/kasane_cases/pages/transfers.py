"""Handing a household over to another town, and taking one over."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AcceptOffer,
    ApproveTransfer,
    PrepareTransfer,
    ReturnOffer,
    WithdrawTransfer,
)
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass, lacks
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.handlers.transfer_documents import collect
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.forms import people, spec
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.tenancy import current_municipality
from kasane_kit.web import (
    Form,
    actor,
    hooks,
    reading,
    text,
    this_house,
    typed_version,
    unit_of_work,
)
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("transfers", __name__)


@blueprint.get("/transfers")
@require("cases.transfer.list")
def list_transfers() -> str:
    """What goes to other towns and what comes from them."""
    with reading() as connection:
        going, coming = (
            queries.transfers(connection, actor(), clock.today()),
            queries.offers(connection),
        )
    return page("transfers.html", going=going, coming=coming, towns=_towns())


@blueprint.get("/cases/<case_id>/transfers/new")
@require("cases.transfer.prepare", object_argument="case_id")
def transfer_form(case_id: str) -> str:
    """The form of a transfer, with what would go and what would not, and why."""
    file = _case(case_id)
    return _form_page(file, Form(_fields(file), typed={"person_ids": _who_consents(file)}))


@blueprint.post("/cases/<case_id>/transfers")
@require("cases.transfer.prepare", object_argument="case_id")
def prepare_transfer(case_id: str) -> Response | tuple[str, int]:
    """Writes the transfer down; nothing leaves the town yet."""
    file = _case(case_id)
    form = Form(_fields(file))
    if not form.check(request.form, text):
        return _form_page(file, form), 422
    values = form.values
    try:
        transfer_id = create(
            handlers.prepare_transfer,
            lambda object_id: PrepareTransfer(
                transfer_id=object_id,
                case_id=case_id,
                to_municipality=values["to_municipality"],
                person_ids=tuple(values["person_ids"]),
                handover=values["handover"],
                contact=values["transfer_contact"],
                evaluation=values["evaluation"],
                approver=values["approver"],
                safety_notes=values["safety_notes"],
                secret=bool(values["secret"]),
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _form_page(file, form), refusal.status
    return redirect(url_for("transfers.show_transfer", transfer_id=transfer_id), 303)


@blueprint.get("/transfers/<transfer_id>")
@require("cases.transfer.read", object_argument="transfer_id")
def show_transfer(transfer_id: str) -> str:
    """Where a transfer stands, what is in it, and what to do next."""
    return _transfer_page(transfer_id)


@blueprint.post("/transfers/<transfer_id>/approval")
@require("cases.transfer.approve", object_argument="transfer_id")
def approve_transfer(transfer_id: str) -> Response | tuple[str, int]:
    """Lets the transfer go."""
    command = ApproveTransfer(transfer_id, typed_version())
    return _changed(transfer_id, handlers.approve_transfer, command, hooks())


@blueprint.post("/transfers/<transfer_id>/withdrawal")
@require("cases.transfer.approve", object_argument="transfer_id")
def withdraw_transfer(transfer_id: str) -> Response | tuple[str, int]:
    """Takes the transfer back."""
    return _changed(transfer_id, handlers.withdraw_transfer, WithdrawTransfer(transfer_id))


@blueprint.post("/transfers/<transfer_id>/key")
@require("cases.transfer.approve", object_argument="transfer_id")
def show_key(transfer_id: str) -> str:
    """Shows the accept key once more; the look is recorded."""
    with unit_of_work() as uow:
        key = handlers.show_accept_key(transfer_id, uow)
    return _transfer_page(transfer_id, key)


@blueprint.get("/transfers/offers/<offer_id>")
@require("cases.transfer.receive", object_argument="offer_id")
def show_offer(offer_id: str) -> str:
    """An offer: where from and how much; the rest opens with the key."""
    return _offer_page(offer_id, Form(_key_fields()), Form(_reason_fields()))


@blueprint.post("/transfers/offers/<offer_id>/acceptance")
@require("cases.transfer.receive", object_argument="offer_id")
def accept_offer(offer_id: str) -> Response | tuple[str, int]:
    """Opens the package and a case with what is in it."""
    form = Form(_key_fields())
    if not form.check(request.form, text):
        return _offer_page(offer_id, form, Form(_reason_fields())), 422
    try:
        case_id = create(
            handlers.accept_offer,
            lambda object_id: AcceptOffer(offer_id, form.values["accept_key"], object_id),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _offer_page(offer_id, form, Form(_reason_fields())), refusal.status
    return redirect(url_for("case.show", case_id=case_id), 303)


@blueprint.post("/transfers/offers/<offer_id>/return")
@require("cases.transfer.receive", object_argument="offer_id")
def return_offer(offer_id: str) -> Response | tuple[str, int]:
    """Gives the offer back with the reason."""
    form = Form(_reason_fields())
    if not form.check(request.form, text):
        return _offer_page(offer_id, Form(_key_fields()), form), 422
    try:
        change(handlers.return_offer, ReturnOffer(offer_id, form.values["return_reason"]))
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _offer_page(offer_id, Form(_key_fields()), form), refusal.status
    return redirect(url_for("transfers.list_transfers"), 303)


def _changed(transfer_id: str, handler: Any, *command: Any) -> Response | tuple[str, int]:
    try:
        change(handler, *command)
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _transfer_page(transfer_id), refusal.status
    return redirect(url_for("transfers.show_transfer", transfer_id=transfer_id), 303)


def _transfer_page(transfer_id: str, key: str = "") -> str:
    with reading() as connection:
        file = queries.transfer_file(connection, actor(), transfer_id, clock.today())
        staff = {one.account_id: one.display_name for one in queries.colleagues(connection)}
    names = {person.id: person.name for person in file.case.persons}
    return page("transfer.html", file=file, names=names, staff=staff, towns=_towns(), key=key)


def _offer_page(offer_id: str, key_form: Form, reason_form: Form) -> str:
    with reading() as connection:
        offer = queries.offer(connection, offer_id)
    return page("transfer_offer.html", offer=offer, form=key_form, reason_form=reason_form)


def _form_page(file: queries.CaseFile, form: Form) -> str:
    with unit_of_work() as uow:
        package = collect(
            file.case,
            _whole_household(file),
            text("transfer.another_town"),
            uow=uow,
            hooks=hooks(),
        )
    return page("transfer_form.html", file=file, form=form, package=package)


def _case(case_id: str) -> queries.CaseFile:
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())


def _whole_household(file: queries.CaseFile) -> list[str]:
    today = clock.today()
    return [m.person_id for m in file.case.household.memberships if m.holds_on(today)]


def _who_consents(file: queries.CaseFile) -> list[str]:
    """Whom the form ticks at first: only those whose consent covers going to another town."""
    today = clock.today()
    return [
        one
        for one in _whole_household(file)
        if not lacks(
            file.consents.get(one),
            today,
            ConsentPurpose.TRANSFER,
            (AttendeeKind.MUNICIPAL_STAFF,),
            (DataClass.IDENTITY,),
        )
    ]


def _towns() -> dict[str, str]:
    return {town.code: town.name for town in this_house().directory.towns()}


def _fields(file: queries.CaseFile) -> list[FieldSpec]:
    names = {person.id: person.name or text("case.no_name") for person in file.persons}
    here = current_municipality()
    towns = [Choice(code, name) for code, name in _towns().items() if code != here]
    with reading() as connection:
        approvers = people(queries.approvers(connection, actor()))
    household = [Choice(one, names[one]) for one in _whole_household(file) if one in names]
    return [
        spec("to_municipality", FieldKind.CHOICE, towns, required=True),
        spec("person_ids", FieldKind.CHOICES, household, required=True),
        spec("secret", FieldKind.BOOLEAN, hint=text("transfer.secret_hint")),
        spec("handover", FieldKind.TEXTAREA, required=True, hint=text("transfer.handover_hint")),
        spec("safety_notes", FieldKind.TEXTAREA, hint=text("transfer.safety_hint")),
        spec("transfer_contact", required=True, hint=text("transfer.contact_hint"), max_length=200),
        spec("evaluation", FieldKind.TEXTAREA, required=True, hint=text("transfer.eval_hint")),
        spec("approver", FieldKind.CHOICE, approvers, required=True),
    ]


def _key_fields() -> list[FieldSpec]:
    return [spec("accept_key", required=True, hint=text("transfer.key_hint"), max_length=40)]


def _reason_fields() -> list[FieldSpec]:
    return [spec("return_reason", FieldKind.TEXTAREA, required=True)]
