"""Connecting a person to another office with a つなぐシート, answering one, and ending it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands import (
    AccompanyPerson,
    AnswerReferralSheet,
    RedirectReferralSheet,
    SettleReferralSheet,
)
from kasane_intake.domain.errors import ChangedMeanwhile, IntakeRefusal, SheetNotFound
from kasane_intake.domain.names_in_text import named_in
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_intake.handlers import (
    accompany_person,
    answer_referral_sheet,
    draft_referral_sheet,
    redirect_referral_sheet,
    send_referral_sheet,
    settle_referral_sheet,
)
from kasane_intake.pages import forms, sheet_forms
from kasane_intake.pages.after_hours import closed_offices, emergency_line
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, hooks, reading, text, unit_of_work

blueprint = Blueprint("referral_sheets", __name__)

AT_FIELD = {
    "sheet_needs_consent": "consent",
    "arrears_need_consent": "arrears_consent",
    "names_without_consent": "reason",
    "same_office": "to_office",
    "unknown_office": "to_office",
    "persons_not_told": "persons",
}


@blueprint.get("/sheets")
@require("intake.referral_sheet.read")
def list_sheets() -> str:
    """All sheets of my office: to answer, sent and waiting, overdue, drafts, ended."""
    with reading() as connection:
        board = queries.sheet_board(connection, actor(), clock.today())
    return render_template(
        "intake/sheets.html",
        board=board,
        offices=forms.office_labels(),
        roles=forms.role_labels(),
    )


@blueprint.get("/consultations/<consultation_id>/sheets/new")
@require("intake.referral_sheet.send", object_argument="consultation_id")
def new_sheet(consultation_id: str) -> str:
    """The empty sheet of a consultation."""
    with reading() as connection:
        file = queries.consultation_file(connection, actor(), consultation_id)
    fields = sheet_forms.sheet_form_fields(file)
    return _show_form(file, Form(fields, sheet_forms.first_values(file.consultation)))


@blueprint.post("/consultations/<consultation_id>/sheets/new")
@require("intake.referral_sheet.send", object_argument="consultation_id")
def create_sheet(consultation_id: str) -> Response | tuple[str, int]:
    """Sends the sheet or keeps a draft; without consent the form comes back with the reason and what was typed."""
    return _save(consultation_id, "")


@blueprint.get("/sheets/<sheet_id>/edit")
@require("intake.referral_sheet.send", object_argument="sheet_id")
def edit_sheet(sheet_id: str) -> str:
    """A draft once more."""
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
        file = queries.consultation_file(connection, actor(), sheet.consultation_id)
    if sheet.status is not SheetStatus.DRAFT:
        raise SheetNotFound
    fields = (*sheet_forms.sheet_form_fields(file), sheet_forms.version_field())
    return _show_form(file, Form(fields, sheet_forms.values_of(sheet)))


@blueprint.post("/sheets/<sheet_id>/edit")
@require("intake.referral_sheet.send", object_argument="sheet_id")
def save_sheet(sheet_id: str) -> Response | tuple[str, int]:
    """Sends a draft or keeps it once more."""
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
    return _save(sheet.consultation_id, sheet_id)


@blueprint.get("/sheets/<sheet_id>")
@require("intake.referral_sheet.read", object_argument="sheet_id")
def show_sheet(sheet_id: str) -> str:
    """One sheet as the receiver reads it, and what each side can do."""
    return _show(sheet_id, {})


@blueprint.post("/sheets/<sheet_id>")
@require("intake.referral_sheet.answer", object_argument="sheet_id")
def answer_sheet(sheet_id: str) -> Response | tuple[str, int]:
    """Acknowledges, accepts, returns or reports the outcome."""
    step = request.form.get("step", "")
    form = Form(sheet_forms.answer_fields())
    right = form.check(request.form, forms.say)
    if right and step in ("return", "outcome") and not form.values["text"]:
        form.add_error("text", text("form.required", label=form.label("text")))
    return _act(
        sheet_id,
        "answer",
        form,
        lambda values, uow: answer_referral_sheet(
            AnswerReferralSheet(sheet_id, step, values["text"]), uow, hooks()
        ),
    )


@blueprint.post("/sheets/<sheet_id>/redirect")
@require("intake.referral_sheet.answer", object_argument="sheet_id")
def redirect_sheet(sheet_id: str) -> Response | tuple[str, int]:
    """Sends it on to the office that can take it."""
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
    form = Form(sheet_forms.redirect_fields(sheet))
    form.check(request.form, forms.say)

    def act(values: Mapping[str, Any], uow: UnitOfWork) -> None:
        redirect_referral_sheet(
            RedirectReferralSheet(
                new_id(),
                sheet_id,
                values["redirect_to"],
                values["redirect_reason"],
                values["redirect_consent"],
            ),
            uow,
            hooks(),
        )

    return _act(
        sheet_id,
        "redirect",
        form,
        act,
        {
            "sheet_needs_consent": "redirect_consent",
            "names_without_consent": "redirect_reason",
        },
    )


@blueprint.post("/sheets/<sheet_id>/settle")
@require("intake.referral_sheet.send", object_argument="sheet_id")
def settle_sheet(sheet_id: str) -> Response | tuple[str, int]:
    """The sender closes it, makes it void, or opens it again."""
    step = request.form.get("step", "")
    form = Form(sheet_forms.settle_fields())
    form.check(request.form, forms.say)
    return _act(
        sheet_id,
        "settle",
        form,
        lambda values, uow: settle_referral_sheet(
            SettleReferralSheet(sheet_id, step, values["reason"]), uow
        ),
        {"reason_missing": "reason"},
    )


@blueprint.post("/sheets/<sheet_id>/company")
@require("intake.referral_sheet.send", object_argument="sheet_id")
def company(sheet_id: str) -> Response | tuple[str, int]:
    """Writes down how, when and by whom the person was accompanied or telephoned."""
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
    form = Form(sheet_forms.company_fields(sheet_forms.policy_for(sheet.to_office)))
    form.check(request.form, forms.say)
    return _act(
        sheet_id,
        "company",
        form,
        lambda values, uow: accompany_person(
            AccompanyPerson(sheet_id, values["how"], values["on"], values["by"]), uow
        ),
        {"wrong_step": "on"},
    )


def _save(consultation_id: str, draft_id: str) -> Response | tuple[str, int]:
    with reading() as connection:
        file = queries.consultation_file(connection, actor(), consultation_id)
    keep = request.form.get("step") == "draft"
    fields = sheet_forms.sheet_form_fields(file)
    opened = (sheet_forms.version_field(),) if draft_id else ()
    form = Form((*(sheet_forms.as_draft(fields) if keep else fields), *opened))
    right = form.check(request.form, forms.say)
    if right and not keep and form.values["consent"] and form.values.get("persons") == []:
        form.add_error("persons", text("sheets.text.choose_persons"))
        right = False
    if not right:
        return _show_form(file, form), 422
    act = draft_referral_sheet if keep else send_referral_sheet

    def save(uow: UnitOfWork, sheet_id: str) -> None:
        act(
            sheet_forms.command_from(form.values, consultation_id, draft_id or sheet_id),
            uow,
            hooks(),
        )

    try:
        made = create_once(save)
    except IntakeRefusal as refusal:
        return _refuse(file, form, refusal, draft_id), refusal.status
    if keep:
        return redirect(url_for(".show_sheet", sheet_id=draft_id or made), 303)
    return redirect(
        url_for("consultations.show_consultation", consultation_id=consultation_id, sent=1), 303
    )


def _act(
    sheet_id: str,
    name: str,
    form: Form,
    act: Callable[[Mapping[str, Any], UnitOfWork], None],
    at_field: Mapping[str, str] | None = None,
) -> Response | tuple[str, int]:
    with reading() as connection:
        queries.sheet(connection, actor(), sheet_id)
    if form.errors:
        return _show(sheet_id, {name: form}), 422
    try:
        with unit_of_work() as uow:
            act(form.values, uow)
    except IntakeRefusal as refusal:
        at = (at_field or {}).get(refusal.code)
        if at is None:
            raise
        form.add_error(at, text(f"refusal.{refusal.code}.why", **refusal.facts))
        return _show(sheet_id, {name: form}), refusal.status
    return redirect(url_for(".show_sheet", sheet_id=sheet_id), 303)


def _show(sheet_id: str, typed: Mapping[str, Form]) -> str:
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
        file = queries.consultation_file(connection, actor(), sheet.consultation_id)
        opened = {one.id for one in queries.sheets_of(connection, actor(), file)}
        chain = queries.chain_of(connection, sheet)
        steps = [one for one in queries.steps(connection, file, [sheet]) if one.sheet_id]
    consultation = file.consultation
    policy = sheet_forms.policy_for(sheet.to_office)
    given = {
        "answer": Form(sheet_forms.answer_fields()),
        "redirect": Form(sheet_forms.redirect_fields(sheet)),
        "settle": Form(sheet_forms.settle_fields()),
        "company": Form(
            sheet_forms.company_fields(policy),
            {"how": sheet.companionship, "on": clock.today(), "by": actor().display_name},
        ),
    }
    office, lead = actor().office, actor().has("coordinator")
    return render_template(
        "intake/sheet.html",
        sheet=sheet,
        consultation=consultation,
        told=[p for p in consultation.persons if p.person_id in sheet.persons],
        untold=sum(1 for p in consultation.persons if p.person_id not in sheet.persons),
        chain=chain,
        opened=opened,
        steps=steps,
        form=next(iter(typed.values()), given["answer"]),
        sheet_form={**given, **typed},
        mine=sheet.to_office == office or lead,
        sender=office in (sheet.from_office, sheet.responsible_office) or lead,
        today=clock.today(),
        policy=policy,
        companionship={choice.value: choice.label for choice in forms.companionship(policy)},
        closed_offices=closed_offices(sheet.to_office) if sheet.on_its_way else (),
        emergency_line=emergency_line,
        offices=forms.office_labels(),
        roles=forms.role_labels(),
        categories=forms.category_labels(),
    )


def _refuse(
    file: queries.ConsultationFile, form: Form, refusal: IntakeRefusal, draft_id: str
) -> str:
    """The form again with what was typed; beside it the draft as somebody else saved it meanwhile."""
    kept = None
    if isinstance(refusal, ChangedMeanwhile):
        with reading() as connection:
            kept = queries.sheet(connection, actor(), draft_id) if draft_id else None
        form.add_error("", text("sheets.text.draft_changed" if kept else "text.changed_meanwhile"))
    else:
        why = text(f"refusal.{refusal.code}.why", **refusal.facts)
        form.add_error(AT_FIELD.get(refusal.code, ""), why)
    return _show_form(file, form, kept)


def _show_form(
    file: queries.ConsultationFile, form: Form, kept: ReferralSheet | None = None
) -> str:
    consultation = file.consultation
    return render_template(
        "intake/sheet_form.html",
        form=form,
        fields=sheet_forms.sheet_form_fields(file),
        version=kept.version if kept else form.shown("version"),
        kept=kept,
        consultation=consultation,
        named_in_story=named_in(
            consultation.story,
            [one for one in consultation.persons if one.given_consent],
            [one for one in consultation.persons if not one.given_consent],
        ),
        policy=sheet_forms.policy_for(""),
        closed_offices=closed_offices(),
        emergency_line=emergency_line,
    )
