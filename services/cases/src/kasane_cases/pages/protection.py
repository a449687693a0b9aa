"""Protected addresses and cases for a named team: their terms, their readers, the broken glass."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AdmitReader,
    EndProtection,
    EndReader,
    FinishTask,
    OpenProtectedAddress,
    OpenRestrictedCase,
    ProtectAddress,
    RestrictCase,
)
from kasane_cases.domain.emergency import EmergencyCause
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages import household_forms as forms
from kasane_cases.pages.doing import change
from kasane_cases.pages.households import done, form_page
from kasane_cases.pages.words import page, show_refusal
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, reading, text, typed_version

blueprint = Blueprint("protection", __name__)
RECORD = "cases.protection.record"


@blueprint.get("/cases/<case_id>/persons/<person_id>/protection")
@require(RECORD, object_argument="person_id")
def protection_form(case_id: str, person_id: str) -> str:
    """The form for a new term of protection."""
    form = Form(forms.protection_fields(_staff()), typed={"phone_too": True})
    return form_page(case_id, "protection_record", form, person_id=person_id)


@blueprint.post("/cases/<case_id>/persons/<person_id>/protection")
@require(RECORD, object_argument="person_id")
def protect(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Begins or renews the protection."""
    form = Form(forms.protection_fields(_staff()))
    if not form.check(request.form, text):
        return form_page(case_id, "protection_record", form, person_id=person_id), 422
    values = form.values
    command = ProtectAddress(
        new_id(),
        case_id,
        person_id,
        values["from_on"],
        values["authority"],
        values["certificate"],
        values["step_reason"],
        values["phone_too"],
        tuple(values["readers"]),
    )
    return done(
        case_id,
        "protection_record",
        form,
        handlers.protect_address,
        command,
        person_id=person_id,
    )


@blueprint.get("/cases/<case_id>/persons/<person_id>/protection/end")
@require(RECORD, object_argument="person_id")
def ending_form(case_id: str, person_id: str) -> str:
    """The form that ends a protection."""
    form = Form(forms.end_of_protection_fields())
    return form_page(case_id, "protection_end", form, person_id=person_id)


@blueprint.post("/cases/<case_id>/persons/<person_id>/protection/end")
@require(RECORD, object_argument="person_id")
def end(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Ends the protection: lifted, or moved out."""
    form = Form(forms.end_of_protection_fields())
    if not form.check(request.form, text):
        return form_page(case_id, "protection_end", form, person_id=person_id), 422
    values = form.values
    command = EndProtection(
        case_id, person_id, values["how_ended"] == "moved_out", values["step_reason"]
    )
    return done(
        case_id, "protection_end", form, handlers.end_protection, command, person_id=person_id
    )


@blueprint.get("/cases/<case_id>/persons/<person_id>/readers")
@require(RECORD, object_argument="person_id")
def reader_form(case_id: str, person_id: str) -> str:
    """The form that admits a colleague to a protected address."""
    form = Form(forms.reader_fields(_staff()))
    return form_page(case_id, "reader_admit", form, person_id=person_id)


@blueprint.post("/cases/<case_id>/persons/<person_id>/readers")
@require(RECORD, object_argument="person_id")
def admit(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Admits a colleague."""
    form = Form(forms.reader_fields(_staff()))
    if not form.check(request.form, text):
        return form_page(case_id, "reader_admit", form, person_id=person_id), 422
    values = form.values
    command = AdmitReader(
        new_id(), case_id, person_id, values["reader"], values["step_reason"], values["valid_to"]
    )
    return done(case_id, "reader_admit", form, handlers.admit_reader, command, person_id=person_id)


@blueprint.post("/cases/<case_id>/readers/<reader_id>/end")
@require(RECORD, object_argument="case_id")
def end_reader(case_id: str, reader_id: str) -> Response:
    """Ends an admission."""
    change(handlers.end_reader, EndReader(case_id, reader_id))
    return _back(case_id)


@blueprint.get("/cases/<case_id>/persons/<person_id>/address")
@require("cases.protection.break_glass", object_argument="person_id")
def address_form(case_id: str, person_id: str) -> str:
    """The form that opens a protected address for an hour."""
    form = Form(forms.emergency_fields())
    return form_page(case_id, "address_open", form, person_id=person_id)


@blueprint.post("/cases/<case_id>/persons/<person_id>/address")
@require("cases.protection.break_glass", object_argument="person_id")
def open_address(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Opens the address for an hour, with the reason, and tells the team."""
    form = Form(forms.emergency_fields())
    if not form.check(request.form, text):
        return form_page(case_id, "address_open", form, person_id=person_id), 422
    command = OpenProtectedAddress(new_id(), case_id, person_id, *_emergency(form))
    return done(
        case_id,
        "address_open",
        form,
        handlers.open_protected_address,
        command,
        person_id=person_id,
    )


@blueprint.get("/cases/<case_id>/restricted")
@require("cases.case.break_glass", object_argument="case_id")
def restricted_form(case_id: str) -> str:
    """Why this case is closed, and the form that opens it for an hour; nothing of the case."""
    return _restricted_page(case_id, Form(forms.emergency_fields()))


@blueprint.post("/cases/<case_id>/restricted")
@require("cases.case.break_glass", object_argument="case_id")
def open_restricted(case_id: str) -> Response | tuple[str, int]:
    """Opens a restricted case for an hour, with the reason, and tells its team."""
    form = Form(forms.emergency_fields())
    if not form.check(request.form, text):
        return _restricted_page(case_id, form), 422
    try:
        change(
            handlers.open_restricted_case,
            OpenRestrictedCase(new_id(), case_id, *_emergency(form)),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _restricted_page(case_id, form), refusal.status
    return _back(case_id)


@blueprint.post("/cases/<case_id>/restriction")
@require("cases.case.assign", object_argument="case_id")
def restrict(case_id: str) -> Response:
    """Leaves the case to its named team, or opens it to every coordinator."""
    restricted = request.form.get("restricted") == "1"
    change(handlers.restrict_case, RestrictCase(case_id, restricted, typed_version()))
    return _back(case_id)


@blueprint.post("/cases/<case_id>/tasks/<task_id>/done")
@require("cases.household.change", object_argument="case_id")
def finish_task(case_id: str, task_id: str) -> Response:
    """Marks a task as done."""
    change(handlers.finish_task, FinishTask(case_id, task_id))
    return _back(case_id)


def _emergency(form: Form) -> tuple[EmergencyCause, str]:
    return EmergencyCause(form.values["emergency_cause"]), form.values["emergency_reason"]


def _restricted_page(case_id: str, form: Form) -> str:
    return page("restricted.html", form=form, case_id=case_id)


def _staff() -> dict[str, str]:
    with reading() as connection:
        return {one.account_id: one.display_name for one in queries.colleagues(connection)}


def _back(case_id: str) -> Response:
    return redirect(url_for("case.show", case_id=case_id), 303)
