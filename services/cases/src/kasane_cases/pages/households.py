"""People of a household and its steps: who comes, who goes, how it divides and joins again."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AddMember,
    ChangePerson,
    EndCare,
    EndMembership,
    JoinHouseholds,
    RecordCare,
    SplitHousehold,
    UndoStep,
)
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages import household_forms as forms
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version

blueprint = Blueprint("household", __name__)
CHANGE = "cases.household.change"
NEW, SOMEBODY_ELSE = "", "new"


@blueprint.get("/cases/<case_id>/members/new")
@require(CHANGE, object_argument="case_id")
def new_member(case_id: str) -> str:
    """The form for somebody who belongs to the household."""
    return form_page(case_id, "member_add", Form(forms.member_fields()))


@blueprint.post("/cases/<case_id>/members")
@require(CHANGE, object_argument="case_id")
def add_member(case_id: str) -> Response | tuple[str, int]:
    """Adds the person; asks first when somebody on file could be the same one."""
    form = Form(forms.member_fields())
    if not form.check(request.form, text):
        return form_page(case_id, "member_add", form), 422
    values = form.values
    decided = request.form.get("same_person", NEW)
    alike = _on_file(case_id, values)
    if alike and decided != SOMEBODY_ELSE and decided not in {one.id for one in alike}:
        return form_page(case_id, "member_add", form, alike=alike), 422
    command = AddMember(
        step_id=new_id(),
        case_id=case_id,
        details=forms.details_of(values),
        relation=values["relation"],
        from_on=values["from_on"],
        known_person_id=decided if alike and decided != SOMEBODY_ELSE else "",
        householder=values["householder"],
        reason=values["step_reason"],
    )
    return _made(
        case_id,
        "member_add",
        form,
        handlers.add_member,
        lambda object_id: AddMember(**{**vars(command), "person_id": object_id}),
    )


@blueprint.get("/cases/<case_id>/persons/<person_id>")
@require(CHANGE, object_argument="case_id")
def person_form(case_id: str, person_id: str) -> str:
    """What is known of a person, to correct it."""
    file = file_of(case_id)
    person = file.person(person_id)
    running = file.case.household.running(person_id, clock.today())
    form = Form(
        _fields_of(file, person_id),
        typed=forms.typed_of(
            person,
            file.case.relation(person_id),
            householder=running is not None and running.householder,
        ),
    )
    return form_page(case_id, "person_change", form, person_id=person_id)


@blueprint.post("/cases/<case_id>/persons/<person_id>")
@require(CHANGE, object_argument="case_id")
def change_person(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Saves what is known of a person."""
    form = Form(_fields_of(file_of(case_id), person_id))
    if not form.check(request.form, text):
        return form_page(case_id, "person_change", form, person_id=person_id), 422
    command = ChangePerson(
        case_id,
        person_id,
        forms.details_of(form.values),
        form.values["relation"],
        typed_version(),
        form.values["householder"],
    )
    return done(
        case_id, "person_change", form, handlers.change_person, command, person_id=person_id
    )


@blueprint.get("/cases/<case_id>/persons/<person_id>/leave")
@require(CHANGE, object_argument="case_id")
def leaving_form(case_id: str, person_id: str) -> str:
    """The form for somebody who no longer belongs to the household."""
    form = Form([forms.step_day(), forms.step_reason()])
    return form_page(case_id, "member_leave", form, person_id=person_id)


