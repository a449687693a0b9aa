"""Who was told what, and on which basis; telling somebody; other legal bases."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import AnswerLegalGround, AskLegalGround, TellSomebody
from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import ClosedClass, Destination
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages import forms
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, term, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("ledger", __name__)

OUTSIDE = (
    Destination.CONTRACTOR,
    Destination.PARTNER_AGENCY,
    Destination.RESIDENT,
    Destination.PERSON_OR_FAMILY,
    Destination.OTHER_TOWN,
    Destination.SELF_RELIANCE_CONFERENCE,
    Destination.CHILD_PROTECTION_COUNCIL,
    Destination.COMMUNITY_CARE_CONFERENCE,
    Destination.LONELINESS_COUNCIL,
)


@blueprint.get("/cases/<case_id>/disclosures")
@require("cases.disclosure.read", object_argument="case_id")
def show(case_id: str) -> str:
    """The ledger of a case."""
    return _ledger_page(case_id)


@blueprint.get("/cases/<case_id>/persons/<person_id>/disclosures")
@require("cases.disclosure.read", object_argument="case_id")
def show_person(case_id: str, person_id: str) -> str:
    """The ledger of one person."""
    return _ledger_page(case_id, person_id)


@blueprint.get("/cases/<case_id>/disclosures/new")
@require("cases.disclosure.make", object_argument="case_id")
def telling_form(case_id: str) -> str:
    """The form that asks whether somebody may be told, and writes it down."""
    file = _file(case_id)
    typed = {"person_id": request.args.get("person", ""), "told_for": ConsentPurpose.HANDOFF.value}
    return _telling_page(file, Form(_telling_fields(file), typed=typed))


@blueprint.post("/cases/<case_id>/disclosures")
@require("cases.disclosure.make", object_argument="case_id")
def tell(case_id: str) -> Response | tuple[str, int]:
    """Writes the telling down, or says why it may not be done and what would make it possible."""
    file = _file(case_id)
    form = Form(_telling_fields(file))
    if not form.check(request.form, text):
        return _telling_page(file, form), 422
    values = form.values

    def command(object_id: str) -> TellSomebody:
        return TellSomebody(
            disclosure_id=object_id,
            case_id=case_id,
            person_id=values["person_id"],
            destination=Destination(values["destination"]),
            recipient=values["to_whom"],
            purpose=ConsentPurpose(values["told_for"]),
            data_classes=_classes(values),
            closed_classes=_closed(values),
            reason=values["telling_note"],
        )

    try:
        create(handlers.tell_somebody, command, hooks())
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _telling_page(file, form, refused=True), refusal.status
    return _back(case_id)


@blueprint.get("/cases/<case_id>/legal-grounds/new")
@require("cases.legal_ground.ask", object_argument="case_id")
def ground_form(case_id: str) -> str:
    """The form that asks for another legal basis."""
    file = _file(case_id)
    wanted = ("person_id", "destination", "to_whom")
    typed: dict[str, Any] = {name: request.args.get(name, "") for name in wanted}
    typed["told_classes"] = request.args.getlist("told_classes")
    return _ground_page(file, Form(_ground_fields(file), typed=typed))


@blueprint.post("/cases/<case_id>/legal-grounds")
@require("cases.legal_ground.ask", object_argument="case_id")
def ask_ground(case_id: str) -> Response | tuple[str, int]:
    """Asks for another legal basis; somebody else has to approve it."""
    file = _file(case_id)
    form = Form(_ground_fields(file))
    if not form.check(request.form, text):
        return _ground_page(file, form), 422
    values = form.values
    create(
        handlers.ask_legal_ground,
        lambda new: AskLegalGround(
            ground_id=new,
            case_id=case_id,
            person_id=values["person_id"],
            code=values["legal_basis"],
            destination=Destination(values["destination"]),
            recipient=values["to_whom"],
            data_classes=_classes(values),
            closed_classes=_closed(values),
            reason=values["ground_reason"],
            valid_to=values["ground_until"],
        ),
        hooks(),
    )
    return _back(case_id)


@blueprint.post("/cases/<case_id>/legal-grounds/<ground_id>/answer")
@require("cases.legal_ground.answer", object_argument="ground_id")
def answer_ground(case_id: str, ground_id: str) -> Response | tuple[str, int]:
    """Approves or refuses what somebody else asked for."""
    answer = request.form.get("answer", "")
    form = Form([forms.spec("answer_note", max_length=1000)])
    right = form.check(request.form, text)
    if answer not in ("approve", "refuse"):
        form.add_error("answer_note", text("ledger.answer_needed"))
    if not right or form.errors:
        return _ledger_page(case_id, answer_form=form, answered=ground_id), 422
    command = AnswerLegalGround(case_id, ground_id, answer == "approve", form.values["answer_note"])
    try:
        change(handlers.answer_legal_ground, command)
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _ledger_page(case_id, answer_form=form, answered=ground_id), refusal.status
    return _back(case_id)


def _file(case_id: str, person_id: str = "") -> queries.LedgerFile:
    with reading() as connection:
        return queries.ledger_file(connection, actor(), case_id, clock.today(), person_id)


def _ledger_page(
    case_id: str, person_id: str = "", answer_form: Form | None = None, answered: str = ""
) -> str:
    file = _file(case_id, person_id)
    with reading() as connection:
        staff = queries.colleagues(connection)
    who = actor()
    return page(
        "ledger.html",
        file=file,
        person=file.case.person(person_id) if person_id else None,
        names=_persons(file),
        people={one.account_id: one.display_name for one in staff},
        me=who.account_id,
        may_answer=who.has("coordinator") or who.has("responsible"),
        may_ask=who.has("coordinator") or who.has("contact") or who.has("responsible"),
        answer_form=answer_form or Form([forms.spec("answer_note", max_length=1000)]),
        answered=answered,
        bridges=handlers.shared_ledger_bridges(hooks(), clock.today()),
    )


def _telling_page(file: queries.LedgerFile, form: Form, *, refused: bool = False) -> str:
    return page("telling.html", file=file, form=form, refused=refused)


def _ground_page(file: queries.LedgerFile, form: Form) -> str:
    bases = hooks().legal_bases(on=clock.today())
    return page("legal_ground.html", file=file, form=form, bases=bases)


def _telling_fields(file: queries.LedgerFile) -> list[FieldSpec]:
    return [
        forms.spec("person_id", FieldKind.CHOICE, forms.choices(_persons(file)), required=True),
        *_recipient_fields(),
        forms.spec(
            "told_for",
            FieldKind.CHOICE,
            forms.members(ConsentPurpose, "consent_purpose"),
            required=True,
        ),
        *_content_fields(),
        forms.spec("telling_note", FieldKind.TEXTAREA, max_length=1000),
    ]


def _ground_fields(file: queries.LedgerFile) -> list[FieldSpec]:
    bases = {one.code: one.label for one in hooks().legal_bases(on=clock.today())}
    return [
        forms.spec("person_id", FieldKind.CHOICE, forms.choices(_persons(file)), required=True),
        *_recipient_fields(),
        *_content_fields(),
        forms.spec("legal_basis", FieldKind.CHOICE, forms.choices(bases), required=True),
        forms.spec(
            "ground_reason",
            FieldKind.TEXTAREA,
            required=True,
            hint=text("ledger.reason_hint"),
            max_length=2000,
        ),
        forms.spec("ground_until", FieldKind.DATE, hint=text("ledger.until_hint")),
    ]


def _recipient_fields() -> list[FieldSpec]:
    kinds = [Choice(one.value, term(f"destination.{one.value}")) for one in OUTSIDE]
    return [
        forms.spec("destination", FieldKind.CHOICE, kinds, required=True),
        forms.spec(
            "to_whom",
            required=True,
            hint=text("ledger.recipient_hint"),
            max_length=200,
        ),
    ]


def _content_fields() -> list[FieldSpec]:
    return [
        forms.spec(
            "told_classes",
            FieldKind.CHOICES,
            forms.members(DataClass, "data_class"),
            required=True,
        ),
        forms.spec(
            "told_closed",
            FieldKind.CHOICES,
            forms.members(ClosedClass, "closed_class"),
            hint=text("ledger.closed_hint"),
        ),
    ]


def _persons(file: queries.LedgerFile) -> dict[str, str]:
    return {person.id: person.name or text("case.no_name") for person in file.case.persons}


def _classes(values: dict[str, Any]) -> tuple[DataClass, ...]:
    return tuple(DataClass(one) for one in values["told_classes"])


def _closed(values: dict[str, Any]) -> tuple[ClosedClass, ...]:
    return tuple(ClosedClass(one) for one in values["told_closed"])


def _back(case_id: str) -> Response:
    return redirect(url_for("ledger.show", case_id=case_id), 303)
