"""The fields of a つなぐシート and of what is done with one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from kasane_intake.commands import SendReferralSheet
from kasane_intake.domain.consultation import Consultation
from kasane_intake.domain.referral_sheet import ReferralSheet
from kasane_intake.pages import forms
from kasane_intake.queries import ConsultationFile
from kasane_kit import clock
from kasane_kit.web import actor, hooks, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec, HandoffPolicy, SheetView


def policy_for(to_office: str) -> HandoffPolicy:
    """The town's policy for a sheet from my office."""
    sheet = SheetView(actor().office, to_office, clock.today(), True)
    return cast(HandoffPolicy, hooks().handoff_policy(sheet=sheet))


def sheet_form_fields(file: ConsultationFile) -> tuple[FieldSpec, ...]:
    """The common fields, who consented of those whom I am told of, and the town's own fields."""
    persons: tuple[FieldSpec, ...] = ()
    known = [
        person
        for person in file.consultation.persons
        if file.told.of(file.consultation.id, person.person_id)
    ]
    if known:
        persons = (
            FieldSpec(
                "persons",
                text("sheets.field.persons"),
                FieldKind.CHOICES,
                hint=text("sheets.field.persons_hint"),
                choices=tuple(
                    Choice(
                        person.person_id,
                        person.name or person.description or text("text.anonymous"),
                    )
                    for person in known
                ),
            ),
        )
    town = tuple(forms.named(*pair) for pair in forms.sheet_town_fields())
    common = forms.sheet_fields(policy_for(""))
    after = 1 + next(place for place, spec in enumerate(common) if spec.name == "consent")
    return (*common[:after], *persons, *common[after:], *town)


def version_field() -> FieldSpec:
    """Which draft the form was opened with."""
    return FieldSpec("version", text("field.version"), FieldKind.INTEGER, True)


def as_draft(fields: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """The same fields for a draft: only the office has to be chosen."""
    return tuple(replace(f, required=f.name == "to_office") for f in fields)


def first_values(consultation: Consultation) -> dict[str, Any]:
    """What an empty form shows: those who consented at the desk are chosen."""
    return {"persons": [p.person_id for p in consultation.persons if p.given_consent]}


def values_of(sheet: ReferralSheet) -> dict[str, Any]:
    """What the form of a draft shows."""
    town = {
        f"{plugin}--{name}": value
        for plugin, values in sheet.extensions.items()
        for name, value in values.items()
    }
    return {**vars(sheet), "persons": list(sheet.persons), **town}


def command_from(
    values: Mapping[str, Any], consultation_id: str, sheet_id: str
) -> SendReferralSheet:
    """The command of a form that was right."""
    return SendReferralSheet(
        sheet_id=sheet_id,
        consultation_id=consultation_id,
        to_office=values["to_office"],
        reason=values["reason"],
        consent=values["consent"],
        companionship=values["companionship"],
        includes_arrears=values["includes_arrears"],
        arrears_consent=values["arrears_consent"],
        extensions=forms.extensions_of(values, forms.sheet_town_fields()),
        persons=tuple(values.get("persons") or ()),
        version=values.get("version", 0),
    )


def answer_fields() -> tuple[FieldSpec, ...]:
    """What the receiver writes."""
    return (
        FieldSpec(
            "text",
            text("field.answer_text"),
            FieldKind.TEXTAREA,
            hint=text("hint.answer_text"),
            max_length=4000,
        ),
    )


def redirect_fields(sheet: ReferralSheet) -> tuple[FieldSpec, ...]:
    """To whom the receiver sends it on."""
    left_out = (sheet.to_office, sheet.responsible_office)
    others = tuple(Choice(o.code, o.label) for o in forms.offices() if o.code not in left_out)
    return (
        FieldSpec(
            "redirect_to", text("sheets.field.redirect_to"), FieldKind.CHOICE, True, choices=others
        ),
        FieldSpec(
            "redirect_reason",
            text("sheets.field.redirect_reason"),
            FieldKind.TEXTAREA,
            True,
            max_length=2000,
        ),
        FieldSpec("redirect_consent", text("sheets.field.redirect_consent"), FieldKind.BOOLEAN),
    )


def settle_fields() -> tuple[FieldSpec, ...]:
    """What the sender writes when it takes a sheet back or opens it again."""
    return (
        FieldSpec(
            "reason", text("sheets.field.settle_reason"), FieldKind.TEXTAREA, max_length=2000
        ),
    )


def company_fields(policy: HandoffPolicy) -> tuple[FieldSpec, ...]:
    """How, when and by whom the person was accompanied."""
    return (
        FieldSpec(
            "how",
            text("sheets.field.company_how"),
            FieldKind.CHOICE,
            True,
            choices=forms.companionship(policy),
        ),
        FieldSpec("on", text("sheets.field.company_on"), FieldKind.DATE, True),
        FieldSpec("by", text("sheets.field.company_by"), required=True, max_length=200),
    )