@blueprint.post("/cases/<case_id>/persons/<person_id>/leave")
@require(CHANGE, object_argument="case_id")
def leave(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Ends the membership."""
    form = Form([forms.step_day(), forms.step_reason()])
    if not form.check(request.form, text):
        return form_page(case_id, "member_leave", form, person_id=person_id), 422
    values = form.values
    command = EndMembership(new_id(), case_id, person_id, values["from_on"], values["step_reason"])
    return done(
        case_id, "member_leave", form, handlers.end_membership, command, person_id=person_id
    )


@blueprint.get("/cases/<case_id>/household/split")
@require("cases.case.open", object_argument="case_id")
def splitting_form(case_id: str) -> str:
    """The form that divides a household; a part of a restricted case is restricted unless it is unticked."""
    typed = {"restricted": "on"} if file_of(case_id).case.restricted else {}
    form = Form(forms.split_fields(_members(case_id)), typed)
    return form_page(case_id, "household_split", form)


@blueprint.post("/cases/<case_id>/household/split")
@require("cases.case.open", object_argument="case_id")
def split(case_id: str) -> Response | tuple[str, int]:
    """Divides the household and shows the new case."""
    form = Form(forms.split_fields(_members(case_id)))
    if not form.check(request.form, text):
        return form_page(case_id, "household_split", form), 422
    values, version = form.values, typed_version()
    return _made(
        case_id,
        "household_split",
        form,
        handlers.split_household,
        lambda object_id: SplitHousehold(
            new_id(),
            case_id,
            object_id,
            tuple(values["leaving"]),
            values["from_on"],
            values["step_reason"],
            version,
            values["restricted"],
        ),
        hooks(),
        show_made=True,
    )


@blueprint.get("/cases/<case_id>/household/join")
@require("cases.case.open", object_argument="case_id")
def joining_form(case_id: str) -> str:
    """The form that takes another case's household into this one."""
    return form_page(case_id, "households_join", Form(forms.join_fields(_other_cases(case_id))))


@blueprint.post("/cases/<case_id>/household/join")
@require("cases.case.open", object_argument="case_id")
def join(case_id: str) -> Response | tuple[str, int]:
    """Joins the households."""
    form = Form(forms.join_fields(_other_cases(case_id)))
    if not form.check(request.form, text):
        return form_page(case_id, "households_join", form), 422
    values = form.values
    command = JoinHouseholds(
        new_id(),
        case_id,
        values["other_case"],
        values["from_on"],
        values["step_reason"],
        typed_version(),
    )
    return done(case_id, "households_join", form, handlers.join_households, command)


@blueprint.get("/cases/<case_id>/household/steps/<step_id>/undo")
@require(CHANGE, object_argument="case_id")
def undoing_form(case_id: str, step_id: str) -> str:
    """The form that takes a step back."""
    return form_page(case_id, "step_undo", Form([forms.step_reason()]), step_id=step_id)


@blueprint.post("/cases/<case_id>/household/steps/<step_id>/undo")
@require(CHANGE, object_argument="case_id")
def undo(case_id: str, step_id: str) -> Response | tuple[str, int]:
    """Takes the step back from today on."""
    form = Form([forms.step_reason()])
    if not form.check(request.form, text):
        return form_page(case_id, "step_undo", form, step_id=step_id), 422
    command = UndoStep(new_id(), case_id, step_id, form.values["step_reason"])
    return done(case_id, "step_undo", form, handlers.undo_household_step, command, step_id=step_id)


@blueprint.get("/cases/<case_id>/care")
@require(CHANGE, object_argument="case_id")
def care_form(case_id: str) -> str:
    """The form for who cares for whom."""
    return form_page(case_id, "care_add", Form(forms.care_fields(_members(case_id))))


@blueprint.post("/cases/<case_id>/care")
@require(CHANGE, object_argument="case_id")
def record_care(case_id: str) -> Response | tuple[str, int]:
    """Writes down who cares for whom."""
    form = Form(forms.care_fields(_members(case_id)))
    if not form.check(request.form, text):
        return form_page(case_id, "care_add", form), 422
    values = form.values
    return _made(
        case_id,
        "care_add",
        form,
        handlers.record_care,
        lambda object_id: RecordCare(
            object_id,
            case_id,
            values["carer"],
            values["cared_for"],
            values["from_on"],
            values["care_note"],
        ),
    )


@blueprint.post("/cases/<case_id>/care/<tie_id>/end")
@require(CHANGE, object_argument="case_id")
def end_care(case_id: str, tie_id: str) -> Response:
    """Ends the care."""
    change(handlers.end_care, EndCare(case_id, tie_id))
    return _back(case_id)


def file_of(case_id: str) -> queries.CaseFile:
    """The case as far as the viewer may see it."""
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())


def form_page(case_id: str, what: str, form: Form, **more: Any) -> str:
    """The page of one form; ``what`` names its sentences and its address."""
    file = file_of(case_id)
    person = file.person(more["person_id"]) if "person_id" in more else None
    return page(
        "household_form.html",
        file=file,
        what=what,
        form=form,
        person=person,
        alike=more.pop("alike", ()),
        undone=[line.step for line in file.household.steps if line.step.id == more.get("step_id")],
        action=url_for(_ACTIONS[what], case_id=case_id, **more),
    )


def done(
    case_id: str,
    what: str,
    form: Form,
    handler: Callable[..., Any],
    command: Any,
    **more: Any,
) -> Response | tuple[str, int]:
    """Runs a handler and goes back to the case; a refusal shows the form again."""
    try:
        change(handler, command)
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return form_page(case_id, what, form, **more), refusal.status
    return _back(case_id)


def _made(
    case_id: str,
    what: str,
    form: Form,
    handler: Callable[..., Any],
    command: Callable[[str], Any],
    *more: Any,
    show_made: bool = False,
) -> Response | tuple[str, int]:
    try:
        made = create(handler, command, *more)
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return form_page(case_id, what, form), refusal.status
    return _back(made if show_made else case_id)


def _back(case_id: str) -> Response:
    return redirect(url_for("case.show", case_id=case_id), 303)


def _members(case_id: str) -> dict[str, str]:
    return {one.id: one.name or text("case.no_name") for one in file_of(case_id).members}


def _other_cases(case_id: str) -> dict[str, str]:
    with reading() as connection:
        found = queries.open_cases(connection, actor(), clock.today(), 200)
    return {
        case.id: f"{case.number}　{'・'.join(p.name or text('case.no_name') for p in case.persons)}"
        for case, _ in found
        if case.id != case_id
    }


def _on_file(case_id: str, values: dict[str, Any]) -> tuple[queries.PersonOnFile, ...]:
    members = [one.id for one in file_of(case_id).members]
    if not values["name"]:
        return ()
    with reading() as connection:
        return queries.on_file(
            connection, actor(), clock.today(), values["name"], values["birth_date"], members
        )


def _fields_of(file: queries.CaseFile, person_id: str) -> list[Any]:
    person = file.person(person_id)
    open_to_me = not person.address_protected or person_id in file.household.readable
    return forms.member_fields(contacts=open_to_me, joins=False)


_ACTIONS = {
    "member_add": "household.add_member",
    "person_change": "household.change_person",
    "member_leave": "household.leave",
    "household_split": "household.split",
    "households_join": "household.join",
    "step_undo": "household.undo",
    "care_add": "household.record_care",
    "protection_record": "protection.protect",
    "protection_end": "protection.end",
    "reader_admit": "protection.admit",
    "address_open": "protection.open_address",
}
